"""The scaling study: its order, its fits and the law that a plan finds. No training but in the slow test."""

import functools
import itertools
import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from benchmarks import scaling_study
from benchmarks.stored_results import write_results
from mof.lessons import records
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


@pytest.fixture
def text(tmp_path):
    """A corpus."""
    return write_lines(tmp_path / "texts.jsonl", [{"text": "春天"}])


def options_of(file, **more):
    return SimpleNamespace(corpus=[str(file)], tokenizer=scaling_study.TOKENIZER, **more)


def made_trainings():
    """Rows as a study takes them, after what tells how they were measured is taken off."""
    return [
        {
            "width": width,
            "parameters": SIZES[width],
            "tokens": tokens,
            "updates": tokens // 2048,
            "unique_tokens": 34_000_000,
            "bits_per_byte": float(LAW.bits_per_byte(SIZES[width], tokens)) * (1 + 0.003 * (i % 3 - 1)),
            "nats_per_token": 5.0,
        }
        for i, (width, tokens) in enumerate(itertools.product(SIZES, (131_072, 262_144, 524_288)))
    ]


def words_of(file, folder):
    return ["--corpus", str(file), "--output", str(folder / "r.json"), "--folder", str(folder / "runs")]


def store_rows(file, folder, rows):
    settings = scaling_study.study_settings(options_of(file))
    write_results(folder / "r.json", {"settings": settings, "trainings": rows})


def test_the_hours_are_told(text, tmp_path, capsys):
    words = [*words_of(text, tmp_path), "--plan", "--widths", "32", "--tokens", "14336000", "28672000"]
    assert scaling_study.main(words) == 0
    hours = (43.008e6 / 14_000 + 60 + 2 * 15) / 3600
    assert capsys.readouterr().out == f"2 trainings are left: about {hours:.1f} hours.\n"
    store_rows(text, tmp_path, [{"width": 32, "tokens": 14_336_000}])
    scaling_study.main(words)
    assert capsys.readouterr().out.startswith("1 trainings are left")
    assert not (tmp_path / "runs").exists(), "a plan writes nothing"


@pytest.mark.parametrize(("count", "good"), [("1000", 2048), ("5000", 4096), ("0", 2048)])
def test_a_number_of_tokens_that_no_training_has_is_refused(text, tmp_path, capsys, count, good):
    with pytest.raises(SystemExit):
        scaling_study.main([*words_of(text, tmp_path), "--plan", "--tokens", count])
    assert f"--tokens {count}: expected a multiple of 2048, an update's, such as {good}." in (
        capsys.readouterr().err
    )


def test_another_text_of_the_same_name_is_another_study(text, tmp_path):
    store_rows(text, tmp_path, [])
    scaling_study.main([*words_of(text, tmp_path), "--plan"])
    write_lines(text, [{"text": "秋天"}])
    with pytest.raises(SystemExit, match="give the same settings, or another --output"):
        scaling_study.main([*words_of(text, tmp_path), "--plan"])


@pytest.fixture
def written(tmp_path, monkeypatch):
    """Where the record goes; the laws go beside it. Fitted without the long trainings, which is quick."""
    folder, study = tmp_path / "records", scaling_study.study
    monkeypatch.setattr(scaling_study, "study", lambda rows, _with_long_runs: study(rows, False))
    monkeypatch.setattr(
        scaling_study,
        "write_record",
        lambda *arguments, **more: records.write_record(*arguments, folder=folder, **more),
    )
    monkeypatch.setattr("mof.planning.loss_forecast.LAWS_PATH", tmp_path / "laws.json")
    return folder


def test_old_results_keep_their_date_and_their_code_and_make_no_law(
    text, tmp_path, written, capsys, monkeypatch
):
    monkeypatch.setattr(scaling_study, "is_shipped_text", lambda paths: True)
    stored = json.loads(scaling_study.OUTPUT.read_text(encoding="utf-8"))
    old = [{key: row[key] for key in row if key != records.STAMP} for row in stored["trainings"]]
    write_results(tmp_path / "r.json", {"settings": {"corpus": ["texts.jsonl"]}, "trainings": old})
    assert scaling_study.main([*words_of(text, tmp_path), "--fit"]) == 0
    said = capsys.readouterr().out
    assert "does not tell the fingerprint and tokenizer of its trainings" in said and "no law" in said
    again = records.load_record("scaling_study", written)
    shipped = records.load_record("scaling_study")
    assert (again.date, again.code) == (shipped.date, shipped.code)
    assert again.data["trainings"] == shipped.data["trainings"] and not (tmp_path / "laws.json").exists()


def test_a_law_tells_the_day_of_its_last_training(text, tmp_path, written, monkeypatch):
    monkeypatch.setattr(scaling_study, "is_shipped_text", lambda paths: True)
    stamp = {**records.new_stamp(scaling_study.CODE), "date": "2026-01-02"}
    rows = [{**row, "conditions": {"cores": 2}, records.STAMP: stamp} for row in made_trainings()]
    store_rows(text, tmp_path, rows)
    assert scaling_study.main([*words_of(text, tmp_path), "--fit"]) == 0
    (law,) = recorded_laws(tmp_path / "laws.json")
    assert law.source.endswith("on texts.jsonl, 2026-01-02")
    record = records.load_record("scaling_study", written)
    assert record.date == "2026-01-02" and record.machine == {"cores": 2} and not record.changed_files()
    assert set(record.data["trainings"][0]) == set(made_trainings()[0])


def test_checkpoints_are_deleted_only_when_their_training_is_written_down(tmp_path, monkeypatch):
    options = SimpleNamespace(folder=tmp_path / "runs", output=tmp_path / "r.json")
    places = [scaling_study.run_folder(options, 32, count) / "checkpoints" for count in (2048, 4096)]
    for place in places:
        place.mkdir(parents=True)
    monkeypatch.setattr("mof.cli.backend.start_backend", lambda: None)
    row = {"width": 32, "bits_per_byte": 2.0}
    monkeypatch.setattr(scaling_study, "train", lambda _width, count, *_: (None, {**row, "tokens": count}))
    scaling_study.work(32, [2048], options, {})
    (stored,) = json.loads(options.output.read_text(encoding="utf-8"))["trainings"]
    assert stored == {**row, "tokens": 2048, records.STAMP: records.new_stamp(scaling_study.CODE)}
    assert not places[0].exists()

    def full(*_words):
        raise OSError("No space left on device")

    monkeypatch.setattr(scaling_study, "write_results", full)
    with pytest.raises(OSError, match="No space"):
        scaling_study.work(32, [4096], options, {})
    assert places[1].exists(), "what is not written down can still be finished"


def test_the_fit_is_scored_where_the_text_is_that_of_the_long_trainings():
    data, fitted = scaling_study.study(made_trainings(), with_long_runs=False)
    assert "scores" not in data and data["small_fit"]["law"] == pytest.approx(list(fitted.law), rel=1e-4)
    data, fitted = scaling_study.study(made_trainings(), with_long_runs=True)
    assert len(data["scores"]) == 4 and fitted.sizes[1] == 83_365_496
    assert data["whole_fit"]["law"] != data["small_fit"]["law"]


def test_another_text_is_not_the_shipped_one(tmp_path):
    file = write_lines(tmp_path / "texts.jsonl", [{"text": "春"}])
    assert not scaling_study.is_shipped_text([file]) and not scaling_study.is_shipped_text([file, file])


def test_a_plan_finds_the_law(text, tmp_path):
    _, fitted = scaling_study.study(made_trainings(), True)
    law = scaling_study.loss_law(fitted, made_trainings(), options_of(text), True, "2026-01-02")
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
