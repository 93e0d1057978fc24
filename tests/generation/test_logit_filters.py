"""Filters against their definitions, written out in plain Python."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mof.generation.logit_filters import (
    apply_temperature,
    keep_top_k,
    keep_top_p,
    penalize_repetition,
    probabilities,
)

# small integers: ties are common, and a softmax of them is computed alike in any order
LOGITS = st.lists(st.integers(-3, 3).map(float), min_size=1, max_size=12)
FLOAT32_ROUNDING = 1e-5  # a few units in the last place, relative to logits up to 10


def _rows(*rows):
    return np.array(rows, dtype=np.float32)


def _kept(logits):
    return np.flatnonzero(np.isfinite(logits[0])).tolist()


def _naive_softmax(logits):
    weights = [math.exp(x - max(logits)) for x in logits]
    return [weight / math.fsum(weights) for weight in weights]


@given(LOGITS, st.integers(0, 14))
def test_top_k_keeps_the_k_first_of_the_sorted_tokens(logits, top_k):
    order = sorted(range(len(logits)), key=lambda i: (-logits[i], i))
    expected = sorted(order[:top_k] if top_k else order)
    filtered = keep_top_k(_rows(logits), top_k)
    assert _kept(filtered) == expected
    assert filtered[0, expected].tolist() == [logits[i] for i in expected]


@given(LOGITS, st.floats(0.01, 0.99))
def test_top_p_keeps_the_fewest_tokens_that_reach_p(logits, top_p):
    shares = _naive_softmax(logits)
    order = sorted(range(len(logits)), key=lambda i: (-logits[i], i))
    sums = [math.fsum(shares[i] for i in order[:n]) for n in range(1, len(order) + 1)]
    if min(abs(total - top_p) for total in sums) < 1e-9:
        return  # either side of the border is right
    num_kept = next((n for n, total in enumerate(sums, 1) if total >= top_p), len(order))
    assert _kept(keep_top_p(_rows(logits), top_p)) == sorted(order[:num_kept])


def test_top_p_keeps_the_token_that_crosses_p():
    logits = np.log(_rows([0.5, 0.3, 0.2]))
    assert _kept(keep_top_p(logits, 0.4)) == [0]
    assert _kept(keep_top_p(logits, 0.6)) == [0, 1]
    assert _kept(keep_top_p(logits, 0.9)) == [0, 1, 2]


def test_rows_are_filtered_apart():
    logits = _rows([0, 3, 1], [3, 0, 1])
    assert np.isfinite(keep_top_k(logits, 1)).tolist() == [[False, True, False], [True, False, False]]
    assert np.isfinite(keep_top_p(logits, 0.5)).tolist() == [[False, True, False], [True, False, False]]


def test_off_changes_nothing():
    logits = _rows([0.1, -np.inf, 1e4, 7.0])
    for filtered in (keep_top_k(logits, 0), keep_top_k(logits, 9), keep_top_p(logits, 1.0)):
        np.testing.assert_array_equal(filtered, logits)
    np.testing.assert_array_equal(penalize_repetition(logits, [[0, 2]], 1.0), logits)


@given(LOGITS, st.lists(st.integers(0, 11), max_size=8), st.floats(1, 5))
def test_the_penalty_lowers_every_recent_logit_once(logits, recent, penalty):
    recent = [i for i in recent if i < len(logits)]
    expected = list(logits)
    for i in set(recent):
        expected[i] = logits[i] / penalty if logits[i] > 0 else logits[i] * penalty
    given_logits = _rows(logits)
    penalized = penalize_repetition(given_logits, [recent], penalty)
    np.testing.assert_allclose(penalized[0], expected, rtol=FLOAT32_ROUNDING)
    assert given_logits[0].tolist() == logits, "the caller's array was changed"


@given(LOGITS, st.floats(0.05, 20))
def test_temperature_is_the_power_of_the_probabilities(logits, temperature):
    powers = np.array(_naive_softmax(logits)) ** (1 / temperature)
    actual = probabilities(apply_temperature(_rows(logits), temperature))[0]
    np.testing.assert_allclose(actual, powers / powers.sum(), rtol=1e-3, atol=1e-9)


@pytest.mark.parametrize("temperature", [1e-320, 1e-30, 1e-3])
def test_a_tiny_temperature_leaves_the_largest_logit_alone(temperature):
    cooled = apply_temperature(_rows([3e38, 1.0, -3e38], [-5.0, -4.0, -np.inf]), temperature)
    assert probabilities(cooled).argmax(axis=-1).tolist() == [0, 1]
    np.testing.assert_array_equal(probabilities(cooled).max(axis=-1), 1.0)
