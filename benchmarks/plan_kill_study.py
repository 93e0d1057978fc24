"""Kills a plan's training at random moments, in both of its stages, and compares it with one that was left
alone.

    python benchmarks/plan_kill_study.py --kills 20 --output benchmarks/results/plan_kill_study.json

Like benchmarks/kill_study.py, but as a reader would do it: `mof train --plan`, killed with SIGKILL (on
Windows TerminateProcess) while it learns, while it fine-tunes, and, each fifth time, while it starts; and the
same command again. At the end both stages' weights, optimisers, memories and losses must be equal bit for
bit. Each start takes about 20 s on two cores. The study itself can be stopped: the same command with the same
--folder goes on. Without --folder the runs lie in a temporary one, which stays where they differ.
"""

import argparse
import functools
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # measure the package this file came with

from benchmarks.kill_study import (  # noqa: E402
    KILLED_STATUS,
    KILLS_PER_START_KILL,
    LONGEST_DELAY_SECONDS,
    MODEL,
    USUAL_START_SECONDS,
    differences,
    study_folder,
    write_result,
)
from benchmarks.stored_results import write_results  # noqa: E402
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


class Stretch(NamedTuple):
    """What one process did. stage, update: that the logs told last. first_seconds: from its start to its
    first update; 0 where that was not seen. was_killed: False where it ended by itself."""

    stage: str
    update: int
    first_seconds: float
    was_killed: bool


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
        file: Path of the plan. kill_at: (name of a stage, update) after which it is killed, or later: this
            process itself has then done an update that none before it did. None lets it end.
        delay_seconds: between that update and the kill.
        kill_after_seconds: kills it so long after its start, whatever it does. Or None.

    Returns:
        Stretch.

    Raises:
        RuntimeError: it ended by itself with an error, or did nothing for too long.
    """
    folder = file.with_suffix("")
    command = [sys.executable, "-m", "mof", "train", "--plan", str(file)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    before = _reached(folder)  # the logs tell what other processes did
    if kill_at is not None:
        kill_at = max((STAGE_NAMES.index(kill_at[0]), kill_at[1]), (before[0], before[1] + 1))
    first_seconds, was_asked = 0.0, False
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said:
        process = subprocess.Popen(command, stdout=said, stderr=said, cwd=ROOT, env=environment)
        start = time.monotonic()
        try:
            while process.poll() is None and not was_asked:
                seconds = time.monotonic() - start
                if kill_after_seconds is not None:
                    was_asked = seconds >= kill_after_seconds
                elif kill_at is not None or not first_seconds:
                    reached = _reached(folder)
                    if not first_seconds and reached > before:
                        first_seconds = seconds
                    if kill_at is not None and reached >= kill_at:
                        time.sleep(delay_seconds)
                        was_asked = True
                if seconds > PATIENCE_SECONDS:
                    raise RuntimeError(f"following {file} took more than {PATIENCE_SECONDS:.0f} s.")
                time.sleep(0.0 if was_asked else 0.02)
        finally:
            if process.poll() is None:
                process.kill()
            status = process.wait()
        was_killed = was_asked and status == KILLED_STATUS
        if not was_killed and status != 0:
            said.seek(0)
            raise RuntimeError(f"following {file} ended with {status}: {said.read()[-2000:]}")
    place, update = _reached(folder)
    return Stretch(STAGE_NAMES[place], update, first_seconds, was_killed)


def study(folder, num_kills, num_updates, seed=0, report=print):
    """The whole study, or what is left of it.

    Args:
        folder: pathlib.Path for the two plans and the notes; an unfinished study in it goes on.
        num_kills: how often the training is killed.
        num_updates: of each stage. seed: of the moments. report: called with sentences.

    Returns:
        dict of JSON values: "kills", with the moment of each and what lay on the disk then; "differences";
        "identical"; "seconds", of this sitting.
    """
    start = time.monotonic()
    notes = folder / "kills.json"
    kills = json.loads(notes.read_text(encoding="utf-8")) if notes.exists() else []
    alone, killed = (make_plan(folder / name, num_updates) for name in ("alone", "killed"))
    start_seconds = follow(alone).first_seconds or USUAL_START_SECONDS  # finished in an earlier sitting
    report(f"The one that is left alone is done. One start takes {start_seconds:.0f} s.")
    moments = random.Random(seed)
    for number in range(num_kills):
        # a random moment in each of as many stretches of the plan, so that each kill finds it unfinished
        place = (number + moments.random()) / (num_kills + 1) * len(STAGE_NAMES)
        stage, update = STAGE_NAMES[int(place)], 1 + int(place % 1 * num_updates)
        delay = moments.random() * LONGEST_DELAY_SECONDS
        is_start = number % KILLS_PER_START_KILL == KILLS_PER_START_KILL - 1
        after = moments.random() * start_seconds if is_start else None
        if number < len(kills):
            continue
        stretch = follow(killed, None if is_start else (stage, update), delay, after)
        if not stretch.was_killed:
            report("The plan came to its end before the next kill: no more can follow.")
            break
        left = {
            name: [path.name for path in list_checkpoints(killed.with_suffix("") / name / "checkpoints")]
            for name in STAGE_NAMES
        }
        moment = {"stage": stretch.stage, "update": stretch.update, "seconds_after_start": after}
        kills.append({**moment, "checkpoints": left})
        write_results(notes, kills)
        report(f"Kill {number + 1} of {num_kills} in {stretch.stage} after update {stretch.update}.")
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
    parser.add_argument("--folder", type=Path, help="keep the runs here; a study in it goes on")
    parser.add_argument("--output", type=Path, help="JSON file for the result")
    options = parser.parse_args(arguments)
    folder = study_folder(options.folder)
    tell = functools.partial(print, flush=True)
    result = study(folder, options.kills, options.updates, options.seed, tell)
    state = list_checkpoints(folder / "alone" / "chat" / "checkpoints")[0] / "state.json"
    conditions = json.loads(state.read_text(encoding="utf-8"))["conditions"]
    if result["identical"] and options.folder is None:
        shutil.rmtree(folder, ignore_errors=True)
    facts = {"updates": options.updates, **result}
    return write_result("plan_kill_study.py", arguments, options.output, conditions, facts)


def _reached(folder):
    """(place of the stage, update) that the logs of a plan told last; (0, 0) before the first."""
    updates = [_last_update(folder / name) for name in STAGE_NAMES]
    return max(((place, update) for place, update in enumerate(updates) if update), default=(0, 0))


def _last_update(path):
    """The update that a run's log told last; 0 where there is none."""
    if not (path / "run.json").is_file():
        return 0
    return max((entry["update"] for entry in RunFolder(path).read_log()), default=0)


if __name__ == "__main__":
    sys.exit(main())
