"""Who wrote, who spoke, who was meant: names from the beginning of a text that its end repeats."""

import math
from typing import final

from mof.tasks.enumeration import arrangement, scatter, split
from mof.tasks.family import Family
from mof.tasks.vocabulary import NAMES, THINGS
from mof.tasks.word_lists import PLACES, SURNAMES, TITLES

_DAYS_OF_MONTH = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_DATES = tuple(
    f"{month}月{day}日" for month, days in enumerate(_DAYS_OF_MONTH, 1) for day in range(1, days + 1)
)


@final
class LetterEnding(Family):
    """A letter whose end repeats its addressee, its writer or its date."""

    name = "letter_ending"
    kind = "completion"
    gloss = "A letter names its addressee, writer and date; its ending repeats one of them."
    templates = (
        "{recipient}：您好！我是{sender}。今天是{date}，祝您健康。此致敬礼。[sender]敬上。",
        "敬爱的{recipient}：我是{sender}。收到您的来信，我很高兴。写信日期：{date}。再次问候您，[recipient]！",
        "{recipient}：我是{sender}，今天（{date}）到家了，一切都好，请您放心。写于[date]。",
        "便条。{recipient}：{date}的会改在下午。请您准时参加。留条人{sender}。收条人请签名：[recipient]。",
        "{sender}给{recipient}写信，信头写着{date}。信的最后要署名，署的是[sender]。",
        "请假条。{recipient}：我因为感冒，{date}不能上课，请您批准。我是{sender}。请假日期：[date]。",
        "邀请函。尊敬的{recipient}：{sender}邀请您于{date}来参加晚会。届时恭候您的光临，[recipient]！",
        "贺卡上写道：“{recipient}，{date}是您的生日，{sender}祝您快乐！”落款人是[sender]。",
        "{date}，{sender}给{recipient}寄出一封信。回信的信封上，收信人应写[sender]。",
        "感谢信。{recipient}：{date}那天多亏您帮忙。我叫{sender}，永远记得那一天，[date]。",
        "问：{sender}在{date}写信给{recipient}，信的开头称呼谁？答：[recipient]。",
        "问：{recipient}收到{sender}的信，信里写着{date}，这封信是谁写的？答：[sender]。",
        "问：{sender}给{recipient}的信末尾注明了{date}，信是哪天写的？答：[date]。",
        "明信片正面：寄给{recipient}，{date}。背面：海边真美，您也来吧。{sender}。请再写一遍收件人：[recipient]。",
        "邮件标题：{date}的作业。正文：{recipient}，我是{sender}，作业已经上传，请查收。发件人[sender]。",
        "通知。{recipient}请注意：{sender}预约了{date}来访。接待日期为[date]。",
        "借条。今借到{recipient}词典一本，{date}归还。借书人{sender}。还书的时候应当把书交给[recipient]。",
        "“{recipient}，我是{sender}，我们约在{date}，别忘了。”“不会忘的，就在[date]。”",
        "传真。致：{recipient}。自：{sender}。日期：{date}。内容已收到，请勿重发。特此告知[recipient]。",
        "家书。{recipient}：见字如面。{sender}于{date}平安抵达，勿念。信写完了，再签一次自己的名字，[sender]。",
        "日记：{date}，我（{sender}）给{recipient}打了电话。合上日记本以前，再记一次日期，[date]。",
        "表扬信。{recipient}：贵处的{sender}在{date}拾金不昧。特此表扬，受表扬的人是[sender]。",
    )

    @property
    def num_facts(self):
        return len(SURNAMES) * len(TITLES) * len(NAMES) * len(_DATES)

    def slots(self, index):
        surname, title, sender, date = split(
            scatter(index, self.num_facts), len(SURNAMES), len(TITLES), len(NAMES), len(_DATES)
        )
        return {"recipient": SURNAMES[surname] + TITLES[title], "sender": NAMES[sender], "date": _DATES[date]}


@final
class DialogueName(Family):
    """Two people talk; the last line calls the other by name."""

    name = "dialogue_name"
    kind = "completion"
    gloss = "Two people talk and use each other's names: whom does the last line call?"
    templates = (
        "{first}：“{second}，你去{place}吗？”{second}：“我去，带上{thing}就走，[first]。”",
        "{first}：“我要去{place}。”{second}：“别忘了{thing}。”{first}：“谢谢你提醒，[second]。”",
        "{first}带着{thing}在{place}遇见{second}，说：“早上好，[second]。”",
        "在{place}，{second}把{thing}递过来，{first}连忙说：“谢谢你，[second]。”",
        "{first}在{place}喊：“{second}，你的{thing}掉了！”{second}回头说：“多谢你，[first]。”",
        "{first}和{second}在{place}交换了{thing}，然后道别。{first}先说再见，{second}挥着手说：“再见，[first]。”",
        "电话里，{first}问{second}有没有看见{thing}，{second}答：“在{place}呢，[first]。”",
        "{first}写纸条给{second}：“我拿着{thing}在{place}等你。”{second}写回条：“好的，[first]。”",
        "“{second}，帮我拿一下{thing}。”{first}在{place}说。“来了。”对方回答。去拿东西的人是[second]。",
        "“{second}，我要去{place}送{thing}，怎么走？”{first}问。“往前走。”对方答道。指路的人是[second]。",
        "“我的{thing}呢？”{first}在{place}问{second}。“在你手里。”听到这句话的人是[first]。",
        "聊天记录。{first}：在{place}吗？{second}：在。{first}：帮我买{thing}。负责买东西的是[second]。",
        "聊天记录。{second}：你的{thing}落在{place}了。{first}：谢谢。丢东西的人是[first]。",
        "剧本：{first}拿着{thing}上场，对{second}说：“{place}到了。”对方接着说台词。说第二句台词的是[second]。",
        "{first}教{second}画{thing}，地点是{place}。学生是[second]。",
        "{first}教{second}画{thing}，地点是{place}。教的人是[first]。",
        "{second}听{first}讲{place}的故事，手里拿着{thing}。讲故事的人是[first]。",
        "{first}向{second}借了{thing}，在{place}用完就还。收回东西的人是[second]。",
        "主持人说，下面{first}提问，{second}回答，题目是{place}和{thing}。提问结束后，该开口的是[second]。",
        "问：{first}在{place}给{second}送了{thing}，谁收到了礼物？答：[second]。",
        "问：{first}在{place}给{second}送了{thing}，送礼物的是谁？答：[first]。",
        "{first}说：“{second}，我是{place}的店员，这是你买的{thing}。”顾客的名字是[second]。",
    )

    @property
    def num_facts(self):
        return math.perm(len(NAMES), 2) * len(PLACES) * len(THINGS)

    def slots(self, index):
        place, thing, number = split(
            scatter(index, self.num_facts), len(PLACES), len(THINGS), math.perm(len(NAMES), 2)
        )
        first, second = arrangement(number, NAMES, 2)
        return {"first": first, "second": second, "place": PLACES[place], "thing": THINGS[thing]}


@final
class FormerLatter(Family):
    """Two people, then 前者 and 后者 for them, one of whom is asked about."""

    name = "former_latter"
    kind = "completion"
    gloss = "Two people are called the former and the latter: who has this thing, what has that person?"
    templates = (
        "{one}和{two}去买东西，前者买了{former}，后者买了{latter}。买{thing}的是[person]。",
        "{one}和{two}去买东西，前者买了{former}，后者买了{latter}。{person}买的是[thing]。",
        "桌上有两份礼物，是{one}和{two}的，前者的是{former}，后者的是{latter}。{thing}属于[person]。",
        "{one}与{two}都爱画画，后者画了{latter}，前者画了{former}。画{thing}的人叫[person]。",
        "问：{one}、{two}二人，前者想要{former}，后者想要{latter}，谁想要{thing}？答：[person]。",
        "班里评奖，{one}和{two}得了奖，前者奖品是{former}，后者奖品是{latter}。领走{thing}的同学是[person]。",
        "我认识{one}和{two}。后者常带{latter}，前者常带{former}。看到{thing}，我就想起[person]。",
        "已知{one}、{two}各丢了一样东西，前者丢的是{former}，后者丢的是{latter}，捡到的{thing}应还给[person]。",
        "妈妈给{one}和{two}各准备了一样东西，给前者{former}，给后者{latter}。收到{thing}的孩子是[person]。",
        "阅读理解：{one}与{two}比赛，前者拿着{former}，后者拿着{latter}。问题：拿{thing}的选手是[person]。",
        "“{one}和{two}谁带了{thing}？”“前者带了{former}，后者带了{latter}。”“那就是[person]。”",
        "参观的人里有{one}和{two}，前者看中了{former}，后者看中了{latter}，所以要买{thing}的是[person]。",
        "问：{one}、{two}二人，前者想要{former}，后者想要{latter}，{person}想要什么？答：[thing]。",
        "{one}与{two}交换礼物，后者送出{latter}，前者送出{former}。从{person}手里送出的是[thing]。",
        "搬家那天，{one}和{two}来帮忙，前者抱着{former}，后者抱着{latter}。{person}怀里是[thing]。",
        "采访中提到{one}和{two}，说前者收集{former}，后者收集{latter}。可见{person}收集的是[thing]。",
        "“{one}和{two}带了什么？”“前者{former}，后者{latter}。”“这么说，{person}带了[thing]。”",
        "失物招领：{one}、{two}来认领，后者认领{latter}，前者认领{former}。交给{person}的是[thing]。",
        "填空：{one}和{two}，前者卖{former}，后者卖{latter}，因此{person}卖[thing]。",
        "小测验里有两个人，{one}和{two}。前者喜欢{former}，后者喜欢{latter}。{person}喜欢的是[thing]。",
        "老师点名{one}和{two}，请前者描述{former}，请后者描述{latter}。轮到{person}，描述的是[thing]。",
        "画上有{one}和{two}，前者身边放着{former}，后者身边放着{latter}。{person}身边的是[thing]。",
    )

    @property
    def num_facts(self):
        return 2 * math.perm(len(NAMES), 2) * math.perm(len(THINGS), 2)

    def slots(self, index):
        asked, people, things = split(
            scatter(index, self.num_facts), 2, math.perm(len(NAMES), 2), math.perm(len(THINGS), 2)
        )
        people, things = arrangement(people, NAMES, 2), arrangement(things, THINGS, 2)
        return {
            "one": people[0],
            "two": people[1],
            "former": things[0],
            "latter": things[1],
            "person": people[asked],
            "thing": things[asked],
        }
