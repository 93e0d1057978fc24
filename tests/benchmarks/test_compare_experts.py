"""The record that chapter 08 reads, from the program's own result file."""

import json
import shutil

import pytest

from benchmarks import compare_experts
from mof.lessons.records import FOLDER, ROOT, STAMP, load_record, new_stamp

RESULT = {
    "command": "python benchmarks/compare_experts.py --minutes 10",
    "date": "2026-01-02",
    "machine": {"processor": "a processor", "cores": 2},
    "pace": {"rnn": [0.5]},
    "table": {},
    "runs": [{"form": "rnn", "seed": 0}],
}


def test_the_record_keeps_what_was_measured_and_when(tmp_path):
    path = tmp_path / "result.json"
    path.write_text(json.dumps(RESULT), encoding="utf-8")
    compare_experts.write_experts_record(path, folder=tmp_path)
    record = load_record("compare_experts", tmp_path)
    assert record.data == {"pace": RESULT["pace"], "runs": RESULT["runs"]}
    assert (record.command, record.date, record.machine) == (
        RESULT["command"],
        RESULT["date"],
        RESULT["machine"],
    )
    assert set(record.code) == set(record.unknown_files()) == set(compare_experts.CODE)


def test_the_record_is_as_old_as_its_runs(tmp_path):
    stamp = new_stamp(compare_experts.CODE)
    stamp["code"]["mof/model.py"] = "another state"
    path = tmp_path / "result.json"
    runs = [{**RESULT["runs"][0], STAMP: stamp}]
    path.write_text(json.dumps({**RESULT, "runs": runs}), encoding="utf-8")
    compare_experts.write_experts_record(path, folder=tmp_path)
    record = load_record("compare_experts", tmp_path)
    assert record.changed_files() == ["mof/model.py"] and record.data["runs"] == RESULT["runs"]


def test_the_record_of_the_stored_result_keeps_its_code(tmp_path):
    shipped = load_record("compare_experts")
    shutil.copy(FOLDER / "compare_experts.json", tmp_path)
    compare_experts.write_experts_record(ROOT / "benchmarks/results/compare_experts.json", folder=tmp_path)
    assert load_record("compare_experts", tmp_path) == shipped


def test_another_file_is_refused(tmp_path):
    path = tmp_path / "result.json"
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(ValueError, match="holds no runs, pace, command, date, machine"):
        compare_experts.write_experts_record(path, folder=tmp_path)
