"""What a reader has tried and solved: one JSON file, `my-work/progress.json`.

The rule for where it lies: in the folder `my-work/` of this working copy of the course, beside the reader's
own notebooks. Without a working copy (an installed package), in `my-work/` of the current folder. The
environment variable MOF_PROGRESS names another file, or a folder for `progress.json`, or says `off`: then
nothing is kept, as while the book is built.

A write is a new file put in the old one's place, under a lock; the last good state also lies in
`.progress.backup.json`. A damaged file is kept under another name, and the backup goes on in its place. A
file that cannot be opened is not damaged: it is left as it is, and the reader is told.
"""

import contextlib
import datetime
import json
import os
import time
from pathlib import Path

from filelock import FileLock, Timeout

from mof.patient_files import patiently

VARIABLE, OFF = "MOF_PROGRESS", "off"
FORMAT = 1
ROOT = Path(__file__).resolve().parents[2]
NAME = "progress.json"
LOCK_SECONDS = 10.0
HELD_SECONDS = 2.0  # that a scanner on Windows may hold a file, before a check answers without it
# what an entry holds, and what it holds at first
ENTRY = {"attempts": 0, "hints": 0, "first_try": None, "last_try": None, "solved": None, "solution_run": None}


def progress_path():
    """Where progress is kept, by the rule above; None for nowhere."""
    named = os.environ.get(VARIABLE, "").strip()
    if named.lower() == OFF:
        return None
    if named:
        path = Path(named).expanduser()
        return path / NAME if os.path.isdir(path) else path
    root = ROOT if (ROOT / "start.py").is_file() else Path.cwd()
    return root / "my-work" / NAME


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
            (dict from exercise id to dict with the keys of ENTRY, a sentence for the reader or ""). A file
            that cannot be opened is such a sentence; the entries are then those of its copy.
        """
        if self.path is None:
            return {id: dict(entry) for id, entry in self._memory.items()}, ""
        try:
            entries = self._load()
            if entries is not None:
                return entries, ""
            with self._lock():
                return self._load_or_rescue()
        except (OSError, Timeout) as error:
            from mof.course.translation import _

            return self._best(), _("Your progress could not be read in {path}: {error}").format(
                path=self.path, error=error
            )

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
            with self._lock():
                entries, sentence = self._load_or_rescue()
                entry = entries.setdefault(id, dict(ENTRY))
                change(entry)
                self._write(entries)
                return entry, sentence
        except (OSError, Timeout) as error:
            from mof.course.translation import _

            entry = self._best().get(id, dict(ENTRY))
            change(entry)
            return entry, _("Your progress could not be saved in {path}: {error}").format(
                path=self.path, error=error
            )

    @property
    def _backup(self):
        return self.path.with_name(f".{self.path.stem}.backup{self.path.suffix}")  # JupyterLab hides it

    def _lock(self):
        return FileLock(self.path.with_name(f".{self.path.name}.lock"), timeout=LOCK_SECONDS)

    def _load(self):
        """The entries; None where the file is damaged, or gone while its copy is there."""
        try:
            return _load(self.path)
        except FileNotFoundError:
            return None if self._backup.is_file() else {}

    def _load_or_rescue(self):
        """As `read`, under the lock: only so is it sure that no other kernel is just writing."""
        entries = self._load()
        return (entries, "") if entries is not None else self._rescue()

    def _best(self):
        """The entries of the file or else of its copy, as far as they can be read; nothing is changed."""
        for path in (self.path, self._backup):
            entries = read_entries(path)
            if entries is not None:
                return entries
        return {}

    def _rescue(self):
        """Puts a damaged file aside, takes the backup, says so."""
        from mof.course.translation import _

        entries = _load(self._backup) if self._backup.is_file() else None
        aside = self.path.with_name(f"{self.path.stem}.damaged-{time.time_ns()}{self.path.suffix}")
        if self.path.exists():
            _replace(self.path, aside)
        if entries is None:
            return {}, _("The file of your progress was damaged and begins anew. The old one: {path}").format(
                path=aside
            )
        with contextlib.suppress(OSError):
            self._write(entries)
        return entries, _("The file of your progress was damaged or gone; the copy before it was taken.")

    def _write(self, entries):
        text = json.dumps({"format": FORMAT, "exercises": entries}, ensure_ascii=False, indent=1) + "\n"
        _replace_text(self.path, text)
        with contextlib.suppress(OSError):  # the progress itself is saved
            _replace_text(self._backup, text)


def read_entries(path):
    """The entries of a progress file, each whole: what is missing or of a wrong kind is as at first.

    Args:
        path: of the file. It may be anything: it is looked at as JSON only.

    Returns:
        dict from id to dict with the keys of ENTRY; None for a file that is gone, damaged, or no such file,
        or cannot be opened.
    """
    try:
        return _load(Path(path))
    except OSError:
        return None


def now():
    """The date and time as an entry holds them: UTC, "2026-11-26T08:00:00+00:00"."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


def _load(path):
    """As `read_entries`, but OSError, FileNotFoundError among them, for what cannot be opened."""
    if path.exists() and not path.is_file():
        raise OSError(f"{path} is no file. Let {VARIABLE} name a file.")
    text = patiently(path.read_bytes, most_seconds=HELD_SECONDS)
    try:
        content = json.loads(text.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(content, dict) or not isinstance(content.get("exercises"), dict):
        return None
    return {
        id: _whole(entry)
        for id, entry in content["exercises"].items()
        if isinstance(entry, dict) and len(id) < 20
    }


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
    _replace(partial, path)


def _replace(source, target):
    patiently(lambda: os.replace(source, target), most_seconds=HELD_SECONDS)
