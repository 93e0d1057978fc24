"""Times of the day against Python's datetime."""

import datetime
import re

import pytest

from mof.tasks.clock import ClockTimes
from tests.tasks.family_contract import check_oracle


def read_time(text):
    return datetime.datetime(2000, 1, 1, *map(int, re.findall(r"\d+", text)))


def test_clock_times():
    def solve(direction, start=None, minutes=None, end=None):
        if direction == "minutes":
            return (read_time(end) - read_time(start)) // datetime.timedelta(minutes=1)
        step = datetime.timedelta(minutes=int(minutes))
        time = read_time(start) + step if start else read_time(end) - step
        return f"{time.hour}点{time.minute}分" if time.minute else f"{time.hour}点"

    check_oracle(ClockTimes(), solve)


@pytest.mark.parametrize(
    ("index", "answer", "right"),
    [
        (840 * 29, "6点30分", True),  # 6:00 and 30 minutes
        (840 * 29, "6点半", True),
        (840 * 29, "6点三十分", False),
        (840 * 59, "7点", True),
        (840 * 59, "7点整", True),
        (840 * 59, "7点0分", False),
        (840 * 59, "7点7点", False),
    ],
)
def test_spellings(index, answer, right):
    family = ClockTimes()
    assert family.is_right(family.question(index, 0), answer + "。") == right
