"""The recorded trainings as points, forecasts beside what came, and the words for both."""

import functools
import itertools
import json
import math
from pathlib import Path
from types import SimpleNamespace

import pytest

from mof.lessons import scaling_study
from mof.lessons.scaling_study import (
    SMALL,
    describe_four_days,
    describe_law,
    describe_scores,
    fit_entry,
    four_days,
    long_points,
    score,
    scores,
    small_points,
    stored_fit,
)
from mof.planning.scaling_law import Law, Point, effective_tokens, fit

LAW = Law(0.9, 0.6, 0.3, 1.0, 0.35)


def made_points():
    return {
        f"{size:g} {tokens:g}": Point(
            size, tokens, float(LAW.bits_per_byte(size, tokens)) * (1 + 0.004 * (i % 3 - 1))
        )
        for i, (size, tokens) in enumerate(itertools.product((3e5, 7e5, 2e6), (2e5, 5e5, 1e6, 2e6)))
    }


def test_the_long_trainings_are_their_records():
    found = long_points()
    point, passes = found["16.7 M, H200"]
    assert point.num_parameters == 16_685_229 and passes == pytest.approx(15.3, abs=0.01)
    assert point.bits_per_byte == pytest.approx(1.3999, abs=1e-4)
    unique = 524_288_000 / passes
    assert unique == pytest.approx(34_259_329, rel=1e-6)
    assert point.num_tokens == pytest.approx(unique * (1 + 15 * (1 - math.exp(-(passes - 1) / 15))))
    full, passes = found["83.4 M, H100"]
    assert full.num_parameters == 83_365_496 and full.num_tokens < 62_390_272 and passes < 2


def test_small_trainings_become_points():
    rows = [{"width": 64, "parameters": 5e5, "tokens": 524_288, "bits_per_byte": 2.5}]
    (name, point), *_ = small_points(rows, unique_tokens=200_000).items()
    assert name == "width 64, 0.52 M tokens"
    assert point == Point(5e5, effective_tokens(524_288, 200_000), 2.5)


def test_each_long_training_is_forecast_without_itself(monkeypatch):
    monkeypatch.setattr(scaling_study, "fit", functools.partial(fit, num_resampled=5))
    long = {"a": Point(1e7, 5e7, 1.4), "b": Point(8e7, 6e7, 1.3)}
    rows = scores(made_points(), long, {"a": 4.0, "b": 4.1})
    assert [(row["training"], row["from"]) for row in rows] == [
        ("a", SMALL),
        ("a", f"{SMALL} and b"),
        ("b", SMALL),
        ("b", f"{SMALL} and a"),
    ]
    first = score(fit(list(made_points().values()), num_resampled=5), long["a"])
    assert rows[0] == {"training": "a", "from": SMALL, **first}
    assert first["size_stretch"] == pytest.approx(5.0) and first["token_stretch"] == pytest.approx(25.0)
    assert first["inside"] == (first["low"] <= 1.4 <= first["high"]) and not first["believed"]
    # within ten times: "a" is read four times, like fresh text; "b" is read more often than twice the most
    near = {"a": Point(4e6, 4e6, 1.9), "b": Point(4e6, 4e6, 1.9)}
    rows_near = scores(made_points(), near, {"a": 4.0, "b": 8.1})
    assert [row["believed"] for row in rows_near] == [True, True, False, False]
    assert scores(made_points(), near, {"a": 4.1, "b": 8.1})[3]["believed"]
    words = describe_scores(rows)
    assert len(words) == 12 and words[0] == f"a, from {SMALL}:"
    assert words[2] == "    beyond 5.0 × in size, 25.0 × in tokens: a plan would refuse"


def test_a_fit_goes_through_json():
    fitted = fit(list(made_points().values()), num_resampled=5)
    again = stored_fit(json.loads(json.dumps(fit_entry(fitted))))
    for place in ((1e6, 1e6), (2e7, 1e8)):
        assert again.forecast(*place) == pytest.approx(fitted.forecast(*place), rel=1e-4)
    assert describe_law(Law(1, 2, 0.3, 4, 0.5)) == (
        "bits = 1.000 + 2.000 / N^0.300 + 4.000 / D^0.500    (N, D in millions)"
    )


def test_four_days_are_speed_times_seconds():
    runs = four_days()
    assert runs["16.7 M"].tokens == pytest.approx(602e6, rel=0.001)
    assert runs["full"].tokens == pytest.approx(134.8e6, rel=0.001) and runs["full"].parameters == 83_365_496
    small = fit(list(made_points().values()), num_resampled=3)
    assert all(": a plan" in line for line in describe_four_days(small, 34_259_329, 99.0)[2::3]), "too far"
    near = small._replace(sizes=(1e6, 5e7), tokens=(1e6, 1e8))
    lines = describe_four_days(near, 34_259_329, 15.3)
    assert len(lines) == 9 and "602 M tokens, 17.6 passes" in lines[4]
    assert lines[2].endswith(": a plan would refuse") and lines[5].endswith(")")  # 34.7 passes, and 17.6


def test_the_speeds_stand_where_they_are_said_to():
    root = Path(__file__).resolve().parents[2]
    assert "1,742 tokens a second" in (root / "data/models/README.md").read_text(encoding="utf-8")
    assert all((root / run.source).is_file() for run in four_days().values())
    assert "\n390 tokens a second (the Xeon above)" in (root / "benchmarks/README.md").read_text(
        encoding="utf-8"
    )


@pytest.fixture
def record(monkeypatch):
    """A made-up record, and the figures that are shown of it."""
    small = made_points()
    rows = [
        {
            "width": 64,
            "parameters": p.num_parameters,
            "tokens": p.num_tokens,
            "bits_per_byte": p.bits_per_byte,
        }
        for p in small.values()
    ]
    long = {"a": Point(1e7, 5e7, 1.4), "b": Point(8e7, 6e7, 1.3)}
    data = {"trainings": rows, "unique_tokens": 34_259_329, "long": {k: list(v) for k, v in long.items()}}
    data["small_fit"] = fit_entry(fit(list(small.values()), num_resampled=3))
    data["whole_fit"] = fit_entry(fit([*small.values(), *long.values()], num_resampled=3))
    monkeypatch.setattr(scaling_study, "fit", functools.partial(fit, num_resampled=3))
    data["scores"] = scores(small, long, {"a": 2.0, "b": 2.0})
    made = SimpleNamespace(data=json.loads(json.dumps(data)), note="recorded somewhere")
    monkeypatch.setattr(scaling_study, "find_record", lambda name: made)
    made.shown = []
    monkeypatch.setattr(scaling_study, "show_figure", lambda *figure: made.shown.append(figure))
    return made


def test_a_record_is_shown(record, capsys):
    record.note = "recorded somewhere: " + "a/file.py " * 20 + "and no more"
    for show in (scaling_study.show_trainings, scaling_study.show_scores):
        show()
        said = capsys.readouterr().out
        assert " ".join(said.split()).endswith(record.note)
        assert max(map(len, said.splitlines())) <= 80
    record.note = "recorded somewhere"
    scaling_study.show_trainings()
    scaling_study.show_scores()
    scaling_study.show_four_days()
    scaling_study.show_equal_work({"1 hour": 1, "4 days": 96})
    said = capsys.readouterr().out
    assert said.count("bits per byte\n") == 12 and "a training lies about" in said and "came 1.400" in said
    (forecast, words), (work, _) = record.shown
    assert [frame.name for frame in forecast.frames][-3:] == ["tiny", "16.7 M", "full"]
    assert words.endswith("; recorded somewhere.") and len(work.frames) == 2
    best = Law(*record.data["whole_fit"]["law"]).best_size(3600 * scaling_study.recorded_hour().rate)
    assert f"1 hour: {best / 1e6:.3g} M parameters" in said


def test_a_record_of_another_text_has_no_scores(record, capsys):
    for name in ("scores", "whole_fit", "long"):
        del record.data[name]
    scaling_study.show_scores()
    scaling_study.show_four_days()
    assert "read another text" in capsys.readouterr().out and len(record.shown) == 1


def test_without_a_record_it_says_so(monkeypatch, capsys):
    monkeypatch.setattr(scaling_study, "find_record", lambda name: None)
    for show in (scaling_study.show_trainings, scaling_study.show_scores, scaling_study.show_four_days):
        show()
    scaling_study.show_equal_work({"1 hour": 1})
    assert capsys.readouterr().out.count("has not been run yet") == 4
