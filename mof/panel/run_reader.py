"""Reads a run's folder again and again while it is trained, and touches nothing in it.

It reads run.json, log.jsonl, events.jsonl, samples.jsonl and the state.json of the newest checkpoint; of
files that grow only what has been added. It takes no lock, starts no backend, and neither waits for the
training nor keeps it waiting.
"""

import contextlib
import json
import os
import time
from pathlib import Path

import numpy as np

from mof.cli.invocation import command_line
from mof.generation.sample_marks import SAMPLES_NAME
from mof.machine.forecast import forecast_run
from mof.panel.log_tail import COLUMNS, BefellTail, LogTail, MarksTail
from mof.panel.run_snapshot import RunSnapshot
from mof.planning.following import COPY_NAME
from mof.planning.plan_file import read_plan
from mof.training.checkpoint import STATE_NAME, list_checkpoints
from mof.training.run_folder import LOG_NAME, RUN_NAME, RunError, RunFolder

EVENTS_NAME = "events.jsonl"  # what befell the run; not every run has it
# a forecast reads every update it is given: the first, whose time went into graphs, and so many of the last
FIRST_FORECAST_UPDATES, LAST_FORECAST_UPDATES = 24, 20_000
SECONDS_BETWEEN_FORECASTS = 15.0


class RunReader:
    """One run, looked at whenever `snapshot` is called.

    Args:
        path: of the run's folder.
        name: for legends; None takes the folder's name.

    Raises:
        RunError: there is no run.
    """

    def __init__(self, path, name=None):
        self.path = Path(path)
        self.name = name or self.path.resolve().name
        self._changed_at = 0.0
        self._open(_changed(self.path / RUN_NAME))

    def _open(self, made_at):
        """Begin with what stands in the folder now; `made_at` is when its run.json was written."""
        folder = RunFolder(self.path)
        self._made_at = made_at
        self.facts, self.config = folder.facts, folder.training_config
        self._log = LogTail(self.path / LOG_NAME)
        self._marks = MarksTail(self.path / SAMPLES_NAME)
        self._befell = BefellTail(self.path / EVENTS_NAME)
        self._checkpoint = (None, {}, None)  # path, progress and text of the newest
        self._forecast, self._forecast_at = None, None

    def _find_again(self):
        """Whether the folder is there. Where run.json has changed, it may have been made anew: all is read
        from its beginning."""
        made_at = _changed(self.path / RUN_NAME)
        if made_at is not None and made_at != self._made_at:
            with contextlib.suppress(RunError, OSError):  # damaged, or just going: what was known stands
                self._open(made_at)
        return made_at is not None

    def snapshot(self):
        """Read what is new.

        Returns:
            RunSnapshot.
        """
        is_there = self._find_again()
        has_changed = self._log.refresh()
        self._marks.refresh()
        self._befell.refresh()
        progress = self._newest_progress()
        update = self._log.last("update")
        done = 0 if update != update else int(update)
        num_updates = self._num_updates(progress)
        now = time.monotonic()
        if has_changed and (
            self._forecast_at is None or now - self._forecast_at >= SECONDS_BETWEEN_FORECASTS
        ):
            self._forecast_at = now
            self._forecast = forecast_run(self._forecast_entries(), self.config, num_updates)
        return RunSnapshot(
            name=self.name,
            facts=self.facts,
            columns={name: self._log.column(name) for name in COLUMNS},
            events={kind: list(events) for kind, events in self._log.events.items()},
            marks=tuple(self._marks.marks(done)),
            befell=tuple(self._befell.entries),
            num_updates=num_updates,
            forecast=self._forecast,
            silent_seconds=self._silent_seconds(),
            is_saved=bool(done) and progress.get("update") == done and not progress.get("micro_batch"),
            num_bad_lines=self._log.num_bad_lines,
            fingerprint=self._fingerprint(),
            day_hours=self._day_hours(),
            is_there=is_there,
        )

    def _day_hours(self):
        copy = self.path.parent / COPY_NAME
        try:
            return read_plan(copy).when.day_hours if copy.is_file() else ""
        except (OSError, ValueError):  # just being written, or damaged: `mof status` says so
            return ""

    def _num_updates(self, progress):
        if self.config.num_updates:
            return self.config.num_updates
        told = [state.get("num_updates") for state in self._log.events.get("state", [])[-1:]]
        return next((number for number in (*told, progress.get("num_updates")) if number), None)

    def _fingerprint(self):
        sessions = self._log.events.get("session", [])
        return sessions[-1].get("fingerprint") if sessions else self._checkpoint[2]

    def _newest_progress(self):
        """The progress in the newest checkpoint that can be read; the one known before where none can."""
        for path in self._checkpoints():
            if path == self._checkpoint[0]:
                break
            try:
                state = json.loads((path / STATE_NAME).read_text(encoding="utf-8"))
                fingerprint = state.get("cursor", {}).get("fingerprint")
                self._checkpoint = (path, dict(state["progress"]), fingerprint)
                break
            except (OSError, ValueError, KeyError, TypeError):  # just being deleted, or damaged
                continue
        return self._checkpoint[1]

    def _checkpoints(self):
        try:
            return list_checkpoints(self.path / "checkpoints")
        except OSError:  # just being deleted, or a disk that is out of reach for a moment
            return []

    def _silent_seconds(self):
        """Since the log, the events, run.json or the folder of checkpoints was last changed."""
        changed = [_changed(self.path / name) for name in (LOG_NAME, RUN_NAME, EVENTS_NAME, "checkpoints")]
        known = [moment for moment in changed if moment is not None]
        self._changed_at = max(known, default=self._changed_at)  # of a folder that has gone: as it was
        return max(0.0, time.time() - self._changed_at)

    def _forecast_entries(self):
        """The log as `forecast_run` reads it; a long run's middle is left out, and counts as a pause."""
        log = self._log
        count = len(log)
        first = min(FIRST_FORECAST_UPDATES, max(0, count - LAST_FORECAST_UPDATES))
        last = max(first, count - LAST_FORECAST_UPDATES)
        table = np.stack([log.column(name) for name in ("update", "length", "seconds")], axis=1)
        kept = np.concatenate([table[:first], table[last:]])
        entries = [
            {"update": int(update), "length": int(length), "seconds": float(seconds)}
            for update, length, seconds in kept[np.isfinite(kept).all(axis=1)]  # a line may lack one
        ]
        looks = [
            {"event": "evaluation", "seconds": look["seconds"], "update": look["update"]}
            for look in log.events.get("evaluation", [])
            if last < count and look["update"] >= table[last, 0]
        ]
        return sorted([*entries, *looks], key=lambda entry: (entry["update"], "event" in entry))


def open_runs(paths):
    """Readers for some runs, with names that tell them apart.

    Args:
        paths: of their folders; one that holds runs, as the stages of a plan do, stands for these.

    Returns:
        list of RunReader.

    Raises:
        RunError: one of them is no run, or there is none at all.
    """
    paths = [run for path in paths for run in _runs_in(Path(path))]
    if not paths:
        raise RunError("there is no run to watch: name a folder, for example runs/first.")
    whole = {path.resolve(): path for path in paths}  # a run that is named twice is one
    length = 1
    while len({path.parts[-length:] for path in whole}) < len(whole):  # runs/a/chat and runs/b/chat
        length += 1
    return [RunReader(path, Path(*full.parts[-length:]).as_posix()) for full, path in whole.items()]


def command_to_go_on(path):
    """The command that goes on with a run: its plan's, where a plan made it.

    Args:
        path: of the run's folder.
    """
    copy = Path(path).parent / COPY_NAME
    if os.path.isfile(copy):  # False, not an error, where the disk is out of reach
        return command_line("train", "--plan", str(copy))
    return command_line("train", "--resume", "--run", str(path))


def _changed(path):
    """When a file or folder was last changed, seconds since 1970; None where it is not there."""
    try:
        return path.stat().st_mtime
    except OSError:
        return None


def _runs_in(path):
    """The folder itself where it is a run; else the runs in it, or in the plans in it, oldest first; else
    itself, to be refused."""
    if (path / RUN_NAME).is_file():
        return [path]
    found = list(path.glob(f"*/{RUN_NAME}")) or list(path.glob(f"*/*/{RUN_NAME}"))
    found.sort(key=lambda file: (file.stat().st_mtime, file.parent.as_posix()))
    return [file.parent for file in found] or [path]
