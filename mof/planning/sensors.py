"""What the machine feels: cores that other programs keep busy, and the processor's temperature."""

import time

import psutil

# names of the processor's sensors under Linux: Intel, AMD, AMD (zenpower), Arm boards, ACPI
PROCESSOR_CHIPS = ("coretemp", "k10temp", "zenpower", "cpu_thermal", "acpitz")

LEAST_SECONDS = 0.5


class OtherPrograms:
    """Watches how many cores other programs keep busy, between one look and the next."""

    def __init__(self):
        self._process = psutil.Process()
        self._before = self._look()
        self._busy_cores = 0.0

    def busy_cores(self):
        """Cores kept busy by others since the last call; where too little time has passed to tell, what was
        told then."""
        now = self._look()
        seconds = now[0] - self._before[0]
        if seconds >= LEAST_SECONDS:
            of_all, own = now[1] - self._before[1], now[2] - self._before[2]
            self._before = now
            self._busy_cores = max(0.0, (of_all - own) / seconds)
        return self._busy_cores

    def _look(self):
        """(seconds of a clock, seconds of work of all cores, of this process)."""
        times, own = psutil.cpu_times(), self._process.cpu_times()
        idle = times.idle + getattr(times, "iowait", 0.0)
        # guests are counted in user and nice already
        guests = getattr(times, "guest", 0.0) + getattr(times, "guest_nice", 0.0)
        return time.monotonic(), sum(times) - idle - guests, own.user + own.system


def processor_temperature():
    """Degrees Celsius of the hottest sensor of the processor, or None where the system tells none.

    Python can read them on Linux and FreeBSD alone (psutil.sensors_temperatures).
    """
    ask = getattr(psutil, "sensors_temperatures", None)
    try:
        chips = ask() if ask else {}
    except OSError:
        return None
    known = [name for name in PROCESSOR_CHIPS if chips.get(name)] or list(chips)
    found = [entry.current for name in known for entry in chips[name] if entry.current]
    return max(found, default=None)
