"""Blocks of updates against single updates: the same weights, memory, log and schedule."""

import keras
import numpy as np
import pytest

from mof.training.block_loop import BlockTraining
from mof.training.observer import Observer
from mof.training.parameters import step_sizes
from tests.tensors import Tolerance, assert_all_close, to_numpy
from tests.training.small_run import LONG, NUM_STREAMS, TRAINING, all_trainable, arrays_of, random_batch

BLOCK = 3
ONE_BATCH = {"lengths": (LONG,), "num_updates": 2 * BLOCK, "short_share": 0.0}
# the same sums by another program; Newton-Schulz steps triple a difference
SAME = Tolerance(2e-3, 2e-5)

needs_jax = pytest.mark.skipif(
    keras.backend.backend() != "jax", reason="a block of updates is one program on JAX alone"
)


@pytest.fixture
def make_block_training(make_run, make_training, cache):
    """A BlockTraining in the graphs of the engine that all tests share; of an existing run if given."""

    def make(run=None, observer=None, **changes):
        run = run or make_run(**{**ONE_BATCH, **changes})
        make_training(run=run)  # makes the shared engine the one that a Training gets
        model = make_training(run=run).model
        return BlockTraining(run, model, cache.train, observer or Observer(), BLOCK)

    return make


@needs_jax
def test_a_block_is_its_updates_one_by_one(engine):
    flags = all_trainable(engine)
    batches = [random_batch(LONG, seed) for seed in range(BLOCK)]
    rates = np.stack([step_sizes(engine.plans, TRAINING, np.full(len(flags), f)) for f in (0.2, 1.0, 0.5)])
    steps = np.repeat(np.arange(1, BLOCK + 1)[:, None], len(flags), axis=1)
    start = arrays_of(engine, with_sums=True)

    memory, singles = engine.model.initial_state(NUM_STREAMS), []
    for batch, rate, step in zip(batches, rates, steps, strict=True):
        loss, weight, memory = engine.accumulate(batch, memory, flags)
        norm = engine.apply(float(weight), rate, step, flags)
        singles.append([float(loss), float(weight), float(norm)])
    expected, expected_memory = arrays_of(engine, with_sums=False), to_numpy(memory)
    assert not np.allclose(expected["weights"]["mof/embedding"], start["weights"]["mof/embedding"], atol=1e-4)

    engine.load(start)
    *figures, memory = engine.update_many(
        batches, engine.model.initial_state(NUM_STREAMS), rates, steps, flags
    )
    np.testing.assert_allclose(np.stack([np.asarray(f) for f in figures], axis=1), singles, rtol=1e-3)
    for part in ("weights", "optimizer"):
        assert_all_close(arrays_of(engine, with_sums=False)[part], expected[part], SAME)
    assert_all_close(to_numpy(memory), expected_memory, SAME)
    for variable, plan in zip(engine.model.trainable_variables, engine.plans, strict=True):
        held = engine.tensors(with_sums=False)["weights"][plan.path]
        np.testing.assert_array_equal(np.asarray(variable.value), np.asarray(held))


@needs_jax
def test_blocks_log_what_single_updates_log(make_block_training, make_training):
    single = make_training(**ONE_BATCH)
    single.run_to_end()
    training = make_block_training()
    for _ in range(2):
        training.update_block()
    expected, log = single.run.read_log(), training.run.read_log()
    assert len(log) == len(expected) == 2 * BLOCK
    for ours, theirs in zip(log, expected, strict=True):
        for name in ("update", "factor", "length", "tokens"):
            assert ours[name] == theirs[name]
        for name in ("loss", "gradient_norm"):
            assert ours[name] == pytest.approx(theirs[name], rel=2e-3)
    assert training.progress.num_targets == single.progress.num_targets
    assert training.progress.ages == single.progress.ages


@needs_jax
def test_a_block_training_goes_on_where_it_was_saved_and_not_where_it_read_ahead(make_block_training):
    whole = make_block_training()
    for _ in range(3):
        whole.update_block()
    interrupted = make_block_training()
    interrupted.update_block()
    interrupted.save()
    resumed = make_block_training(run=interrupted.run)
    assert resumed.restore(interrupted.run.newest_checkpoint()) == []
    for _ in range(2):
        resumed.update_block()
    ours, expected = resumed.run.read_log(), whole.run.read_log()
    assert [e["update"] for e in ours] == [e["update"] for e in expected]
    np.testing.assert_allclose([e["loss"] for e in ours], [e["loss"] for e in expected], rtol=1e-4)


@needs_jax
def test_the_seconds_decide_the_updates_and_the_step_size_ends_low(make_block_training):
    class Slow(Observer):
        def updated(self, training):
            training._block_seconds = [0.5] * len(training._block_seconds)  # what a block is said to take

    training = make_block_training(
        observer=Slow(), num_updates=0, schedule="warmup_stable_decay", decay_share=0.5, final_share=0.0
    )
    progress = training.run_for(6.0)
    assert progress.update == progress.num_updates
    assert progress.update % BLOCK == 0
    # at every block, those that fit into 6 s of half a second are added, until half of all are done
    assert 12 * BLOCK <= progress.update <= 25 * BLOCK
    factors = [entry["factor"] for entry in training.run.read_log()]
    assert max(factors) == 1.0
    assert factors[-1] < 0.5
    assert training.run.newest_checkpoint().state["progress"]["update"] == progress.update


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"lengths": (8, 32)}, "one batch of one shape"),
        ({"lengths": (8,)}, "one batch of one shape"),
        ({"input_noise": 0.1}, "input_noise"),
        ({"freeze": ("rnn",)}, "freeze"),
        ({"carry_memory": False}, "memory"),
        ({"tokens_at_once": 8}, "tokens_at_once"),
    ],
)
def test_what_a_block_cannot_do_is_refused(changes, words, make_block_training):
    with pytest.raises(ValueError, match=words):
        make_block_training(**changes)


@pytest.mark.skipif(keras.backend.backend() == "jax", reason="about other backends")
def test_another_backend_is_refused(make_block_training):
    with pytest.raises(ValueError, match="blocks of updates need jax: set KERAS_BACKEND=jax"):
        make_block_training()


@needs_jax
def test_a_kill_in_the_middle_loses_what_came_after_the_last_save(make_block_training):
    class Killed(Observer):
        def updated(self, training):
            if training.progress.update >= 4 * BLOCK:
                raise KeyboardInterrupt

    training = make_block_training(observer=Killed(), checkpoint_seconds=0.0)
    with pytest.raises(KeyboardInterrupt):
        training.run_for(3600.0)
    assert training.run.newest_checkpoint().state["progress"]["update"] == 3 * BLOCK
