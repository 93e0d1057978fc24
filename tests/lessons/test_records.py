"""Stored results."""

import json
import warnings

import pytest

from mof.lessons import records
from mof.lessons.records import FOLDER, find_record, load_record, write_record

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
