"""Lines of progress on a clock of the test's own."""

import pytest

from mof.sources import progress_lines
from mof.sources.progress_lines import ProgressLines


@pytest.fixture
def clock(monkeypatch):
    """A list whose only item is the time."""
    now = [100.0]
    monkeypatch.setattr(progress_lines.time, "monotonic", lambda: now[0])
    return now


def told(clock, steps):
    """What is said of steps (seconds after the one before, done of 100), and the ProgressLines."""
    said = []
    lines = ProgressLines(said.append, "read")
    for seconds, done in steps:
        clock[0] += seconds
        lines(done, 100)
    return said, lines


def test_a_line_every_few_seconds_with_share_and_time_left(clock):
    said, lines = told(clock, [(0, 0), (4, 10), (2, 12), (3, 18), (3, 25)])
    assert said == ["  12% read, 0:44 left.", "  25% read, 0:36 left."] and lines.has_told


def test_what_came_before_the_first_call_has_no_speed(clock):
    """A graph that takes half a minute to make, or a file that was read already."""
    said, _ = told(clock, [(30, 50), (10, 60)])
    assert said == ["  60% read, 0:40 left."]


@pytest.mark.parametrize(
    "steps", [[(0, 0), (2, 50), (2, 100)], [(0, 0), (60, 100)], [(0, 10), (60, 10)], [(60, 100)]]
)
def test_nothing_is_said_of_what_is_short_or_over_or_stands_still(clock, steps):
    said, lines = told(clock, steps)
    assert said == [] and not lines.has_told
