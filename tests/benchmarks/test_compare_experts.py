"""The record that chapter 08 reads, from the program's own result file."""

import json

import pytest

from benchmarks import compare_experts
from mof.lessons.records import load_record

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
    assert set(record.code) == set(compare_experts.CODE) and not record.changed_files()


def test_another_file_is_refused(tmp_path):
    path = tmp_path / "result.json"
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(ValueError, match="holds no runs, pace, command, date, machine"):
        compare_experts.write_experts_record(path, folder=tmp_path)
