"""A run that was lost goes on from its snapshot: at the same place in the text, with weights in int8, an
empty optimiser, and step sizes that rise again."""

import json

import numpy as np
import pytest

pytest.importorskip("onnx")  # not in the environment of the JAX tests

from mof.inference import weights_snapshot
from mof.inference.weights_snapshot import (
    SNAPSHOT_NAME,
    SnapshotError,
    restore_snapshot,
    write_snapshot,
)
from mof.training.assembly import begin_training
from mof.training.observer import Observer
from mof.training.run_folder import RunError, RunFolder
from tests.training.small_run import TRAINING, arrays_of

STOPPED_AT, WHOLE = 3, 9


class StopsAt(Observer):
    """Asks for a stop after an update."""

    def __init__(self, update):
        self.update, self.done = update, 0

    def updated(self, training):
        self.done = training.progress.update

    def wants_stop(self):
        return self.done >= self.update


@pytest.fixture
def stopped(make_training):
    """A run of WHOLE updates, stopped and saved after some."""
    training = make_training(observer=StopsAt(STOPPED_AT), num_updates=WHOLE)
    training.run_to_end()
    return training


@pytest.fixture
def weights(stopped):
    """Its float32 weights when it was stopped."""
    return {
        name: np.array(array) for name, array in arrays_of(stopped.engine, with_sums=False)["weights"].items()
    }


@pytest.fixture
def snapshot(stopped, weights, tmp_path):
    """Its snapshot's folder."""
    write_snapshot(stopped.run, tmp_path / "snapshot")
    return tmp_path / "snapshot"


def go_on(run, make_training, monkeypatch, cache):
    """The Training of a run at its newest checkpoint, in the graphs of those before."""
    from mof.training import assembly

    made = make_training(run)
    monkeypatch.setattr(assembly, "Training", lambda *_: made)
    words = []
    return begin_training(run, made.model, cache, Observer(), words.append), words


def test_it_goes_on_at_the_same_place_with_weights_that_were_rounded(
    stopped, weights, snapshot, make_training, monkeypatch, cache, corpus, tmp_path
):
    before = {name: value for name, value in vars(stopped.progress).items()}
    cursor, log = stopped.batches.cursor, stopped.run.read_log()
    run = restore_snapshot(snapshot, tmp_path / "again", [corpus])
    training, words = go_on(run, make_training, monkeypatch, cache)
    assert training.batches.cursor == cursor and run.read_log() == log
    kept = ("update", "num_updates", "num_tokens", "num_targets", "seconds")
    assert {name: getattr(training.progress, name) for name in kept} == {name: before[name] for name in kept}
    assert any("rounded to int8" in line for line in words)
    arrays = arrays_of(training.engine, with_sums=False)
    assert all(not np.any(slot) for slot in arrays["optimizer"].values())
    changed = 0
    for name, array in arrays["weights"].items():
        # a step of int8 is at most the largest number of the matrix by 127, and rounding errs by half of it
        error = np.abs(np.asarray(array) - weights[name])
        assert error.max() <= np.abs(weights[name]).max() / 127 / 2 * 1.001, name
        changed += bool(error.max())
    assert changed > 5
    training.run_to_end()
    assert [entry["update"] for entry in run.read_log()] == list(range(1, WHOLE + 1))
    assert run.newest_checkpoint().state["progress"]["update"] == WHOLE
    befell = [event["event"] for event in run.read_events()]
    assert befell.count("restored") == 1


def test_step_sizes_rise_again_and_ages_begin_anew(
    stopped, snapshot, make_training, monkeypatch, cache, corpus, tmp_path
):
    run = restore_snapshot(snapshot, tmp_path / "again", [corpus])
    training, _ = go_on(run, make_training, monkeypatch, cache)
    given, apply = [], training.engine.apply

    def noted(weight, sizes, ages, trainable):
        given.append((np.array(sizes), list(ages)))
        return apply(weight, sizes, ages, trainable)

    monkeypatch.setattr(training.engine, "apply", noted)
    training.run_to_end()
    usual = {entry["update"]: entry["factor"] for entry in run.read_log()}
    for i, (sizes, ages) in enumerate(given):
        share = min(1.0, (i + 1) / TRAINING.thaw_updates)
        full = given[-1][0] / usual[WHOLE]  # after the rise
        np.testing.assert_allclose(sizes, full * usual[STOPPED_AT + i + 1] * share, rtol=1e-6)
        assert set(ages) == {i + 1}


def test_no_path_of_the_machine_is_in_it(stopped, snapshot, corpus, tmp_path):
    facts = json.loads((snapshot / "run.json").read_text(encoding="utf-8"))
    assert all("/" not in name for name in facts["corpus"])
    assert str(tmp_path) not in (snapshot / "events.jsonl").read_text(encoding="utf-8")
    run = restore_snapshot(snapshot, tmp_path / "again", [corpus])
    assert run.facts["corpus"] == [str(corpus.resolve())]


def test_what_is_no_whole_snapshot_is_refused_by_name(stopped, snapshot, corpus, tmp_path):
    with pytest.raises(SnapshotError, match="holds no snapshot"):
        restore_snapshot(tmp_path, tmp_path / "again", [corpus])
    file = snapshot / "weights.safetensors"
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)
    with pytest.raises(SnapshotError, match=r"weights\.safetensors is not the file that was written"):
        restore_snapshot(snapshot, tmp_path / "again", [corpus])
    file.unlink()
    with pytest.raises(SnapshotError, match=r"weights\.safetensors is not the file"):
        restore_snapshot(snapshot, tmp_path / "again", [corpus])
    (snapshot / SNAPSHOT_NAME).write_text('{"format_version": 2, "files": {}}', encoding="utf-8")
    with pytest.raises(SnapshotError, match="format version 2"):
        restore_snapshot(snapshot, tmp_path / "again", [corpus])
    (snapshot / SNAPSHOT_NAME).write_text("{", encoding="utf-8")
    with pytest.raises(SnapshotError, match="damaged"):
        restore_snapshot(snapshot, tmp_path / "again", [corpus])
    assert not (tmp_path / "again").exists()


def test_nothing_is_written_over(stopped, snapshot, corpus, make_run, tmp_path):
    with pytest.raises(RunError, match="is not empty"):
        restore_snapshot(snapshot, stopped.run.path, [corpus])
    with pytest.raises(ValueError, match="holds no snapshot"):
        write_snapshot(stopped.run, stopped.run.path)
    with pytest.raises(RunError, match="no checkpoint yet"):
        write_snapshot(make_run(), tmp_path / "other")
    assert write_snapshot(stopped.run, snapshot) > 0  # a newer one over an older


def test_an_older_snapshot_stays_whole_where_the_new_one_cannot_be_written(stopped, snapshot, monkeypatch):
    before = {path.name: path.read_bytes() for path in snapshot.iterdir()}

    def full(path, arrays):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(weights_snapshot, "write_tensors", full)
    with pytest.raises(OSError, match="No space left"):
        write_snapshot(stopped.run, snapshot)
    assert {path.name: path.read_bytes() for path in snapshot.iterdir()} == before


@pytest.mark.parametrize("part", ["save_checkpoint", "corpus_facts"])
def test_a_restoring_that_was_cut_off_is_done_again(snapshot, corpus, tmp_path, monkeypatch, part):
    path = tmp_path / "again"

    def killed(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(weights_snapshot, part, killed)
    with pytest.raises(KeyboardInterrupt):
        restore_snapshot(snapshot, path, [corpus])
    assert any(path.iterdir())
    monkeypatch.undo()
    (path / "mine.txt").touch()
    with pytest.raises(RunError, match="is not empty"):
        restore_snapshot(snapshot, path, [corpus])
    (path / "mine.txt").unlink()
    run = restore_snapshot(snapshot, path, [corpus])
    assert run.newest_checkpoint(parts=("weights",)).state["progress"]["update"] == STOPPED_AT
    (path / "run.json").unlink()
    (path / "checkpoints" / "update-00000009").mkdir()  # somebody trained there
    with pytest.raises(RunError, match="is not empty"):
        restore_snapshot(snapshot, path, [corpus])


def test_a_snapshot_inside_an_update_begins_that_update_again(
    make_training, monkeypatch, cache, corpus, tmp_path
):
    training = make_training(num_updates=WHOLE)
    training.update()
    training.progress.micro_batch, training.progress.cycle_loss = 2, 5.0
    training.save()
    write_snapshot(training.run, tmp_path / "snapshot")
    run = restore_snapshot(tmp_path / "snapshot", tmp_path / "again", [corpus])
    progress = RunFolder(run.path).newest_checkpoint(parts=("weights",)).state["progress"]
    assert (progress["update"], progress["micro_batch"], progress["cycle_loss"]) == (1, 0, 0.0)
