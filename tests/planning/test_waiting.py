"""Waiting: told, noted, ended by what it waits for or by a stop; and events that a full disk keeps back."""

import errno
import os
import time
from types import SimpleNamespace

import pytest

from mof.planning import waiting
from mof.planning.waiting import RunEvents, Waiter
from mof.training.run_folder import RunFolder


@pytest.fixture
def clock(monkeypatch):
    """A clock that moves when somebody sleeps."""
    state = SimpleNamespace(now=0.0)

    def sleep(seconds):
        state.now += seconds

    monkeypatch.setattr(waiting.time, "monotonic", lambda: state.now)
    monkeypatch.setattr(waiting.time, "sleep", sleep)
    return state


class Events:
    def __init__(self):
        self.noted = []

    def note(self, event, words, **more):
        self.noted.append((event, more))

    def give_sign(self):
        self.noted.append(("sign", {}))


def test_a_wait_is_told_and_noted_with_its_length(clock):
    said, events = [], Events()
    waiter = Waiter(lambda: False, said.append, events)
    assert waiter.wait("load", "Busy.", lambda: clock.now >= 100, 30.0)
    assert said == ["Busy.", "Going on after a pause of 0:02:00."]
    (paused, why), *signs, (continued, how) = events.noted
    assert (paused, continued) == ("paused", "continued")
    assert signs == [("sign", {})] * 8, "one in 15 s: a reader of the files knows it from a dead process"
    assert why == {"reason": "load"} and how["seconds"] == pytest.approx(120.0, abs=1)


def test_what_is_over_already_is_not_mentioned(clock):
    said = []
    assert Waiter(lambda: False, said.append).wait("load", "Busy.", lambda: True, 30.0)
    assert said == [] and clock.now == 0.0


def test_a_stop_ends_it_soon(clock):
    waiter = Waiter(lambda: clock.now > 3.0, lambda words: None)
    assert not waiter.wait("hours", "Late.", lambda: False, 30.0)
    assert clock.now < 4.0


class Folder:
    """A run whose disk can be full."""

    def __init__(self):
        self.is_full, self.events = False, []

    def append_event(self, event, update, words, **more):
        if self.is_full:
            raise OSError(errno.ENOSPC, "No space left on device")
        self.events.append((event, update, more.pop("time"), more))


def test_events_wait_for_room_and_keep_their_order_and_time(monkeypatch):
    folder = Folder()
    events = RunEvents(folder, lambda: 7)
    folder.is_full = True
    events.note("paused", "full", reason="disk")
    assert folder.events == []
    folder.is_full = False
    events.note("continued", "on", seconds=3.0)
    assert [event[:2] for event in folder.events] == [("paused", 7), ("continued", 7)]
    assert folder.events[0][3] == {"reason": "disk"} and folder.events[0][2] <= folder.events[1][2]


def test_no_training_ends_because_its_events_are_held_by_another_program():
    folder = Folder()
    events = RunEvents(folder)
    write = folder.append_event
    folder.append_event = lambda *_, **__: (_ for _ in ()).throw(PermissionError(errno.EACCES, "no"))
    events.note("paused", "words")
    folder.append_event = write
    events.note("continued", "words")
    assert [event[0] for event in folder.events] == ["paused", "continued"]


def test_a_pause_that_could_not_be_noted_is_noted_with_the_next_sign_or_gives_none():
    folder, signs = Folder(), []
    folder.touch_events = lambda: signs.append(True)
    folder.is_full = True
    events = RunEvents(folder)
    events.note("paused", "full", reason="disk")
    events.give_sign()
    assert folder.events == [] and signs == [], "a reader would take the sign for training"
    folder.is_full = False
    events.give_sign()
    assert [event[0] for event in folder.events] == ["paused"] and signs == [True]


def test_a_sign_of_life_is_the_time_of_the_file_and_may_fail(tmp_path):
    events = RunEvents(RunFolder.__new__(RunFolder))
    events.run.path = tmp_path
    events.give_sign()  # no file yet: nothing happens
    assert list(tmp_path.iterdir()) == []
    file = tmp_path / "events.jsonl"
    file.write_text("{}\n", encoding="utf-8")
    os.utime(file, (1e9, 1e9))
    events.give_sign()
    assert time.time() - file.stat().st_mtime < 60 and file.read_text(encoding="utf-8") == "{}\n"
