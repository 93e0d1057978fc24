"""The study of widths: what is left, what comes next, what is refused. No training."""

import json

import pytest

from benchmarks import width_study
from benchmarks.stored_results import read_results, write_results
from mof.lessons import records
from mof.lessons.width_rules import ONE_STEP, POWERS


def row(width, exponent, seed=0, nats=3.0, rule=ONE_STEP):
    return {"width": width, "rule": rule, "exponent": exponent, "seed": seed, "nats": nats}


def finished(width, seeds=(0,)):
    rows = [
        row(width, e, seed, 3.0 + abs(e), rule)
        for rule in width_study.GRID_RULES
        for e in (0, -1, 1)
        for seed in seeds
    ]
    checks = [{"width": width, "rule": rule, "change": {}} for rule in POWERS]
    return {"settings": {}, "coordinates": checks, "trainings": rows}


def test_the_ends_come_first():
    assert width_study.order_of([32, 64, 128, 256]) == [32, 256, 64, 128]
    assert width_study.order_of([64, 32]) == [32, 64] and width_study.order_of([64]) == [64]


def test_trainings_come_one_after_the_other_until_the_best_lies_between():
    missing = width_study.next_trainings
    assert missing([], ONE_STEP, 32, [0, 1]) == (width_study.FIRST_EXPONENT, [0, 1])
    assert missing([row(32, 0)], ONE_STEP, 32, [0, 1]) == (0, [1])
    assert missing([row(32, 0), row(64, 0, 1)], ONE_STEP, 32, [0]) == (-1, [0])
    rows = [row(32, 0), row(32, -1, nats=2.0), row(32, -2, nats=2.5)]
    assert missing(rows, ONE_STEP, 32, [0]) is None
    assert missing([row(32, 0), row(32, -1, nats=4.0)], ONE_STEP, 32, [0]) == (1, [0])
    assert missing([row(32, 0, nats=None)], ONE_STEP, 32, [0]) == (-1, [0])


def test_what_is_done_is_not_done_again():
    assert width_study.is_done(finished(32), 32, [0]) and not width_study.is_done(finished(32), 64, [0])
    assert not width_study.is_done(finished(32), 32, [0, 1])
    without = finished(32) | {"coordinates": []}
    assert not width_study.is_done(without, 32, [0])


def test_the_hours_are_told(tmp_path, capsys):
    words = ["--plan", "--output", str(tmp_path / "r.json"), "--widths", "32", "64", "--seeds", "0"]
    assert width_study.main(words) == 0
    hours = (2 * 45 + 8 * (120 * (0.05 + 0.07) + 2 * 2.0)) / 3600
    assert capsys.readouterr().out == f"2 of 2 widths are left: about {hours:.1f} hours.\n"


def test_results_of_other_settings_are_refused(tmp_path):
    path = tmp_path / "r.json"
    write_results(path, {"settings": {"updates": 1}, "trainings": []})
    assert read_results(path, {"updates": 1})["trainings"] == []
    with pytest.raises(SystemExit, match="give the same settings, or another --output"):
        read_results(path, {"updates": 2})
    assert not list(tmp_path.glob("*.partial"))


def test_a_record_is_written_of_what_is_there(tmp_path, monkeypatch, capsys):
    path = tmp_path / "r.json"
    corpus = tmp_path / "texts"
    settings = {"updates": 120, "corpus": ["texts"]}
    write_results(path, finished(32) | {"settings": settings, "machine": {"processor": "x", "cores": 2}})
    monkeypatch.setattr(
        width_study,
        "write_record",
        lambda *arguments: records.write_record(*arguments, folder=tmp_path / "records"),
    )
    words = ["--corpus", str(corpus), "--output", str(path), "--record", "--widths", "32", "--seeds", "0"]
    assert width_study.main(words) == 0
    record = records.load_record("width_study", tmp_path / "records")
    assert record.command == "python benchmarks/width_study.py --corpus texts --widths 32 --seeds 0"
    assert len(record.data["trainings"]) == 6 and record.machine["cores"] == 2
    assert str(tmp_path) not in json.dumps(record.data)
