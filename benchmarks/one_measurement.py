"""One measurement in a process of its own: what the programs that measure and the one that starts them share.

A worker is a program that takes one JSON object as its argument, works, and prints one line that begins with
MARK and holds a JSON object. Standard library alone, and Python 3.10 on: workers of the peers live in other
environments.
"""

import collections
import json
import os
import subprocess
import sys
import time
from pathlib import Path

MARK = "MEASURED "


class MeasurementFailed(RuntimeError):
    """A worker ended without a result; the message holds the end of what it wrote."""


def job_of_this_process():
    """The JSON object that the starter gave as this process's only argument."""
    return json.loads(sys.argv[1])


def tell(figures):
    """Print a worker's result, with the largest resident memory of its process so far."""
    print(MARK + json.dumps({**figures, "peak_bytes": peak_bytes()}), flush=True)


def measured(python, program, job, environment=None, is_echoed=False):
    """Start a worker and wait for its result.

    Args:
        python: interpreter. program: path of the worker. job: JSON object for it.
        environment: dict of variables to set beside those of this process; or None.
        is_echoed: print what the worker writes meanwhile.

    Returns:
        dict, what the worker told.

    Raises:
        MeasurementFailed: it failed, or told nothing.
    """
    told, last_lines = None, collections.deque(maxlen=15)
    with subprocess.Popen(
        [str(python), str(program), json.dumps(job)],
        env={**os.environ, "PYTHONUTF8": "1", **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    ) as process:
        for line in process.stdout:
            if line.startswith(MARK):
                told = line[len(MARK) :]
            else:
                last_lines.append(line)
                if is_echoed:
                    print(line, end="", flush=True)
    if process.returncode or told is None:
        words = "".join(last_lines)
        raise MeasurementFailed(f"ended with code {process.returncode} and said:\n{words}")
    return json.loads(told)


def seconds_of(action, num_warm, seconds, num_least=2):
    """Time an action again and again.

    Args:
        action: called without arguments; it must end only when its work is done.
        num_warm: calls before, which are not timed (graphs are made, caches filled).
        seconds: measure until so much time has been timed. num_least: and at least so many calls.

    Returns:
        list of seconds, one for each timed call.
    """
    for _ in range(num_warm):
        action()
    times = []
    while len(times) < num_least or sum(times) < seconds:
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return times


def peak_bytes():
    """Largest resident memory of this process so far, in bytes."""
    status = Path("/proc/self/status")
    if status.is_file():  # Linux: ru_maxrss would count the starter too, whose memory a new process shares
        return 1024 * int(status.read_text(encoding="utf-8").split("VmHWM:")[1].split()[0])
    try:
        import resource
    except ImportError:  # Windows
        import psutil

        return psutil.Process().memory_info().peak_wset
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
