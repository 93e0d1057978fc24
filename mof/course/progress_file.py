"""What a reader has tried and solved: one JSON file, `my-work/progress.json`.

The rule for where it lies: in the folder `my-work/` of this working copy of the course, beside the reader's
own notebooks. Without a working copy (an installed package), in `my-work/` of the current folder. The
environment variable MOF_PROGRESS names another file, or says `off`: then nothing is kept, as while the book
is built.

A write is a new file put in the old one's place, under a lock; the last good state also lies in
`.progress.backup.json`. A damaged file is kept under another name, and the backup goes on in its place.
"""

import contextlib
import datetime
import json
import os
import time
from pathlib import Path

from filelock import FileLock, Timeout

VARIABLE, OFF = "MOF_PROGRESS", "off"
FORMAT = 1
ROOT = Path(__file__).resolve().parents[2]
LOCK_SECONDS = 5.0
_REPLACE_TRIES, _REPLACE_SECONDS = 10, 0.05  # a scanner on Windows may hold a file for a moment
# what an entry holds, and what it holds at first
ENTRY = {"attempts": 0, "hints": 0, "first_try": None, "last_try": None, "solved": None, "solution_run": None}


def progress_path():
    """Where progress is kept, by the rule above; None for nowhere."""
    named = os.environ.get(VARIABLE, "").strip()
    if named.lower() == OFF:
        return None
    if named:
        return Path(named).expanduser()
    root = ROOT if (ROOT / "start.py").is_file() else Path.cwd()
    return root / "my-work" / "progress.json"


class ProgressFile:
    """Reads and changes a progress file.

    Args:
        path: of the file; None keeps everything in memory, for this process alone.
    """

    def __init__(self, path):
        self.path = Path(path) if path is not None else None
        self._memory = {}

    def read(self):
        """All entries.

        Returns:
            (dict from exercise id to dict with the keys of ENTRY, a sentence for the reader or "").
        """
        if self.path is None:
            return {id: dict(entry) for id, entry in self._memory.items()}, ""
        if not self.path.exists() and not self._backup.exists():
            return {}, ""
        entries = read_entries(self.path)
        if entries is not None:
            return entries, ""
        return self._rescue()

    def change(self, id, change):
        """Change one entry and write.

        Args:
            id: str. change: function that takes the entry, a dict, and changes it.

        Returns:
            (the entry as it is now, a sentence for the reader or ""). A full disk or a folder that cannot be
            written is such a sentence: a check must answer all the same.
        """
        if self.path is None:
            entry = self._memory.setdefault(id, dict(ENTRY))
            change(entry)
            return dict(entry), ""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(self.path.with_name(f".{self.path.name}.lock"), timeout=LOCK_SECONDS):
                entries, sentence = self.read()
                entry = entries.setdefault(id, dict(ENTRY))
                change(entry)
                self._write(entries)
                return entry, sentence
        except (OSError, Timeout) as error:
            from mof.course.translation import _

            entry = dict(ENTRY)
            with contextlib.suppress(OSError):
                entry = self.read()[0].get(id, entry)
            change(entry)
            return entry, _("Your progress could not be saved in {path}: {error}").format(
                path=self.path, error=error
            )

    @property
    def _backup(self):
        return self.path.with_name(f".{self.path.stem}.backup{self.path.suffix}")  # JupyterLab hides it

    def _rescue(self):
        """Puts a damaged file aside, takes the backup, says so."""
        from mof.course.translation import _

        aside = self.path.with_name(f"{self.path.stem}.damaged-{time.time_ns()}{self.path.suffix}")
        with contextlib.suppress(OSError):  # in a folder that cannot be written it stays where it is
            os.replace(self.path, aside)
        entries = read_entries(self._backup)
        if entries is None:
            return {}, _("The file of your progress was damaged and begins anew. The old one: {path}").format(
                path=aside
            )
        with contextlib.suppress(OSError):
            self._write(entries)
        return entries, _("The file of your progress was damaged or gone; the copy before it was taken.")

    def _write(self, entries):
        text = json.dumps({"format": FORMAT, "exercises": entries}, ensure_ascii=False, indent=1) + "\n"
        for path in (self.path, self._backup):
            _replace_text(path, text)


def read_entries(path):
    """The entries of a progress file, each whole: what is missing or of a wrong kind is as at first.

    Args:
        path: of the file. It may be anything: it is looked at as JSON only.

    Returns:
        dict from id to dict with the keys of ENTRY; None for a file that is gone, damaged, or no such file.
    """
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(content, dict) or not isinstance(content.get("exercises"), dict):
        return None
    return {
        id: _whole(entry)
        for id, entry in content["exercises"].items()
        if isinstance(entry, dict) and len(id) < 20
    }


def now():
    """The date and time as an entry holds them: UTC, "2026-11-26T08:00:00+00:00"."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


def _whole(entry):
    whole = dict(ENTRY)
    for key, first in ENTRY.items():
        value = entry.get(key)
        if first == 0 and isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**6:
            whole[key] = value
        elif first is None and _is_time(value):
            whole[key] = value
    return whole


def _is_time(value):
    """Whether it is a date and time, as `now` gives: a file that is handed in may hold anything."""
    try:
        return isinstance(value, str) and bool(datetime.datetime.fromisoformat(value))
    except ValueError:
        return False


def _replace_text(path, text):
    """The file is there in full or as it was."""
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    with partial.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    for left in reversed(range(_REPLACE_TRIES)):
        try:
            return os.replace(partial, path)
        except PermissionError:
            if not left:
                raise
            time.sleep(_REPLACE_SECONDS)
