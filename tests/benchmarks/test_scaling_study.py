"""The scaling study: its order, its fits and the law that a plan finds. No training but in the slow test."""

import functools
import itertools
import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from benchmarks import scaling_study
from benchmarks.stored_results import write_results
from mof.planning import scaling_law
from mof.planning.loss_forecast import forecast_loss, recorded_laws
from mof.planning.scaling_law import Law
from mof.presets import preset
from tests.training.small_run import random_text, write_lines

LAW = Law(0.9, 0.6, 0.3, 1.0, 0.35)
SIZES = {32: 290_000, 64: 640_000, 128: 1_500_000}


@pytest.fixture(autouse=True)
def fits_of_few_samples(monkeypatch):
    """Their law is the same, their interval is coarse."""
    few = functools.partial(scaling_law.fit, num_resampled=5)
    monkeypatch.setattr(scaling_law, "fit", few)
    monkeypatch.setattr("mof.lessons.scaling_study.fit", few)


def made_trainings():
    return [
        {
            "width": width,
            "parameters": SIZES[width],
            "tokens": tokens,
            "updates": tokens // 2048,
            "unique_tokens": 34_000_000,
            "bits_per_byte": float(LAW.bits_per_byte(SIZES[width], tokens)) * (1 + 0.003 * (i % 3 - 1)),
            "nats_per_token": 5.0,
            "conditions": {"processor": "x", "cores": 2},
        }
        for i, (width, tokens) in enumerate(itertools.product(SIZES, (131_072, 262_144, 524_288)))
    ]


def test_the_hours_are_told(tmp_path, capsys):
    words = ["--corpus", "x", "--plan", "--output", str(tmp_path / "r.json")]
    assert scaling_study.main([*words, "--widths", "32", "--tokens", "14000000", "28000000"]) == 0
    hours = (42e6 / 14_000 + 60 + 2 * 15) / 3600
    assert capsys.readouterr().out == f"2 trainings are left: about {hours:.1f} hours.\n"
    done = [{"width": 32, "tokens": 14_000_000}]
    write_results(tmp_path / "r.json", {"settings": {"corpus": ["x"]}, "trainings": done})
    scaling_study.main([*words, "--widths", "32", "--tokens", "14000000", "28000000"])
    assert capsys.readouterr().out.startswith("1 trainings are left")


def test_the_fit_is_scored_where_the_text_is_that_of_the_long_trainings():
    data, fitted = scaling_study.study(made_trainings(), with_long_runs=False)
    assert "scores" not in data and data["small_fit"]["law"] == pytest.approx(list(fitted.law), rel=1e-4)
    assert data["trainings"][0].keys().isdisjoint({"conditions"})
    data, fitted = scaling_study.study(made_trainings(), with_long_runs=True)
    assert len(data["scores"]) == 4 and fitted.sizes[1] == 83_365_496
    assert data["whole_fit"]["law"] != data["small_fit"]["law"]


def test_another_text_is_not_the_shipped_one(tmp_path):
    file = write_lines(tmp_path / "texts.jsonl", [{"text": "春"}])
    assert not scaling_study.is_shipped_text([file]) and not scaling_study.is_shipped_text([file, file])


def test_a_plan_finds_the_law(tmp_path):
    file = write_lines(tmp_path / "texts.jsonl", [{"text": "春天"}])
    options = SimpleNamespace(corpus=[str(file)], tokenizer=scaling_study.TOKENIZER)
    _, fitted = scaling_study.study(made_trainings(), True)
    law = scaling_study.loss_law(fitted, made_trainings(), options, True)
    assert law.tokens_per_update == (2048, 32768, 65536) and law.most_passes == pytest.approx(15.3, abs=0.01)
    path = tmp_path / "laws.json"
    scaling_study.write_law(law, path)
    scaling_study.write_law(law, path)  # in place of the older one
    assert len(recorded_laws(path)) == 1
    loss, words = forecast_loss(preset("full"), law.corpus, 16384, 135_000_000, recorded_laws(path))
    assert loss.low < loss.centre < loss.high and "texts.jsonl" in words
    assert str(tmp_path) not in path.read_text(encoding="utf-8")


def test_the_shape_trained_is_a_small_one_of_the_presets_family():
    from mof.lessons.width_rules import PRESET, shape_at
    from mof.planning.loss_forecast import family_key

    model = preset(PRESET).model.replace(**shape_at(256))
    assert family_key(model) == family_key(preset("full").model)


@pytest.mark.slow
def test_a_training_is_made_judged_and_not_made_again(tmp_path):
    texts = [{"text": random_text(300, seed)} for seed in range(300)]
    file = write_lines(tmp_path / "texts.jsonl", texts)
    words = ["--corpus", str(file), "--folder", str(tmp_path / "runs"), "--output", str(tmp_path / "r.json")]
    assert scaling_study.main([*words, "--worker", "16", "4096", "8192"]) == 0
    rows = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["trainings"]
    assert [row["tokens"] for row in rows] == [4096, 8192] and [row["updates"] for row in rows] == [2, 4]
    assert all(row["bits_per_byte"] > 0 for row in rows)
    assert not list(Path(tmp_path / "runs").glob("*/checkpoints"))
