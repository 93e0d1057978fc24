"""The band of a preset's seeds: the plan, the record, and, slowly, that it finds what is wrong."""

import json

import numpy as np
import pytest

from benchmarks import track_band
from mof.panel.track import band_of_seeds
from tests.panel.made_runs import TOKENIZER, calm_losses, make_run

SMALL = {"tokens_per_update": 1024, "lengths": (128,)}


def test_what_is_left_is_told(tmp_path, capsys):
    words = ["--preset", "tiny", "--folder", str(tmp_path), "--plan"]
    assert track_band.main(words) == 0
    assert capsys.readouterr().out == "5 trainings of 200 updates: about 0.4 hours are left.\n"
    finished = track_band.case_folder(tmp_path, "seed 0")
    finished.mkdir()
    (finished / "result.json").write_text("{}", encoding="utf-8")
    track_band.main([*words, "--check"])
    said = capsys.readouterr().out
    hours = 10 * (200 * 1.2 + 60) / 3600  # 11 cases, one done
    assert said == f"11 trainings of 200 updates: about {hours:.1f} hours are left.\n"


def result(run, seed, change=0.0):
    facts = {**run.facts, "training": json.loads(run.training_config.to_json())}
    return {
        "losses": [round(float(loss), 4) for loss in calm_losses(200, seed) + change],
        "factors": [1.0] * 200,
        "lengths": [128] * 200,
        "facts": facts,
        "fingerprint": "f",
        "conditions": {"processor": "x"},
    }


def test_a_record_holds_the_seeds_and_what_became_of_the_checks(tmp_path):
    run = make_run(tmp_path / "run")
    results = {f"seed {seed}": result(run, seed) for seed in range(6)}
    results["shuffled targets"] = result(run, 9, change=1.0)
    data = track_band.band_data(results, [0, 1, 2, 3, 4], "nano", ["data"])
    assert len(data["losses"]) == 5 and data["tokenizer_hash"] == TOKENIZER.hash
    assert data["batch"] == {"tokens_per_update": 1024, "num_streams": 8, "lengths": [128]}
    assert data["checks"]["seed 5"]["place"] == "within"
    assert data["checks"]["shuffled targets"]["since"] == 40
    band = band_of_seeds(data["losses"], data["factors"], data["lengths"])
    assert band.num_seeds == 5


def test_seeds_of_different_text_make_no_band(tmp_path):
    run = make_run(tmp_path / "run")
    results = {f"seed {seed}": result(run, seed) for seed in range(3)}
    results["seed 1"]["fingerprint"] = "g"
    with pytest.raises(ValueError, match="differ in their fingerprint"):
        track_band.band_data(results, [0, 1, 2], "nano", ["data"])


def test_shuffled_targets_are_those_of_the_batch(tmp_path):
    class Batches:
        def next_batch(self, num_tokens):
            from mof.corpus.batch import Batch

            ids = np.arange(2 * num_tokens).reshape(2, num_tokens)
            return Batch(ids, ids + 1, ids > 0, ids * 1.0, ids > -1)

    training = type("Training", (), {"batches": Batches()})()
    track_band.shuffle_targets(training)
    batch = training.batches.next_batch(50)
    assert batch.targets.shape == (2, 50) and (batch.targets != batch.token_ids + 1).mean() > 0.9
    assert sorted(batch.targets.ravel()) == list(range(1, 101))


@pytest.mark.weekly
def test_clean_seeds_stay_inside_and_faults_are_found_within_200_updates(tmp_path):
    """The real thing with nano: five seeds make the band, three more are never flagged, three faults are."""
    seeds = list(range(5))
    corpus = [str(track_band.ROOT / "data")]
    results = {
        case: track_band.train_case(tmp_path, case, "nano", corpus, 200, SMALL, report=lambda _: None)
        for case in track_band.planned_cases(seeds, with_checks=True)
    }
    checks = track_band.band_data(results, seeds, "nano", ["data"])["checks"]
    print(json.dumps(checks, indent=1))
    for seed in track_band.CLEAN_SEEDS:
        assert checks[f"seed {seed}"]["place"] == "within", checks
    for fault in track_band.FAULTS:
        assert checks[fault]["since"] is not None and checks[fault]["since"] <= 200, checks
