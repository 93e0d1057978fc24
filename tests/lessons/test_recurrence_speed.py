"""Times of recurrences: that they are taken, and what is said of them. No test of speed."""

from types import SimpleNamespace

import pytest

from mof.lessons import recurrence_speed
from mof.lessons.recurrence_speed import (
    GRU,
    LOOP,
    TREE,
    describe_times,
    show_recorded_times,
    time_recurrences,
)

STORED = {GRU: {"32": 0.5, "128": 2.0}, LOOP: {"32": 0.1, "128": 0.4}, TREE: {"32": 0.3, "128": 1.2}}


def test_each_form_is_timed_at_each_length():
    found = time_recurrences((2, 5), num_times=1, num_rows=2, hidden_width=3)
    assert list(found) == [GRU, LOOP, TREE]
    for seconds in found.values():
        assert list(seconds) == [2, 5] and all(0 < value < 60 for value in seconds.values())


def test_the_longest_length_is_put_in_numbers_also_from_a_record():
    as_measured = {name: {int(n): s for n, s in seconds.items()} for name, seconds in STORED.items()}
    sentences = describe_times(STORED)
    assert sentences == describe_times(as_measured)
    assert [line.split()[-2:] for line in sentences[1:]] == [
        ["2.000", "5.0"],
        ["0.400", "1.0"],
        ["1.200", "3.0"],
    ]
    assert sentences[0].split()[:3] == ["rows", "of", "128"] and len({len(line) for line in sentences}) == 1


def test_times_that_nobody_has_recorded_are_said_to_be_missing(monkeypatch, capsys):
    monkeypatch.setattr(recurrence_speed, "find_record", lambda name: None)
    show_recorded_times()
    assert "python benchmarks/recurrence_by_length.py" in capsys.readouterr().out


def test_recorded_times_are_drawn_with_their_origin(monkeypatch, capsys):
    record = SimpleNamespace(data={"seconds": STORED}, note="recorded on Sunday")
    shown = []
    monkeypatch.setattr(recurrence_speed, "find_record", {"recurrence_by_length": record}.get)
    monkeypatch.setattr(recurrence_speed, "show_figure", lambda *arguments: shown.append(arguments))
    show_recorded_times()
    ((figure, words),) = shown
    assert words.endswith("; recorded on Sunday.") and figure.layout.title.text == "Recorded"
    assert [trace.name for trace in figure.data] == [GRU, LOOP, TREE]
    assert capsys.readouterr().out.splitlines() == describe_times(STORED)


def test_an_unknown_form_in_a_record_is_no_silent_gap():
    with pytest.raises(KeyError):
        describe_times({LOOP: STORED[LOOP]})
