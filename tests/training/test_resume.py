"""A run that is broken off and resumed equals one that is not, bit for bit; what does not fit is told."""

import json
import shutil

import keras
import numpy as np
import pytest

from mof.training import loop
from mof.training.assembly import begin_training
from mof.training.conditions import bit_identity_conditions
from mof.training.run_folder import RunError, RunFolder
from tests.training.small_run import MODEL, SHORT, arrays_of, numbers

EXACT_LOG_FIELDS = ("update", "loss", "gradient_norm", "factor", "length", "tokens")


class BrokenOff(Exception):
    """The process ends here."""


def outcome(training):
    """All that must be equal: weights, slots, memory, log and counters."""
    log = [{name: entry[name] for name in EXACT_LOG_FIELDS} for entry in training.run.read_log()]
    progress = {name: value for name, value in vars(training.progress).items() if "seconds" not in name}
    arrays = arrays_of(training.engine, with_sums=True)
    return {
        "arrays": {part: dict(zip(arrays[part], numbers(arrays[part]), strict=True)) for part in arrays},
        "memory": numbers(training.memory),
        "log": log,
        "progress": progress,
        "cursor": training.batches.cursor,
    }


def break_off(training, monkeypatch, num_batches, save_after):
    """Train for some batches, save after `save_after` of them, and end without a word after the last."""
    accumulate, done = training.engine.accumulate, []

    def counting(*inputs):
        if len(done) == num_batches:
            raise BrokenOff
        done.append(1)
        return accumulate(*inputs)

    with monkeypatch.context() as patch:
        patch.setattr(training.engine, "accumulate", counting)
        patch.setattr(training, "_is_time_to_save", lambda: len(done) == save_after)
        with pytest.raises(BrokenOff):
            training.run_to_end()


# Lengths 8, 8, then drawn; four batches an update of SHORT rows, eight passes where each row is one.
# The freezing thaws a group after update 3.
CASES = {
    "at an update's end": dict(num_batches=9, save_after=8),
    "inside an update": dict(num_batches=9, save_after=6),
    "inside the first update": dict(num_batches=3, save_after=2),
    "inside an update, frozen groups": dict(
        num_batches=18, save_after=14, lengths=(SHORT,), freeze=("embedding@0-0.5", "transformer@0-0.5")
    ),
    "inside an update, noise in the input": dict(
        num_batches=9, save_after=6, lengths=(SHORT,), input_noise=0.5
    ),
    "inside an update, rows one by one": dict(
        num_batches=18, save_after=12, lengths=(SHORT,), tokens_at_once=SHORT
    ),
    "inside an update, bfloat16": dict(
        num_batches=9, save_after=6, lengths=(SHORT,), model_changes={"product_dtype": "bfloat16"}
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_resuming_is_bit_identical(make_training, monkeypatch, name):
    case = dict(CASES[name])
    moments = {key: case.pop(key) for key in ("num_batches", "save_after")}
    whole = make_training(**case)
    whole.run_to_end()
    expected = outcome(whole)
    assert len(expected["log"]) == 6

    broken = make_training(**case)
    break_off(broken, monkeypatch, **moments)
    assert outcome(broken)["log"] == expected["log"][: len(broken.run.read_log())]
    checkpoint = RunFolder(broken.run.path).newest_checkpoint(warn=pytest.fail)
    num_batches = moments["save_after"] // (2 if "tokens_at_once" in case else 1)
    assert checkpoint.state["progress"]["micro_batch"] == num_batches % 4
    assert ("sums" in checkpoint.arrays) == (num_batches % 4 != 0)

    resumed = make_training(run=RunFolder(broken.run.path))  # its engine stands at the start of a run
    assert resumed.restore(checkpoint) == []
    assert len(resumed.run.read_log()) == checkpoint.state["progress"]["update"]
    resumed.run_to_end()
    actual = outcome(resumed)
    for part, value in expected.items():
        assert actual[part] == value, part


def test_a_resumed_run_without_its_sums_or_memory_would_differ(make_training, monkeypatch):
    """The comparison above can fail: each part that a checkpoint holds is needed."""
    whole = make_training()
    whole.run_to_end()
    expected = outcome(whole)
    broken = make_training()
    break_off(broken, monkeypatch, num_batches=9, save_after=6)
    checkpoint = broken.run.newest_checkpoint()
    for part in ("sums", "optimizer", "memory"):
        arrays = {
            **checkpoint.arrays,
            part: {name: np.zeros_like(x) for name, x in checkpoint.arrays[part].items()},
        }
        resumed = make_training(run=broken.run)
        resumed.restore(checkpoint._replace(arrays=arrays))
        resumed.run_to_end()
        assert outcome(resumed)["arrays"]["weights"] != expected["arrays"]["weights"], part


@pytest.fixture
def stopped(make_training):
    """A run with checkpoints after updates 2 and 4 of 6."""
    training = make_training(lengths=(SHORT,))
    for update in range(1, 5):
        training.update()
        if update % 2 == 0:
            training.save()
    return training


def begin(run, make_training, monkeypatch, cache):
    """(Training, sentences) as `begin_training` gives them, in the shared graphs."""
    training, told = make_training(run=run), []
    monkeypatch.setattr("mof.training.assembly.Training", lambda *_: training)
    return begin_training(run, training.model, cache, training.observer, told.append), told


def test_says_where_it_goes_on(stopped, make_training, monkeypatch, cache):
    training, told = begin(stopped.run, make_training, monkeypatch, cache)
    assert told == ["Resuming after update 4 from update-00000004."]
    assert training.progress.update == 4


def test_a_log_without_a_checkpoint_is_kept_and_told(stopped, make_training, monkeypatch, cache):
    before = (stopped.run.path / "log.jsonl").read_text(encoding="utf-8")
    shutil.move(stopped.run.checkpoints, stopped.run.path.parent / "elsewhere")
    _training, [told] = begin(stopped.run, make_training, monkeypatch, cache)
    (kept,) = stopped.run.path.glob("log-before-*.jsonl")
    assert kept.read_text(encoding="utf-8") == before and kept.name in told
    assert "holds no checkpoint, but the log tells of 4 updates" in told
    assert stopped.run.read_log() == []


def test_a_damaged_newest_checkpoint_is_named_and_the_one_before_used(
    stopped, make_training, monkeypatch, cache
):
    weights = stopped.run.checkpoints / "update-00000004" / "weights.safetensors"
    data = bytearray(weights.read_bytes())
    data[-3] ^= 1
    weights.write_bytes(data)
    training, told = begin(stopped.run, make_training, monkeypatch, cache)
    assert training.progress.update == 2 and len(training.run.read_log()) == 2
    assert told[0].startswith("Refused the checkpoint update-00000004: ") and str(weights) in told[0]
    assert told[1] == "Resuming after update 2 from update-00000002."
    training.run_to_end()
    assert training.run.newest_checkpoint(warn=pytest.fail).path.name == "update-00000006"


def test_changed_conditions_are_named(stopped, make_training, monkeypatch, cache):
    conditions = {**bit_identity_conditions(), "threads": "7+7"}
    conditions.pop("keras")
    monkeypatch.setattr(loop, "bit_identity_conditions", lambda: conditions)
    _, told = begin(stopped.run, make_training, monkeypatch, cache)
    threads = bit_identity_conditions()["threads"]
    assert told[1] == (
        "The rest will not be bit-identical to an uninterrupted run, because of "
        f"keras: {keras.__version__} then, unset now; threads: {threads} then, 7+7 now."
    )


def test_without_a_checkpoint_it_begins_anew_with_an_empty_log(make_run, make_training, monkeypatch, cache):
    run = make_run()
    run.append_log({"update": 1})  # a process was killed before its first checkpoint
    training, told = begin(run, make_training, monkeypatch, cache)
    assert "the log tells of 1 updates" in told[0] and len(told) == 1
    assert training.progress.update == 0 and run.read_log() == []


def rewrite_config(run, section, **changes):
    file = run.path / "run.json"
    facts = json.loads(file.read_text(encoding="utf-8"))
    facts[section].update(changes)
    file.write_text(json.dumps(facts), encoding="utf-8")
    return RunFolder(run.path)


def test_a_checkpoint_of_another_model_is_refused_in_words(stopped, make_training):
    from mof.model import MixtureLanguageModel
    from mof.training.observer import Observer
    from mof.training.parameters import plan_parameters

    run = rewrite_config(stopped.run, "model", width=32)
    assert run.model_config == MODEL.replace(width=32)

    class NoEngine:
        def __init__(self, model, config):
            self.plans = plan_parameters(model, config)

    model = MixtureLanguageModel(run.model_config, 0)
    monkeypatch = pytest.MonkeyPatch()
    with monkeypatch.context() as patch:
        patch.setattr(loop, "make_engine", lambda model, plans, config: NoEngine(model, config))
        training = loop.Training(run, model, stopped.split, Observer())
    with pytest.raises(RunError) as caught:
        training.restore(run.newest_checkpoint())
    message = str(caught.value)
    assert "update-00000004 holds (" in message and ", this run expects (" in message
    assert message.endswith("Put the run.json back that it was made with, or start a new run.")


def test_a_checkpoint_of_another_optimiser_is_refused_in_words(stopped, make_training, monkeypatch):
    from mof.training.parameters import plan_parameters

    training = make_training(run=stopped.run)
    config = stopped.config.replace(optimizer="adamw")
    training.plans = plan_parameters(training.model, config)
    with pytest.raises(RunError, match=r"update-00000004 holds nothing for .*/square, this run expects \("):
        training.restore(stopped.run.newest_checkpoint())


def test_a_checkpoint_on_another_corpus_is_refused_in_words(stopped, make_training, conversations):
    training = make_training(run=stopped.run, split=conversations.train)
    with pytest.raises(ValueError, match="the cursor belongs to other batches: its fingerprint is"):
        training.restore(stopped.run.newest_checkpoint())
