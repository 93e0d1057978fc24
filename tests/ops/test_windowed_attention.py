"""Attention over a window: exactly the last `window` real tokens of the document, in both forms."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mof.ops.windowed_attention import windowed_attention, windowed_attention_memory, windowed_attention_step
from tests.ops.naive_memory import naive_attention
from tests.tensors import (
    BATCH_SIZE,
    CHUNK_LENGTH,
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

NUM_HEADS, KEY_WIDTH, VALUE_WIDTH = 2, 3, 5
NUM_BEFORE = 4  # tokens read before the ones under test, so that the memory is not empty
WINDOWS = (1, 3, CHUNK_LENGTH + 2)


def random_tokens(num_tokens, seed):
    heads = (BATCH_SIZE, num_tokens, NUM_HEADS)
    return {
        "queries": np.abs(random_array(heads + (KEY_WIDTH,), seed)),
        "keys": np.abs(random_array(heads + (KEY_WIDTH,), seed + 1)),
        "values": random_array(heads + (VALUE_WIDTH,), seed + 2),
        "log_decay": -np.abs(random_array(heads, seed + 3, 0.5)),
    }


def random_inputs(num_tokens, seed=0):
    return {
        "before": random_tokens(NUM_BEFORE, seed),
        "tokens": random_tokens(num_tokens, seed + 10),
        "resets": random_resets(num_tokens, seed),
        "mask": padding_mask(num_tokens),
    }


def recurrent(window, before, tokens, resets=None, mask=None):
    """The definition: one step for each token, resets and padding from outside."""
    empty = windowed_attention_memory(BATCH_SIZE, window, NUM_HEADS, KEY_WIDTH, VALUE_WIDTH)

    def step(inputs_t, memory):
        numerator, denominator, memory = windowed_attention_step(
            inputs_t["queries"], inputs_t["keys"], inputs_t["values"], memory, inputs_t["log_decay"]
        )
        return (numerator, denominator), memory

    def step_with_flags(inputs_t, memory):
        tokens_t, reset_t, real_t = inputs_t
        start = choose(reset_t, empty, memory)
        y, after = step(tokens_t, start)
        return y, choose(real_t, after, start)

    num_tokens = tokens["keys"].shape[1]
    _, memory = loop_over_time(step, before, empty)
    resets = np.zeros((BATCH_SIZE, num_tokens), bool) if resets is None else resets
    real = np.ones((BATCH_SIZE, num_tokens), bool) if mask is None else mask
    (numerator, denominator), memory = loop_over_time(step_with_flags, (tokens, resets, real), memory)
    return where_real(numerator, mask), where_real(denominator, mask), memory


def parallel(window, before, tokens, resets=None, mask=None):
    empty = windowed_attention_memory(BATCH_SIZE, window, NUM_HEADS, KEY_WIDTH, VALUE_WIDTH)
    _, _, memory = windowed_attention(**before, memory=empty, chunk_length=CHUNK_LENGTH)
    numerator, denominator, memory = windowed_attention(
        **tokens, memory=memory, resets=resets, mask=mask, chunk_length=CHUNK_LENGTH
    )
    return where_real(numerator, mask), where_real(denominator, mask), memory


def check_forms(window, inputs):
    expected = outputs_and_gradients(lambda **inputs: recurrent(window, **inputs), inputs)
    actual = outputs_and_gradients(lambda **inputs: parallel(window, **inputs), inputs)
    assert_all_close(actual, expected, FLOAT32_TOLERANCE)


@pytest.mark.parametrize("num_tokens", LENGTHS)
def test_parallel_equals_recurrent(num_tokens):
    check_forms(3, random_inputs(num_tokens))


@pytest.mark.parametrize("window", [1, CHUNK_LENGTH + 2])
def test_parallel_equals_recurrent_for_any_window(window):
    check_forms(window, random_inputs(LONGEST, seed=30))


@pytest.mark.parametrize("left_out", ["resets", "mask"])
def test_parallel_equals_recurrent_without(left_out):
    check_forms(3, {**random_inputs(LONGEST, seed=60), left_out: None})


@pytest.mark.parametrize("form", [recurrent, parallel])
@pytest.mark.parametrize("window", WINDOWS)
def test_both_forms_equal_the_sum_written_out(form, window):
    inputs = random_inputs(LONGEST, seed=90)
    numerator, denominator, _ = compute(lambda inputs: form(window, **inputs), inputs)
    before, tokens, mask = inputs["before"], inputs["tokens"], inputs["mask"]
    joined = {name: np.concatenate([before[name], tokens[name]], axis=1) for name in tokens}
    flags = np.zeros((BATCH_SIZE, NUM_BEFORE), bool)
    expected = naive_attention(
        **joined,
        resets=np.concatenate([flags, inputs["resets"]], axis=1),
        mask=np.concatenate([~flags, mask], axis=1),
        window=window,
    )
    np.testing.assert_allclose(numerator[mask], expected[0][:, NUM_BEFORE:][mask], *FLOAT32_TOLERANCE)
    np.testing.assert_allclose(denominator[mask], expected[1][:, NUM_BEFORE:][mask], *FLOAT32_TOLERANCE)


def test_a_window_of_one_sees_the_token_alone():
    inputs = random_inputs(LONGEST, seed=120)
    numerator, _, _ = compute(lambda inputs: parallel(1, **inputs), {**inputs, "resets": None, "mask": None})
    tokens = inputs["tokens"]
    scores = np.sum(tokens["queries"] * tokens["keys"], axis=-1, keepdims=True)
    np.testing.assert_allclose(numerator, scores * tokens["values"], *FLOAT32_TOLERANCE)


@compiled
def in_windows_of_three(tokens, resets, mask):
    memory = windowed_attention_memory(2, 3, 1, 2, 2)
    return windowed_attention(**tokens, memory=memory, resets=resets, mask=mask, chunk_length=4)[:2]


@given(resets=arrays(bool, (2, 7)), mask=arrays(bool, (2, 7)), seed=st.integers(0, 99))
@settings(max_examples=25)
def test_any_resets_and_any_padding(resets, mask, seed):
    heads = (2, 7, 1)
    tokens = {
        "queries": np.abs(random_array(heads + (2,), seed)),
        "keys": np.abs(random_array(heads + (2,), seed + 1)),
        "values": random_array(heads + (2,), seed + 2),
        "log_decay": -np.abs(random_array(heads, seed + 3)),
    }
    actual = to_numpy(in_windows_of_three(tokens, resets, mask))
    expected = naive_attention(**tokens, resets=resets, mask=mask, window=3)
    for a, e in zip(actual, expected, strict=True):
        np.testing.assert_allclose(a[mask], e[mask], *FLOAT32_TOLERANCE)


def test_what_stands_at_padding_changes_nothing():
    inputs = random_inputs(LONGEST, seed=150)
    before = compute(lambda inputs: parallel(3, **inputs), inputs)
    padding = ~inputs["mask"]
    for name, x in inputs["tokens"].items():
        inputs["tokens"][name] = x.copy()
        inputs["tokens"][name][padding] -= 5.0
    assert_all_close(compute(lambda inputs: parallel(3, **inputs), inputs), before, EXACT)


def test_the_memory_has_the_size_of_the_window():
    memory = to_numpy(windowed_attention_memory(2, 5, NUM_HEADS, KEY_WIDTH, VALUE_WIDTH))
    assert {name: x.shape for name, x in memory.items()} == {
        "keys": (2, 4, NUM_HEADS, KEY_WIDTH),
        "values": (2, 4, NUM_HEADS, VALUE_WIDTH),
        "log_weight": (2, 4, NUM_HEADS),
        "present": (2, 4),
    }
