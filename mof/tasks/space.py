"""States to be kept in mind: which way one faces after some turns, what lies where after some swaps."""

import math
from typing import final

from mof.tasks.enumeration import arrangement, scatter, split
from mof.tasks.family import Family
from mof.tasks.vocabulary import COLOURS

_COMPASS = ("北", "东北", "东", "东南", "南", "西南", "西", "西北")  # clockwise, 45 degrees apart
# what one does, in steps of 45 degrees clockwise
_TURNS = (("向右转90度", 2), ("向左转90度", -2), ("向右转45度", 1), ("向左转45度", -1), ("向后转", 4))
_PLACES = ("左边", "中间", "右边")
_SWAPS = ((0, 1), (1, 2), (0, 2))


def _variable_length(index, base):
    """Number `index` of the lists of numbers below `base`, the shortest first; none is empty."""
    length, size = 1, base
    while index >= size:
        index, length, size = index - size, length + 1, size * base
    return split(index, *[base] * length)


@final
class Turning(Family):
    """Facts: one of eight ways to face and one to four turns."""

    name = "turning"
    kind = "reasoning"
    gloss = "Which way one faces after some turns, or faced before them."
    num_facts = 8 * (5 + 25 + 125 + 625)
    templates = (
        "面朝{start}，{turns}，现在面朝[end]。",
        "小明面向{start}站着，{turns}，这时他面向[end]。",
        "问：面朝{start}，{turns}后，面朝哪个方向？答：[end]。",
        "机器人起初朝{start}，执行“{turns}”，最后朝[end]。",
        "船头朝{start}，{turns}，船头就朝[end]。",
        "先{turns}，转完以后面朝{end}，原来面朝[start]。",
        "开始时面对{start}方，依次{turns}，结果面对的方向是[end]。",
        "教官下令：“{turns}！”原来朝{start}的队伍变成朝[end]。",
        "玩具车车头朝{start}，遥控它{turns}，此后车头朝[end]。",
        "问：{turns}，转完正对{end}，起先正对哪里？答：[start]。",
        "看着指南针，小红先朝{start}，然后{turns}，她最终朝[end]。",
        "转盘上的箭头原来指着{start}，{turns}，箭头指着[end]。",
        "无人机机头指{start}，收到指令“{turns}”，机头改指[end]。",
        "风向标原来指{start}，有人拨它：{turns}。它停下时指[end]。",
        "方向题：起始方向{start}，动作是{turns}，终止方向是[end]。",
        "玩捉迷藏，小刚脸朝{start}，{turns}，脸便朝[end]。",
        "他{turns}，发现自己正朝{end}，可见他刚才朝[start]。",
        "舞台上演员朝{start}，音乐响起后{turns}，落幕时朝[end]。",
        "摄像头先对着{start}，再{turns}，拍到的方位是[end]。",
        "游戏里的小人朝{start}，按键让它{turns}，小人转为朝[end]。",
        "雷达天线从指着{start}开始，{turns}，停下时指着[end]。",
        "要想在{turns}以后朝{end}，一开始就得朝[start]。",
    )

    def slots(self, index):
        start, number = split(index, 8, 780)
        turns = [_TURNS[turn] for turn in _variable_length(number, len(_TURNS))]
        return {
            "start": _COMPASS[start],
            "turns": "，再".join(text for text, _ in turns),
            "end": _COMPASS[(start + sum(step for _, step in turns)) % 8],
        }

    def normalize(self, answer):
        """东方 and 正东 as 东."""
        return super().normalize(answer).removeprefix("正").removesuffix("方")


@final
class Swaps(Family):
    """Facts: three balls in a row, one to four swaps of two places, and a place to look at."""

    name = "swaps"
    kind = "reasoning"
    gloss = "Which ball lies where, or where a ball lies, after some swaps of places."
    num_facts = 40_000
    templates = (
        "{balls}。{moves}。现在{place}的球是[ball]。",
        "{balls}。{moves}。现在{ball}在[place]。",
        "问：{balls}，{moves}，{place}是什么球？答：[ball]。",
        "问：{balls}，{moves}，{ball}在哪里？答：[place]。",
        "三只碗下扣着球：{balls}。{moves}。掀开{place}的碗，里面是[ball]。",
        "三只碗下扣着球：{balls}。{moves}。要找{ball}，该掀开[place]的碗。",
        "一开始{balls}，魔术师{moves}，现在{place}变成了[ball]。",
        "一开始{balls}，魔术师{moves}，{ball}换到了[place]。",
        "起初{balls}。接着{moves}。看{place}，那里是[ball]。",
        "起初{balls}。接着{moves}。找{ball}，它在[place]。",
        "盯住球：{balls}；{moves}。停手后，{place}放的是[ball]。",
        "盯住球：{balls}；{moves}。停手后，{ball}停在[place]。",
        "把三个位置当作变量，{balls}，{moves}，最后{place}的值是[ball]。",
        "经过“{moves}”，原先的“{balls}”变了样，{place}成了[ball]。",
        "经过“{moves}”，原先的“{balls}”变了样，{ball}到了[place]。",
        "小明摆球：{balls}。小红动手：{moves}。此时{place}摆着[ball]。",
        "小明摆球：{balls}。小红动手：{moves}。此时{ball}摆在[place]。",
        "桌面上{balls}，按步骤操作：{moves}。操作完，{place}放的是[ball]。",
        "柜子三格，{balls}，管理员{moves}，如今{place}那格装着[ball]。",
        "柜子三格，{balls}，管理员{moves}，如今{ball}所在的格子是[place]。",
        "记忆测验：{balls}。{moves}。请说出{place}的球：[ball]。",
        "记忆测验：{balls}。{moves}。请说出{ball}的位置：[place]。",
    )

    def slots(self, index):
        place, colours, number = split(scatter(index, 3 * 336 * 120), 3, math.perm(len(COLOURS), 3), 120)
        balls = [f"{colour}球" for colour in arrangement(colours, COLOURS, 3)]
        told = "，".join(f"{where}是{ball}" for where, ball in zip(_PLACES, balls, strict=True))
        moves = []
        for move in _variable_length(number, len(_SWAPS)):
            one, other = _SWAPS[move]
            balls[one], balls[other] = balls[other], balls[one]
            moves.append(f"交换{_PLACES[one]}和{_PLACES[other]}")
        return {"balls": told, "moves": "，再".join(moves), "place": _PLACES[place], "ball": balls[place]}

    def normalize(self, answer):
        """红 as 红球; 左 as 左边; 中 as 中间."""
        folded = super().normalize(answer).removesuffix("球").removesuffix("边")
        return folded.removesuffix("间") or folded
