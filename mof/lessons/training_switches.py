"""Speed of training with one thing switched at a time: threads, oneDNN, XLA, the format of products.

Each runs in a process of its own, for TensorFlow looks at most of these once, when it starts. Chapter 11.

    python -m mof.lessons.training_switches --plain --seconds 20

is one such process: steps of `tiny`, here without XLA, a line of JSON for each.
"""

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys

from mof.lessons.machine_rates import cores_here
from mof.lessons.records import ROOT

MODULE = "mof.lessons.training_switches"
AS_IT_IS = "as it is"
THREADS = ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS")
TOO_MANY = 4  # threads for each core
LIMIT_SECONDS = 900.0  # for one process


def switches(cores=None):
    """What is switched.

    Args:
        cores: int, or None for those that this process may use.

    Returns:
        dict from names to (dict of environment variables, list of arguments).
    """
    cores = cores_here() if cores is None else cores

    def threads(number):
        return dict.fromkeys(THREADS, str(number)), []

    return {
        AS_IT_IS: ({}, []),
        "1 thread": threads(1),
        f"{TOO_MANY * cores} threads": threads(TOO_MANY * cores),
        "without oneDNN": ({"TF_ENABLE_ONEDNN_OPTS": "0"}, []),
        "without XLA": ({}, ["--plain"]),
        "products in bfloat16": ({}, ["--product-dtype", "bfloat16"]),
        "oneDNN's bfloat16 mode": ({"TF_SET_ONEDNN_FPMATH_MODE": "BF16"}, []),
    }


def measure_switches(seconds=20.0, num_rounds=2, names=None, tell=print, run=None):
    """Tokens a second with each of them, in rounds.

    Args:
        seconds: of steps in each process. num_rounds: the median over so many processes counts.
        names: which; None for all. tell: called with a line for each process.
        run: from (environment, arguments, seconds) to tokens a second; None starts a real process.

    Returns:
        dict from names to tokens a second of a training step, the update of the weights included.

    Raises:
        RuntimeError: a process gave no step.
    """
    chosen = {name: how for name, how in switches().items() if names is None or name in names}
    run = _run_process if run is None else run
    speeds = {name: [] for name in chosen}
    for round_number in range(num_rounds):
        for name, (environment, arguments) in chosen.items():
            speeds[name].append(run(environment, arguments, seconds))
            tell(f"round {round_number + 1}, {name}: {speeds[name][-1]:,.0f} tokens a second")
    return {name: statistics.median(found) for name, found in speeds.items()}


def describe_switches(speeds):
    """The lines of a table, each beside the first.

    Args:
        speeds: as `measure_switches` gives it.

    Returns:
        list of str.
    """
    first = next(iter(speeds.values()))
    lines = [f"{'training tiny':26} tokens a second  share of the first"]
    return lines + [f"{name:26} {speed:15,.0f} {speed / first:19.2f}" for name, speed in speeds.items()]


def _run_process(environment, arguments, seconds):
    from mof.machine.measuring import read_steps

    command = [sys.executable, "-m", MODULE, *arguments, "--seconds", f"{seconds:.1f}"]
    settings = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONIOENCODING": "utf-8", **environment}
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            cwd=ROOT,
            env=settings,
            encoding="utf-8",
            errors="replace",
            timeout=LIMIT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise RuntimeError(f"{' '.join(command)} was stopped after {LIMIT_SECONDS:.0f} s.") from error
    steps = read_steps(done.stdout.splitlines(), "tiny", "float32")
    if steps is None:
        raise RuntimeError(f"{' '.join(command)} gave no step of training: {done.stderr.strip()[-500:]}")
    return 1.0 / steps.seconds_per_token(2 * steps.batch_tokens)


def main(arguments=None):
    """Steps of `tiny` with these switches, a line of JSON a finding."""
    from mof.machine.step_measurement import measure_steps
    from mof.presets import preset

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--plain", action="store_true", help="nothing is compiled by XLA")
    parser.add_argument("--product-dtype", default="float32", choices=("float32", "bfloat16"))
    parser.add_argument("--seconds", type=float, default=20.0)
    options = parser.parse_args(arguments)
    config = preset("tiny").model.replace(product_dtype=options.product_dtype)
    with _without_xla() if options.plain else contextlib.nullcontext():
        measure_steps(config, options.seconds, lambda finding: print(json.dumps(finding), flush=True))
    return 0


def _without_xla():
    from mof.cli.backend import start_backend

    start_backend()
    from mof.ops.compilation_tensorflow import without_compilation

    return without_compilation()


if __name__ == "__main__":
    sys.exit(main())
