"""Hours of the day: what they contain, and when a number of hours in them is over."""

import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mof.planning.day_hours import read_day_hours

DAY = datetime.datetime(2026, 11, 26)


def at(hour, minute=0, day=0):
    return DAY + datetime.timedelta(days=day, hours=hour, minutes=minute)


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("", [at(0), at(12), at(23, 59)], []),
        ("22-7", [at(22), at(23, 59), at(0), at(6, 59)], [at(7), at(12), at(21, 59)]),
        ("9-17", [at(9), at(16, 59)], [at(8, 59), at(17), at(0)]),
        ("22:30-6:15", [at(22, 30), at(6, 14)], [at(22, 29), at(6, 15)]),
        ("0-7, 12-13", [at(3), at(12, 30)], [at(7), at(11, 59), at(13)]),
        ("18-24", [at(18), at(23, 59)], [at(0), at(17, 59)]),
    ],
)
def test_what_hours_contain(text, inside, outside):
    hours = read_day_hours(text)
    assert all(hours.contains(moment) for moment in inside)
    assert not any(hours.contains(moment) for moment in outside)


@pytest.mark.parametrize(("text", "share"), [("", 1.0), ("22-7", 9 / 24), ("0-12,6-18", 18 / 24)])
def test_their_share_of_a_day(text, share):
    assert read_day_hours(text).share() == pytest.approx(share)


@pytest.mark.parametrize("text", ["22", "22-", "25-7", "7-7", "0-24", "a-b", "22-7;", "22:60-7", "24:30-7"])
def test_what_says_no_hours_is_refused_with_an_example(text):
    with pytest.raises(ValueError, match="expected such as 22-7"):
        read_day_hours(text)


def test_the_end_of_a_training_that_runs_at_night():
    hours = read_day_hours("22-7")
    assert hours.end(at(12), 3600) == at(23)
    assert hours.end(at(23), 9 * 3600) == at(23, day=1)
    assert hours.end(at(6), 2 * 3600) == at(23)
    assert hours.end(at(22), 18 * 3600) == at(7, day=2)  # whole nights end in the morning
    assert hours.end(at(22), 96 * 3600) == at(22, day=10) + datetime.timedelta(hours=6)
    assert read_day_hours("").end(at(12), 90) == at(12) + datetime.timedelta(seconds=90)


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(["22-7", "9-17", "0-7,12-13:30", "23:45-0:15", ""]),
    st.integers(0, 24 * 60 - 1),
    st.integers(0, 40 * 60),
)
def test_the_end_is_the_one_that_counting_minutes_gives(text, start, minutes):
    hours, moment, left = read_day_hours(text), DAY + datetime.timedelta(minutes=start), minutes
    expected = moment
    while left:
        left -= hours.contains(expected)
        expected += datetime.timedelta(minutes=1)
    assert hours.end(moment, 60 * minutes) == expected
