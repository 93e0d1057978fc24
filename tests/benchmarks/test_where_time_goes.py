"""The program that records chapter 11, with measurements that are played."""

import contextlib

import pytest
import where_time_goes

import mof.lessons.cache_speed
import mof.lessons.chain_speed
import mof.lessons.operation_speed
import mof.lessons.product_forms
import mof.lessons.records
import mof.lessons.thread_speed
import mof.lessons.time_study
import mof.lessons.training_switches
import mof.lessons.update_parts
import mof.lessons.writing_speed
import mof.machine.facts
from tests.lessons.test_time_study import DATA
from tests.machine.quiet_machine import make_facts


@pytest.fixture
def program(monkeypatch, tmp_path):
    """Runs the program; returns what would be written."""

    def played(module, **functions):
        for name, kind in functions.items():
            monkeypatch.setattr(module, name, lambda *_a, kind=kind, **_k: DATA[kind])

    lessons = mof.lessons
    played(lessons.cache_speed, time_blocks="blocks")
    played(lessons.chain_speed, time_chain="chain")
    played(lessons.operation_speed, measure_operations="operations")
    played(lessons.product_forms, time_forms="forms")
    played(lessons.thread_speed, time_threads="threads")
    played(lessons.training_switches, measure_switches="switches")
    played(lessons.update_parts, measure_parts="parts", measure_batches="batches")
    played(lessons.writing_speed, time_formats="formats", time_rows="texts", time_contexts="contexts")
    nothing = contextlib.nullcontext
    monkeypatch.setattr(lessons.update_parts, "prepared_update", lambda: nothing("update"))
    both = {"float32": "a", "int8": "b"}, DATA["formats"]["sizes"]
    monkeypatch.setattr(lessons.writing_speed, "both_formats", lambda: nothing(both))
    written, busy_cores = [], []
    monkeypatch.setattr(where_time_goes, "NOTES", tmp_path / "notes.json")

    def write(name, data, command, machine, code_files, stamps):
        assert all((lessons.records.ROOT / file).is_file() for file in code_files)
        assert stamps and all(stamp == lessons.records.new_stamp(code_files) for stamp in stamps)
        written.append((name, dict(data), command))
        busy_cores.append(machine["busy_cores"])
        return tmp_path / f"{name}.json"

    monkeypatch.setattr(lessons.records, "write_record", write)

    def run(*arguments, busy=(0.0, 0.0)):
        readings = iter(busy)
        facts = lambda folder: make_facts(busy_cores=next(readings))  # noqa: E731
        monkeypatch.setattr(mof.machine.facts, "describe_facts", facts)
        where_time_goes.main([*arguments, "--notes", str(tmp_path / "notes.json")])
        return written

    run.written, run.busy_cores = written, busy_cores
    return run


def test_everything_that_the_chapter_shows_is_recorded(program, capsys):
    ((name, data, command),) = program()
    assert name == mof.lessons.time_study.RECORD and command == "python benchmarks/where_time_goes.py"
    assert data == DATA and list(data) and set(data) == set(mof.lessons.time_study._SHOWN)
    out = capsys.readouterr().out
    assert "where_time_goes.json" in out and "INT8: bytes of the weights" in out


@pytest.mark.parametrize(
    ("busy", "words"), [((1.5,), "Nothing was measured"), ((0, 1.5), "No record was written")]
)
def test_a_busy_machine_is_refused_before_and_after(program, busy, words):
    with pytest.raises(SystemExit, match=words):
        program(busy=busy)
    assert not program.written


def test_unless_it_shall_be_kept(program):
    ((_name, _data, command),) = program("--keep", "--seconds", "2", "--rounds", "1", busy=(1.5, 0.75))
    assert command == "python benchmarks/where_time_goes.py --seconds 2 --rounds 1 --keep"
    assert program.busy_cores == [[1.5, 0.75]]


def test_what_was_measured_before_an_error_or_a_refusal_is_kept(program, monkeypatch, capsys):
    measured = []

    def again(*_how, **_more):
        measured.append(1)
        return DATA["operations"]

    monkeypatch.setattr(mof.lessons.operation_speed, "measure_operations", again)
    with monkeypatch.context() as patch:
        patch.setattr(mof.lessons.writing_speed, "time_rows", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            program()
    with pytest.raises(SystemExit, match="No record was written"):
        program(busy=(0.0, 1.5))
    assert len(measured) == 2, "without --keep all begins anew"
    assert len(program("--keep", busy=(0.2, 1.5))) == 1 and len(measured) == 2
    assert set(program.written[0][1]) == set(DATA) and program.busy_cores == [[0.0, 0.2, 1.5]]
    assert "Measured before: operations, forms" in capsys.readouterr().out
    program("--keep")
    assert len(measured) == 3, "what went into a record is not taken for the next"


def test_a_training_that_fails_costs_no_other_measurement(program, monkeypatch, capsys):
    def fail(*_how, **_more):
        raise RuntimeError("no step of training")

    monkeypatch.setattr(mof.lessons.training_switches, "measure_switches", fail)
    ((_name, data, _command),) = program()
    assert set(data) == set(DATA) - {"switches"}
    assert "left out: no step of training" in capsys.readouterr().out
