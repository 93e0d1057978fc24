"""The study of widths: what is left, what comes next, what is refused. No training."""

import json

import pytest

from benchmarks import width_study
from benchmarks.stored_results import read_results, unknown_settings, write_results
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


def test_a_setting_that_results_do_not_tell_is_unknown_and_no_other_one(tmp_path):
    path = tmp_path / "r.json"
    write_results(path, {"settings": {"updates": 1}, "trainings": []})
    found = read_results(path, {"updates": 1, "text": "f"})
    assert unknown_settings(found, {"updates": 1, "text": "f"}) == ["text"]
    with pytest.raises(SystemExit, match="give the same settings, or another --output"):
        read_results(path, {"text": "f"})


def write_to(folder, monkeypatch):
    monkeypatch.setattr(
        width_study,
        "write_record",
        lambda *arguments, **more: records.write_record(*arguments, folder=folder, **more),
    )


def test_without_a_measurement_there_is_no_record(tmp_path):
    words = ["--output", str(tmp_path / "r.json"), "--record"]
    with pytest.raises(SystemExit, match="r.json holds no measurement yet: run it without --record first"):
        width_study.main(words)


def test_the_record_of_old_results_keeps_their_date_and_their_code(tmp_path, monkeypatch):
    write_to(tmp_path, monkeypatch)
    stored = json.loads(width_study.OUTPUT.read_text(encoding="utf-8"))
    widths = {str(row["width"]) for row in stored["coordinates"]}
    words = ["--record", "--updates", str(stored["settings"]["updates"]), "--widths", *widths, "--seeds", "0"]
    assert width_study.main(words) == 0
    again, shipped = records.load_record("width_study", tmp_path), records.load_record("width_study")
    assert again.data == shipped.data and (again.date, again.code) == (shipped.date, shipped.code)


def test_rows_carry_what_they_were_measured_with(tmp_path, monkeypatch):
    import contextlib
    from types import SimpleNamespace

    trainer = SimpleNamespace(train=lambda *_how: SimpleNamespace(nats_per_token=3.0))
    monkeypatch.setattr("mof.cli.backend.start_backend", lambda: None)
    monkeypatch.setattr("mof.training.conditions.bit_identity_conditions", lambda: {"cores": 2})
    monkeypatch.setattr("mof.lessons.width_trainer.width_trainer", lambda *_: contextlib.nullcontext(trainer))
    monkeypatch.setattr(
        "mof.lessons.coordinate_check.coordinate_row", lambda _trainer, rule: {"width": 32, "rule": rule}
    )
    steps = iter([(0, [5]), None, (1, [6]), None])
    monkeypatch.setattr(width_study, "next_trainings", lambda *_: next(steps))
    options = SimpleNamespace(output=tmp_path / "r.json", corpus=[], seeds=[5], updates=1)
    width_study.work(32, options, {})
    results = json.loads(options.output.read_text(encoding="utf-8"))
    stamp = records.new_stamp(width_study.CODE)
    rows = [*results["coordinates"], *results["trainings"]]
    assert len(rows) == len(POWERS) + 2 and all(row[records.STAMP] == stamp for row in rows)


def test_a_record_is_written_of_what_is_there(tmp_path, monkeypatch, capsys):
    path = tmp_path / "r.json"
    corpus = tmp_path / "texts"
    settings = {"updates": 120, "corpus": ["texts"]}
    write_results(path, finished(32) | {"settings": settings, "machine": {"processor": "x", "cores": 2}})
    write_to(tmp_path / "records", monkeypatch)
    words = ["--corpus", str(corpus), "--output", str(path), "--record", "--widths", "32", "--seeds", "0"]
    assert width_study.main(words) == 0
    record = records.load_record("width_study", tmp_path / "records")
    assert record.command == "python benchmarks/width_study.py --corpus texts --widths 32 --seeds 0"
    assert len(record.data["trainings"]) == 6 and record.machine["cores"] == 2
    assert str(tmp_path) not in json.dumps(record.data)
