"""The band of a preset's seeds: the plan, the record, and, slowly, that it finds what is wrong."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

from benchmarks import track_band
from benchmarks.stored_results import write_results
from mof.lessons import records
from mof.panel.track import band_of_seeds
from mof.training.loop import TrainingDiverged
from tests.panel.made_runs import TOKENIZER, calm_losses, make_run

SMALL = {"tokens_per_update": 1024, "lengths": (128,)}


def test_what_is_left_is_told(tmp_path, capsys):
    words = ["--preset", "tiny", "--folder", str(tmp_path), "--plan"]
    assert track_band.main(words) == 0
    assert capsys.readouterr().out == "5 trainings of 200 updates: about 0.4 hours are left.\n"
    assert not list(tmp_path.iterdir()), "a plan writes nothing"
    finished = track_band.case_folder(tmp_path, "seed 0")
    finished.mkdir()
    (finished / "result.json").write_text("{}", encoding="utf-8")
    track_band.main([*words, "--check"])
    said = capsys.readouterr().out
    hours = 10 * (200 * 1.2 + 60) / 3600  # 11 cases, one done
    assert said == f"11 trainings of 200 updates: about {hours:.1f} hours are left.\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--seeds", "0", "1"], "--seeds 0 1: expected 3 to 10 seeds, each once"),
        (["--seeds", "0", "1", "1"], "--seeds 0 1 1: expected 3 to 10 seeds, each once"),
        (["--seeds", *map(str, range(11))], "expected 3 to 10 seeds"),
        (["--updates", "19"], "--updates 19: expected 20 to 10000"),
    ],
)
def test_counts_of_which_no_band_can_be_made_are_refused_before_the_hours(
    tmp_path, monkeypatch, capsys, words, said
):
    monkeypatch.setattr(track_band.subprocess, "run", None)  # any training would fail
    with pytest.raises(SystemExit):
        track_band.main(["--folder", str(tmp_path), *words])
    assert said in capsys.readouterr().err and not list(tmp_path.iterdir())


@pytest.fixture
def played(tmp_path, monkeypatch):
    """Results are made at once where a training would be; returns the folder of the records."""
    run = make_run(tmp_path / "run")

    def train(command, check):
        folder, case = command[command.index("--folder") + 1], command[-1]
        stored = result(run, len(case)) | {"losses": list(calm_losses(200, sum(map(ord, case))))}
        write_results(track_band.case_folder(folder, case) / "result.json", stored)

    monkeypatch.setattr(track_band.subprocess, "run", train)
    monkeypatch.setattr(
        track_band,
        "write_record",
        lambda *arguments, **more: records.write_record(*arguments, folder=tmp_path / "records", **more),
    )
    return tmp_path / "records"


def test_the_record_tells_what_it_was_made_with(played, tmp_path):
    words = ["--preset", "nano", "--folder", str(tmp_path / "band")]
    more = ["--seeds", "0", "1", "2", "--corpus", "/home/someone/poems", "--updates", "100", "--check"]
    assert track_band.main([*words, *more]) == 0
    record = records.load_record("track_nano", played)
    assert record.command == (
        "python benchmarks/track_band.py --preset nano --seeds 0 1 2 --updates 100 --corpus poems --check"
    )
    assert not record.changed_files() and not record.unknown_files() and "someone" not in record.command


def test_results_of_another_text_or_length_are_refused(played, tmp_path):
    words = ["--preset", "nano", "--folder", str(tmp_path / "band")]
    track_band.main(words)
    assert records.load_record("track_nano", played).command == (
        "python benchmarks/track_band.py --preset nano"
    )
    for other in (["--corpus", "poems"], ["--updates", "100"]):
        with pytest.raises(SystemExit, match="give the same settings, or another --folder"):
            track_band.main([*words, *other])


def test_a_record_is_as_old_as_its_trainings(played, tmp_path):
    words = ["--preset", "nano", "--folder", str(tmp_path / "band")]
    track_band.main(words)
    place = track_band.case_folder(tmp_path / "band", "seed 3") / "result.json"
    stored = json.loads(place.read_text(encoding="utf-8"))
    stored[records.STAMP]["code"]["mof/model.py"] = "another state"
    write_results(place, stored)
    track_band.main(words)
    assert records.load_record("track_nano", played).changed_files() == ["mof/model.py"]


def result(run, seed, change=0.0):
    facts = {**run.facts, "training": json.loads(run.training_config.to_json())}
    return {
        "losses": [round(float(loss), 4) for loss in calm_losses(200, seed) + change],
        "factors": [1.0] * 200,
        "lengths": [128] * 200,
        "facts": facts,
        "fingerprint": "f",
        "conditions": {"processor": "x"},
        "diverged": None,
        records.STAMP: records.new_stamp(track_band.CODE),
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


def test_a_fault_that_diverges_is_found_by_that_and_a_seed_makes_no_band(tmp_path):
    run = make_run(tmp_path / "run")
    results = {f"seed {seed}": result(run, seed) for seed in range(3)}
    cut = {name: result(run, 9)[name][:7] for name in ("losses", "factors", "lengths")}
    results["learning rate x 10"] = {**result(run, 9), **cut, "diverged": 7}
    results["shuffled targets"] = {**result(run, 9, change=1.0), "diverged": 200}
    results["wrong tokenizer"] = {**result(run, 9), "losses": [], "factors": [], "lengths": [], "diverged": 0}
    checks = track_band.band_data(results, [0, 1, 2], "nano", ["data"])["checks"]
    assert checks["learning rate x 10"]["place"] == "diverged" and checks["learning rate x 10"]["since"] == 7
    assert checks["shuffled targets"]["place"] == "above" and checks["shuffled targets"]["since"] == 40
    assert checks["wrong tokenizer"] == {"place": "diverged", "since": 0, "last_loss": None}
    results["seed 1"]["diverged"] = 120
    with pytest.raises(ValueError, match="seed 1 diverged after update 120: there is no band"):
        track_band.band_data(results, [0, 1, 2], "nano", ["data"])


def test_a_training_that_diverges_is_stored_as_that(tmp_path, monkeypatch):
    run = make_run(tmp_path / "made")

    class Diverging:
        progress = SimpleNamespace(update=0)
        batches = SimpleNamespace(cursor={"fingerprint": "f"})

        def run_to_end(self):
            run.append_log({"update": 1, "loss": 5.0, "factor": 1.0, "length": 128, "seconds": 1.0})
            self.progress.update = 1
            raise TrainingDiverged("the loss is nan: the training has diverged.")

    monkeypatch.setattr("mof.training.assembly.new_run", lambda *_, **__: (run, None, None))
    monkeypatch.setattr("mof.training.assembly.begin_training", lambda *_: Diverging())
    said = []
    case, how = "learning rate x 10", (["data"], 200)
    found = track_band.train_case(tmp_path, case, "nano", *how, report=said.append)
    assert found["diverged"] == 1 and found["losses"] == [5.0] and "diverged" in said[-1]
    assert track_band.train_case(tmp_path, case, "nano", *how) == found, "it is stored"
    assert found[records.STAMP] == records.new_stamp(track_band.CODE)


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
