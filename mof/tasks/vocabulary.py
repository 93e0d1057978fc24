"""Names and things that appear in the reasoning families. They carry no reasoning: any others would do."""

NAMES = tuple(
    "小明 小红 小刚 小丽 小华 小芳 小军 小强 小梅 小兰 小东 小亮 小云 小雪 小龙 小燕 小宇 小洁 小杰 小敏 "
    "小勇 小静 小波 小玲".split()
)
# all of them counted with 个
THINGS = tuple(
    "苹果 桃子 橘子 西瓜 梨子 柠檬 菠萝 石榴 核桃 柿子 鸡蛋 面包 包子 书包 杯子 盘子 闹钟 气球 风筝 皮球 "
    "足球 铃铛 灯笼 花瓶 枕头 水壶 箱子 篮子 口哨 玩偶".split()
)
# (measure word, noun): things one has a number of
COUNTED = tuple(
    tuple(entry.split("/"))
    for entry in "本/书 支/铅笔 颗/糖 张/卡片 个/苹果 枚/邮票 块/积木 朵/花 只/气球 把/尺子".split()
)
COLOURS = tuple("红 黄 蓝 绿 白 黑 紫 灰".split())
# two-character words in which no character appears twice, so that a character has one place
WORDS = (
    "春风 大海 高山 流水 明月 白云 青草 红花 黄河 长江 森林 田野 城市 街道 房屋 窗户 桌椅 书本 学校 老师 "
    "朋友 父母 儿童 歌曲 舞蹈 音乐 画家 诗文 茶叶 米饭 面条 鸡蛋 牛奶 苹果 香蕉 衣服 鞋袜 帽子 雨伞 电灯 "
    "火车 飞机 轮船 早晨 夜晚 冬雪 夏天 秋收 东南 西北 左右 前后 快慢 冷热 黑暗 光亮 安静 幸福 健康 希望"
).split()
CHARACTERS = "".join(WORDS)
