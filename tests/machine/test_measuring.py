"""The measurements' lines and their order, without measuring: processes are played by functions."""

import json
import sys
import threading
import time

import pytest

from mof.machine import measuring
from mof.machine.measuring import measure, plan_stages, read_rates, read_steps, run_process

RATE = {
    "event": "rate",
    "kind": "product",
    "product_dtype": "float32",
    "num_inputs": 256,
    "num_outputs": 512,
    "rate": 2e11,
    "slowest_rate": 1e11,
}
STEPS = [
    {"event": "backend", "seconds": 4.0, "peak_bytes": 500},
    {"event": "model", "seconds": 1.0, "peak_bytes": 600, "num_parameters": 7},
    {"event": "graphs", "seconds": 9.0, "peak_bytes": 900},
    {"event": "batch", "seconds": 0.9, "peak_bytes": 900},
    {"event": "graphs", "seconds": 3.0, "peak_bytes": 950},
    {"event": "batch", "seconds": 0.5, "peak_bytes": 950},
    {"event": "batch", "seconds": 0.6, "peak_bytes": 990},
    {"event": "update", "seconds": 0.2, "peak_bytes": 980},
]


def lines(findings):
    return [json.dumps(finding) for finding in findings]


def test_steps_are_read():
    steps = read_steps(lines(STEPS), "tiny", "float32")
    assert steps.batch_seconds == (0.5, 0.6)  # the one before, right after the graphs, is left out
    assert steps.update_seconds == (0.2,) and steps.graph_seconds == 12.0
    assert steps.start_bytes == 500 and steps.peak_bytes == 990
    assert (steps.preset, steps.product_dtype) == ("tiny", "float32")


def test_the_tokens_of_a_group_are_read_and_an_older_process_has_none():
    assert read_steps(lines(STEPS), "full", "float32").held_tokens == 2048
    grouped = [{**step, "group_tokens": 1024} if step["event"] == "model" else step for step in STEPS]
    steps = read_steps(lines(grouped), "full", "float32")
    assert (steps.group_tokens, steps.held_tokens, steps.batch_tokens) == (1024, 1024, 2048)


@pytest.mark.parametrize("num_lines", range(len(STEPS)))
def test_a_process_that_is_stopped_early_gives_no_steps_and_no_error(num_lines):
    cut = [*lines(STEPS[:num_lines]), lines(STEPS)[num_lines][:11]]
    assert read_steps(cut, "tiny", "float32") is None


def test_rates_are_read_and_other_lines_passed_over():
    told = ["a word of the backend", json.dumps(RATE), "", "[1, 2]", json.dumps({"event": "other"})]
    (rate,) = read_rates(told)
    assert (rate.kind, rate.num_inputs, rate.rate) == ("product", 256, 2e11)


class Machine:
    """Plays the processes: what each module tells, and how long it takes on the clock of the test."""

    def __init__(self, monkeypatch, seconds=10.0, silent=()):
        self.now, self.seconds, self.silent, self.calls = 0.0, seconds, silent, []
        monkeypatch.setattr(measuring.time, "perf_counter", lambda: self.now)

    def run(self, words, num_seconds, limit_seconds):
        self.calls.append((words, num_seconds, limit_seconds))
        self.now += self.seconds
        if words[0] in self.silent:
            return [], "it ended early"
        return lines([RATE] if words[0] == measuring.RATES_MODULE else STEPS), "it ended in time"


def test_all_stages_run_where_there_is_time(monkeypatch):
    machine, told = Machine(monkeypatch), []
    found = measure(60.0, tell=told.append, run=machine.run)
    assert [(s.preset, s.product_dtype) for s in found.steps] == [
        ("tiny", "float32"),
        ("small", "float32"),
        ("tiny", "bfloat16"),
    ]
    assert (
        len(found.rates) == 1
        and found.failures == found.left_out == ()
        and len(told) == len(machine.calls) == 4
    )
    assert sum(seconds for _, seconds, _ in machine.calls) == pytest.approx(60.0)


def test_a_slow_machine_does_the_first_two_and_says_what_was_left_out(monkeypatch):
    machine = Machine(monkeypatch, seconds=100.0)
    found = measure(60.0, run=machine.run)
    assert len(machine.calls) == 2 and len(found.steps) == len(found.rates) == 1
    assert len(found.left_out) == 2 and found.failures == ()


def test_a_measurement_that_fails_is_told_and_the_others_go_on(monkeypatch):
    machine = Machine(monkeypatch, silent=(measuring.RATES_MODULE,))
    found = measure(60.0, run=machine.run)
    assert found.rates == () and len(found.steps) == 3
    assert found.failures == (
        "Nothing came of the measurement of products at the presets' shapes: it ended early.",
    )


def test_one_preset_of_choice():
    words = [stage.words for stage in plan_stages(("full",))]
    assert [w[1] for w in words if w[0] == measuring.STEPS_MODULE] == ["full", "full"]
    assert sum(stage.share for stage in plan_stages(("full",))) == pytest.approx(1.0)


@pytest.fixture
def module(tmp_path, monkeypatch):
    """A function that makes a module with this code and returns its words for `run_process`."""

    def make(code):
        (tmp_path / "played_module.py").write_text(code, encoding="utf-8")
        monkeypatch.setenv("PYTHONPATH", str(tmp_path))
        return ("played_module",)

    return make


def test_a_process_tells_its_lines(module):
    told, ending = run_process(module("import sys; print('春'); print(sys.argv[1:])"), 5.0, 60.0)
    assert told == ["春", "['--seconds', '5.0']"] and ending == "it ended in time"


def test_a_process_that_hangs_is_stopped_and_its_lines_are_kept(module, tmp_path, monkeypatch):
    """The clock of the test runs out once the process has spoken, however slowly it started."""
    marker = tmp_path / "has_spoken"

    class WhenItHasSpoken(threading.Thread):
        def __init__(self, seconds, stop):
            super().__init__(daemon=True)
            self.stop, self.is_cancelled = stop, False

        def run(self):
            while not marker.exists() and not self.is_cancelled:
                time.sleep(0.01)
            self.stop()

        def cancel(self):
            self.is_cancelled = True

    monkeypatch.setattr(measuring.threading, "Timer", WhenItHasSpoken)
    code = f"import pathlib, time; print('one', flush=True); pathlib.Path({str(marker)!r}).touch()"
    told, ending = run_process(module(code + "; time.sleep(600)"), 1.0, 3.0)
    assert told == ["one"] and "stopped after 3 s" in ending


def test_a_process_that_fails_is_told(module):
    assert run_process(module("raise SystemExit(3)"), 1.0, 60.0) == ([], "it ended early")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
def test_a_process_that_the_system_ends_points_to_the_memory(module):
    _, ending = run_process(module("import os, signal; os.kill(os.getpid(), signal.SIGKILL)"), 1.0, 60.0)
    assert "memory was full" in ending
