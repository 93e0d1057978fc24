"""Many students' progress as one table, and the command `mof course`."""

import csv
import json

import pytest

from mof.course.collect import find_progress, write_table
from mof.course.progress_file import ENTRY
from mof.course.registry import all_exercises

EARLY, LATE = "2026-11-01T10:00:00+00:00", "2026-11-02T10:00:00+00:00"


def hand_in(path, **exercises):
    path.parent.mkdir(parents=True, exist_ok=True)
    entries = {id.replace("x", "").replace("_", "."): {**ENTRY, **entry} for id, entry in exercises.items()}
    path.write_text(json.dumps({"format": 1, "exercises": entries}), encoding="utf-8")


@pytest.fixture
def handed_in(tmp_path):
    folder = tmp_path / "handed-in"
    hand_in(
        folder / "李明.json",
        x05_1={"attempts": 3, "hints": 1, "last_try": LATE, "solved": LATE, "solution_run": EARLY},
        x05_2={"attempts": 1, "last_try": EARLY, "solved": EARLY, "solution_run": LATE},
    )
    hand_in(
        folder / "bo" / "progress.json",
        x05_3={"attempts": 2, "last_try": EARLY},
        x05_4={"solution_run": EARLY},
    )
    hand_in(folder / "cy" / "my-work" / "progress.json", x77_1={"attempts": 9, "solved": EARLY})
    hand_in(folder / "=HYPERLINK(1).json")
    (folder / "dee.json").write_text("{", encoding="utf-8")
    (folder / "bo" / ".progress.backup.json").write_text("{", encoding="utf-8")
    hand_in(folder / "cy" / "my-work" / ".ipynb_checkpoints" / "progress-checkpoint.json")
    return folder


def test_each_student_has_a_row(handed_in, tmp_path):
    rows = find_progress(handed_in)
    assert [row.name for row in rows] == ["=HYPERLINK(1)", "bo", "cy", "dee", "李明"]
    path = write_table(rows, list(all_exercises().values()), tmp_path / "out" / "r.csv")
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")  # so that Excel reads it as UTF-8
    with path.open(encoding="utf-8-sig", newline="") as file:
        table = {row["student"]: row for row in csv.DictReader(file)}
    assert set(table) == {"'=HYPERLINK(1)", "bo", "cy", "dee", "李明"}
    li = table["李明"]
    assert [li[name] for name in ("solved", "after the solution ran", "attempts", "hints", "last try")] == [
        "1", "1", "4", "1", LATE,
    ]  # fmt: skip
    assert (li["05.1"], li["05.2"], li["05.3"]) == ("solved after the solution ran", "solved", "")
    assert (table["bo"]["05.3"], table["bo"]["05.4"]) == ("tried", "solution")
    assert table["cy"]["solved"] == "0" and table["dee"]["note"].startswith("damaged")


def test_a_table_that_is_there_is_kept(handed_in, tmp_path):
    rows, exercises = find_progress(handed_in), list(all_exercises().values())
    path = write_table(rows, exercises, tmp_path / "r.csv")
    with pytest.raises(FileExistsError, match="add --overwrite"):
        write_table(rows, exercises, path)
    assert write_table(rows, exercises, path, overwrite=True) == path


@pytest.mark.parametrize("words", ["=cmd|'/C calc'!A0", "+1", "soon"])
def test_what_is_no_time_does_not_reach_the_table(tmp_path, words):
    hand_in(tmp_path / "eve.json", x05_1={"attempts": 1, "last_try": words, "solved": words})
    path = write_table(find_progress(tmp_path), list(all_exercises().values()), tmp_path / "r.csv")
    with path.open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["last try"] == "" and row["attempts"] == "1" and row["05.1"] == "tried"


def test_a_folder_without_files_is_refused(tmp_path):
    with pytest.raises(ValueError, match="holds no progress file"):
        find_progress(tmp_path)
    with pytest.raises(ValueError, match="is no folder"):
        find_progress(tmp_path / "x")
