"""How a plan or a run stands, from its files alone: nothing is started, nothing is disturbed."""

import datetime
from pathlib import Path
from typing import NamedTuple

from mof.machine.forecast import Forecast, forecast_run
from mof.planning.day_hours import read_day_hours
from mof.planning.following import COPY_NAME, folder_of, is_followed
from mof.planning.plan_file import read_plan
from mof.training.folder_lock import is_held
from mof.training.run_folder import LOCK_NAME, RUN_NAME, RunError, RunFolder


class StageState(NamedTuple):
    """How one run stands.

    name: of the stage, or of the run's folder. path: of the run.
    update, num_updates: done, and in all; num_updates is None while it is not known.
    tokens, seconds: read and trained so far. left: Forecast of the rest, or None where it cannot be told.
    bits_per_byte: of the last look at held-out text, or None.
    newest: name of the newest checkpoint, or "". saved: updates in it.
    events: the last few.
    """

    name: str
    path: Path
    update: int = 0
    num_updates: int | None = None
    tokens: int = 0
    seconds: float = 0.0
    left: Forecast | None = None
    bits_per_byte: float | None = None
    newest: str = ""
    saved: int = 0
    events: tuple = ()

    @property
    def is_finished(self):
        """True once the last update is saved."""
        return self.num_updates is not None and self.saved >= self.num_updates

    @property
    def unsaved(self):
        """Updates that the log tells of and no checkpoint holds."""
        return max(0, self.update - self.saved)


class FolderState(NamedTuple):
    """How a folder stands.

    folder: Path. plan: Plan that is followed in it, or None. stages: tuple of StageState.
    is_running: a process trains here, or follows the plan. is_training: one of its runs is being trained;
        else the plan's process prepares, or waits until it may begin.
    pause: the event of a pause that goes on, or None.
    seconds_left: (low, middle, high) by the clock, over all stages; None where it cannot be told.
    end: (early, middle, late) local datetimes, if it runs from now on in the plan's hours; or None.
    """

    folder: Path
    plan: object
    stages: tuple
    is_running: bool
    is_training: bool
    pause: dict | None
    seconds_left: tuple | None
    end: tuple | None


def look(path, now=None):
    """How a plan's file, its folder, or a run stands.

    Args:
        path: of any of them. now: local datetime, or None for this moment.

    Returns:
        FolderState.

    Raises:
        PlanError, RunError: there is neither plan nor run, or its files are damaged.
    """
    folder, plan = folder_of(path), None
    if (folder / COPY_NAME).is_file():
        plan = read_plan(folder / COPY_NAME)
    elif Path(path).suffix == ".toml":
        plan = read_plan(path)
    if plan is None and not (folder / RUN_NAME).is_file():
        raise RunError(f"{folder} holds neither a plan nor a run. Make a plan with: mof plan --help")
    paths = [folder] if plan is None else [folder / stage.name for stage in plan.stages]
    stages = tuple(_stage(item) for item in paths)
    if plan is not None:
        stages = tuple(
            state._replace(num_updates=stage.training.num_updates)
            for state, stage in zip(stages, plan.stages, strict=True)
        )
    seconds = _seconds_left(stages, plan)
    end = None
    if seconds is not None:
        now = now or datetime.datetime.now()
        hours = read_day_hours(plan.when.day_hours if plan else "")
        end = tuple(hours.end(now, left) for left in seconds)
    is_training = any(is_held(stage.path / LOCK_NAME) for stage in stages)
    is_running = is_followed(folder) or is_training
    pause = _pause(stages) if is_training else None
    return FolderState(folder, plan, stages, is_running, is_training, pause, seconds, end)


def _stage(path):
    if not (path / RUN_NAME).is_file():
        return StageState(path.name, path)
    run = RunFolder(path)
    log = run.read_log()
    updates = [entry for entry in log if "event" not in entry]
    looks = [entry for entry in log if entry.get("event") == "evaluation"]
    checkpoint = run.newest_checkpoint(parts=(), warn=lambda words: None)
    planned = run.training_config.num_updates or None
    if checkpoint is not None:
        planned = checkpoint.state["progress"]["num_updates"] or planned
    last = updates[-1] if updates else {"update": 0, "tokens": 0, "seconds": 0.0}
    return StageState(
        path.name,
        path,
        last["update"],
        planned,
        last["tokens"],
        last["seconds"],
        forecast_run(log, run.training_config, planned),
        looks[-1]["bits_per_byte"] if looks else None,
        checkpoint.path.name if checkpoint else "",
        checkpoint.state["progress"]["update"] if checkpoint else 0,
        tuple(run.read_events()[-5:]),
    )


def _seconds_left(stages, plan):
    """(low, middle, high) seconds by the clock: the stage under way by its own log; one not begun by the pace
    of the one before, or as the plan expected, with the plan's interval."""
    if all(stage.is_finished for stage in stages):
        return (0.0, 0.0, 0.0)
    total = [0.0, 0.0, 0.0]
    for number, stage in enumerate(stages):
        if stage.is_finished:
            continue
        if stage.left is not None:
            parts = (stage.left.clock_low, stage.left.clock_seconds, stage.left.clock_high)
        elif plan is None:
            return None
        else:
            text = plan.stages[number].text
            share = max(0.0, 1 - stage.update / max(1, stage.num_updates))
            expected, tokens = plan.expected, share * text.tokens
            if not expected.tokens_per_second_low:
                return None
            before = [s for s in stages[:number] if s.seconds]
            middle = before[-1].tokens / before[-1].seconds if before else expected.tokens_per_second
            low = middle * expected.tokens_per_second_low / expected.tokens_per_second
            high = middle * expected.tokens_per_second_high / expected.tokens_per_second
            parts = (tokens / high, tokens / middle, tokens / low)
        total = [a + b for a, b in zip(total, parts, strict=True)]
    return tuple(total)


def _pause(stages):
    """The last event, where it is a pause that has not ended."""
    events = [event for stage in stages for event in stage.events]  # by the clock they may be in no order
    return events[-1] if events and events[-1]["event"] == "paused" else None
