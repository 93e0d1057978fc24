"""The clock of training stands still in sleep; jumps of the computer's clock are told and change nothing."""

import ctypes
import sys
import time
from types import SimpleNamespace

import pytest

from mof.training import clock
from mof.training.clock import JumpWatch, awake_seconds


class Clocks:
    """The computer's clock and the time awake, moved apart at will."""

    def __init__(self, monkeypatch):
        self.wall, self.awake = 1e9, 50.0
        monkeypatch.setattr(clock.time, "time", lambda: self.wall)
        monkeypatch.setattr(clock, "awake_seconds", lambda: self.awake)

    def pass_by(self, awake, wall=None):
        self.awake += awake
        self.wall += awake if wall is None else wall


def test_sleep_and_a_clock_set_forward_are_jumps_ahead(monkeypatch):
    clocks = Clocks(monkeypatch)
    watch = JumpWatch()
    clocks.pass_by(100.0)
    assert watch.jump() == 0.0
    clocks.pass_by(10.0, wall=3610.0)
    assert watch.jump() == pytest.approx(3600.0)
    clocks.pass_by(10.0)
    assert watch.jump() == 0.0  # told once


def test_a_clock_set_back_is_a_jump_back(monkeypatch):
    clocks = Clocks(monkeypatch)
    watch = JumpWatch()
    clocks.pass_by(10.0, wall=-7190.0)
    assert watch.jump() == pytest.approx(-7200.0)


def test_a_clock_that_is_corrected_a_little_is_none(monkeypatch):
    clocks = Clocks(monkeypatch)
    watch = JumpWatch()
    for _ in range(100):
        clocks.pass_by(60.0, wall=60.5)
        assert watch.jump() == 0.0


def test_it_runs_as_time_does():
    start, other = awake_seconds(), time.monotonic()
    time.sleep(0.05)
    assert awake_seconds() - start == pytest.approx(time.monotonic() - other, abs=0.05)


@pytest.mark.skipif(not hasattr(time, "CLOCK_BOOTTIME"), reason="only Linux tells the time with sleep")
def test_on_linux_it_is_the_clock_that_leaves_sleep_out():
    assert time.get_clock_info("perf_counter").implementation == "clock_gettime(CLOCK_MONOTONIC)"
    assert time.clock_gettime(time.CLOCK_MONOTONIC) == pytest.approx(awake_seconds(), abs=1.0)
    assert time.clock_gettime(time.CLOCK_BOOTTIME) >= time.clock_gettime(time.CLOCK_MONOTONIC) - 1.0


@pytest.mark.parametrize(("answers", "expected"), [(1, 12.5), (0, None)])
def test_on_windows_the_unbiased_interrupt_time_is_asked(monkeypatch, answers, expected):
    def query(pointer):
        pointer._obj.value = 125_000_000  # in units of 100 nanoseconds
        return answers

    kernel = SimpleNamespace(QueryUnbiasedInterruptTime=query)
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(ctypes, "windll", SimpleNamespace(kernel32=kernel), raising=False)
    now = awake_seconds()
    assert now == expected if expected else now == pytest.approx(time.perf_counter(), abs=1.0)


def test_a_training_does_not_count_a_jump(make_training, monkeypatch):
    """The wall clock goes wild; the run takes the same updates and as many seconds."""
    training = make_training()
    monkeypatch.setattr(time, "time", lambda: 1e9)
    training.update()
    before = training.seconds()
    monkeypatch.setattr(time, "time", lambda: 2e9)
    assert training.seconds() - before < 5.0
    training.update()
    monkeypatch.setattr(time, "time", lambda: -1e9)
    assert training.seconds() - before < 60.0
    seconds = [entry["seconds"] for entry in training.run.read_log()]
    assert seconds == sorted(seconds) and seconds[-1] < 120.0
