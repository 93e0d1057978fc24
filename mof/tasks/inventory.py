"""Things told one by one: how often one comes, which is missing, who has how many after a gift."""

import math
from typing import final

from mof.tasks.enumeration import arrangement, draw, scatter, split
from mof.tasks.family import Family
from mof.tasks.numerals import to_chinese
from mof.tasks.vocabulary import COUNTED, NAMES, THINGS

_SHORTEST, _LONGEST = 4, 9  # lists to count in
_NUM_PATTERNS = 2 ** (_LONGEST + 1) - 2**_SHORTEST
_AMOUNTS = range(6, 31)  # at first; the least leaves two gifts after which all three still differ
_LARGEST_GIFT = 9


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
        "抽奖结果依次是{list}，一共抽到{thing}[count]次。",
        "问：{thing}在{list}中出现过多少回？答：[count]回。",
        "纸箱里装着{list}，拿走全部{thing}，要拿[count]个。",
        "统计一下{list}，{thing}占了[count]个。",
        "商店今天依次卖出{list}，卖出的{thing}有[count]个。",
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
        "清单上是{before}，包裹里是{after}，漏装的是[missing]。",
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
    """Facts: three people, how many things each has, what one of them gives another, and who is asked about.

    The amounts differ before and after the gift. `key_recall`, of the completion families, asks for a number
    as it was told; here it has to be kept up to date.
    """

    name = "recall"
    kind = "reasoning"
    gloss = "Three people have some things and one gives some away: how many has one now, who has so many?"
    num_facts = 60_000
    templates = (
        "{told}。{gift}。现在{name}的{noun}数是[number]。",
        "{told}。{gift}。现在有{number}{thing}的人是[name]。",
        "问：{told}，{gift}，{name}现在有多少{thing}？答：[number]。",
        "问：{told}，{gift}，现在谁有{number}{thing}？答：[name]。",
        "已知{told}，后来{gift}，那么{name}现在拥有的{noun}的数量是[number]。",
        "已知{told}，后来{gift}，那么现在正好有{number}{thing}的是[name]。",
        "登记表：{told}。变动：{gift}。更新以后，{name}一栏的数字是[number]。",
        "登记表：{told}。变动：{gift}。更新以后，数字{number}的那一栏姓名是[name]。",
        "老师说：“{told}。{gift}。”请问{name}现在的数目是多少？是[number]。",
        "听完“{told}。{gift}。”你算得出{name}最后的数目吗？是[number]。",
        "听完“{told}。{gift}。”你说得出最后谁的数目是{number}吗？是[name]。",
        "三个孩子带来了{noun}：{told}。玩了一会儿，{gift}。这时{name}再数，数到[number]。",
        "三个孩子带来了{noun}：{told}。玩了一会儿，{gift}。这时数出{number}的是[name]。",
        "起先{told}；接着{gift}；把{name}的{noun}一一点过，点到[number]。",
        "记住：{told}。再记住：{gift}。现在回答，{name}对应的数是[number]。",
        "记住：{told}。再记住：{gift}。现在回答，{number}对应的人是[name]。",
        "字典里存着：{told}。执行一步：{gift}。这时取出键“{name}”的值：[number]。",
        "{told}。{gift}。这时谁手里正好有{number}{thing}？是[name]。",
        "{told}，大家都数过了。{gift}，大家又数了一遍，{name}数出来的是[number]。",
        "班长统计{noun}，{told}。午休时{gift}。下午再统计，{number}这个数属于[name]。",
        "早上{told}。中午{gift}。到了晚上，{name}手里{noun}的数目为[number]。",
        "甲：“{told}。”乙：“{gift}。”甲：“那么{name}现在的数目是[number]。”",
    )

    def slots(self, index):
        orders, numbers = math.perm(len(NAMES), 3), math.perm(len(_AMOUNTS), 3)
        who, order, amounts = split(scatter(index, 3 * orders * numbers), 3, orders, numbers)
        people, amounts = arrangement(order, NAMES, 3), arrangement(amounts, _AMOUNTS, 3)
        measure, noun = COUNTED[draw(index, len(COUNTED))]
        giver, taker = arrangement(draw(index, 6, salt=1), range(3), 2)
        gifts = []  # (how many, what each has after it), where the three amounts differ
        for size in range(1, min(amounts[giver] - 1, _LARGEST_GIFT) + 1):
            after = list(amounts)
            after[giver] -= size
            after[taker] += size
            if len(set(after)) == len(after):
                gifts.append((size, after))
        size, after = gifts[draw(index, len(gifts), salt=2)]
        told = (f"{person}有{amount}{measure}{noun}" for person, amount in zip(people, amounts, strict=True))
        return {
            "told": "，".join(told),
            "gift": f"{people[giver]}给了{people[taker]}{size}{measure}{noun}",
            "name": people[who],
            "number": str(after[who]),
            "thing": measure + noun,
            "noun": noun,
        }

    def accepted(self, slots, direction):
        """A number may come with its measure word and noun: 5 or 5本书."""
        right = slots[direction]
        return {right, right + slots["thing"]} if direction == "number" else {right}
