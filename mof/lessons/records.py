"""Stored results: what a chapter draws beside its own short run, and whether the code has changed since.

A record is a JSON file in `book/records/`: the data, the command that made it, date, machine, and a hash of
each source file that it is a measurement of. It is written by a program in `benchmarks/`, never by hand.
"""

import dataclasses
import datetime
import hashlib
import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "book" / "records"
_NAME = re.compile(r"[a-z0-9_]+")


@dataclasses.dataclass(frozen=True)
class Record:
    """A stored result.

    Attributes:
        name: of the file, without its suffix.
        data: JSON value.
        command: what made it. date: ISO. machine: dict of facts such as processor and cores.
        code: dict from source files, relative to the project, to the SHA-256 they had.
    """

    name: str
    data: object
    command: str
    date: str
    machine: dict
    code: dict

    def changed_files(self):
        """The source files that are not any more what they were, as a list of paths."""
        return [name for name, digest in sorted(self.code.items()) if _sha256(ROOT / name) != digest]

    @property
    def note(self):
        """One line for a caption: where it was measured, and a warning if the code has changed since."""
        cores = self.machine.get("cores")
        place = f"{self.machine.get('processor', 'unknown processor')}, {cores} cores"
        note = f"recorded {self.date} on {place}: {self.command}"
        changed = self.changed_files()
        return note + (f" (older than the present {', '.join(changed)})" if changed else "")


def load_record(name, folder=FOLDER):
    """Read a record.

    Args:
        name: lower-case letters, digits and underscores. folder: where records lie.

    Raises:
        ValueError: for another name, or a file that is no record.
        FileNotFoundError: there is none; the message tells which there are.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"record name {name!r}, expected lower-case letters, digits and underscores.")
    path = Path(folder) / f"{name}.json"
    if not path.is_file():
        there = ", ".join(sorted(file.stem for file in Path(folder).glob("*.json"))) or "none"
        raise FileNotFoundError(f"no record {name!r} in {folder}; there are: {there}.")
    try:
        return Record(name=name, **json.loads(path.read_text(encoding="utf-8")))
    except (TypeError, json.JSONDecodeError) as error:
        raise ValueError(f"{path} is no record ({error}): make it again with its program.") from error


def find_record(name, folder=FOLDER):
    """`load_record`, or None where the study has not been run yet: a chapter then says so in words."""
    return load_record(name, folder) if (Path(folder) / f"{name}.json").is_file() else None


def write_record(name, data, command, machine, code_files, folder=FOLDER, date=None):
    """Store a result.

    Args:
        name: as in `load_record`. data: JSON value. command: str. machine: dict.
        code_files: paths relative to the project, the sources that were measured.
        folder: where records lie. date: ISO, when it was measured; None is today.

    Returns:
        Path of the file.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"record name {name!r}, expected lower-case letters, digits and underscores.")
    record = {
        "data": data,
        "command": command,
        "date": date or datetime.date.today().isoformat(),
        "machine": machine,
        "code": {Path(file).as_posix(): _sha256(ROOT / file) for file in code_files},
    }
    path = Path(folder) / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")
    return path


def _sha256(path):
    """Of a text file, whatever line ends git gave it here; empty for a file that is gone."""
    if not path.is_file():
        return ""
    return hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).hexdigest()
