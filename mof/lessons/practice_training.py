"""The four days in small, for chapter 21: the commands that a reader would type, in processes of their own; a
training that is really killed; and what its files say before and after.

Everything lies in runs/practice, which a new practice empties. Relative paths begin in the project's folder,
wherever the notebook lies.
"""

import re
import shlex
import shutil
import time
from typing import NamedTuple

import psutil

from mof.lessons.page_width import fit_page
from mof.lessons.records import ROOT
from mof.lessons.short_run import ProgressLine
from mof.planning import background
from mof.planning.following import is_followed
from mof.planning.rehearsal import RehearsalError, losses, run_mof, wait_until
from mof.planning.run_state import look
from mof.training.checkpoint import list_checkpoints
from mof.training.run_folder import RunError, RunFolder

FOLDER = "runs/practice"
PLAN = f"{FOLDER}/plan.toml"
SECONDS_BETWEEN_LOOKS = 0.5
LEAST_SAVED = 5  # updates in the newest checkpoint before the process is killed
_PYTHON = re.compile(
    r'(?:"[^"\n]*python[^"\n]*"|\S*python\S*) -m mof\b'
)  # `mof` where the command is not installed
_UPDATE = re.compile(r"update-(\d{8})")


class Killed(NamedTuple):
    """A training that was killed.

    number: of its process. saved: updates in the newest checkpoint that it left. last: its last update.
    losses: dict from each update's number to its loss, as its log told them.
    """

    number: int
    saved: int
    last: int
    losses: dict


def new_practice():
    """Empty the practice's folder; what still trains there is stopped first.

    Returns:
        Path of the folder.

    Raises:
        RunError: something trains there and does not stop.
    """
    folder = ROOT / FOLDER
    if background.is_busy(folder) and not background.stop(folder):
        raise RunError(f"a training in {FOLDER} does not stop: end it by `mof stop {FOLDER}`.")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def type_command(line, last_lines=None, may_refuse=False):
    """Run a command as if it were typed in the project's folder, and print it with what it says.

    Args:
        line: str that begins with `mof`. last_lines: int, how much of the end is printed; None for all.
        may_refuse: whether it may end with an error, whose words are then printed.

    Raises:
        ValueError: another command. RehearsalError: it ended with an error, and may not.
    """
    program, *words = shlex.split(line)
    if program != "mof":
        raise ValueError(f"the line begins with {program!r}, expected mof.")
    print(fit_page(f"$ {line}"))
    try:
        said = run_mof(*words, where=ROOT)
    except RehearsalError as error:
        if not may_refuse:
            raise
        said = str(error).split(": ", 1)[-1]
    lines = _PYTHON.sub("mof", said).strip().splitlines()
    if last_lines is not None and len(lines) > last_lines:
        lines = ["...", *lines[-last_lines:]]
    print(fit_page("\n".join(lines)))


def train_and_kill(plan=PLAN, stage="pretraining"):
    """Start a plan in the background and end its process without a warning, as a power cut does, when it has
    saved and some updates have come after that.

    Args:
        plan: path of its file. stage: name of the stage that is under way.

    Returns:
        Killed.

    Raises:
        RunError: it could not be started. RehearsalError: it ended by itself before it could be killed.
    """
    number, output = background.start(plan, where=ROOT)
    folder = ROOT / FOLDER
    run = folder / stage

    def is_time():
        saved = newest_saved(run)
        return saved >= LEAST_SAVED and max(_losses_so_far(run), default=0) > saved

    wait_until(is_time, number, output)
    psutil.Process(number).kill()
    wait_until(lambda: not is_followed(folder), None, output)
    told = losses(run)
    return Killed(number, newest_saved(run), max(told), told)


def repeat_lost(killed, stage="pretraining", plan=PLAN):
    """Go on in the background with what was killed, until the updates that it lost have been done again.

    Args:
        killed: Killed. stage: name of the stage that was under way. plan: path of its file.

    Returns:
        dict from each update's number to its loss, as the log tells it now.

    Raises:
        RunError: it could not be started. RehearsalError: it ended before; the message holds what it said.
    """
    run = RunFolder(ROOT / FOLDER / stage)
    num_resumed = _num_resumed(run)
    number, output = background.start(plan, where=ROOT)
    # the log is cut back before the run says that it is resumed: what stands there after that is new
    wait_until(
        lambda: _num_resumed(run) > num_resumed and max(losses(run.path), default=0) >= killed.last,
        number,
        output,
    )
    return losses(run.path)


def go_on(share=1.0, stage=None, plan=PLAN):
    """Follow a plan in the background, from wherever it stands, and wait until a share of it is done.

    Args:
        share: of a stage's updates to wait for. stage: its name, or None for the whole plan.
        plan: path of its file.

    Raises:
        RunError: it could not be started. RehearsalError: it ended before, or did no update for ten minutes;
            the message holds what it said.
    """
    folder = ROOT / FOLDER
    number, output = None, folder / background.OUTPUT_NAME
    if not is_followed(folder):
        number, output = background.start(plan, where=ROOT)
    line = ProgressLine(stage or "the plan")
    wait_until(lambda: _is_done(folder, share, stage, line), number, output)


def _num_resumed(run):
    return sum(event["event"] == "resumed" for event in run.read_events())


def _is_done(folder, share, stage, line):
    time.sleep(SECONDS_BETWEEN_LOOKS)
    try:
        state = look(folder)
    except RunError:  # the plan is just being read
        return False
    stages = [entry for entry in state.stages if stage in (None, entry.name)]
    done, count = (sum(getattr(entry, name) for entry in stages) for name in ("update", "num_updates"))
    line.show(f"update {done:,} of {count:,}")
    is_there = done >= share * count
    if not is_there and not state.is_running:
        said = (folder / background.OUTPUT_NAME).read_text(encoding="utf-8", errors="replace")
        raise RehearsalError(f"the training in the background ended: {said[-1000:]}")
    is_whole = stage is None and share >= 1
    return is_there and not (is_whole and state.is_running)


def newest_saved(run):
    """Updates in the newest checkpoint of a run; 0 before there is one.

    Args:
        run: Path of its folder.
    """
    paths = list_checkpoints(run / "checkpoints")
    return int(_UPDATE.match(paths[0].name)[1]) if paths else 0


def _losses_so_far(run):
    try:
        return losses(run)
    except RunError:  # its folder is just being made
        return {}


def judge_stages(folder):
    """Bits per byte of each stage's model on each stage's held-out documents.

    Args:
        folder: of a followed plan, with its stages' runs.

    Returns:
        dict from the stage whose model it is to a dict from the stage whose text it is to a float.
    """
    from mof.evaluation.held_out import HeldOutEvaluation
    from mof.training.assembly import open_cache
    from mof.training.saved_model import load_model

    opened = {stage.name: load_model(stage.path) for stage in look(folder).stages}
    texts = {
        name: open_cache(run, tokenizer, report=lambda words: None).validation
        for name, (_model, tokenizer, run) in opened.items()
    }
    return {
        name: {text: HeldOutEvaluation(model, split)().bits_per_byte for text, split in texts.items()}
        for name, (model, _tokenizer, _run) in opened.items()
    }
