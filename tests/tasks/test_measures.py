"""Units against their size in the smallest unit of their kind; rectangles against a walk and a count."""

import re
from fractions import Fraction

from mof.tasks.measures import Rectangle, UnitConversion
from tests.tasks.family_contract import check_oracle, visible_cases

SIZES = {  # in metres, square metres, kilograms, litres, yuan, hours
    "千米": Fraction(1000),
    "米": Fraction(1),
    "分米": Fraction(1, 10),
    "厘米": Fraction(1, 100),
    "毫米": Fraction(1, 1000),
    "吨": Fraction(1000),
    "千克": Fraction(1),
    "克": Fraction(1, 1000),
    "升": Fraction(1),
    "毫升": Fraction(1, 1000),
    "元": Fraction(1),
    "角": Fraction(1, 10),
    "星期": Fraction(168),
    "天": Fraction(24),
    "小时": Fraction(1),
    "分钟": Fraction(1, 60),
    "秒": Fraction(1, 3600),
    "平方米": Fraction(1),
    "平方分米": Fraction(1, 100),
}


def size(amount):
    """A text such as 3米20厘米 in the unit that SIZES is in."""
    return sum(int(number) * SIZES[unit] for number, unit in re.findall(r"(\d+)(\D+)", amount))


def test_units_keep_the_amount():
    for direction, visible, question in visible_cases(UnitConversion()):
        shown = visible["total" if direction == "mixed" else "mixed"]
        assert size(shown) == size(question.answer) > 0
        if direction == "mixed":
            (_, large), (rest, small) = re.findall(r"(\d+)(\D+)", question.answer)
            assert 0 < int(rest) * SIZES[small] < SIZES[large]
        if "ratio" in visible and "large" in visible and "small" in visible:
            assert int(visible["ratio"]) * SIZES[visible["small"]] == SIZES[visible["large"]]


def test_unit_spellings():
    family = UnitConversion()
    question = family.question(0, 0)
    assert question.prompt.startswith("1米")
    assert family.is_right(question, question.answer.removesuffix("厘米") + "。")
    assert not family.is_right(question, question.answer.replace("厘米", "米") + "。")


def test_rectangles():
    def solve(direction, length=None, width=None, perimeter=None, area=None):
        def fits(long, wide):
            walk = long + wide + long + wide
            tiles = sum(long for _ in range(wide))
            told = {length: long, width: wide, perimeter: walk, area: tiles}
            return all(name is None or int(name) == value for name, value in told.items()) and {
                "length": long,
                "width": wide,
                "perimeter": walk,
                "area": tiles,
            }

        longs = [int(length)] if length else range(1, 112)
        wides = [int(width)] if width else range(1, 112)
        [found] = filter(None, (fits(long, wide) for long in longs for wide in wides))
        return found[direction]

    check_oracle(Rectangle(), solve, facts_per_wording=15)
