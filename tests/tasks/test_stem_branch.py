"""The sixty-year cycle, walked year by year, and years known from history."""

import itertools

import pytest

from mof.tasks.stem_branch import StemBranch
from tests.tasks.family_contract import check_oracle

STEMS, BRANCHES = itertools.cycle("甲乙丙丁戊己庚辛壬癸"), itertools.cycle("子丑寅卯辰巳午未申酉戌亥")
CYCLE = [next(STEMS) + next(BRANCHES) for _ in range(60)]


def test_cycle():
    def solve(direction, years, start=None, later=None):
        place = CYCLE.index(start or later)
        walk = CYCLE[place:] + CYCLE[:place]
        if later:  # backwards
            walk = [walk[0], *reversed(walk[1:])]
        return next(itertools.islice(itertools.cycle(walk), int(years), None))

    check_oracle(StemBranch(), solve)


@pytest.mark.parametrize(
    ("start", "years", "later"),
    [
        ("甲午", 4, "戊戌"),  # war of 1894, reform of 1898
        ("戊戌", 2, "庚子"),  # 1900
        ("庚子", 11, "辛亥"),  # revolution of 1911
        ("甲午", 17, "辛亥"),
    ],
)
def test_years_of_history(start, years, later):
    family = StemBranch()
    slots = family.slots(CYCLE.index(start) + 60 * (years - 1))
    assert slots == {"start": start, "years": str(years), "later": later}
