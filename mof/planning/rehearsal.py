"""The whole loop in some minutes, with the smallest model and the text that ships: measure, plan, train in
the background, kill, resume, stop, resume, fine-tune, export, chat. Each step is the command that a reader
would type, in a process of its own; a step that goes wrong ends the rehearsal with what it said.
"""

import contextlib
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import psutil

from mof.planning import background
from mof.planning.following import is_finished, is_followed
from mof.planning.plan_file import read_plan
from mof.training.checkpoint import checkpoint_name, list_checkpoints
from mof.training.run_folder import LOG_NAME, RunFolder

PRESET = "nano"
QUESTION = "你好"
ANY_PASSES = 1e9  # a fast machine reads this little text more often than a plan for learning may
# a process that takes twice as long is stopped: on a busy machine TensorFlow's start alone may
MEASURING_SECONDS = (60, 240)
FIRST_UPDATES = 2  # saved before it is killed
PATIENCE_SECONDS = 600.0  # for the next update to be done, on a busy machine


class RehearsalError(ValueError):
    """A step of the rehearsal went wrong; the message holds what it said."""


class Rehearsal(NamedTuple):
    """What came out. steps: list of (what was done, seconds). folder: Path with plan, runs and export.
    killed_at, resumed_at: updates at which the training was killed, and from which it went on. is_same: the
    updates between gave the same losses when they were done again. answer: what the model said."""

    steps: list
    folder: Path
    killed_at: int
    resumed_at: int
    is_same: bool
    answer: str


def rehearse(folder, data="data", minutes=2.0, tell=print):
    """Go through the loop.

    Args:
        folder: for everything; it must not hold a plan yet.
        data: folder with prose/ and dialogues/. minutes: of training, both stages together.
        tell: called with sentences.

    Returns:
        Rehearsal.

    Raises:
        RehearsalError: a step went wrong. ValueError: the folder holds a plan already.
    """
    folder, data = Path(folder), Path(data)
    machine, export, plan = folder / "machine.json", folder / "small", folder / "plan.toml"
    if plan.exists():
        raise ValueError(f"{folder} holds a plan already: name another folder with --folder.")
    steps = []

    def step(words, action, *arguments):
        tell(f"{words} ...")
        start = time.monotonic()
        result = action(*arguments)
        steps.append((words, time.monotonic() - start))
        return result

    step("Measuring the machine", _measure, machine)
    texts = ["--corpus", data / "prose", "--dialogues", data / "dialogues", "--machine", machine]
    planning = ["plan", *texts, "--preset", PRESET, "--hours", minutes / 60, "--folder", folder]
    planning += ["--most-passes", ANY_PASSES]
    step("Planning", run_mof, *planning)
    killed = step("Training in the background, until it is killed", _train_and_kill, plan, folder)
    resumed_at = step("Going on in the background, until it is stopped", _go_on_and_stop, plan, folder)
    step("Going on to the end, fine-tuning included", run_mof, "train", "--plan", plan)
    for stage in read_plan(plan).stages:
        if not is_finished(folder / stage.name):
            raise RehearsalError(f"the {stage.name} is not finished.")
    step("Exporting", run_mof, "export", folder / "chat", "--int8", "--output", export)
    kept = losses(folder / "pretraining")
    talking = ["chat", "--run", export, "--max-tokens", "20"]
    said = step("Talking", lambda: run_mof(*talking, said=f"{QUESTION}\n\n"))
    run_mof("status", folder)
    again = {update: loss for update, loss in killed.items() if update > resumed_at}
    is_same = all(kept.get(update) == loss for update, loss in again.items())
    return Rehearsal(
        steps,
        folder,
        max(killed, default=0),
        resumed_at,
        is_same,
        said.split("答 (model)> ", 1)[-1].split("\n", 1)[0],
    )


def _measure(machine):
    """By the doctor; once more with more time where the machine was too busy."""
    for seconds in MEASURING_SECONDS:
        try:
            return run_mof("doctor", "--preset", PRESET, "--seconds", seconds, "--json", machine)
        except RehearsalError:
            if seconds == MEASURING_SECONDS[-1]:
                raise


def _train_and_kill(plan, folder):
    """Start in the background, kill the process without a warning once it has saved, and done two updates
    more that it has not; returns its losses."""
    number, output = background.start(plan)
    run = folder / "pretraining"

    def has_unsaved():
        saved = [p.name for p in list_checkpoints(run / "checkpoints")[:1]]
        done = max(losses(run), default=0) if saved else 0
        return (
            bool(saved)
            and saved[0] >= checkpoint_name(FIRST_UPDATES)
            and checkpoint_name(done - 2) >= saved[0]
        )

    wait_until(has_unsaved, number, output)
    psutil.Process(number).kill()
    wait_until(lambda: not is_followed(folder), None, output)
    return losses(run)


def _go_on_and_stop(plan, folder):
    """Go on, stop it as `mof stop` does; returns the update from which it went on."""
    number, output = background.start(plan)
    run = RunFolder(folder / "pretraining")
    wait_until(lambda: any(event["event"] == "resumed" for event in run.read_events()), number, output)
    resumed_at = [event["update"] for event in run.read_events() if event["event"] == "resumed"][0]
    if is_followed(folder):
        run_mof("stop", folder)
    return resumed_at


def losses(path):
    """The loss of each update in a run's log: dict from its number."""
    return {entry["update"]: entry["loss"] for entry in RunFolder(path).read_log() if "event" not in entry}


def wait_until(condition, number, output):
    """Wait until something has happened to a training in the background.

    Args:
        condition: called without arguments, again and again.
        number: of the process, or None where it may end.
        output: Path of the file that it writes to, in the folder of its plan; its runs lie beside it.

    Raises:
        RehearsalError: the process ended before, or did no update for ten minutes; the message holds what it
            said last.
    """
    done, end = _log_sizes(output.parent), time.monotonic() + PATIENCE_SECONDS
    while not condition():
        has_ended = number is not None and not background.is_alive(number)
        if (done_now := _log_sizes(output.parent)) != done:
            done, end = done_now, time.monotonic() + PATIENCE_SECONDS
        if time.monotonic() > end or (has_ended and not condition()):
            what = "ended" if has_ended else f"has done no update for {PATIENCE_SECONDS / 60:g} minutes"
            said = output.read_text(encoding="utf-8", errors="replace")[-2000:]
            raise RehearsalError(f"the training in the background {what}: {said}")
        time.sleep(0.1)


def _log_sizes(folder):
    """Bytes of the logs of a plan's runs: they change with each update."""
    sizes = {}
    for path in folder.glob(f"*/{LOG_NAME}"):
        with contextlib.suppress(OSError):  # it is just being replaced
            sizes[path] = path.stat().st_size
    return sizes


def run_mof(*words, said="", where=None):
    """Run a command of `mof` in a process of its own.

    Args:
        words: of the command, without `mof`. said: str that is typed into it.
        where: folder to run it in; None for the present one.

    Returns:
        str, what it wrote to its standard output.

    Raises:
        RehearsalError: it ended with an error; the message holds what it said last.
    """
    command = [sys.executable, "-m", "mof", *map(str, words)]
    finished = subprocess.run(
        command,
        input=said,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        cwd=where,
        env=background.plain_environment(),
    )
    if finished.returncode:
        raise RehearsalError(
            f"`mof {' '.join(map(str, words))}` ended with status {finished.returncode}: "
            f"{(finished.stdout + finished.stderr)[-2000:]}"
        )
    return finished.stdout
