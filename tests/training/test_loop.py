"""The loop: the same steps as model.fit, what the loss counts, no new graphs, planning, and divergence."""

import json
import math

import keras
import numpy as np
import pytest

from mof.corpus.batch import Batch
from mof.corpus.packing import StreamBatches
from mof.training import clock as training_clock
from mof.training.loop import LAST_TIMED_UPDATE, TrainingDiverged
from mof.training.observer import Observer
from tests.tensors import Tolerance
from tests.training.small_run import (
    LONG,
    MODEL,
    NUM_STREAMS,
    SHORT,
    TOKENIZER,
    TRAINING,
    all_trainable,
    arrays_of,
    numbers,
    plain_nats,
    random_text,
    write_lines,
)

# five updates of at most 1e-3 each
FIT_TOLERANCE = Tolerance(1e-4, 2e-5)
# AdamW's first step is the gradient's sign: where that is 0 but for rounding, a weight may go another way
SHARE_WITHOUT_GRADIENT = 0.002


@pytest.fixture(scope="module")
def one_text(tmp_path_factory):
    """One long document: nothing starts inside a row, so `model.fit`, which has no resets, sees the same."""
    from mof.corpus.token_cache_building import build_token_cache

    folder = tmp_path_factory.mktemp("one-text")
    file = write_lines(folder / "text.jsonl", [{"text": random_text(4000, 5)}])
    return build_token_cache([file], TOKENIZER, folder / "cache", 0.0).train


def test_five_updates_equal_five_steps_of_fit(make_training, one_text):
    from mof.model import MixtureLanguageModel

    settings = {
        "optimizer": "adamw",
        "clip_norm": 0.0,
        "carry_memory": False,
        "weight_decay": 0.1,
        "learning_rate": 1e-3,
    }
    settings |= {"warmup_updates": 0, "final_share": 1.0, "num_updates": 5}  # a constant step size
    model_config = MODEL.replace(experts=("recurrent", "recurrent"))  # its graphs are made quickly
    training = make_training(
        split=one_text, lengths=(LONG,), model_changes={"experts": model_config.experts}, **settings
    )
    model = MixtureLanguageModel(model_config, seed=0)
    start = numbers([v.value for v in model.trainable_variables])
    assert numbers([v.value for v in training.model.trainable_variables]) == start
    losses = []
    for _ in range(5):
        training.update()
        losses.append(training.last_entry["loss"])

    config = training.config
    optimizer = keras.optimizers.AdamW(
        config.learning_rate,
        config.weight_decay,
        config.first_decay_rate,
        config.second_decay_rate,
        epsilon=1e-8,
    )
    optimizer.exclude_from_weight_decay([v for v in model.trainable_variables if len(v.shape) < 2])
    model.compile(optimizer=optimizer, jit_compile=keras.backend.backend() == "jax")
    batches = StreamBatches(one_text, NUM_STREAMS, config.seed)
    rows = [batches.next_batch(LONG) for _ in range(5)]
    ids, targets, weights = (
        np.concatenate([getattr(row, n) for row in rows]) for n in ("token_ids", "targets", "loss_weights")
    )
    seen = []
    watch = keras.callbacks.LambdaCallback(on_train_batch_end=lambda _, logs: seen.append(logs["loss"]))
    model.fit(
        ids,
        targets,
        sample_weight=weights,
        batch_size=NUM_STREAMS,
        shuffle=False,
        verbose=0,
        callbacks=[watch],
    )
    means = np.cumsum(losses) / np.arange(1, 6)  # Keras tells the mean since the epoch began
    np.testing.assert_allclose(seen, means, 1e-5)
    ours = {v.path: keras.ops.convert_to_numpy(v) for v in training.model.trainable_variables}
    theirs = {v.path: keras.ops.convert_to_numpy(v) for v in model.trainable_variables}
    a, b = (np.concatenate([weights[path].ravel() for path in sorted(ours)]) for weights in (ours, theirs))
    is_close = np.isclose(a, b, *FIT_TOLERANCE)
    assert np.mean(~is_close) <= SHARE_WITHOUT_GRADIENT
    assert np.abs(a - b).max() <= config.learning_rate
    assert numbers([v.value for v in model.trainable_variables]) != start


def test_logs_what_the_config_and_the_counters_say(make_training):
    training = make_training(num_updates=4, short_share=0.5)
    assert training.run_to_end().update == 4
    entries = training.run.read_log()
    assert [entry["update"] for entry in entries] == [1, 2, 3, 4]
    assert [entry["length"] for entry in entries][:2] == [SHORT, SHORT]
    assert [entry["tokens"] for entry in entries] == [64, 128, 192, 256]
    assert entries[0]["factor"] == 0.5
    assert math.log(MODEL.vocabulary_size) == pytest.approx(entries[0]["loss"], rel=0.2)
    assert training.last_entry == entries[-1]
    assert training.run.newest_checkpoint().path.name == "update-00000004"


def test_the_end_is_saved_before_the_observers_last_look(make_training):
    """The look may take minutes; a kill in it must not cost the last updates."""
    seen = []

    class Looks(Observer):
        def updated(self, training):
            checkpoint = training.run.newest_checkpoint(parts=())
            seen.append(checkpoint.path.name if checkpoint else None)

    training = make_training(num_updates=3)
    training.observer = Looks()
    training.run_to_end()
    assert seen == [None, None, "update-00000003"]


def test_no_graph_is_made_after_the_first_update_of_each_length(make_training):
    training = make_training(num_updates=20, short_share=0.1)
    seen = set()
    while seen != {SHORT, LONG}:
        training.update()
        seen.add(training.last_entry["length"])
    num_traces = training.engine.num_traces
    lengths = []
    for _ in range(8):
        training.update()
        lengths.append(training.last_entry["length"])
    training.save()
    training.restore(training.run.newest_checkpoint())
    training.update()
    assert set(lengths) == {SHORT, LONG}
    assert training.engine.num_traces == num_traces
    if keras.backend.backend() == "tensorflow":
        graphs = training.engine._graphs
        assert graphs["apply", all_trainable(training.engine)].experimental_get_tracing_count() == 1


def test_carried_memory_makes_a_stream_of_rows(make_training, one_text):
    """With step sizes of 0, the second row's loss is that of half of a long row, or of a row alone."""
    batches = StreamBatches(one_text, NUM_STREAMS, 0)
    first, second = batches.next_batch(LONG), batches.next_batch(LONG)
    fields = [(getattr(first, name), getattr(second, name)) for name in Batch.__dataclass_fields__]
    both = Batch(*(np.concatenate(pair, axis=1) for pair in fields))
    losses = []
    for carry in (True, False):
        still = {"learning_rate": 0.0, "muon_learning_rate": 0.0}
        training = make_training(split=one_text, carry_memory=carry, lengths=(LONG,), **still)
        nats = plain_nats(training.model, both)[:, LONG:] if carry else plain_nats(training.model, second)
        for _ in range(2):
            training.update()
        assert training.last_entry["loss"] == pytest.approx(nats.mean(), rel=1e-5)
        losses.append(training.last_entry["loss"])
    assert abs(losses[0] - losses[1]) > 1e-4


def test_conversations_teach_answers_alone(engine, conversations):
    """Other targets of the user change neither loss nor gradient; those of the assistant do."""
    batch = StreamBatches(conversations.train, NUM_STREAMS, 0).next_batch(LONG)
    counts = batch.loss_weights > 0
    assert 0 < counts.sum() < counts.size / 2

    def loss_and_sums(places):
        targets = np.where(places, TOKENIZER.vocabulary_size - 1, batch.targets).astype("int32")
        changed = type(batch)(batch.token_ids, targets, batch.resets, batch.loss_weights, batch.mask)
        engine.load({name: arrays for name, arrays in start.items() if name != "sums"})
        loss, weight, _ = engine.accumulate(
            changed, engine.model.initial_state(NUM_STREAMS), all_trainable(engine)
        )
        assert float(weight) == counts.sum()
        return float(loss), numbers(arrays_of(engine, with_sums=True)["sums"])

    start = arrays_of(engine, with_sums=False)
    expected = loss_and_sums(np.zeros_like(counts))
    assert loss_and_sums(~counts) == expected
    assert loss_and_sums(counts) != expected


def test_a_conversations_log_is_the_mean_over_answers(make_training, conversations):
    training = make_training(split=conversations.train, lengths=(LONG,))
    batch = StreamBatches(conversations.train, NUM_STREAMS, 0).next_batch(LONG)
    nats = plain_nats(training.model, batch)
    training.update()
    expected = nats[batch.loss_weights > 0].mean()
    assert training.last_entry["loss"] == pytest.approx(expected, rel=1e-5)
    assert training.progress.num_targets == batch.loss_weights.sum()


class Clock:
    """Stands in for the computer's clock: every look at it is a moment later."""

    def __init__(self):
        self.seconds = 100.0

    def __call__(self):
        return self.seconds


def test_minutes_become_updates_by_the_speed_of_the_first_few(make_training, monkeypatch):
    clock = Clock()
    monkeypatch.setattr(training_clock, "awake_seconds", clock)
    training = make_training(num_updates=0, minutes=1.0, lengths=(LONG,))
    updates_seconds = [8.0, 4.0, 1.0, 1.0] + [0.5] * 40  # graphs at first, then half a second each
    while training.progress.num_updates is None:
        clock.seconds += updates_seconds[training.progress.update]
        training.update()
    assert training.progress.update == LAST_TIMED_UPDATE == 16
    # 14 + 12 * 0.5 = 20 s are over; in the 40 left there is room for 80 updates
    assert training.progress.num_updates == 16 + 80
    clock.seconds += 1000.0
    training.update()
    assert training.progress.num_updates == 96  # fixed from then on


def test_a_process_that_goes_on_before_the_minutes_are_planned_times_its_own_updates(
    make_training, monkeypatch
):
    clock = Clock()
    monkeypatch.setattr(training_clock, "awake_seconds", clock)
    first = make_training(num_updates=0, minutes=1.0, lengths=(LONG,))
    for _ in range(10):
        clock.seconds += 0.5
        first.update()
    first.save()
    training = make_training(run=first.run)
    training.restore(first.run.newest_checkpoint())
    while training.progress.num_updates is None:
        clock.seconds += 10.0 if training.progress.update == 10 else 0.5  # its graphs, made anew
        training.update()
    assert training.progress.update == 10 + LAST_TIMED_UPDATE
    # 5 + 10 + 15 * 0.5 = 22.5 s are over; in the 37.5 left there is room for 75 updates
    assert training.progress.num_updates == 26 + 75


def test_minutes_that_are_over_leave_one_update(make_training, monkeypatch):
    clock = Clock()
    monkeypatch.setattr(training_clock, "awake_seconds", clock)
    training = make_training(num_updates=0, minutes=0.01, lengths=(LONG,))
    while training.progress.num_updates is None:
        clock.seconds += 1.0
        training.update()
    assert training.progress.num_updates == 17


def test_pauses_do_not_count(make_training, monkeypatch):
    clock = Clock()
    monkeypatch.setattr(training_clock, "awake_seconds", clock)
    training = make_training()
    clock.seconds += 2.0
    with training.paused():
        clock.seconds += 50.0
    clock.seconds += 1.0
    assert training.seconds() == 3.0
    with training.paused():  # a look at held-out text, whose line waits for room on the disk
        clock.seconds += 5.0
        with training.paused():
            clock.seconds += 50.0
    assert training.seconds() == 3.0
    with pytest.raises(OSError), training.paused():
        clock.seconds += 7.0
        raise OSError("the look failed")
    with training.paused():
        clock.seconds += 9.0
    assert training.seconds() == 3.0


@pytest.mark.parametrize("checkpoint_seconds", [1e9, 0.0])  # 0.0: also between the batches of an update
def test_divergence_is_told_and_the_older_checkpoints_stay(make_training, checkpoint_seconds):
    training = make_training(lengths=(SHORT,), checkpoint_seconds=checkpoint_seconds)
    training.update()
    training.save()
    names = {path.name for path in training.run.checkpoints.iterdir()}
    poisoned = next(v for v in training.model.trainable_variables if "output_norm" in v.path)
    engine = training.engine
    arrays = arrays_of(engine, with_sums=False)
    arrays["weights"][poisoned.path] = np.full(poisoned.shape, np.nan, "float32")
    engine.load(arrays)
    with pytest.raises(
        TrainingDiverged, match=r"after update 1 the loss is nan .* diverged.* smaller learning rate"
    ):
        training.run_to_end()
    assert {path.name for path in training.run.checkpoints.iterdir()} == names
    checkpoint = training.run.newest_checkpoint(warn=pytest.fail)
    assert all(np.isfinite(x).all() for x in checkpoint.arrays["weights"].values())
    assert len(training.run.read_log()) == 1


def test_a_step_size_far_too_large_diverges(make_training):
    training = make_training(learning_rate=1e30, muon_learning_rate=1e30, lengths=(SHORT,), num_updates=50)
    with pytest.raises(TrainingDiverged):
        training.run_to_end()


class StopsAfter(Observer):
    """Asks for a stop after some updates, and counts what it hears."""

    def __init__(self, num_updates):
        self.num_updates = num_updates
        self.seen, self.paths = [], []

    def wants_stop(self):
        return len(self.seen) >= self.num_updates

    def updated(self, training):
        self.seen.append((training.progress.update, json.dumps(training.last_entry)))

    def saved(self, path):
        self.paths.append(path.name)


def test_an_observer_hears_every_update_and_can_stop(make_training):
    observer = StopsAfter(2)
    training = make_training(observer=observer, lengths=(SHORT,), checkpoint_updates=2)
    training.run_to_end()
    assert [update for update, _ in observer.seen] == [1, 2]
    # at its time, and not again at the stop: it holds this moment already
    assert observer.paths == ["update-00000002"]
    assert not training.is_finished()


def test_checkpoints_come_by_updates_or_by_seconds(make_training, monkeypatch):
    observer = StopsAfter(5)
    make_training(observer=observer, lengths=(SHORT,), checkpoint_updates=2).run_to_end()
    assert observer.paths == ["update-00000002", "update-00000004", "update-00000005"]
    clock = Clock()
    monkeypatch.setattr(training_clock, "awake_seconds", clock)
    observer = StopsAfter(5)
    training = make_training(observer=observer, lengths=(SHORT,), checkpoint_seconds=10.0)
    accumulate = training.engine.accumulate

    def slow(*inputs):
        clock.seconds += 4.0
        return accumulate(*inputs)

    training.engine.accumulate = slow
    try:
        training.update()
        training.update()
    finally:
        del training.engine.accumulate
    # four batches an update: 12 s are over after the third, then after each third
    assert observer.paths == ["update-00000000-0003", "update-00000001-0002"]
    assert TRAINING.checkpoint_updates == 0
