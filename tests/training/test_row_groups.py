"""A batch in groups of rows gives the sums and memories of the whole batch, fewer tokens at a time."""

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mof.training.row_groups import accumulate_in_groups, rows_at_once
from tests.tensors import Tolerance, assert_all_close, to_numpy
from tests.training.small_run import NUM_STREAMS, SHORT, random_batch
from tests.training.test_engine import assert_same_sums, sums_of

MEMORY_TOLERANCE = Tolerance(2e-4, 2e-5)  # as where a long row is read in pieces: see test_engine


@pytest.mark.parametrize(
    ("num_rows", "num_tokens", "tokens_at_once", "expected"),
    [
        (8, 256, 0, 8),  # no limit
        (8, 128, 1024, 8),
        (8, 256, 1024, 4),
        (8, 512, 1024, 2),
        (8, 256, 1023, 2),  # three rows would fit, but do not divide eight
        (6, 256, 1024, 3),
        (8, 2048, 1024, 1),  # a row is not cut
    ],
)
def test_rows_of_a_group(num_rows, num_tokens, tokens_at_once, expected):
    assert rows_at_once(num_rows, num_tokens, tokens_at_once) == expected


@given(st.integers(1, 40), st.integers(1, 600), st.integers(1, 20_000))
def test_groups_are_alike_and_fit_and_are_as_large_as_can_be(num_rows, num_tokens, tokens_at_once):
    size = rows_at_once(num_rows, num_tokens, tokens_at_once)
    assert num_rows % size == 0
    assert size == 1 or size * num_tokens <= tokens_at_once
    larger = [n for n in range(size + 1, num_rows + 1) if num_rows % n == 0]
    assert all(n * num_tokens > tokens_at_once for n in larger)


class InGroups:
    """An engine whose `accumulate` goes group by group; writes down the shapes that it is given."""

    def __init__(self, engine, tokens_at_once):
        self.engine, self.tokens_at_once, self.shapes = engine, tokens_at_once, []
        self.plans, self.model, self.load, self.tensors = (
            engine.plans,
            engine.model,
            engine.load,
            engine.tensors,
        )

    def accumulate(self, batch, memory, trainable):
        return accumulate_in_groups(_Counting(self), batch, memory, trainable, self.tokens_at_once)


class _Counting:
    def __init__(self, owner):
        self.owner = owner

    def accumulate(self, batch, memory, trainable):
        self.owner.shapes.append(batch.token_ids.shape)
        return self.owner.engine.accumulate(batch, memory, trainable)


def test_groups_give_what_the_whole_batch_gives(engine):
    """Two batches, the second from the memories that the first left: each row must get its own back."""
    batches = [random_batch(SHORT, seed) for seed in (3, 4)]
    batches[1].resets[:] = False
    expected = sums_of(engine, batches, carry=True)
    grouped = InGroups(engine, SHORT)
    loss, weight, sums, memory = sums_of(grouped, batches, carry=True)
    assert grouped.shapes == [(1, SHORT)] * (2 * NUM_STREAMS)
    assert loss == pytest.approx(expected[0], rel=1e-5)
    assert weight == expected[1] == sum(batch.loss_weights.sum() for batch in batches)
    assert_same_sums(sums, expected[2])
    assert_all_close(to_numpy(memory), to_numpy(expected[3]), MEMORY_TOLERANCE)
    rows = [x for x in keras.tree.flatten(to_numpy(memory)) if x.size]
    assert any(np.abs(x[0] - x[1]).max() > 0.01 for x in rows)  # else swapped rows would not show


def test_a_batch_that_fits_is_one_pass(engine):
    grouped = InGroups(engine, NUM_STREAMS * SHORT)
    batch = random_batch(SHORT, 5)
    sums_of(grouped, [batch])
    assert grouped.shapes == [(NUM_STREAMS, SHORT)]


def test_a_training_holds_no_more_tokens_than_it_may(make_training, monkeypatch):
    training = make_training(num_updates=1, lengths=(SHORT,), tokens_at_once=SHORT)
    accumulate, shapes = training.engine.accumulate, []

    def counting(batch, *others):
        shapes.append(batch.token_ids.shape)
        return accumulate(batch, *others)

    monkeypatch.setattr(training.engine, "accumulate", counting)
    training.run_to_end()
    assert shapes == [(1, SHORT)] * (training.config.tokens_per_update // SHORT)
