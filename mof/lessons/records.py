"""Stored results: what a chapter draws beside its own short run, and whether the code has changed since.

A record is a JSON file in `book/records/`: the data, the command that made it, date, machine, and a hash of
each source file that it is a measurement of. It is written by a program in `benchmarks/`, never by hand.

A study of hours stores a stamp with each of its rows, when the row is measured: the date, and the hashes that
these files have then. Its record is as old as the oldest code in them, whenever it is written.
"""

import dataclasses
import datetime
import hashlib
import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "book" / "records"
STAMP = "measured"  # the key of a row's stamp
UNKNOWN = "unknown"  # date, or hash, of what was measured before there were stamps
_NAME = re.compile(r"[a-z0-9_]+")


@dataclasses.dataclass(frozen=True)
class Record:
    """A stored result.

    Attributes:
        name: of the file, without its suffix.
        data: JSON value.
        command: what made it. machine: dict of facts such as processor and cores.
        date: ISO, of the last measurement in it; or UNKNOWN.
        code: dict from source files, relative to the project, to the SHA-256 they had; or to UNKNOWN.
    """

    name: str
    data: object
    command: str
    date: str
    machine: dict
    code: dict

    def changed_files(self):
        """The source files that are known to have been others, as a list of paths."""
        return [
            name
            for name, digest in sorted(self.code.items())
            if digest != UNKNOWN and _sha256(ROOT / name) != digest
        ]

    def unknown_files(self):
        """The source files of which nobody noted what they were, as a list of paths."""
        return [name for name, digest in sorted(self.code.items()) if digest == UNKNOWN]

    @property
    def note(self):
        """One line for a caption: where it was measured, and a warning if the code has changed since."""
        cores = self.machine.get("cores")
        place = f"{self.machine.get('processor', 'unknown processor')}, {cores} cores"
        when = "at an unknown date" if self.date == UNKNOWN else self.date
        note = f"recorded {when} on {place}: {self.command}"
        if changed := self.changed_files():
            note += f" (older than the present {', '.join(changed)})"
        if unknown := self.unknown_files():
            note += f" (with an unknown state of {', '.join(unknown)})"
        return note


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


def new_stamp(code_files):
    """What a row stores under STAMP. Make it when the process begins: what changes later is not measured.

    Args:
        code_files: paths relative to the project, the sources that are measured.

    Returns:
        dict: "date", ISO, today; "code", dict from these paths to SHA-256.
    """
    code = {Path(file).as_posix(): _sha256(ROOT / file) for file in code_files}
    return {"date": datetime.date.today().isoformat(), "code": code}


def take_stamps(rows, name, rows_of, folder=FOLDER):
    """Take the stamps off the rows that go into a record.

    Args:
        rows: list of dicts; STAMP is taken out of each.
        name: of the record. rows_of: from a record's data to its rows.
        folder: where records lie.

    Returns:
        list of stamps for `write_record`, one for each row. A row that was measured before there were stamps
        has that of the record that is there, if it is in it; else None.
    """
    stamps = [row.pop(STAMP, None) for row in rows]
    if None not in stamps:
        return stamps
    old = find_record(name, folder)
    known = [] if old is None else rows_of(old.data)
    for i, row in enumerate(rows):
        if stamps[i] is None and any(_is_same(row, other) for other in known):
            stamps[i] = {"date": old.date, "code": old.code}
    return stamps


def join_stamps(stamps, code_files):
    """One stamp for all rows of a record.

    Args:
        stamps: list of stamps; None in it for a row of which nothing is known.
        code_files: paths relative to the project.

    Returns:
        A stamp. Its date is the last one. Where rows were measured with different states of a file, it has
        the oldest that is not the present one, so that the record is told to be older than this; UNKNOWN
        where nobody knows one of them.
    """
    known = sorted((stamp for stamp in stamps if stamp is not None), key=lambda stamp: stamp["date"])
    code = {}
    for file, present in new_stamp(code_files)["code"].items():
        states = [stamp["code"].get(file, UNKNOWN) for stamp in known]
        others = [state for state in states if state not in (present, UNKNOWN)]
        is_known = len(known) == len(stamps) and UNKNOWN not in states
        code[file] = others[0] if others else present if is_known else UNKNOWN
    dates = [stamp["date"] for stamp in known if stamp["date"] != UNKNOWN]
    return {"date": max(dates, default=UNKNOWN), "code": code}


def write_record(name, data, command, machine, code_files, folder=FOLDER, date=None, stamps=None):
    """Store a result.

    Args:
        name: as in `load_record`. data: JSON value. command: str. machine: dict.
        code_files: paths relative to the project, the sources that were measured.
        folder: where records lie.
        date: ISO, when it was measured; None is the last date of the stamps, or today.
        stamps: list, what `new_stamp` gave when each of its parts was measured, None for a part of which
            nothing is known; None where all of it is measured just now.

    Returns:
        Path of the file.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"record name {name!r}, expected lower-case letters, digits and underscores.")
    stamp = new_stamp(code_files) if stamps is None else join_stamps(stamps, code_files)
    record = {
        "data": data,
        "command": command,
        "date": date or stamp["date"],
        "machine": machine,
        "code": stamp["code"],
    }
    path = Path(folder) / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")
    return path


def _is_same(row, other):
    """Whether two rows are of one measurement: they agree in all that both tell."""
    shared = row.keys() & other.keys()
    return bool(shared) and all(row[key] == other[key] for key in shared)


def _sha256(path):
    """Of a text file, whatever line ends git gave it here; empty for a file that is gone."""
    if not path.is_file():
        return ""
    return hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).hexdigest()
