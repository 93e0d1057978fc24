"""Things told one by one: how often one comes, which is missing, who has how many."""

import math
from typing import final

from mof.tasks.enumeration import arrangement, draw, scatter, split
from mof.tasks.family import Family
from mof.tasks.numerals import to_chinese
from mof.tasks.vocabulary import COUNTED, NAMES, THINGS

_SHORTEST, _LONGEST = 4, 9  # lists to count in
_NUM_PATTERNS = 2 ** (_LONGEST + 1) - 2**_SHORTEST


@final
class CountItems(Family):
    """Facts: a thing, and at which places of a list of four to nine it stands. Other things fill the rest."""

    name = "count_items"
    kind = "reasoning"
    gloss = "How often one thing comes in a list."
    num_facts = len(THINGS) * _NUM_PATTERNS
    templates = (
        "{list}，其中{thing}出现了[count]次。",
        "列表：{list}。{thing}的个数是[count]。",
        "问：{list}，里面有几个{thing}？答：[count]个。",
        "数一数{list}里{thing}有多少个：[count]个。",
        "桌上依次摆着{list}，{thing}一共有[count]个。",
        "小明念道：“{list}。”他说了几次{thing}？[count]次。",
        "购物单写着{list}，要买的{thing}共[count]个。",
        "柜子里有{list}，找出所有的{thing}，找到[count]个。",
        "从{list}中挑出{thing}，能挑[count]个。",
        "在“{list}”这串词里，“{thing}”一词出现[count]次。",
        "清点物品：{list}。{thing}：[count]个。",
        "传送带上依次经过{list}，经过的{thing}有[count]个。",
        "老师出示图片：{list}。画着{thing}的图片有[count]张。",
        "抽奖结果依次是{list}，抽到{thing}的次数是[count]次。",
        "问：{thing}在{list}中出现过多少回？答：[count]回。",
        "纸箱里装着{list}，拿走全部{thing}，要拿[count]个。",
        "统计{list}，{thing}占了[count]个。",
        "商店今天依次卖出{list}，卖出的{thing}是[count]个。",
        "看到{thing}就拍一下手：{list}。一共拍手[count]次。",
        "只数{thing}，别的不数：{list}。数到[count]个。",
        "货架上从左到右是{list}，{thing}的数目为[count]个。",
        "背诵“{list}”，要说“{thing}”的地方有[count]处。",
    )

    def slots(self, index):
        asked, pattern = split(index, len(THINGS), _NUM_PATTERNS)
        pattern += 2**_SHORTEST  # its highest bit tells the length, the others the places
        length = pattern.bit_length() - 1
        others = THINGS[:asked] + THINGS[asked + 1 :]
        first, num_kinds = draw(index, len(others)), 1 + draw(index, 3, salt=1)
        listed = [
            THINGS[asked]
            if pattern >> place & 1
            else others[(first + draw(index, num_kinds, salt=2 + place)) % len(others)]
            for place in range(length)
        ]
        count = (pattern ^ 1 << length).bit_count()
        return {"list": "、".join(listed), "thing": THINGS[asked], "count": str(count)}

    def accepted(self, slots, direction):
        count = slots[direction]
        return {count, to_chinese(int(count))} | ({"两"} if count == "2" else set())


@final
class MissingItem(Family):
    """Facts: three to five things in an order, and which of them is gone when they are named again."""

    name = "missing_item"
    kind = "reasoning"
    gloss = "Which thing of a list is missing in a second one, given in another order."
    num_facts = 60_000
    templates = (
        "原来有{before}，现在有{after}，少了[missing]。",
        "第一次拿出{before}，第二次只有{after}，不见的是[missing]。",
        "问：{before}，和{after}比，多出什么？答：[missing]。",
        "清单上是{before}，箱子里是{after}，漏装的是[missing]。",
        "妈妈要买{before}，买回了{after}，忘买的是[missing]。",
        "桌上摆着{before}。闭眼再睁眼，桌上剩下{after}。被拿走的是[missing]。",
        "从{before}里去掉一样，剩{after}，去掉的是[missing]。",
        "甲组有{before}，乙组有{after}，甲有而乙没有的是[missing]。",
        "小明背{before}，只背出{after}，漏掉了[missing]。",
        "出发时带着{before}，回来时只剩{after}，丢的是[missing]。",
        "集合甲含{before}，集合乙含{after}，差集里只有[missing]。",
        "照片上能看见{before}，实物只有{after}，没找到的是[missing]。",
        "借出{before}，还回{after}，没还的是[missing]。",
        "上架的是{before}，打烊时剩{after}，卖掉的是[missing]。",
        "记忆游戏：先看{before}，再看{after}，消失的是[missing]。",
        "失主报失{before}，警察找回{after}，还没找回的是[missing]。",
        "{after}都到货了，订的是{before}，没到的是[missing]。",
        "老师发了{before}，收上来{after}，没收上来的是[missing]。",
        "问：有了{after}，还差什么才凑齐{before}？答：[missing]。",
        "搬家前有{before}，搬家后有{after}，搬丢了[missing]。",
        "盘点前账上有{before}，盘点时见到{after}，对不上的是[missing]。",
        "把{before}与{after}对照，前面有、后面没有的是[missing]。",
    )

    def slots(self, index):
        number, count = index // 3, 3 + index % 3
        size = math.perm(len(THINGS), count)
        order, gone = split(scatter(number, size * count), size, count)
        before = arrangement(order, THINGS, count)
        after = before[:gone] + before[gone + 1 :]
        shuffled = arrangement(draw(index, math.factorial(count - 1)), after, count - 1)
        return {"before": "、".join(before), "after": "、".join(shuffled), "missing": before[gone]}


@final
class Recall(Family):
    """Facts: three people, how many things each has (2 to 30, all different), and who is asked about."""

    name = "recall"
    kind = "reasoning"
    gloss = "How many has one of three people, or who has so many, when all three have been told."
    num_facts = 60_000
    templates = (
        "{told}。{name}的{noun}数是[number]。",
        "{told}。有{number}{thing}的人是[name]。",
        "问：{told}，{name}有多少{thing}？答：[number]。",
        "问：{told}，谁有{number}{thing}？答：[name]。",
        "已知{told}，那么{name}拥有的{noun}的数量是[number]。",
        "已知{told}，那么正好有{number}{thing}的是[name]。",
        "登记表：{told}。查{name}一栏，数字是[number]。",
        "登记表：{told}。查数字{number}，姓名是[name]。",
        "老师说：“{told}。”请问{name}那里的数目？[number]。",
        "听完“{told}”，你还记得{name}的数目吗？是[number]。",
        "听完“{told}”，你还记得{number}是谁的吗？是[name]。",
        "三个孩子比{noun}：{told}。{name}报的数是[number]。",
        "三个孩子比{noun}：{told}。报出{number}的是[name]。",
        "{told}；把{name}的{noun}一一点过，点到[number]。",
        "记住：{told}。现在回答，{name}对应[number]。",
        "记住：{told}。现在回答，{number}对应[name]。",
        "字典里存着：{told}。取出键“{name}”的值：[number]。",
        "{told}。要从一个人那里借来{number}{thing}，一样不留，该找[name]。",
        "{told}，大家都数过了。{name}数出来的是[number]。",
        "班长统计{noun}，{told}。{number}这个数属于[name]。",
        "{told}。单说{name}，手里{noun}的数目为[number]。",
        "甲：“{told}。”乙：“{name}的是几？”甲：“[number]。”",
    )

    def slots(self, index):
        orders, numbers = math.perm(len(NAMES), 3), math.perm(29, 3)
        who, order, amounts = split(scatter(index, 3 * orders * numbers), 3, orders, numbers)
        people = arrangement(order, NAMES, 3)
        amounts = list(map(str, arrangement(amounts, range(2, 31), 3)))
        measure, noun = COUNTED[draw(index, len(COUNTED))]
        told = (f"{person}有{amount}{measure}{noun}" for person, amount in zip(people, amounts, strict=True))
        return {
            "told": "，".join(told),
            "name": people[who],
            "number": amounts[who],
            "thing": measure + noun,
            "noun": noun,
        }

    def accepted(self, slots, direction):
        """A number may come with its measure word and noun: 5 or 5本书."""
        right = slots[direction]
        return {right, right + slots["thing"]} if direction == "number" else {right}
