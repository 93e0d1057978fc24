"""Which stored band stands for a run, and what is said where none does."""

import json

import numpy as np
import pytest

from mof.lessons.records import write_record
from mof.panel import track_records
from mof.panel.run_reader import RunReader
from mof.panel.track_records import judge_track
from tests.panel.made_runs import TOKENIZER, calm_losses, make_run, updates, with_events, write_log


@pytest.fixture
def records(tmp_path):
    """A folder with the record of five seeds of the made-up run."""
    run = make_run(tmp_path / "seeds")
    data = {
        "preset": "nano",
        "corpus": ["data"],
        "model": run.facts["model"],
        "tokenizer_hash": TOKENIZER.hash,
        "fingerprint": "f" * 8,
        "batch": {
            name: json.loads(run.training_config.to_json())[name]
            for name in ("tokens_per_update", "num_streams", "lengths")
        },
        "factors": [1.0] * 200,
        "lengths": [128] * 200,
        "losses": [list(calm_losses(200, seed)) for seed in range(5)],
    }
    folder = tmp_path / "records"
    write_record("track_nano", data, "made up", {}, [], folder)
    track_records._records.cache_clear()
    return folder


def judged(run, records):
    return judge_track(RunReader(run.path).snapshot(), records)


def test_a_clean_seed_is_on_track(tmp_path, records):
    run = make_run(tmp_path / "run")
    write_log(run, with_events(updates(calm_losses(150, seed=8))))
    found = judged(run, records)
    assert found.words == "On track at update 150: within the band of 5 seeds." and not found.is_off
    np.testing.assert_array_less(found.band.low, found.band.high)


def test_after_its_end_the_band_says_so(tmp_path, records):
    run = make_run(tmp_path / "run")
    write_log(run, with_events(updates(calm_losses(300, seed=8))))
    assert judged(run, records).words.endswith("The band ends there.")


@pytest.mark.parametrize(("change", "word"), [(1.0, "above"), (-1.0, "too good")])
def test_a_training_that_goes_wrong_is_told(tmp_path, records, change, word):
    run = make_run(tmp_path / "run")
    write_log(run, with_events(updates(calm_losses(150, seed=8) + change)))
    found = judged(run, records)
    assert found.is_off and word in found.words and found.track.since == 40


def test_where_the_band_does_not_match_it_says_why(tmp_path, records):
    run = make_run(tmp_path / "run", preset="tiny", base="runs/b")
    write_log(run, with_events(updates(calm_losses(150))))
    found = judged(run, records)
    assert found.band is None and not found.is_off
    assert (
        "nano on data" in found.words and "preset is another" in found.words and "goes on from" in found.words
    )


def test_before_the_text_is_known_and_without_any_record(tmp_path, records):
    run = make_run(tmp_path / "run")
    assert "does not say yet" in judged(run, records).words
    track_records._records.cache_clear()
    (records / "track_nano.json").unlink()
    assert "no band is recorded" in judged(run, records).words
