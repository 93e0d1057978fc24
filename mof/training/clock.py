"""The clock by which training is timed: it stands still while the computer sleeps, and nobody can set it.

`time.perf_counter` is such a clock on Linux and macOS, where it reads CLOCK_MONOTONIC and mach_absolute_time:
both stop in sleep (PEP 418, "Monotonic clocks"; for macOS, Python's issue 41303 measured it). On Windows it
may run on in sleep, so there the unbiased interrupt time is read, which "does not include time the system
spends in sleep or hibernation" (Microsoft, QueryUnbiasedInterruptTime). Not checked on a Windows machine yet.
"""

import ctypes
import sys
import time

_TICK_SECONDS = 1e-7  # of Windows' interrupt time


def awake_seconds():
    """Seconds since some moment, sleep left out; only differences mean something."""
    if sys.platform == "win32":
        ticks = ctypes.c_ulonglong()
        if ctypes.windll.kernel32.QueryUnbiasedInterruptTime(ctypes.byref(ticks)):
            return ticks.value * _TICK_SECONDS
    return time.perf_counter()


class JumpWatch:
    """Tells how far the computer's own clock has run ahead of the time awake, or fallen behind it.

    A jump is sleep, or somebody set the clock; neither counts as training, and neither harms it.

    Args:
        least_seconds: smaller differences are no jump: a clock that is corrected by the network drifts.
    """

    def __init__(self, least_seconds=60.0):
        self._least_seconds = least_seconds
        self._before = (time.time(), awake_seconds())

    def jump(self):
        """Seconds of the clock beyond the time awake since the last call; 0.0 where they are few."""
        now = (time.time(), awake_seconds())
        passed, awake = (after - before for after, before in zip(now, self._before, strict=True))
        self._before = now
        return passed - awake if abs(passed - awake) >= self._least_seconds else 0.0
