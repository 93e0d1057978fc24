"""The sixty-year cycle of stems and branches (干支)."""

from typing import final

from mof.tasks.enumeration import split
from mof.tasks.family import Family

_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_LONGEST_YEARS = 100


def _name(number):
    return _STEMS[number % 10] + _BRANCHES[number % 12]


@final
class StemBranch(Family):
    """Facts: a year of the cycle, up to 100 years, and the year of the cycle they lead to."""

    name = "stem_branch"
    kind = "reasoning"
    gloss = "The name in the sixty-year cycle of the year so many years after or before another."
    num_facts = 60 * _LONGEST_YEARS
    templates = (
        "{start}年之后第{years}年是[later]年。",
        "今年是{start}年，再过{years}年是[later]年。",
        "今年是{later}年，{years}年前是[start]年。",
        "问：{start}年过{years}年是什么年？答：[later]年。",
        "问：{later}年往前数{years}年是什么年？答：[start]年。",
        "按干支纪年，{start}年过{years}年以后为[later]年。",
        "爷爷生于{start}年，他{years}周岁那年是[later]年。",
        "古塔建于{start}年，{years}年后重修，重修于[later]年。",
        "干支推算：从{start}向后推{years}位，是[later]。",
        "干支推算：从{later}向前推{years}位，是[start]。",
        "六十甲子中，{start}往后数{years}个是[later]。",
        "这幅画作于{later}年，比另一幅晚{years}年，另一幅作于[start]年。",
        "他在{start}年离家，{years}年后归来，归来时是[later]年。",
        "碑文说：“{start}年立，越{years}年毁。”毁于[later]年。",
        "这棵树已栽了{years}年，现在是{later}年，栽树那年是[start]年。",
        "天干地支各往后推{years}步，{start}变成[later]。",
        "天干地支各往回推{years}步，{later}变成[start]。",
        "老人说，{start}年发过大水，又过{years}年大旱，大旱是在[later]年。",
        "算一算：{start}年再加{years}年，干支是[later]。",
        "学堂开办到{later}年时满{years}年，开办那年是[start]年。",
        "历史题：甲事发生在{start}年，乙事晚{years}年，乙事发生在[later]年。",
        "再过{years}年就到{later}年了，可见今年是[start]年。",
    )

    def slots(self, index):
        start, years = split(index, 60, _LONGEST_YEARS)
        return {"start": _name(start), "years": str(years + 1), "later": _name(start + years + 1)}
