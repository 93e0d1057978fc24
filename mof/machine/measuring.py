"""The minute of measurements: what runs, in which order, and what its lines mean.

Order: memory and disk; steps of `tiny`; rates of products; steps of `small`; then, while time is left, steps
with bfloat16 products. Each but the first runs in a process of its own and tells its findings line by line,
so that one that is stopped or killed has still told what it knew. Called by `mof doctor`.
"""

import json
import os
import subprocess
import sys
import threading
import time
from typing import NamedTuple

from mof.machine.measurements import Rate, StepTimes
from mof.machine.step_measurement import NUM_STREAMS, ROW_LENGTH

STEPS_MODULE, RATES_MODULE = "mof.machine.step_measurement", "mof.machine.rate_measurement"
PATIENCE = (
    2.0  # a process that takes so many times the seconds of all of them is stopped: the machine is busy
)


class Stage(NamedTuple):
    """One process: what the reader is told, its share of the time, and its command line after `python -m`."""

    title: str
    share: float
    words: tuple


class Findings(NamedTuple):
    """rates: tuple of Rate. steps: tuple of StepTimes. failures: what went wrong. left_out: what there was no
    time for. Both in sentences."""

    rates: tuple
    steps: tuple
    failures: tuple = ()
    left_out: tuple = ()


def plan_stages(presets=("tiny", "small")):
    """The stages in their order: a list of Stage whose shares sum to 1.

    Args:
        presets: which to train for some steps. The first with both formats of products.
    """
    stages = [Stage(f"training steps of {presets[0]}", 2.0, (STEPS_MODULE, presets[0]))]
    stages.append(Stage("products at the presets' shapes", 2.0, (RATES_MODULE,)))
    stages += [Stage(f"training steps of {name}", 3.0, (STEPS_MODULE, name)) for name in presets[1:]]
    words = (STEPS_MODULE, presets[0], "--product-dtype", "bfloat16")
    stages.append(Stage(f"training steps of {presets[0]} with bfloat16 products", 2.0, words))
    total = sum(stage.share for stage in stages)
    return [stage._replace(share=stage.share / total) for stage in stages]


def measure(num_seconds, presets=("tiny", "small"), tell=lambda words: None, run=None):
    """Run the stages.

    Args:
        num_seconds: for all of them together. A stage that takes PATIENCE times as long is stopped,
            and one that would start after the end is left out, but for the first two.
        presets: as in `plan_stages`.
        tell: called with a sentence before each stage.
        run: called with (words, seconds, limit) for the lines of a process; None starts real ones.

    Returns:
        Findings.
    """
    run = run_process if run is None else run
    rates, steps, failures, left_out = [], [], [], []
    start = time.perf_counter()
    for i, stage in enumerate(plan_stages(presets)):
        if i >= 2 and time.perf_counter() - start >= num_seconds:
            left_out.append(f"No time was left for {stage.title}.")
            continue
        seconds = stage.share * num_seconds
        tell(f"Measuring {stage.title}, about {seconds:.0f} s")
        lines, ending = run(stage.words, seconds, PATIENCE * num_seconds)
        if stage.words[0] == RATES_MODULE:
            found = read_rates(lines)
            rates += found
            is_enough = bool(found)
        else:
            dtype = stage.words[-1] if "--product-dtype" in stage.words else "float32"
            found = read_steps(lines, stage.words[1], dtype)
            steps += [found] if found else []
            is_enough = found is not None
        if not is_enough:
            failures.append(f"Nothing came of the measurement of {stage.title}: {ending}.")
    return Findings(tuple(rates), tuple(steps), tuple(failures), tuple(left_out))


def read_rates(lines):
    """list of Rate from the lines of `mof.machine.rate_measurement`; lines that are none are passed over."""
    found = []
    for finding in _findings(lines):
        if finding["event"] == "rate":
            fields = {key: value for key, value in finding.items() if key != "event"}
            found.append(Rate(**fields))
    return found


def read_steps(lines, preset, product_dtype):
    """StepTimes from the lines of `mof.machine.step_measurement`, or None where no step was finished.

    The first batch after the graphs were made still warms caches up; it counts only where it is the only
    one.
    """
    by_event = {}
    for finding in _findings(lines):
        by_event.setdefault(finding["event"], []).append(finding)
    batches = [finding["seconds"] for finding in by_event.get("batch", [])]
    updates = [finding["seconds"] for finding in by_event.get("update", [])]
    if not batches or not updates:
        return None
    group_tokens = by_event["model"][0].get("group_tokens", 0) if "model" in by_event else 0
    all_findings = [finding for group in by_event.values() for finding in group]
    return StepTimes(
        preset=preset,
        product_dtype=product_dtype,
        batch_tokens=NUM_STREAMS * ROW_LENGTH,
        row_length=ROW_LENGTH,
        group_tokens=group_tokens,
        batch_seconds=tuple(batches[1:] or batches),
        update_seconds=tuple(updates),
        graph_seconds=sum(finding["seconds"] for finding in by_event.get("graphs", [])),
        start_bytes=by_event["backend"][0]["peak_bytes"] if "backend" in by_event else 0,
        peak_bytes=max(finding["peak_bytes"] for finding in all_findings),
    )


def run_process(words, num_seconds, limit_seconds):
    """Run a measuring module and collect what it prints.

    Args:
        words: module and arguments. num_seconds: handed to it. limit_seconds: after these it is stopped.

    Returns:
        (list of lines, how it ended in words).
    """
    command = [sys.executable, "-m", *words, "--seconds", f"{num_seconds:.1f}"]
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONIOENCODING": "utf-8"}
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, encoding="utf-8"
    )
    is_stopped = threading.Event()

    def stop():
        is_stopped.set()
        process.kill()

    timer = threading.Timer(limit_seconds, stop)
    timer.start()
    try:
        lines = process.stdout.read().splitlines()
        status = process.wait()
    except BaseException:  # Ctrl-C: the measuring process must not stay behind
        process.kill()
        raise
    finally:
        timer.cancel()
        process.stdout.close()
    if is_stopped.is_set():
        return lines, f"it was stopped after {limit_seconds:.0f} s, so the machine is very busy or very slow"
    if status < 0 or status in (137, 0xC0000017):
        return lines, "the system ended it, most likely because the memory was full"
    return lines, "it ended early" if status else "it ended in time"


def _findings(lines):
    for line in lines:
        try:
            finding = json.loads(line)
        except json.JSONDecodeError:  # a line cut short by a stop
            continue
        if isinstance(finding, dict) and "event" in finding:
            yield finding
