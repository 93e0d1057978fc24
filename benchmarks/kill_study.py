"""Kills a training at random moments, resumes it each time, and compares it with one that was left alone.

    python benchmarks/kill_study.py --output benchmarks/results/kill_study.json

A small model (shape and settings below) is trained once without a break. The same training is then started
again, killed with SIGKILL (on Windows TerminateProcess) at a random moment, resumed by a new process, killed
again, and so on; every fifth kill falls into the start of a process, where it loads. Checkpoints are
taken many times a second, also between the batches of one update. At the end weights, optimiser state, memory
and the losses in the log must be equal bit for bit. The study itself can be stopped: the same command with
the same --folder goes on. Without --folder the runs lie in a temporary one, which stays where they differ.

Nearly all of the time goes into starting processes, about 20 s each on two cores: ten minutes for 20 kills,
half an hour where the machine has other work too. The command tells its estimate once it has seen one start.
"""

import argparse
import datetime
import functools
import json
import os
import random
import shlex
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
import safetensors.numpy

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # measure the package this file came with

from benchmarks.stored_results import write_results  # noqa: E402
from mof.training.checkpoint import list_checkpoints  # noqa: E402

MODEL = {
    "width": 16,
    "recurrent_width": 16,
    "transformer_layers": 1,
    "num_heads": 2,
    "feed_forward_width": 16,
    "thought_width": 8,
    "router_width": 4,
    "chunk_length": 8,
}
TRAINING = {
    "lengths": (8,),
    "num_streams": 2,
    "tokens_per_update": 64,
    "warmup_updates": 5,
    "checkpoint_seconds": 0.05,
}
EXACT_LOG_FIELDS = ("update", "loss", "gradient_norm", "factor", "length", "tokens")
LONGEST_DELAY_SECONDS = 0.2  # between an update's line and the kill: several updates and checkpoints
KILLS_PER_START_KILL = 5
USUAL_START_SECONDS = 25.0  # where no start was seen in this sitting
KILLED_STATUS = 1 if os.name == "nt" else -9  # of a process; any other is an end of its own


class Stretch(NamedTuple):
    """What one process did. last: the update that it told last. first_seconds: from its start to its first
    update; 0 without one. was_killed: False where it ended by itself."""

    last: int
    first_seconds: float
    was_killed: bool


def make_run(folder, num_updates, product_dtype="float32"):
    """A new run on made-up text, ready for `work`; does nothing where one is there.

    Args:
        folder: pathlib.Path of the run.
        num_updates: length of the training.
        product_dtype: "float32" or "bfloat16".
    """
    from mof.presets import preset
    from mof.training.assembly import new_run
    from mof.training.config import TrainingConfig

    if (folder / "run.json").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    letters = list("春夏秋冬花草树木山水日月，。")
    draw = np.random.default_rng(0)
    texts = ["".join(draw.choice(letters, size=length)) for length in draw.integers(5, 80, 200)]
    corpus = folder / "corpus.jsonl"
    lines = [json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in texts]
    corpus.write_text("".join(lines), encoding="utf-8", newline="\n")
    config = TrainingConfig(num_updates=num_updates, **TRAINING)
    changes = {**MODEL, "product_dtype": product_dtype}
    new_run(folder, preset("nano"), changes, config, [corpus], 0.0, report=lambda _: None)


def work(folder):
    """Train the run in `folder` from its newest checkpoint to its end; print each update's number."""
    from mof.training.assembly import begin_training, existing_run
    from mof.training.observer import Observer

    class Telling(Observer):
        def updated(self, training):
            print(training.progress.update, flush=True)

    run, model, cache = existing_run(folder, report=lambda _: None)
    with run.locked():
        begin_training(run, model, cache, Telling(), report=_to_standard_error).run_to_end()


def train(folder, kill_at=None, delay_seconds=0.0, kill_after_seconds=None):
    """Run `work` in a process of its own.

    Args:
        folder: pathlib.Path of the run.
        kill_at: update after which the process is killed; None lets it finish.
        delay_seconds: time between that update and the kill.
        kill_after_seconds: kills the process so long after its start, whatever it does. Or None.

    Returns:
        Stretch.

    Raises:
        RuntimeError: the process ended by itself with an error.
    """
    start = time.perf_counter()
    last, first_seconds = 0, 0.0
    was_asked = threading.Event()
    command = [sys.executable, str(Path(__file__).resolve()), "--worker", str(folder)]
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as errors:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, encoding="utf-8", cwd=ROOT)

        def kill():
            was_asked.set()
            process.kill()

        timer = threading.Timer(kill_after_seconds or 0.0, kill)
        if kill_after_seconds is not None:
            timer.start()
        with process:
            for line in process.stdout:
                first_seconds = first_seconds or time.perf_counter() - start
                last = int(line)
                if kill_at is not None and last >= kill_at:
                    time.sleep(delay_seconds)
                    kill()
                    break
            status = process.wait()
        timer.cancel()
        was_killed = was_asked.is_set() and status == KILLED_STATUS
        if not was_killed and status != 0:
            errors.seek(0)
            raise RuntimeError(
                f"the training in {folder} ended with status {status}: {errors.read()[-2000:]}"
            )
    return Stretch(last, first_seconds, was_killed)


def differences(folder, other):
    """What is not bit-identical in two finished runs.

    Args:
        folder, other: pathlib.Path of the runs.

    Returns:
        list of strings, empty where all is equal.
    """
    found = []
    a, b = (list_checkpoints(path / "checkpoints")[0] for path in (folder, other))
    if a.name != b.name:
        return [f"newest checkpoint: {a.name} and {b.name}"]
    for part in ("weights", "optimizer", "memory"):
        x, y = (safetensors.numpy.load_file(path / f"{part}.safetensors") for path in (a, b))
        if sorted(x) != sorted(y):
            found.append(f"names in {part}")
        found += [
            f"{part} {name}" for name in sorted(set(x) & set(y)) if x[name].tobytes() != y[name].tobytes()
        ]
    logs = [_exact_log(path) for path in (folder, other)]
    if len(logs[0]) != len(logs[1]):
        found.append(f"lines in the log: {len(logs[0])} and {len(logs[1])}")
    found += [f"log line {i + 1}" for i, (x, y) in enumerate(zip(*logs, strict=False)) if x != y]
    return found


def study(folder, num_kills, num_updates, seed=0, report=print):
    """The whole study, or what is left of it.

    Args:
        folder: pathlib.Path for the two runs and the notes; an unfinished study in it goes on.
        num_kills: how many times the training is killed.
        num_updates: length of the training.
        seed: of the moments.
        report: called with sentences.

    Returns:
        dict of JSON values: "kills", with the moment of each and what lay on the disk then; "differences";
        "identical"; "seconds", of this sitting.
    """
    alone, killed, notes = folder / "alone", folder / "killed", folder / "kills.json"
    kills = json.loads(notes.read_text(encoding="utf-8")) if notes.exists() else []
    start = time.perf_counter()
    make_run(alone, num_updates)
    make_run(killed, num_updates)
    start_seconds = train(alone).first_seconds or USUAL_START_SECONDS  # finished in an earlier sitting
    remaining = num_kills - len(kills)
    minutes = (remaining + 1) * start_seconds * 1.1 / 60
    report(
        f"One start takes {start_seconds:.0f} s, so {remaining} kills will take about {minutes:.0f} minutes."
    )
    moments = random.Random(seed)
    for number in range(num_kills):
        # a random moment in each of as many stretches of the run, so that each kill finds it unfinished
        share = (number + moments.random()) / (num_kills + 1)
        kill_at, delay = 1 + int(share * num_updates), moments.random() * LONGEST_DELAY_SECONDS
        is_start = number % KILLS_PER_START_KILL == KILLS_PER_START_KILL - 1
        after_seconds = moments.random() * start_seconds if is_start else None
        if number < len(kills):
            continue
        last, _, was_killed = train(killed, None if is_start else kill_at, delay, after_seconds)
        if not was_killed:
            report("The training came to its end before the next kill: no more can follow.")
            break
        left = sorted(path.name for path in (killed / "checkpoints").glob("*"))
        moment = {"told_update": last, "delay_seconds": round(delay, 4)}
        if is_start:
            moment = {"seconds_after_start": round(after_seconds, 2)}
        kills.append({**moment, "checkpoints_left": left})
        write_results(notes, kills)
        when = f"{after_seconds:.1f} s after its start" if is_start else f"after update {last}"
        report(f"Kill {number + 1} of {num_kills} {when}; on disk: {', '.join(left) or 'nothing'}.")
    train(killed)
    found = differences(alone, killed)
    seconds = round(time.perf_counter() - start, 1)
    return {"kills": kills, "differences": found, "identical": not found, "seconds": seconds}


def main(arguments=None):
    """The command; see the head of this file."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--kills", type=int, default=20, help="how many times to kill (20)")
    parser.add_argument("--updates", type=int, default=420, help="length of the training (420)")
    parser.add_argument("--seed", type=int, default=0, help="of the moments (0)")
    parser.add_argument("--folder", type=Path, help="keep the runs here; a study in it goes on")
    parser.add_argument("--output", type=Path, help="JSON file for the result")
    parser.add_argument("--worker", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.worker:
        work(options.worker)
        return 0
    minutes = 0.45 * (options.kills + 2)
    print(f"{options.kills} kills: about {minutes:.0f} minutes on two cores without other work.", flush=True)
    folder = study_folder(options.folder)
    result = study(folder, options.kills, options.updates, options.seed, functools.partial(print, flush=True))
    state = list_checkpoints(folder / "alone" / "checkpoints")[0] / "state.json"
    conditions = json.loads(state.read_text(encoding="utf-8"))["conditions"]
    facts = {"updates": options.updates, "model": MODEL, "training": TRAINING, **result}
    if result["identical"] and options.folder is None:
        shutil.rmtree(folder, ignore_errors=True)
    return write_result("kill_study.py", arguments, options.output, conditions, facts)


def study_folder(folder):
    """The whole path of a study's folder; a temporary one for None, which is told: it is evidence until both
    trainings are found to be equal."""
    if folder is None:
        folder = Path(tempfile.mkdtemp(prefix="kill_study_"))
        print(f"The runs lie in {folder}, and stay there unless they come out equal.", flush=True)
    return folder.resolve()


def write_result(program, arguments, output, conditions, facts):
    """The end of a study: its JSON file, where one is asked for, and a line.

    Args:
        program: name of the file in benchmarks/. arguments: of its `main`. output: Path or None.
        conditions: of the machine. facts: dict for the JSON; "identical" and "differences" in it decide.

    Returns:
        The exit status.
    """
    words = [Path(word).name for word in arguments or sys.argv[1:]]
    result = {
        "command": shlex.join(["python", f"benchmarks/{program}", *words]),
        "date": datetime.date.today().isoformat(),
        "machine": conditions,
        **facts,
    }
    if output:
        output.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(result, ensure_ascii=False, indent=1) + "\n"
        output.write_text(text, encoding="utf-8", newline="\n")
    print("Bit-identical." if facts["identical"] else f"Different: {', '.join(facts['differences'][:9])}")
    return 0 if facts["identical"] else 1


def _exact_log(folder):
    lines = (folder / "log.jsonl").read_text(encoding="utf-8").splitlines()
    entries = [entry for entry in map(json.loads, lines) if "event" not in entry]
    return [{name: entry[name] for name in EXACT_LOG_FIELDS} for entry in entries]


def _to_standard_error(text):
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
