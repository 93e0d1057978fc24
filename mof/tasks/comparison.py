"""Which of two numbers is larger, and who of some people is tallest when each is compared with one other."""

import math
from typing import final

from mof.tasks.enumeration import arrangement, draw, pair, scatter, split
from mof.tasks.family import Family
from mof.tasks.vocabulary import NAMES

# what may follow the point: one or two digits without a last 0, in rising order
_FRACTIONS = tuple(f"{n:02}".rstrip("0") for n in range(1, 100))
_NUM_FRACTION_PAIRS = 99 * 98 // 2
_NUM_WHOLE = 12_000
# adjective, its opposite
_ADJECTIVES = (("高", "矮"), ("重", "轻"), ("快", "慢"), ("早", "晚"), ("大", "小"), ("远", "近"))
_ADJECTIVE_MEANINGS = ("身高", "体重", "跑步速度", "到校时间", "年龄", "家到学校的距离")
_VERBS = ("", "", "跑得", "到得", "", "住得")  # before the adjective in a comparison, where it needs one


@final
class LargerNumber(Family):
    """Facts: two different numbers, whole below 156 or decimals with the same whole part (3.9 and 3.11)."""

    name = "larger_number"
    kind = "reasoning"
    gloss = "Which of two numbers is larger, which smaller; the sign between them."
    num_facts = _NUM_WHOLE + 12_000
    templates = (
        "{x}和{y}相比，较大的是[larger]。",
        "{x}和{y}相比，较小的是[smaller]。",
        "比大小：{x}○{y}，圆圈里的符号读作[sign]。",
        "问：{x}与{y}哪个大？答：[larger]。",
        "问：{x}与{y}哪个小？答：[smaller]。",
        "在{x}、{y}两个数中，大的那个是[larger]。",
        "在{x}、{y}两个数中，小的那个是[smaller]。",
        "从{x}与{y}里挑出大的那个：[larger]。",
        "从{x}与{y}里挑出小的那个：[smaller]。",
        "甲得了{x}分，乙得了{y}分，得分高的得了[larger]分。",
        "甲跑完用了{x}秒，乙跑完用了{y}秒，跑得快的用了[smaller]秒。",
        "苹果每斤{x}元，梨每斤{y}元，便宜的那种每斤[smaller]元。",
        "两根绳子，一根长{x}米，一根长{y}米，较长的那根长[larger]米。",
        "数轴上有{x}和{y}两点，靠右的一点是[larger]。",
        "数轴上有{x}和{y}两点，靠左的一点是[smaller]。",
        "max({x}, {y}) 的值是[larger]。",
        "min({x}, {y}) 的值是[smaller]。",
        "{x}与{y}之间应填大于号还是小于号？填[sign]。",
        "昨天气温{x}度，今天{y}度，较热的那天是[larger]度。",
        "{x}是不是比{y}大？用“大于”或“小于”回答：[sign]。",
        "小红有{x}元，小刚有{y}元，钱少的人有[smaller]元。",
        "把{x}同{y}放在一起比一比，大的那个数是[larger]。",
        "判断{x}与{y}的大小关系：前者[sign]后者。",
        "老师问{x}和{y}谁更小，同学回答：[smaller]。",
    )

    def slots(self, index):
        if index < _NUM_WHOLE:
            low, high = pair(index)
            small, large = str(low), str(high + 1)
        else:
            number, whole = split(
                scatter(index - _NUM_WHOLE, _NUM_FRACTION_PAIRS * 10), _NUM_FRACTION_PAIRS, 10
            )
            low, high = pair(number)
            small, large = f"{whole}.{_FRACTIONS[low]}", f"{whole}.{_FRACTIONS[high + 1]}"
        rises = draw(index, 2)
        x, y = (small, large) if rises else (large, small)
        return {"x": x, "y": y, "larger": large, "smaller": small, "sign": "小于" if rises else "大于"}

    def normalize(self, answer):
        return super().normalize(answer).replace("<", "小于").replace(">", "大于").removesuffix("号")


@final
class TallestPerson(Family):
    """Facts: an order of three people by height, weight, ..., and a question about its top or bottom.

    Only neighbours in the order are compared, in clues that come in any order and either way round.
    """

    name = "tallest_person"
    kind = "reasoning"
    gloss = "Who comes first or last of three people, from comparisons of two."
    num_facts = 50_000
    templates = (
        "{clues}。三个人里最{most_word}的是[most]。",
        "{clues}。三个人里最{least_word}的是[least]。",
        "已知{clues}，那么最{most_word}的人是[most]。",
        "已知{clues}，那么最{least_word}的人是[least]。",
        "问：{clues}，谁最{most_word}？答：[most]。",
        "问：{clues}，谁最{least_word}？答：[least]。",
        "比较{people}的{subject}：{clues}。按从{most_word}到{least_word}排，第一个是[most]。",
        "比较{people}的{subject}：{clues}。按从{most_word}到{least_word}排，最后一个是[least]。",
        "因为{clues}，所以最{most_word}的只能是[most]。",
        "因为{clues}，所以最{least_word}的只能是[least]。",
        "推理题：{clues}。请问三人中谁最{most_word}？[most]。",
        "推理题：{clues}。请问三人中谁最{least_word}？[least]。",
        "老师比较了{people}的{subject}，发现{clues}，可见最{most_word}的是[most]。",
        "老师比较了{people}的{subject}，发现{clues}，可见最{least_word}的是[least]。",
        "从“{clues}”可以推出，既不居中也不是最{least_word}的人是[most]。",
        "从“{clues}”可以推出，既不居中也不是最{most_word}的人是[least]。",
        "{clues}；三人之中，居中的是[middle]。",
        "就{subject}来说，{clues}，排在中间的人是[middle]。",
        "问：{clues}，谁不是最{most_word}，也不是最{least_word}？答：[middle]。",
        "比一比{subject}：{clues}。最{most_word}的排第一，第一是[most]。",
        "关于{people}三人，只知道{clues}，由此看来中间的是[middle]。",
        "{subject}排名：{clues}，三人里垫底（最{least_word}）的是[least]。",
        "线索：{clues}。结论：论{subject}，处在正中的是[middle]。",
    )

    def slots(self, index):
        orders = math.perm(len(NAMES), 3)
        number, order = split(scatter(index, len(_ADJECTIVES) * orders), len(_ADJECTIVES), orders)
        more, less = _ADJECTIVES[number]
        top, middle, bottom = people = arrangement(order, NAMES, 3)
        form, verb = draw(index, 8), _VERBS[number]
        first = f"{middle}比{top}{verb}{less}" if form & 1 else f"{top}比{middle}{verb}{more}"
        second = f"{bottom}比{middle}{verb}{less}" if form & 2 else f"{middle}比{bottom}{verb}{more}"
        return {
            "clues": f"{second}，{first}" if form & 4 else f"{first}，{second}",
            "people": "、".join(arrangement(draw(index, 6, salt=1), people, 3)),
            "subject": _ADJECTIVE_MEANINGS[number],
            "most_word": more,
            "least_word": less,
            "most": top,
            "middle": middle,
            "least": bottom,
        }
