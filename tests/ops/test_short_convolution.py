"""The short convolution: shifted copies, one step at a time, and a sum over the last few tokens in NumPy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mof.ops.short_convolution import short_convolution, short_convolution_memory, short_convolution_step
from tests.ops.naive_memory import visible_past
from tests.tensors import (
    BATCH_SIZE,
    EXACT,
    FLOAT32_TOLERANCE,
    LENGTHS,
    LONGEST,
    assert_all_close,
    choose,
    compiled,
    compute,
    loop_over_time,
    outputs_and_gradients,
    padding_mask,
    random_array,
    random_resets,
    to_numpy,
    where_real,
)

WIDTH, NUM_BEFORE = 5, 2


def random_inputs(num_tokens, kernel_length=4, seed=0):
    return {
        "kernel": random_array((kernel_length, WIDTH), seed),
        "before": random_array((BATCH_SIZE, NUM_BEFORE, WIDTH), seed + 1),
        "x": random_array((BATCH_SIZE, num_tokens, WIDTH), seed + 2),
        "resets": random_resets(num_tokens, seed),
        "mask": padding_mask(num_tokens),
    }


def parallel(kernel, before, x, resets=None, mask=None):
    _, memory = short_convolution(
        before, kernel, short_convolution_memory(BATCH_SIZE, kernel.shape[0], WIDTH)
    )
    y, memory = short_convolution(x, kernel, memory, resets, mask)
    return where_real(y, mask), memory


def recurrent(kernel, before, x, resets=None, mask=None):
    empty = short_convolution_memory(BATCH_SIZE, kernel.shape[0], WIDTH)
    resets = np.zeros(x.shape[:2], bool) if resets is None else resets
    real = np.ones(x.shape[:2], bool) if mask is None else mask

    def step(inputs_t, memory):
        x_t, reset_t, real_t = inputs_t
        start = choose(reset_t, empty, memory)
        y_t, after = short_convolution_step(x_t, kernel, start)
        return y_t, choose(real_t, after, start)

    _, memory = loop_over_time(lambda x_t, memory: short_convolution_step(x_t, kernel, memory), before, empty)
    y, memory = loop_over_time(step, (x, resets, real), memory)
    return where_real(y, mask), memory


def naive(kernel, before, x, resets, mask):
    """float64, one token after the other."""
    line = np.concatenate([before, x], axis=1).astype("float64")
    flags = np.zeros((len(x), before.shape[1]), bool)
    resets, mask = np.concatenate([flags, resets], axis=1), np.concatenate([~flags, mask], axis=1)
    y = np.zeros_like(line)
    for b in range(len(x)):
        for t in range(line.shape[1]):
            places, _ = visible_past(t, resets[b], mask[b], window=len(kernel))
            for j, place in enumerate(places):
                y[b, t] += kernel[j] * line[b, place]
    return y[:, before.shape[1] :]


@pytest.mark.parametrize("num_tokens", LENGTHS)
def test_parallel_equals_recurrent(num_tokens):
    inputs = random_inputs(num_tokens)
    expected = outputs_and_gradients(recurrent, inputs)
    assert_all_close(outputs_and_gradients(parallel, inputs), expected, FLOAT32_TOLERANCE)


@pytest.mark.parametrize("kernel_length", [1, 2, 7])
def test_parallel_equals_recurrent_for_any_kernel(kernel_length):
    inputs = random_inputs(LONGEST, kernel_length, seed=20)
    expected = outputs_and_gradients(recurrent, inputs)
    assert_all_close(outputs_and_gradients(parallel, inputs), expected, FLOAT32_TOLERANCE)


@pytest.mark.parametrize("left_out", ["resets", "mask"])
def test_parallel_equals_recurrent_without(left_out):
    inputs = {**random_inputs(LONGEST, seed=40), left_out: None}
    expected = outputs_and_gradients(recurrent, inputs)
    assert_all_close(outputs_and_gradients(parallel, inputs), expected, FLOAT32_TOLERANCE)


@pytest.mark.parametrize("form", [recurrent, parallel])
@pytest.mark.parametrize("kernel_length", [1, 4])
def test_both_forms_equal_the_sum_written_out(form, kernel_length):
    inputs = random_inputs(LONGEST, kernel_length, seed=60)
    y, _ = compute(lambda inputs: form(**inputs), inputs)
    mask = inputs["mask"]
    np.testing.assert_allclose(y[mask], naive(**inputs)[mask], *FLOAT32_TOLERANCE)


@compiled
def with_three_taps(inputs):
    return parallel_of_two_rows(**inputs)


def parallel_of_two_rows(kernel, before, x, resets, mask):
    _, memory = short_convolution(before, kernel, short_convolution_memory(2, 3, WIDTH))
    return short_convolution(x, kernel, memory, resets, mask)[0]


@given(resets=arrays(bool, (2, 6)), mask=arrays(bool, (2, 6)), seed=st.integers(0, 99))
@settings(max_examples=25)
def test_any_resets_and_any_padding(resets, mask, seed):
    inputs = {
        "kernel": random_array((3, WIDTH), seed),
        "before": random_array((2, NUM_BEFORE, WIDTH), seed + 1),
        "x": random_array((2, 6, WIDTH), seed + 2),
        "resets": resets,
        "mask": mask,
    }
    y = to_numpy(with_three_taps(inputs))
    np.testing.assert_allclose(y[mask], naive(**inputs)[mask], *FLOAT32_TOLERANCE)


def test_what_stands_at_padding_changes_nothing():
    inputs = random_inputs(LONGEST, seed=80)
    before = compute(lambda inputs: parallel(**inputs), inputs)
    inputs["x"][~inputs["mask"]] += 5.0
    assert_all_close(compute(lambda inputs: parallel(**inputs), inputs), before, EXACT)
