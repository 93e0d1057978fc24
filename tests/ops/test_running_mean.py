"""The running mean: the loop, the chunks, and NumPy's mean of every document so far."""

import numpy as np
import pytest
from keras import ops

from mof.ops.running_mean import running_mean_chunked, running_mean_memory, running_mean_recurrent
from tests.ops.naive_memory import visible_past
from tests.tensors import (
    BATCH_SIZE,
    CHUNK_LENGTH,
    EXACT,
    FLOAT32_TOLERANCE,
    LENGTHS,
    LONGEST,
    assert_all_close,
    compute,
    outputs_and_gradients,
    padding_mask,
    random_array,
    random_resets,
    where_real,
)

WIDTH = 6


def random_inputs(num_tokens, seed=0):
    return {
        "x": random_array((BATCH_SIZE, num_tokens, WIDTH), seed),
        "memory": {"sum": random_array((BATCH_SIZE, WIDTH), seed + 1, 3.0), "count": np.int32([0, 1, 4, 9])},
        "resets": random_resets(num_tokens, seed),
        "mask": padding_mask(num_tokens),
    }


def with_float_count(memory):
    """A count is no quantity to differentiate by, so it comes as integers, which get no gradient."""
    return {"sum": memory["sum"], "count": ops.cast(memory["count"], "float32")}


def recurrent(memory, mask=None, **inputs):
    means, memory = running_mean_recurrent(memory=with_float_count(memory), mask=mask, **inputs)
    return where_real(means, mask), memory


def chunked(memory, mask=None, **inputs):
    means, memory = running_mean_chunked(
        memory=with_float_count(memory), mask=mask, chunk_length=CHUNK_LENGTH, **inputs
    )
    return where_real(means, mask), memory


@pytest.mark.parametrize("num_tokens", LENGTHS)
def test_chunked_equals_recurrent(num_tokens):
    inputs = random_inputs(num_tokens)
    expected = outputs_and_gradients(recurrent, inputs)
    assert_all_close(outputs_and_gradients(chunked, inputs), expected, FLOAT32_TOLERANCE)


@pytest.mark.parametrize("left_out", ["resets", "mask"])
def test_chunked_equals_recurrent_without(left_out):
    inputs = {**random_inputs(LONGEST, seed=20), left_out: None}
    expected = outputs_and_gradients(recurrent, inputs)
    assert_all_close(outputs_and_gradients(chunked, inputs), expected, FLOAT32_TOLERANCE)


@pytest.mark.parametrize("form", [recurrent, chunked])
def test_both_forms_equal_the_mean_of_what_is_seen(form):
    inputs = random_inputs(LONGEST, seed=40)
    means, _ = compute(lambda inputs: form(**inputs), inputs)
    x, memory, mask = inputs["x"].astype("float64"), inputs["memory"], inputs["mask"]
    for b in range(BATCH_SIZE):
        for t in np.flatnonzero(mask[b]):
            places, sees_memory = visible_past(t, inputs["resets"][b], mask[b])
            expected = np.mean(x[b, places], axis=0)
            if sees_memory:
                total = np.sum(x[b, places], axis=0) + memory["sum"][b]
                expected = total / (len(places) + memory["count"][b])
            np.testing.assert_allclose(means[b, t], expected, *FLOAT32_TOLERANCE)


def test_a_small_document_after_a_huge_one_loses_nothing():
    """A difference of two prefix sums would: float32 keeps 7 digits of 10 million."""
    x = np.full((1, 12, 1), 1e7, "float32")
    x[:, 6:] = 0.125
    resets = np.zeros((1, 12), bool)
    resets[:, 6] = True
    means, memory = compute(
        lambda x, resets: running_mean_chunked(
            x, running_mean_memory(1, 1), resets, chunk_length=CHUNK_LENGTH
        ),
        x,
        resets,
    )
    np.testing.assert_array_equal(means[0, 6:, 0], np.full(6, 0.125))
    assert float(memory["sum"][0, 0]) == 0.75 and float(memory["count"][0]) == 6.0


def test_what_stands_at_padding_changes_nothing():
    inputs = random_inputs(LONGEST, seed=60)
    before = compute(lambda inputs: chunked(**inputs), inputs)
    inputs["x"][~inputs["mask"]] += 5.0
    assert_all_close(compute(lambda inputs: chunked(**inputs), inputs), before, EXACT)
