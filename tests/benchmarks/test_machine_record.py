"""The program that records a machine, with measurements that are played."""

import json

import machine_record
import pytest

import mof.lessons.machine_rates
import mof.lessons.records
import mof.machine.examination
from mof.lessons.machine_rates import Roof
from mof.lessons.machine_study import read_machine
from mof.machine.advice import give_advice
from mof.machine.measurements import Bandwidths
from mof.machine.prediction import predict_presets
from mof.machine.report import DoctorReport
from tests.machine.quiet_machine import BANDWIDTH, make_facts, make_rates, make_steps

ROOF = Roof(1e10, 8e8, {16: 1e9, 1024: 2e11})


@pytest.fixture
def program(monkeypatch, tmp_path):
    """Runs the program on a machine with these facts; returns the stored record."""

    def run(**facts):
        facts, steps = make_facts(**facts), (make_steps(),)
        predictions = predict_presets(make_rates(), steps, BANDWIDTH)
        advice = give_advice(facts)
        report = DoctorReport(
            "2026-11-26",
            96.0,
            60.0,
            facts,
            Bandwidths(),
            make_rates(),
            steps,
            predictions,
            advice,
            "tiny",
            "r",
        )
        monkeypatch.setattr(mof.lessons.machine_rates, "measure_roof", lambda seconds_each: ROOF)
        monkeypatch.setattr(mof.machine.examination, "examine", lambda *_, **__: report)
        written = []

        def write(name, data, command, machine, code_files):
            assert all((mof.lessons.records.ROOT / file).is_file() for file in code_files)
            written.append(json.loads(json.dumps(data)))
            return tmp_path / f"{name}.json"

        monkeypatch.setattr(mof.lessons.records, "write_record", write)
        machine_record.main([])
        return report, written

    return run


def test_a_quiet_machine_is_written_down(program, capsys):
    report, (data,) = program()
    assert read_machine(data) == (ROOF, report)
    assert "machine.json" in capsys.readouterr().out


def test_a_busy_one_is_not(program):
    with pytest.raises(SystemExit, match="Something disturbed the measurement"):
        program(busy_cores=1.5)
