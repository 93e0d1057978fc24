"""The progress files of a class as one table.

A student hands in `my-work/progress.json`. In the folder that is collected, each student has either a file of
the student's name (`li_ming.json`) or a folder of that name with `progress.json` in it. The files hold no
name.
"""

import csv
from pathlib import Path
from typing import NamedTuple

from mof.course.progress_file import read_entries
from mof.course.progress_table import AFTER_SOLUTION, SOLVED, status
from mof.patient_files import replace

USUAL_NAME = "progress"
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class StudentRow(NamedTuple):
    """name: of the student. path: of the file. entries: as `read_entries` gives, None for a damaged file."""

    name: str
    path: Path
    entries: dict | None


def find_progress(folder):
    """The progress files under a folder.

    Args:
        folder: of the class.

    Returns:
        list of StudentRow, by name.

    Raises:
        ValueError: the folder is not there, or holds no JSON file.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise ValueError(f"{folder} is no folder. Give one with a file or a folder for each student.")
    rows = []
    for path in sorted(folder.rglob("*.json")):
        relative = path.relative_to(folder).with_suffix("")
        is_hidden = any(part.startswith(".") for part in relative.parts)  # JupyterLab's copies, the backup
        if is_hidden or ".backup" in path.name or ".damaged-" in path.name:
            continue
        if relative.name == USUAL_NAME and len(relative.parts) > 1:
            relative = relative.parent
        if relative.name == "my-work" and len(relative.parts) > 1:
            relative = relative.parent
        rows.append(StudentRow(relative.as_posix(), path, read_entries(path)))
    if not rows:
        raise ValueError(f"{folder} holds no progress file (.json).")
    return sorted(rows)


def write_table(rows, exercises, output, overwrite=False):
    """Write one row for each student: totals, then a column for each exercise.

    Args:
        rows: list of StudentRow. exercises: list of Exercise. output: path of the .csv file.
        overwrite: whether a file that is there may go.

    Returns:
        Path of the file. It begins with the mark that tells Excel that it is UTF-8.

    Raises:
        FileExistsError: there is such a file, which may hold what somebody has typed into it.
    """
    output = Path(output)
    if output.exists() and not overwrite:
        raise FileExistsError(f"{output} is there already. Name another file, or add --overwrite.")
    output.parent.mkdir(parents=True, exist_ok=True)
    ids = [exercise.id for exercise in exercises]
    head = ["student", "solved", "after the solution ran", "attempts", "hints", "last try", "note", *ids]
    partial = output.with_name(output.name + ".partial")
    with partial.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(head)
        writer.writerows(_table_row(row, ids) for row in rows)
    replace(partial, output)
    return output


def _table_row(row, ids):
    entries = [(row.entries or {}).get(id) for id in ids]
    states = [status(entry) for entry in entries]
    there = [entry for entry in entries if entry]
    return [
        _as_text(row.name),
        states.count(SOLVED),
        states.count(AFTER_SOLUTION),
        sum(entry["attempts"] for entry in there),
        sum(entry["hints"] for entry in there),
        _as_text(max((entry["last_try"] or "" for entry in there), default="")),
        "" if row.entries is not None else "damaged, or no progress file",
        *states,
    ]


def _as_text(words):
    """Words for a cell: a spreadsheet would run what begins like a formula."""
    return f"'{words}" if words.startswith(_FORMULA_STARTS) else words
