"""When a training may run: in chosen hours, while others leave the machine alone, while it is cool."""

import dataclasses
import datetime
from typing import NamedTuple

import psutil

from mof.config import Config, check_at_least, setting
from mof.planning.day_hours import read_day_hours
from mof.planning.sensors import OtherPrograms, processor_temperature

SECONDS_BETWEEN_LOOKS = 30.0
COOLER_DEGREES = 8.0  # below the limit before it goes on: else it would stop and start each minute
CALMER_SHARE = 0.7  # of the limit, likewise
IDLE_NICENESS = 15  # from here on Windows' lowest class; below it the one under the usual


@dataclasses.dataclass(frozen=True)
class WhenToTrain(Config):
    """When a training runs and how it makes way. It decides nothing about the numbers, so it may be changed
    at any time."""

    day_hours: str = setting("", "local hours of the day, such as 22-7; empty for the whole day")
    most_other_cores: float = setting(
        0.0, "it waits while other programs keep more cores busy than this, such as 1.5; 0 never"
    )
    most_temperature: float = setting(
        0.0, "it waits while the processor is hotter, in degrees Celsius, such as 90; 0 never"
    )
    niceness: int = setting(10, "how much it makes way for other programs: 0 not at all, 19 most")

    def check(self):
        read_day_hours(self.day_hours)
        check_at_least(self, 0, "most_other_cores", "niceness")
        if self.niceness > 19:
            raise ValueError(f"niceness is {self.niceness}, expected from 0 to 19.")
        if self.most_temperature != 0 and not 40 <= self.most_temperature <= 120:
            raise ValueError(
                f"most_temperature is {self.most_temperature}, expected from 40 to 120 degrees Celsius, or 0."
            )


class Refusal(NamedTuple):
    """Why a training should wait now: reason ("hours", "load", "heat") and words."""

    reason: str
    words: str


class Gate:
    """Asked now and then whether the training may run.

    Args:
        when: WhenToTrain.
        now: gives the local datetime. temperature: gives degrees Celsius or None. others: OtherPrograms, or
            None for a new one.

    Raises:
        ValueError: a temperature is asked for, and this system tells none.
    """

    def __init__(self, when, now=datetime.datetime.now, temperature=processor_temperature, others=None):
        self.when, self._now, self._temperature = when, now, temperature
        self._hours = read_day_hours(when.day_hours)
        self._others = others or (OtherPrograms() if when.most_other_cores else None)
        self._is_waiting_for = None
        if when.most_temperature and temperature() is None:
            raise ValueError(
                "most_temperature is set, but this system tells programs no temperature of the processor "
                "(Windows and macOS never do, and virtual machines rarely). Leave it out; most_other_cores "
                "and day_hours work everywhere."
            )

    @property
    def is_always_open(self):
        """True where nothing is asked for."""
        when = self.when
        return not (self._hours.stretches or when.most_other_cores or when.most_temperature)

    def refusal(self):
        """A Refusal, or None where the training may run. A look at other programs tells about the time since
        the last one, so ask every half minute or so."""
        found = self._refusal()
        self._is_waiting_for = found.reason if found else None
        return found

    def _refusal(self):
        when = self.when
        if not self._hours.contains(self._now()):
            words = f"Only in the hours {when.day_hours}: it waits until then."
            return Refusal("hours", words)
        if when.most_other_cores:
            limit = when.most_other_cores * (CALMER_SHARE if self._is_waiting_for == "load" else 1.0)
            busy = self._others.busy_cores()
            if busy > limit:
                words = f"Other programs keep {busy:.1f} cores busy, the limit is {when.most_other_cores:g}."
                return Refusal("load", words)
        if when.most_temperature:
            limit = when.most_temperature - (COOLER_DEGREES if self._is_waiting_for == "heat" else 0.0)
            degrees = self._temperature()
            if degrees is not None and degrees > limit:
                words = f"The processor has {degrees:.0f} °C, the limit is {when.most_temperature:g}."
                return Refusal("heat", words)
        return None


def make_way(niceness):
    """Give this process a lower priority; it gets what others leave. Does nothing for 0.

    Args:
        niceness: from 0 to 19. On Windows it chooses among two classes below the usual.
    """
    if niceness <= 0:
        return
    process = psutil.Process()
    if hasattr(psutil, "BELOW_NORMAL_PRIORITY_CLASS"):  # Windows
        is_idle = niceness >= IDLE_NICENESS
        process.nice(psutil.IDLE_PRIORITY_CLASS if is_idle else psutil.BELOW_NORMAL_PRIORITY_CLASS)
    elif process.nice() < niceness:
        process.nice(niceness)
