"""Turns on a clock that is played. No test of speed."""

import pytest

from mof.lessons import turns
from mof.lessons.turns import medians, time_in_turns, times_as_long


@pytest.fixture
def played(monkeypatch):
    """A clock that each action moves on by what the test says, and the order of the calls."""
    now, calls = [0.0], []
    monkeypatch.setattr(turns.time, "perf_counter", lambda: now[0])

    def action(name, seconds):
        remaining = iter(seconds)

        def run():
            calls.append(name)
            now[0] += next(remaining)

        return run

    return action, calls


def test_the_first_call_is_not_counted_and_the_order_alternates(played):
    action, calls = played
    actions = {"a": action("a", [50, 1, 2, 9]), "b": action("b", [60, 4, 4, 9])}
    found = time_in_turns(actions, num_turns=3)
    assert found == {"a": [1, 2, 9], "b": [4, 4, 9]}
    assert "".join(calls) == "ab" + "ab" + "ba" + "ab"
    assert medians(found) == {"a": 2, "b": 4}


def test_a_rest_stands_before_each_counted_call_and_is_not_counted(played, monkeypatch):
    action, calls = played
    now = turns.time.perf_counter

    def sleep(seconds):
        calls.append(f"-{seconds:g}-")

    monkeypatch.setattr(turns.time, "sleep", sleep)
    actions = {"a": action("a", [50, 1, 2]), "b": action("b", [60, 4, 4])}
    assert time_in_turns(actions, 2, rest=0.5) == {"a": [1, 2], "b": [4, 4]}
    assert "".join(calls) == "ab" + "-0.5-a-0.5-b" + "-0.5-b-0.5-a"
    assert now() == 50 + 60 + 1 + 2 + 4 + 4


def test_a_ratio_is_taken_within_each_turn():
    """A disturbance that hits both of a turn leaves their ratio as it is."""
    disturbed = {"a": [1.0, 30.0, 1.2], "b": [2.0, 60.0, 2.4]}
    assert times_as_long(disturbed, "b", "a") == pytest.approx(2.0)
    uneven = {"a": [1.0, 10.0, 4.0], "b": [3.0, 20.0, 16.0]}  # the medians alone would say 4
    assert times_as_long(uneven, "b", "a") == 3.0


def test_a_clock_that_stands_still_gives_no_zero(monkeypatch):
    monkeypatch.setattr(turns.time, "perf_counter", lambda: 5.0)
    assert time_in_turns({"a": lambda: None}, num_turns=1)["a"][0] > 0


@pytest.mark.parametrize(("actions", "num_turns"), [({}, 3), ({"a": lambda: None}, 0)])
def test_nothing_to_time_is_refused(actions, num_turns):
    with pytest.raises(ValueError, match="expected at least one of each"):
        time_in_turns(actions, num_turns)
