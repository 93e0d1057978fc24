"""Rounding to int8: what it keeps, what it cannot."""

import numpy as np
import pytest

from mof.inference.int8 import BLOCK_LENGTH, ZERO, dequantize, num_blocks, quantize


def test_four_weights_by_hand():
    numbers, scales = quantize(np.array([[1.27], [-0.64], [0.004], [0.006]], "float32"))
    assert scales.tolist() == [[pytest.approx(0.01)]]
    assert (numbers[0, 0, :5].astype(int) - ZERO).tolist() == [127, -64, 0, 1, 0]  # the rest fills the block
    assert numbers.shape == (1, 1, BLOCK_LENGTH) and numbers.dtype == np.uint8


@pytest.mark.parametrize("num_inputs", [1, BLOCK_LENGTH - 1, BLOCK_LENGTH, BLOCK_LENGTH + 1, 300])
def test_no_weight_moves_by_more_than_half_a_step(num_inputs):
    matrix = np.random.default_rng(0).standard_normal((num_inputs, 5)).astype("float32")
    matrix[:, 1] *= 1e4  # a loud column makes no other one coarser
    matrix[:, 2] = 0
    numbers, scales = quantize(matrix)
    assert numbers.shape == (5, num_blocks(num_inputs), BLOCK_LENGTH)
    steps = np.repeat(scales, BLOCK_LENGTH, axis=1)[:, :num_inputs].T
    assert (np.abs(dequantize(numbers, scales, num_inputs) - matrix) <= 0.5001 * steps).all()
    assert numbers.min() >= 1


def test_a_diverged_weight_is_refused():
    with pytest.raises(ValueError, match="not a finite number: the training has diverged"):
        quantize(np.array([[1.0], [np.nan]], "float32"))
