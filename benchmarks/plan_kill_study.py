"""Kills a plan's training at random moments, in both of its stages, and compares it with one that was left
alone.

    python benchmarks/plan_kill_study.py --kills 20 --output benchmarks/results/plan_kill_study.json

Like benchmarks/kill_study.py, but as a reader would do it: `mof train --plan`, killed with SIGKILL (on
Windows TerminateProcess) while it learns, while it fine-tunes, and, each fifth time, while it starts; and the
same command again. At the end both stages' weights, optimisers, memories and losses must be equal bit for
bit. Each start takes about 20 s on two cores.
"""

import argparse
import functools
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # measure the package this file came with

from benchmarks.kill_study import (  # noqa: E402
    KILLS_PER_START_KILL,
    LONGEST_DELAY_SECONDS,
    MODEL,
    differences,
    write_result,
)
from mof.planning.gate import WhenToTrain  # noqa: E402
from mof.planning.plan import STAGE_NAMES, Head, Plan, Stage, StageText  # noqa: E402
from mof.planning.plan_file import write_plan  # noqa: E402
from mof.training.checkpoint import list_checkpoints  # noqa: E402
from mof.training.run_folder import RunFolder  # noqa: E402

LETTERS = "春夏秋冬花草树木山水日月，。"
TRAINING = {
    "lengths": (8,),
    "num_streams": 2,
    "tokens_per_update": 64,
    "warmup_updates": 5,
    "checkpoint_seconds": 0.05,
}
PATIENCE_SECONDS = 600.0
START_SECONDS = 20.0  # of a process, about: a kill of a start falls into these


def make_plan(folder, num_updates):
    """A plan of two stages on made-up text; its file is FOLDER.toml, its corpus is shared.

    Args:
        folder: pathlib.Path of the plan's folder. num_updates: of each stage.

    Returns:
        Path of the file.
    """
    file = folder.with_suffix(".toml")
    if file.exists():
        return file
    draw = random.Random(0)

    def text():
        return "".join(draw.choices(LETTERS, k=draw.randint(20, 80)))

    rows = {
        "pretraining": [{"text": text()} for _ in range(200)],
        "chat": [
            {"messages": [{"role": role, "content": text()} for role in ("user", "assistant")]}
            for _ in range(100)
        ],
    }
    stages = []
    for name in STAGE_NAMES:
        corpus = folder.parent / f"{name}.jsonl"
        if not corpus.exists():
            lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows[name]]
            corpus.write_text("".join(lines), encoding="utf-8", newline="\n")
        words = StageText(corpus=(str(corpus),), tokens=64 * num_updates, validation_fraction=0.0)
        stages.append(Stage.make(name, words, TRAINING))
    head, when = Head(folder=str(folder)), WhenToTrain(niceness=0)
    write_plan(file, Plan(head, "nano", "characters", MODEL, tuple(stages), when))
    return file


def follow(file, kill_at=None, delay_seconds=0.0, kill_after_seconds=None):
    """`mof train --plan FILE` in a process of its own.

    Args:
        file: Path of the plan. kill_at: (name of a stage, update) after which it is killed; None lets it end.
        delay_seconds: between that update and the kill.
        kill_after_seconds: kills it so long after its start, whatever it does. Or None.

    Returns:
        (stage, update) that the log told last before the kill.

    Raises:
        RuntimeError: it ended by itself with an error, or did nothing for too long.
    """
    folder = file.with_suffix("")
    command = [sys.executable, "-m", "mof", "train", "--plan", str(file)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said:
        process = subprocess.Popen(command, stdout=said, stderr=said, cwd=ROOT, env=environment)
        start = time.monotonic()
        try:
            while process.poll() is None:
                if kill_after_seconds is not None and time.monotonic() - start >= kill_after_seconds:
                    process.kill()
                elif kill_at is not None and _last_update(folder / kill_at[0]) >= kill_at[1]:
                    time.sleep(delay_seconds)
                    process.kill()
                elif time.monotonic() - start > PATIENCE_SECONDS:
                    process.kill()
                    kill_at = kill_after_seconds = None
                time.sleep(0.02)
        finally:
            if process.poll() is None:
                process.kill()
        process.wait()
        if kill_at is kill_after_seconds is None and process.returncode != 0:
            said.seek(0)
            raise RuntimeError(f"following {file} ended with {process.returncode}: {said.read()[-2000:]}")
    reached = [(name, _last_update(folder / name)) for name in STAGE_NAMES]
    return next(((name, update) for name, update in reversed(reached) if update), reached[0])


def study(folder, num_kills, num_updates, seed=0, report=print):
    """The whole study.

    Args:
        folder: pathlib.Path for the two plans. num_kills: how often the training is killed.
        num_updates: of each stage. seed: of the moments. report: called with sentences.

    Returns:
        dict of JSON values: "kills", "differences", "identical", "seconds".
    """
    start = time.monotonic()
    alone, killed = (make_plan(folder / name, num_updates) for name in ("alone", "killed"))
    follow(alone)
    report("The one that is left alone is done.")
    moments, kills = random.Random(seed), []
    for number in range(num_kills):
        # a random moment in each of as many stretches of the plan, so that each kill finds it unfinished
        place = (number + moments.random()) / (num_kills + 1) * len(STAGE_NAMES)
        stage, update = STAGE_NAMES[int(place)], 1 + int(place % 1 * num_updates)
        delay = moments.random() * LONGEST_DELAY_SECONDS
        is_start = number % KILLS_PER_START_KILL == KILLS_PER_START_KILL - 1
        after = moments.random() * START_SECONDS if is_start else None
        reached = follow(killed, None if is_start else (stage, update), delay, after)
        left = {
            name: [path.name for path in list_checkpoints(killed.with_suffix("") / name / "checkpoints")]
            for name in STAGE_NAMES
        }
        moment = {"stage": reached[0], "update": reached[1], "seconds_after_start": after}
        kills.append({**moment, "checkpoints": left})
        report(f"Kill {number + 1} of {num_kills} in {reached[0]} after update {reached[1]}.")
    follow(killed)
    found = [
        f"{name}: {words}"
        for name in STAGE_NAMES
        for words in differences(alone.with_suffix("") / name, killed.with_suffix("") / name)
    ]
    seconds = round(time.monotonic() - start, 1)
    return {"kills": kills, "differences": found, "identical": not found, "seconds": seconds}


def main(arguments=None):
    """The command; see the head of this file."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--kills", type=int, default=20, help="how many times to kill (20)")
    parser.add_argument("--updates", type=int, default=240, help="length of each stage (240)")
    parser.add_argument("--seed", type=int, default=0, help="of the moments (0)")
    parser.add_argument("--output", type=Path, help="JSON file for the result")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary).resolve()
        tell = functools.partial(print, flush=True)
        result = study(folder, options.kills, options.updates, options.seed, tell)
        state = list_checkpoints(folder / "alone" / "chat" / "checkpoints")[0] / "state.json"
        conditions = json.loads(state.read_text(encoding="utf-8"))["conditions"]
    facts = {"updates": options.updates, **result}
    return write_result("plan_kill_study.py", arguments, options.output, conditions, facts)


def _last_update(path):
    """The update that a run's log told last; 0 where there is none."""
    if not (path / "run.json").is_file():
        return 0
    return max((entry["update"] for entry in RunFolder(path).read_log()), default=0)


if __name__ == "__main__":
    sys.exit(main())
