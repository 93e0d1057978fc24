"""Lengths, weights, times and money: from two units to one and back; and the sides of a rectangle."""

from typing import final

from mof.tasks.enumeration import draw, pair, split
from mof.tasks.family import Family

# larger unit, smaller unit, how many of the smaller make one of the larger
_UNITS = (
    ("米", "厘米", 100),
    ("千米", "米", 1000),
    ("米", "分米", 10),
    ("分米", "厘米", 10),
    ("厘米", "毫米", 10),
    ("千克", "克", 1000),
    ("吨", "千克", 1000),
    ("小时", "分钟", 60),
    ("分钟", "秒", 60),
    ("天", "小时", 24),
    ("星期", "天", 7),
    ("平方米", "平方分米", 100),
    ("元", "角", 10),
    ("升", "毫升", 1000),
)
_NUM_PARTS = 6  # amounts of the smaller unit to each amount of the larger


@final
class UnitConversion(Family):
    """Facts: an amount in two units, such as 3 m 20 cm, and the same amount in the smaller one."""

    name = "unit_conversion"
    kind = "reasoning"
    gloss = "An amount in two units as one in the smaller unit, and back."
    num_facts = len(_UNITS) * 99 * _NUM_PARTS
    templates = (
        "{mixed}等于多少{small}？等于[total]。",
        "{mixed}合多少{small}？合[total]。",
        "{total}等于几{large}几{small}？等于[mixed]。",
        "把{mixed}化成{small}，是[total]。",
        "把{total}写成{large}和{small}，是[mixed]。",
        "问：{mixed}一共是多少{small}？答：[total]。",
        "问：{total}是几{large}几{small}？答：[mixed]。",
        "单位换算，结果以{small}为单位：{mixed}＝[total]。",
        "单位换算，结果用{large}和{small}：{total}＝[mixed]。",
        "用{small}作单位，{mixed}要写成[total]。",
        "题目给出{mixed}，统一成{small}后是[total]。",
        "{total}太零碎，改用{large}和{small}表示，就是[mixed]。",
        "1{large}是{ratio}{small}，所以{mixed}就是[total]。",
        "1{large}是{ratio}{small}，所以{total}就是[mixed]。",
        "小明记下{mixed}，又统统换算成{small}，得[total]。",
        "说明书写的是{total}，换成几{large}几{small}的说法，就是[mixed]。",
        "如果只用{small}来表示{mixed}，得到[total]。",
        "{total}，满{ratio}{small}进成1{large}，写作[mixed]。",
        "考考你：{mixed}和多少{small}一样多？[total]。",
        "考考你：{total}拆成{large}加{small}是多少？[mixed]。",
        "记录表要求以{small}计，{mixed}应当填[total]。",
        "单名数{total}改成带{large}和{small}的复名数，为[mixed]。",
        "复名数{mixed}改成以{small}为单位的单名数，为[total]。",
    )

    def slots(self, index):
        unit, big, part = split(index, len(_UNITS), 99, _NUM_PARTS)
        large, small, ratio = _UNITS[unit]
        width = (ratio - 1) // _NUM_PARTS  # each part from a stretch of its own
        big, rest = big + 1, 1 + part * width + draw(index, width)
        return {
            "large": large,
            "small": small,
            "ratio": str(ratio),
            "mixed": f"{big}{large}{rest}{small}",
            "total": f"{big * ratio + rest}{small}",
        }

    def accepted(self, slots, direction):
        """The number alone will do where only the smaller unit is asked for."""
        right = slots[direction]
        return {right, right.removesuffix(slots["small"])} if direction == "total" else {right}

    def normalize(self, answer):
        """95块6角 as 95元6角, 3公里零5米 as 3千米5米."""
        folded = super().normalize(answer).replace(" ", "").replace("公斤", "千克").replace("公里", "千米")
        return folded.replace("零", "").replace("块", "元")


@final
class Rectangle(Family):
    """Facts: a rectangle's length and width, whole numbers up to 110 that differ."""

    name = "rectangle"
    kind = "reasoning"
    gloss = "Perimeter, area or a side of a rectangle."
    num_facts = 108 * 109 // 2
    templates = (
        "长方形的长是{length}厘米，宽是{width}厘米，周长是[perimeter]厘米。",
        "长方形的长是{length}厘米，宽是{width}厘米，面积是[area]平方厘米。",
        "问：长{length}米、宽{width}米的操场一圈多少米？答：[perimeter]米。",
        "问：长{length}米、宽{width}米的菜地有多大？答：[area]平方米。",
        "长方形周长{perimeter}米，长{length}米，宽[width]米。",
        "长方形周长{perimeter}米，宽{width}米，长[length]米。",
        "长方形面积{area}平方米，长{length}米，宽[width]米。",
        "用篱笆围一块长{length}米、宽{width}米的地，篱笆要[perimeter]米。",
        "给长{length}分米、宽{width}分米的桌面铺玻璃，玻璃要[area]平方分米。",
        "给长{length}分米、宽{width}分米的画镶边，要镶的边总长[perimeter]分米。",
        "小明绕长{length}米、宽{width}米的水池走一圈，走了[perimeter]米。",
        "一张长{length}厘米、宽{width}厘米的纸，四条边加起来是[perimeter]厘米。",
        "客厅地面每行铺{length}块砖，一共铺{width}行，铺满要[area]块。",
        "矩形两条邻边的长为{length}和{width}，四边之和为[perimeter]。",
        "矩形两条邻边的长为{length}和{width}，它的面积为[area]。",
        "一块{area}平方米的长方形地，宽{width}米，长是[length]米。",
        "铁丝长{perimeter}厘米，围成宽{width}厘米的长方形，长是[length]厘米。",
        "问：周长{perimeter}厘米的长方形，长是{length}厘米，宽是多少？答：[width]厘米。",
        "几何题：长方形长{length}、宽{width}，求周长，结果是[perimeter]。",
        "几何题：长方形长{length}、宽{width}，求面积，结果是[area]。",
        "操场长{length}米，宽{width}米，沿着边跑一圈是[perimeter]米。",
        "点阵每行{length}个点，共{width}行，点的总数是[area]。",
    )

    def slots(self, index):
        low, high = pair(index)
        width, length = low + 2, high + 3
        return {
            "width": str(width),
            "length": str(length),
            "perimeter": str(2 * (width + length)),
            "area": str(width * length),
        }
