"""Who owns what, when it is told only who does not."""

import math
from typing import final

from mof.tasks.enumeration import arrangement, draw, scatter, split
from mof.tasks.family import Family
from mof.tasks.vocabulary import NAMES, THINGS


@final
class Elimination(Family):
    """Facts: three people, three things, and who took which. The clues leave only that one possibility."""

    name = "elimination"
    kind = "reasoning"
    gloss = "Three people took one of three things each: who took what, by elimination."
    num_facts = 60_000
    templates = (
        "{people}各拿了{things}中的一样。{clues}。{last}拿的是[last_thing]。",
        "{people}各拿了{things}中的一样。{clues}。{first}拿的是[first_thing]。",
        "{people}各拿了{things}中的一样。{clues}。拿{last_thing}的是[last]。",
        "问：{people}分{things}，一人一样，{clues}，{last}拿了什么？答：[last_thing]。",
        "问：{people}分{things}，一人一样，{clues}，{first}拿了什么？答：[first_thing]。",
        "问：{people}分{things}，一人一样，{clues}，谁拿了{first_thing}？答：[first]。",
        "逻辑题：{things}分给{people}，每人一样；{clues}。由此可知，{last}得到[last_thing]。",
        "逻辑题：{things}分给{people}，每人一样；{clues}。由此可知，{first_thing}归[first]。",
        "老师把{things}奖给{people}，每人一件，{clues}，所以{first}领到[first_thing]。",
        "三人{people}抽签，签是{things}，{clues}，排除以后，{last}抽到[last_thing]。",
        "三人{people}抽签，签是{things}，{clues}，排除以后，抽到{last_thing}的是[last]。",
        "三份礼物{things}，收礼的是{people}。线索：{clues}。{first}收到[first_thing]。",
        "三份礼物{things}，收礼的是{people}。线索：{clues}。收到{first_thing}的人是[first]。",
        "侦探查{things}被谁拿走，嫌疑人{people}每人拿了一样；{clues}。拿走{last_thing}的是[last]。",
        "用排除法：{people}对应{things}，{clues}，剩下{last}只能对应[last_thing]。",
        "用排除法：{people}对应{things}，{clues}，那么{first}只能对应[first_thing]。",
        "桌上有{things}，{people}每人拿一件，{clues}，{last}拿的那件是[last_thing]。",
        "店里只剩{things}，{people}一人买一样，{clues}，可见{first}买的是[first_thing]。",
        "连线题：左边是{people}，右边是{things}，{clues}，从{last}连到[last_thing]。",
        "{clues}。{people}三人分完了{things}，每人一样，{first}分到[first_thing]。",
        "{clues}。{people}三人分完了{things}，每人一样，分到{last_thing}的是[last]。",
        "推断：{people}手中各有{things}之一，{clues}，故{last}手中是[last_thing]。",
    )

    def slots(self, index):
        orders, choices = math.perm(len(NAMES), 3), math.perm(len(THINGS), 3)
        order, choice = split(scatter(index, orders * choices), orders, choices)
        people, things = arrangement(order, NAMES, 3), arrangement(choice, THINGS, 3)
        first, second, last = people
        style = draw(index, 3)
        if style == 0:
            clues = f"{second}拿的是{things[1]}，{first}拿的不是{things[2]}"
        elif style == 1:
            clues = f"{first}没有拿{things[1]}，也没有拿{things[2]}，{second}没有拿{things[2]}"
        else:
            clues = f"{last}没有拿{things[1]}，{first}和{last}里有人拿了{things[0]}，但不是{last}"
        return {
            "people": "、".join(arrangement(draw(index, 6, salt=1), people, 3)),
            "things": "、".join(arrangement(draw(index, 6, salt=2), things, 3)),
            "clues": clues,
            "first": first,
            "first_thing": things[0],
            "last": last,
            "last_thing": things[2],
        }
