"""The bigram by hand, by counting, and by the gradient."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from mof.generation.logit_filters import probabilities
from mof.lessons.bigram import (
    count_pairs,
    smooth_counts,
    table_bits_per_byte,
    token_pairs,
    train_matrix,
)
from mof.lessons.gradients import outputs_and_gradients
from mof.tokenizer.character_tokenizer import CharacterTokenizer
from mof.tokenizer.special_tokens import DOCUMENT

TOKENIZER = CharacterTokenizer("妈骂马")
MUM, SCOLDS, HORSE = (int(i) for i in TOKENIZER.encode("妈骂马"))


def test_the_four_characters_of_the_chapter():
    counts = count_pairs(["妈妈骂马"], TOKENIZER)
    found = {(int(i), int(j)): int(counts[i, j]) for i, j in zip(*np.nonzero(counts), strict=True)}
    assert found == {
        (DOCUMENT, MUM): 1,
        (MUM, MUM): 1,
        (MUM, SCOLDS): 1,
        (SCOLDS, HORSE): 1,
        (HORSE, DOCUMENT): 1,
    }


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text("妈骂马驴a", max_size=12), max_size=4))
def test_counting_is_counting(texts):
    expected = np.zeros((TOKENIZER.vocabulary_size,) * 2, int)
    for text in texts:
        ids = [DOCUMENT, *TOKENIZER.encode(text).tolist(), DOCUMENT]
        for i in range(len(ids) - 1):
            expected[ids[i], ids[i + 1]] += 1
    if texts:
        np.testing.assert_array_equal(count_pairs(texts, TOKENIZER), expected)


def test_no_pair_reaches_from_text_to_text():
    before, after = token_pairs(["妈", "马"], TOKENIZER)
    assert list(zip(before.tolist(), after.tolist(), strict=True)) == [
        (DOCUMENT, MUM),
        (MUM, DOCUMENT),
        (DOCUMENT, HORSE),
        (HORSE, DOCUMENT),
    ]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**31), st.floats(1e-3, 10.0))
def test_rows_are_shares_of_padded_counts(seed, k):
    counts = np.random.default_rng(seed).poisson(0.7, (6, 6))
    table = smooth_counts(counts, k)
    np.testing.assert_allclose(table.sum(axis=1), 1.0)
    i, j = 2, 3
    assert table[i, j] == pytest.approx((counts[i, j] + k) / (sum(counts[i]) + 6 * k))


@pytest.mark.parametrize("k", [0, -1.0, float("nan")])
def test_without_made_up_pairs_there_is_no_table(k):
    with pytest.raises(ValueError, match="expected a number above 0"):
        smooth_counts(np.ones((2, 2)), k)


def test_bits_are_summed_over_all_steps_and_shared_by_the_bytes():
    table = smooth_counts(count_pairs(["妈妈骂马"], TOKENIZER), 0.5)
    steps = [(DOCUMENT, MUM), (MUM, HORSE), (HORSE, DOCUMENT), (DOCUMENT, DOCUMENT)]
    bits = -sum(math.log2(table[i, j]) for i, j in steps)
    assert table_bits_per_byte(table, ["妈马", ""], TOKENIZER) == pytest.approx(bits / 6)


def test_the_gradient_is_expected_less_seen():
    random = np.random.default_rng(0)
    counts = random.poisson(1.0, (5, 5)).astype("float32")
    logits = random.normal(size=(5, 5)).astype("float32")

    def nats(logits):  # [1]: the mixture of `outputs_and_gradients` is then one factor
        return -ops.reshape(ops.sum(counts * ops.log_softmax(logits, axis=-1)), (1,))

    _, gradient = outputs_and_gradients(nats, logits)
    factor = np.random.default_rng(0).normal(size=(1,)).astype("float32")[0]
    expected = counts.sum(axis=1, keepdims=True) * probabilities(logits) - counts
    np.testing.assert_allclose(gradient / factor, expected, atol=1e-4)


def test_the_matrix_learns_the_table():
    counts = np.random.default_rng(1).poisson(0.8, (30, 30))
    counts[7] = 0  # never followed by anything
    k = 0.05
    table = smooth_counts(counts, k)
    trained = train_matrix(counts, k)
    np.testing.assert_allclose(probabilities(trained.logits), table, atol=2e-3)
    padded = counts + k
    entropy = -(padded * np.log(table)).sum() / padded.sum()
    assert trained.losses[0] == pytest.approx(math.log(30), rel=1e-5)
    assert entropy - 1e-5 < trained.losses[-1] < entropy + 1e-3
