"""Losses against NumPy."""

import numpy as np
import pytest
from keras import ops

from mof.ops.losses import bits_per_byte, token_cross_entropy, weighted_mean
from tests.tensors import FLOAT32_TOLERANCE, compute, outputs_and_gradients, random_array


def naive_cross_entropy(logits, targets):
    logits = logits.astype("float64")
    shifted = logits - logits.max(axis=-1, keepdims=True)
    log_probabilities = shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))
    return -np.take_along_axis(log_probabilities, targets[..., None], axis=-1)[..., 0]


@pytest.mark.parametrize("scale", [1.0, 100.0])
def test_cross_entropy_equals_its_formula(scale):
    logits, targets = (
        random_array((2, 3, 11), 0, scale),
        np.random.default_rng(1).integers(0, 11, (2, 3), "int32"),
    )
    nats = compute(token_cross_entropy, logits, targets)
    assert nats.shape == (2, 3) and nats.dtype == np.float32
    np.testing.assert_allclose(nats, naive_cross_entropy(logits, targets), *FLOAT32_TOLERANCE)


def test_the_slope_of_the_cross_entropy_is_the_softmax_less_the_target():
    logits, targets = random_array((1, 2, 5), 0), np.int32([[4, 0]])
    found = outputs_and_gradients(lambda logits, targets: token_cross_entropy(logits, targets), locals())
    probabilities = np.exp(logits) / np.sum(np.exp(logits), axis=-1, keepdims=True)
    weights = random_array((1, 2), 1000)  # of the random sum whose gradient is taken
    expected = (probabilities - np.eye(5)[targets]) * weights[..., None]
    np.testing.assert_allclose(found["input_gradients"][0], expected, *FLOAT32_TOLERANCE)


def test_equal_logits_cost_the_logarithm_of_the_vocabulary():
    nats = compute(token_cross_entropy, np.zeros((1, 1, 8192), "float32"), np.int32([[5]]))
    np.testing.assert_allclose(nats, [[np.log(8192)]], rtol=1e-6)


def test_weighted_mean_counts_the_weighted_tokens_alone():
    values, weights = np.float32([[1.0, 2.0, 30.0]]), np.float32([[1.0, 1.0, 0.0]])
    assert compute(weighted_mean, values, weights) == 1.5
    assert compute(weighted_mean, values, 0 * weights) == 0.0


@pytest.mark.parametrize("scale", [0.01, 0.25, 4.0])
def test_weighted_mean_divides_by_the_weights_whatever_their_size(scale):
    values, weights = random_array((2, 5), 0), scale * np.random.default_rng(1).random((2, 5), "float32")
    expected = np.average(values.astype("float64"), weights=weights.astype("float64"))
    np.testing.assert_allclose(compute(weighted_mean, values, weights), expected, *FLOAT32_TOLERANCE)


def test_weights_of_0_and_1_divide_by_their_number_exactly():
    values = random_array((3, 40), 0)
    for num_ones in (0, 1, 7, 120):
        weights = (np.arange(120) < num_ones).astype("float32").reshape(3, 40)
        mean, total = compute(lambda v, w: (weighted_mean(v, w), ops.sum(v * w)), values, weights)
        assert mean == total / np.float32(max(num_ones, 1))


def test_bits_per_byte():
    assert bits_per_byte(np.log(2) * 12, 4) == pytest.approx(3.0)
    assert isinstance(bits_per_byte(np.float32(1.0), 4), float)


@pytest.mark.parametrize("num_bytes", [0, -3])
def test_bits_per_byte_need_text(num_bytes):
    with pytest.raises(ValueError, match=f"num_bytes is {num_bytes}, expected the length of some text"):
        bits_per_byte(1.0, num_bytes)
