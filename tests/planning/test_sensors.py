"""What the machine feels, by counters that are played, and once really."""

from types import SimpleNamespace
from typing import NamedTuple

import psutil
import pytest

from mof.planning import sensors
from mof.planning.sensors import OtherPrograms, processor_temperature


class Times(NamedTuple):
    """Seconds of all cores, as Linux counts them; a guest's stand in user too."""

    user: float
    system: float
    idle: float
    iowait: float
    guest: float


@pytest.fixture
def play(monkeypatch):
    """Sets the clock, the cores' seconds and this process' seconds."""
    state = SimpleNamespace(now=0.0, times=Times(0, 0, 0, 0, 0), own=(0.0, 0.0))
    process = SimpleNamespace(cpu_times=lambda: SimpleNamespace(user=state.own[0], system=state.own[1]))
    monkeypatch.setattr(psutil, "Process", lambda: process)
    monkeypatch.setattr(psutil, "cpu_times", lambda: state.times)
    monkeypatch.setattr(sensors.time, "monotonic", lambda: state.now)
    return state


def test_others_are_all_less_this_process(play):
    others = OtherPrograms()
    play.now, play.own = 10.0, (14.0, 1.0)
    play.times = Times(user=25.0, system=5.0, idle=9.0, iowait=1.0, guest=5.0)
    assert others.busy_cores() == pytest.approx((25 + 5 - 15) / 10)
    play.now = 10.1  # too early to tell: as before
    assert others.busy_cores() == pytest.approx(1.5)
    play.now, play.own = 20.0, (34.0, 1.0)  # rounding of the counters: never below 0
    play.times = play.times._replace(user=44.0)
    assert others.busy_cores() == 0.0


def chip(*degrees):
    return [SimpleNamespace(current=value) for value in degrees]


@pytest.mark.parametrize(
    ("chips", "expected"),
    [
        ({"coretemp": chip(50.0, 71.0), "nvme": chip(90.0)}, 71.0),
        ({"nvme": chip(40.0), "iwlwifi": chip(45.0)}, 45.0),
        ({"coretemp": chip(None, 0.0)}, None),
        ({}, None),
    ],
)
def test_the_hottest_sensor_of_the_processor(chips, expected, monkeypatch):
    monkeypatch.setattr(psutil, "sensors_temperatures", lambda: chips, raising=False)
    assert processor_temperature() == expected


def test_a_system_without_sensors_tells_none(monkeypatch):
    monkeypatch.delattr(psutil, "sensors_temperatures", raising=False)
    assert processor_temperature() is None


def test_this_machine_can_be_asked():
    assert OtherPrograms().busy_cores() == 0.0
    degrees = processor_temperature()
    assert degrees is None or 0 < degrees < 130
