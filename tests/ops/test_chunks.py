"""The weights between places in time, each against a product of decays written out."""

import numpy as np
import pytest
from keras import ops

from mof.ops.chunks import LONGEST_CHUNK, carry_weights, chunk_decays, count_so_far, split_into_chunks
from tests.tensors import (
    BATCH_SIZE,
    FLOAT32_TOLERANCE,
    compute,
    padding_mask,
    random_array,
    random_resets,
    to_numpy,
)

NUM_TOKENS, CHUNK_LENGTH, NUM_HEADS = 10, 4, 2
NUM_CHUNKS = 3


@pytest.fixture(scope="module")
def case():
    log_decay = -np.random.default_rng(0).random((BATCH_SIZE, NUM_TOKENS, NUM_HEADS), "float32")
    resets, mask = random_resets(NUM_TOKENS, 1), padding_mask(NUM_TOKENS)
    tensors = map(ops.convert_to_tensor, (log_decay, resets, mask))
    decays = chunk_decays((BATCH_SIZE, NUM_TOKENS), *tensors, CHUNK_LENGTH)
    missing = (
        NUM_CHUNKS * CHUNK_LENGTH - NUM_TOKENS
    )  # the last chunk is filled up with tokens that do nothing
    log_decay = np.pad(log_decay * mask[..., None], ((0, 0), (0, missing), (0, 0))).astype("float64")
    return decays, log_decay, np.pad(resets, ((0, 0), (0, missing)))


def kept(log_decay, resets, b, h, first, last):
    """What is left, after token `last`, of something that was there before token `first`."""
    if resets[b, first : last + 1].any():
        return 0.0
    return np.exp(log_decay[b, first : last + 1, h].sum())


def places():
    return ((b, h, n) for b in range(BATCH_SIZE) for h in range(NUM_HEADS) for n in range(NUM_CHUNKS))


def test_split_fills_up_with_zeros():
    x = random_array((2, 5, 3, 6), 0)
    chunks = to_numpy(split_into_chunks(ops.convert_to_tensor(x), 4))
    assert chunks.shape == (2, 3, 2, 4, 6)
    np.testing.assert_array_equal(chunks[1, 2, 1, 0], x[1, 4, 2])
    np.testing.assert_array_equal(chunks[:, :, 1, 1:], 0.0)


def test_inside_a_chunk(case):
    decays, log_decay, resets = case
    visible, query_scale, key_scale = map(to_numpy, (decays.visible, decays.query_scale, decays.key_scale))
    for b, h, n in places():
        for i in range(CHUNK_LENGTH):
            for j in range(CHUNK_LENGTH):
                weight = visible[b, 0, n, i, j] * query_scale[b, h, n, i] * key_scale[b, h, n, j]
                first, last = n * CHUNK_LENGTH + j + 1, n * CHUNK_LENGTH + i
                expected = kept(log_decay, resets, b, h, first, last) if j <= i else 0.0
                np.testing.assert_allclose(weight, expected, *FLOAT32_TOLERANCE)


def test_from_start_and_to_end(case):
    decays, log_decay, resets = case
    from_start, to_end = to_numpy(decays.from_start), to_numpy(decays.to_end)
    for b, h, n in places():
        start, end = n * CHUNK_LENGTH, (n + 1) * CHUNK_LENGTH
        for i in range(CHUNK_LENGTH):
            expected = kept(log_decay, resets, b, h, start, start + i)
            np.testing.assert_allclose(from_start[b, h, n, i], expected, *FLOAT32_TOLERANCE)
            expected = kept(log_decay, resets, b, h, start + i + 1, end - 1)
            np.testing.assert_allclose(to_end[b, h, n, i], expected, *FLOAT32_TOLERANCE)


def test_carry_weights(case):
    decays, log_decay, resets = case
    carry = to_numpy(carry_weights(decays))
    assert carry.shape == (BATCH_SIZE, NUM_HEADS, NUM_CHUNKS + 1, NUM_CHUNKS + 1)
    for b, h, m in places():
        for n in range(NUM_CHUNKS + 1):
            expected = (
                kept(log_decay, resets, b, h, m * CHUNK_LENGTH, n * CHUNK_LENGTH - 1) if n >= m else 0.0
            )
            np.testing.assert_allclose(carry[b, h, n, m], expected, *FLOAT32_TOLERANCE)


@pytest.mark.parametrize("num_tokens", [1, 63, 1024, 1025, 1088, 5000])
def test_flags_are_counted_exactly_in_rows_of_any_length(num_tokens):
    flags = random_resets(num_tokens, 2, share=0.7).astype("float32")
    counts = compute(count_so_far, flags)
    assert counts.dtype == np.float32
    np.testing.assert_array_equal(counts, np.cumsum(flags.astype("int64"), axis=1))


def test_a_longer_chunk_is_refused():
    with pytest.raises(
        ValueError, match=f"chunk_length is {LONGEST_CHUNK + 1}, expected at most {LONGEST_CHUNK}"
    ):
        chunk_decays((1, 200), None, None, None, LONGEST_CHUNK + 1)
