"""The peak of memory: what was held once counts, although it is gone; children apart from this process."""

import subprocess
import sys
import time

import numpy as np

from mof.machine.peak_memory import PeakMemory

HELD_BYTES = 200_000_000  # far above what else changes meanwhile
HOLD = f"x = bytearray({HELD_BYTES})\nx[::1000] = bytes([1]) * len(x[::1000])\nprint(flush=True)\ninput()"


def test_what_was_held_for_a_while_counts_when_it_is_gone():
    with PeakMemory() as peak:
        before = peak.bytes()
        held = np.ones(HELD_BYTES, np.uint8)
        time.sleep(0.5)
        del held
    assert peak.bytes() - before > 0.9 * HELD_BYTES


def test_what_the_thread_saw_during_a_look_is_not_lost(monkeypatch):
    peak = PeakMemory()  # its thread has not begun

    def slow_look():
        peak._peak = 100  # as the thread does, meanwhile
        return 1

    monkeypatch.setattr(peak, "_now", slow_look)
    assert peak.bytes() == 100


def test_children_are_counted_and_this_process_is_not():
    own = np.ones(HELD_BYTES, np.uint8)
    with PeakMemory(is_of_children=True) as peak:
        child = subprocess.Popen([sys.executable, "-c", HOLD], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        child.stdout.readline()  # it holds the bytes now
        found = peak.bytes()
        child.communicate(b"\n")
    assert len(own) < found < 2 * HELD_BYTES
