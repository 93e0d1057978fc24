"""Rows, readings and writing of the short training of the published mixture, on functions that are known."""

import math

import keras
import numpy as np
import pytest

from mof.lessons import mixture_run
from mof.lessons.mended_mixture import FAULTS, make_mixture
from mof.lessons.mixture_run import (
    NUM_ROWS,
    ROW_TOKENS,
    SIZES,
    UNCROPPED,
    MixtureRun,
    held_out_rows,
    read_thrice,
    row_order,
    settle_batch_norm,
    text_rows,
    train_mixture,
    write_with_window,
)
from mof.tokenizer.character_tokenizer import train_character_tokenizer
from mof.tokenizer.special_tokens import DOCUMENT

TEXTS = ["春天来了，花都开了。" * 5, "小猫饿了，它在叫。" * 4]
TOKENIZER = train_character_tokenizer(TEXTS, 300)
W = TOKENIZER.vocabulary_size


class Known:
    """A model whose logits are a function of the ids alone; counts the lengths that it is asked for."""

    def __init__(self, logits):
        self.logits, self.lengths = logits, []
        self.average = keras.Variable(1.0, trainable=False)
        self.non_trainable_variables = [self.average]

    def __call__(self, token_ids, training=False):
        if training:
            self.average.assign(5.0)  # as a batch norm moves its averages
            return 0.0 * self.logits(np.asarray(token_ids))
        self.lengths.append(token_ids.shape[1])
        return self.logits(np.asarray(token_ids))

    predict_on_batch = __call__


def even(ids):
    return np.zeros((*ids.shape, W), "float32")


def peeking(ids):
    """Knows the next token of what lies there; nothing after the last."""
    ahead = 20.0 * np.eye(W, dtype="float32")[np.roll(ids, -1, axis=1)]
    ahead[:, -1] = 0.0
    return ahead


def run_of(logits):
    return MixtureRun(Known(logits), TOKENIZER, [1.0], 2.0, "known", 3)


@pytest.fixture
def texts(monkeypatch):
    monkeypatch.setattr(mixture_run, "shipped_prose", lambda: (TEXTS, TEXTS))


def test_rows_are_the_texts_in_order_with_one_token_shared():
    rows = text_rows(TEXTS, TOKENIZER, num_tokens=8)
    assert rows.shape[1] == 9 and rows.dtype == np.int32 and rows[0, 0] == DOCUMENT
    np.testing.assert_array_equal(rows[:-1, -1], rows[1:, 0])
    joined = TOKENIZER.decode([i for i in np.concatenate([rows[0], *rows[1:, 1:]]).tolist() if i != DOCUMENT])
    assert "".join(TEXTS).startswith(joined)


def test_texts_shorter_than_a_row_are_told():
    with pytest.raises(ValueError, match="the texts have 3 tokens, expected 33 at least"):
        text_rows(["春天"], TOKENIZER)


def test_every_row_is_read_once_before_one_is_read_thrice():
    order = row_order(num_rows=50, num_updates=3, seed=1)
    assert order.shape == (3, NUM_ROWS)
    assert sorted(order.ravel()[:50]) == list(range(50))
    assert not np.array_equal(order, row_order(50, 3, seed=2))
    np.testing.assert_array_equal(order, row_order(50, 3, seed=1))


def test_batch_norm_settles_at_the_averages_of_the_rows():
    model = make_mixture(11, width=8, recurrent_width=8, num_blocks=1, num_heads=2, num_positions=8)
    front, rows = model.published.front, np.random.default_rng(0).integers(0, 11, (6, 5))
    settle_batch_norm(model, rows)
    hidden = np.asarray(front.dense(front.recurrence(front.embedding(rows))))
    np.testing.assert_allclose(front.batch_norm.moving_mean, hidden.mean(axis=(0, 1)), atol=1e-6)
    np.testing.assert_allclose(front.batch_norm.moving_variance, hidden.var(axis=(0, 1)), atol=1e-6)
    assert front.batch_norm.momentum == 0.99
    in_use, in_training = (np.asarray(front(rows, training=mode)) for mode in (False, True))
    np.testing.assert_allclose(in_use, in_training, atol=1e-4)


def test_held_out_rows_are_spread_over_the_text(texts):
    every = held_out_rows(TOKENIZER)
    some = held_out_rows(TOKENIZER, 2)
    np.testing.assert_array_equal(some, every[[0, -1]])
    assert len(held_out_rows(TOKENIZER, 10_000)) == len(every)


def test_even_odds_are_the_same_number_twice(texts):
    run = run_of(even)
    found = read_thrice(run)
    rows = held_out_rows(TOKENIZER)
    num_bytes = sum(len(TOKENIZER.token_bytes(int(i))) for i in rows[:, 1:].ravel())
    expected = rows[:, 1:].size * math.log2(W) / num_bytes
    assert found.whole_bits == pytest.approx(expected) == found.stepwise_bits
    assert run.model.lengths == [ROW_TOKENS, *range(1, ROW_TOKENS + 1)], "each prefix, and nothing behind it"


def test_a_leak_is_a_gap(texts):
    found = read_thrice(run_of(peeking))
    honest = read_thrice(run_of(even)).stepwise_bits
    # the whole row: all but the last target of each row are known; prefixes: none is
    assert found.whole_bits == pytest.approx(honest / ROW_TOKENS, rel=1e-3)
    assert found.stepwise_bits == pytest.approx(honest)


def test_the_mode_of_training_is_a_reading_of_its_own_and_leaves_no_trace(texts):
    run = run_of(peeking)
    found = read_thrice(run)
    assert found.training_bits == pytest.approx(read_thrice(run_of(even)).whole_bits)
    assert found.whole_bits < found.training_bits and float(run.model.average) == 1.0


def test_a_row_for_figure_and_record(texts):
    row = mixture_run.reading_row(run_of(even))
    assert (row["form"], row["seed"], row["seconds"]) == ("known", 3, 2.0)
    assert {"training_bits", "whole_bits", "stepwise_bits"} <= row.keys()


def test_writing_slides_a_window_and_returns_what_is_new():
    first = int(TOKENIZER.encode("猫")[0])

    def cat(ids):
        return 50.0 * np.eye(W, dtype="float32")[np.full(ids.shape, first)]

    run = run_of(cat)
    beginnings = list(text_rows(TEXTS, TOKENIZER, num_tokens=8)[:2, :-1])
    assert write_with_window(run, beginnings, num_tokens=3) == ["猫猫猫"] * 2
    assert run.model.lengths == [8, 8, 8]


def test_draws_follow_the_probabilities():
    a, b = (int(TOKENIZER.encode(c)[0]) for c in "猫花")
    shares = np.full(W, -60.0, "float32")
    shares[a], shares[b] = math.log(0.8), math.log(0.2)
    run = run_of(lambda ids: np.broadcast_to(shares, (*ids.shape, W)))
    (text,) = write_with_window(run, [np.array([a])], num_tokens=400)
    assert 0.72 < text.count("猫") / 400 < 0.88 and set(text) == {"猫", "花"}


def test_the_crop_has_the_packages_proportions():
    assert SIZES["trans_window"] == round(ROW_TOKENS * 130 / 220) and SIZES["num_positions"] == ROW_TOKENS


@pytest.mark.slow
def test_the_printed_form_promises_more_than_it_keeps_and_the_mended_one_keeps_it():
    found = {}
    for label, faults in (("all", FAULTS), ("none", ())):
        run = train_mixture(label, faults, num_updates=300, sizes=UNCROPPED)
        assert len(run.losses) == 300 and run.losses[-1] < run.losses[0] - 1
        found[label] = read_thrice(run)
    sound, printed = found["none"], found["all"]
    assert sound.training_bits == pytest.approx(sound.whole_bits, abs=1e-3)
    assert sound.stepwise_bits == pytest.approx(sound.whole_bits, abs=1e-3)
    assert printed.training_bits == pytest.approx(sound.training_bits, abs=0.05)
    assert printed.stepwise_bits > printed.whole_bits + 0.02
    assert printed.stepwise_bits > sound.stepwise_bits + 0.02
