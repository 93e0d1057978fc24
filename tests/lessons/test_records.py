"""Stored results."""

import json
import warnings

import pytest

from mof.lessons import records
from mof.lessons.records import (
    FOLDER,
    STAMP,
    UNKNOWN,
    find_record,
    join_stamps,
    load_record,
    new_stamp,
    take_stamps,
    write_record,
)

MACHINE = {"processor": "P", "cores": 2}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(records, "ROOT", tmp_path)
    (tmp_path / "code.py").write_text("a = 1\n", encoding="utf-8", newline="\n")
    write_record("speed", {"seconds": [1, 2]}, "python x.py", MACHINE, ["code.py"], tmp_path / "records")
    return tmp_path / "records"


def test_a_record_comes_back_with_where_it_is_from(folder):
    record = load_record("speed", folder)
    assert record.data == {"seconds": [1, 2]} and record.changed_files() == []
    assert record.note == f"recorded {record.date} on P, 2 cores: python x.py"


@pytest.mark.parametrize("change", ["a = 2\n", None])
def test_a_record_older_than_its_code_says_so(folder, change):
    code = folder.parent / "code.py"
    code.unlink() if change is None else code.write_text(change, encoding="utf-8")
    record = load_record("speed", folder)
    assert record.changed_files() == ["code.py"]
    assert record.note.endswith("(older than the present code.py)")


def test_line_ends_are_no_change(folder):
    (folder.parent / "code.py").write_bytes(b"a = 1\r\n")
    assert load_record("speed", folder).changed_files() == []


def stamped(date, code):
    return {"date": date, "code": {"code.py": code}}


def runs_of(data):
    return data["runs"]


def write_runs(folder, rows):
    """A study's record of these rows, as its program writes it today."""
    rows = [dict(row) for row in rows]
    stamps = take_stamps(rows, "study", runs_of, folder)
    write_record("study", {"runs": rows}, "python x.py", MACHINE, ["code.py"], folder, stamps=stamps)
    return load_record("study", folder)


def test_a_record_is_as_old_as_its_rows_however_late_it_is_written(folder):
    stamp = new_stamp(["code.py"])
    row = {"form": "a", "bits": 2.0, STAMP: {**stamp, "date": "2026-01-02"}}
    fresh = write_runs(folder, [row])
    assert (
        fresh.date == "2026-01-02"
        and not fresh.changed_files()
        and fresh.data["runs"] == [{"form": "a", "bits": 2.0}]
    )
    (folder.parent / "code.py").write_text("a = 2\n", encoding="utf-8")
    later = write_runs(folder, [row])
    assert later.changed_files() == ["code.py"] and later.code == stamp["code"]
    assert later.note.startswith("recorded 2026-01-02 on") and "older than the present code.py" in later.note
    newer = {"form": "b", "bits": 1.0, STAMP: {**new_stamp(["code.py"]), "date": "2026-03-04"}}
    both = write_runs(folder, [newer, row])
    assert both.date == "2026-03-04" and both.changed_files() == ["code.py"], "one row is older"


def test_where_rows_differ_the_oldest_other_state_is_told(folder):
    now = new_stamp(["code.py"])["code"]["code.py"]
    stamps = [stamped("2026-03-01", now), stamped("2026-02-01", "second"), stamped("2026-01-01", "first")]
    assert join_stamps(stamps, ["code.py"]) == stamped("2026-03-01", "first")
    assert join_stamps(stamps[:1], ["code.py"]) == stamps[0]
    assert join_stamps([stamps[0], None], ["code.py"]) == stamped("2026-03-01", UNKNOWN)
    assert join_stamps([stamps[1], None], ["code.py"]) == stamped("2026-02-01", "second")
    assert join_stamps([None], ["code.py"]) == stamped(UNKNOWN, UNKNOWN)


def test_rows_from_before_the_stamps_keep_what_their_record_says(folder):
    rows = [{"form": "a", "bits": 2.0}, {"form": "b", "bits": 1.5}]
    old = new_stamp(["code.py"])["code"]
    write_record("study", {"runs": rows}, "python x.py", MACHINE, ["code.py"], folder, date="2026-01-02")
    (folder.parent / "code.py").write_text("a = 2\n", encoding="utf-8")
    again = write_runs(folder, [{**row, "more": 1} for row in rows])  # the record left something out
    assert (again.date, again.code) == ("2026-01-02", old) and again.changed_files() == ["code.py"]


def test_rows_of_which_nothing_is_known_say_so(folder):
    write_record("study", {"runs": [{"form": "a", "bits": 2.0}]}, "x", MACHINE, ["code.py"], folder)
    other = write_runs(folder, [{"form": "a", "bits": 2.1}])
    assert other.changed_files() == [] and other.unknown_files() == ["code.py"]
    assert other.note == (
        "recorded at an unknown date on P, 2 cores: python x.py (with an unknown state of code.py)"
    )


def test_errors_name_what_is_there(folder):
    with pytest.raises(FileNotFoundError, match="no record 'other' in .*; there are: speed"):
        load_record("other", folder)
    with pytest.raises(ValueError, match=r"record name '../x', expected lower-case letters"):
        load_record("../x", folder)
    with pytest.raises(ValueError, match="record name 'A b', expected lower-case"):
        write_record("A b", 1, "", {}, [], folder)
    (folder / "bad.json").write_text('{"data": 1', encoding="utf-8")
    with pytest.raises(ValueError, match="bad.json is no record"):
        load_record("bad", folder)
    (folder / "bad.json").write_text('{"data": 1, "surprise": 2}', encoding="utf-8")
    with pytest.raises(ValueError, match="bad.json is no record"):
        load_record("bad", folder)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.json")), ids=lambda path: path.stem)
def test_shipped_records_are_whole(path):
    record = load_record(path.stem)
    assert record.command.startswith("python benchmarks/") and record.machine["cores"] and record.code
    assert all((records.ROOT / file).is_file() for file in record.code), "a measured file is gone"
    json.dumps(record.data, allow_nan=False)
    if changed := record.changed_files():
        words = f"record {record.name} is older than {', '.join(changed)}; make it again: {record.command}"
        warnings.warn(words, stacklevel=1)  # no failure: a measurement takes a quiet machine, and hours


def test_a_record_that_is_not_there_yet_is_none(folder):
    assert find_record("other", folder) is None
    assert find_record("speed", folder) == load_record("speed", folder)
    (folder / "bad.json").write_text('{"data": 1', encoding="utf-8")
    with pytest.raises(ValueError, match="bad.json is no record"):
        find_record("bad", folder)
