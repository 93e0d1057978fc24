"""Positions inside a document: counted one by one in NumPy; the table of sines against its formula."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from keras import ops

from mof.ops.positions import document_positions, sinusoids
from tests.tensors import BATCH_SIZE, LENGTHS, compiled, compute, padding_mask, random_resets, to_numpy


def naive_positions(position, resets, mask):
    """One token after the other; a reset counts even on padding, padding itself is not counted."""
    positions, last = np.zeros(mask.shape, int), np.array(position)
    for b in range(len(mask)):
        for t in range(mask.shape[1]):
            last[b] = 0 if resets[b, t] else last[b]
            positions[b, t] = last[b]
            last[b] += mask[b, t]
    return positions, last


@pytest.mark.parametrize("num_tokens", LENGTHS)
def test_equals_counting_one_by_one(num_tokens):
    start = np.int32([0, 3, 7, 1])
    resets, mask = random_resets(num_tokens), padding_mask(num_tokens)
    positions, last = compute(document_positions, start, resets, mask)
    expected, expected_last = naive_positions(start, resets, mask)
    assert positions.dtype == last.dtype == np.int32
    np.testing.assert_array_equal(positions[mask], expected[mask])
    np.testing.assert_array_equal(last, expected_last)


@pytest.mark.parametrize("left_out", ["resets", "mask", "both"])
def test_with_arguments_left_out(left_out):
    num_tokens, start = 6, np.int32([0, 3, 7, 1])
    resets = np.zeros((BATCH_SIZE, num_tokens), bool) if left_out != "mask" else random_resets(num_tokens)
    mask = np.ones((BATCH_SIZE, num_tokens), bool) if left_out != "resets" else padding_mask(num_tokens)
    given_resets = resets if left_out == "mask" else None
    given_mask = mask if left_out == "resets" else None
    positions, last = compute(
        lambda start, resets, mask: document_positions(start, resets, mask, num_tokens=num_tokens),
        start,
        given_resets,
        given_mask,
    )
    expected, expected_last = naive_positions(start, resets, mask)
    np.testing.assert_array_equal(positions[mask], expected[mask])
    np.testing.assert_array_equal(last, expected_last)


any_positions = compiled(document_positions)


@given(
    start=arrays(np.int32, 2, elements=st.integers(0, 9)),
    resets=arrays(bool, (2, 6)),
    mask=arrays(bool, (2, 6)),
)
@settings(max_examples=30)
def test_any_resets_and_any_padding(start, resets, mask):
    positions, last = to_numpy(any_positions(*map(ops.convert_to_tensor, (start, resets, mask))))
    expected, expected_last = naive_positions(start, resets, mask)
    np.testing.assert_array_equal(positions[mask], expected[mask])
    np.testing.assert_array_equal(last, expected_last)


def test_sinusoids_equal_their_formula():
    positions = np.array([[0, 1, 2], [17, 255, 5000]], "int32")
    width = 8
    periods = 2 * np.pi * 10_000.0 ** (np.arange(4) / 3)  # from 2 pi to 2 pi 10,000
    angles = 2 * np.pi * positions[..., None] / periods
    expected = np.concatenate([np.sin(angles), np.cos(angles)], axis=-1)
    # float32 holds an angle of 5,000 radians to about 3e-4
    np.testing.assert_allclose(compute(lambda p: sinusoids(p, width), positions), expected, rtol=0, atol=1e-3)


def test_sinusoids_need_an_even_width():
    with pytest.raises(
        ValueError, match="width is 7, expected an even number: sines and cosines come in pairs"
    ):
        sinusoids(ops.zeros((1, 1), "int32"), 7)
