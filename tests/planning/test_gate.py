"""When a training may run: by a clock, a load and a temperature that are played."""

import datetime

import psutil
import pytest

from mof.planning.gate import Gate, WhenToTrain, make_way

NOON = datetime.datetime(2026, 11, 26, 12)


class Machine:
    """What the gate asks: all of it can be set."""

    def __init__(self):
        self.now, self.degrees, self.cores = NOON, 60.0, 0.0

    def busy_cores(self):
        return self.cores

    def gate(self, **when):
        when = WhenToTrain(**when)
        return Gate(when, lambda: self.now, lambda: self.degrees, self)


def reason(gate):
    refusal = gate.refusal()
    return None if refusal is None else refusal.reason


def test_without_wishes_it_is_open():
    machine = Machine()
    machine.cores = 100.0
    gate = machine.gate()
    assert gate.is_always_open and gate.refusal() is None


def test_hours_follow_the_wall_clock_wherever_it_jumps():
    machine = Machine()
    gate = machine.gate(day_hours="22-7")
    assert reason(gate) == "hours" and "22-7" in gate.refusal().words
    machine.now = NOON.replace(hour=23)
    assert reason(gate) is None
    machine.now = NOON.replace(day=25, hour=8)  # the clock was set back, into the day before
    assert reason(gate) == "hours"
    assert not gate.is_always_open


def test_others_work_goes_before_and_a_little_calm_is_not_enough():
    machine = Machine()
    gate = machine.gate(most_other_cores=2.0)
    for cores, expected in ((1.9, None), (2.1, "load"), (1.9, "load"), (1.3, None), (1.9, None)):
        machine.cores = cores
        assert reason(gate) == expected, cores
    machine.cores = 3.25
    assert "keep 3.2 cores busy, the limit is 2." in gate.refusal().words


def test_heat_stops_it_and_it_has_to_cool_down():
    machine = Machine()
    gate = machine.gate(most_temperature=90.0)
    for degrees, expected in ((89.0, None), (91.0, "heat"), (85.0, "heat"), (81.0, None), (89.0, None)):
        machine.degrees = degrees
        assert reason(gate) == expected, degrees
    machine.degrees = None  # the sensor is gone
    assert reason(gate) is None


def test_a_machine_without_a_thermometer_is_told_so():
    machine = Machine()
    machine.degrees = None
    with pytest.raises(ValueError, match="tells programs no temperature"):
        machine.gate(most_temperature=90.0)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"day_hours": "late"}, "expected such as 22-7"),
        ({"most_other_cores": -1.0}, "most_other_cores is -1.0"),
        ({"most_temperature": 20.0}, "expected from 40 to 120 degrees"),
        ({"niceness": 20}, "expected from 0 to 19"),
        ({"nicenes": 3}, "did you mean 'niceness'"),
    ],
)
def test_wrong_wishes_are_refused(changes, words):
    with pytest.raises(ValueError, match=words):
        WhenToTrain().replace(**changes)


class FakeProcess:
    """A process whose priority is written down."""

    def __init__(self):
        self.value = 0

    def nice(self, value=None):
        if value is None:
            return self.value
        self.value = value


def test_priority_is_lowered_and_never_raised(monkeypatch):
    process = FakeProcess()
    monkeypatch.setattr(psutil, "Process", lambda: process)
    monkeypatch.delattr(psutil, "BELOW_NORMAL_PRIORITY_CLASS", raising=False)
    for niceness, expected in ((0, 0), (10, 10), (5, 10), (19, 19)):
        make_way(niceness)
        assert process.value == expected


def test_priority_on_windows_is_one_of_two_classes(monkeypatch):
    process = FakeProcess()
    monkeypatch.setattr(psutil, "Process", lambda: process)
    monkeypatch.setattr(psutil, "BELOW_NORMAL_PRIORITY_CLASS", "below", raising=False)
    monkeypatch.setattr(psutil, "IDLE_PRIORITY_CLASS", "idle", raising=False)
    for niceness, expected in ((10, "below"), (19, "idle")):
        make_way(niceness)
        assert process.value == expected
