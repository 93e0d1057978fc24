"""A run's figures in words."""

import datetime

import pytest

from mof.machine.forecast import Forecast
from mof.panel.summary import time_left
from tests.panel.made_runs import calm_losses, updates
from tests.panel.test_signal_words import snapshot_of

NOON = datetime.datetime(2026, 11, 27, 12, 0)
HOUR = 3600.0


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ("", "18 h (80%: 17 h to 20 h)"),
        # 10 hours until it begins, 9 of this night; 24 hours later the other 9
        ("22-7", "18 h (80%: 17 h to 20 h), only in the hours 22-7: 43 h by the clock"),
        ("12-18", "18 h (80%: 17 h to 20 h), only in the hours 12-18: 54 h by the clock"),
    ],
)
def test_time_left_knows_the_hours_of_the_day(hours, expected):
    left = Forecast(*(hours * HOUR for hours in (18, 17, 20, 18, 17, 20)))
    snapshot = snapshot_of(updates(calm_losses(99)), forecast=left, day_hours=hours)
    assert time_left(snapshot, NOON) == expected


def test_nothing_is_left_of_a_training_that_has_diverged():
    left = Forecast(*(6 * [HOUR]))
    befell = ({"event": "diverged", "update": 99, "words": ""},)
    assert time_left(snapshot_of(updates(calm_losses(99)), forecast=left, befell=befell)) == ""
