"""Linear attention: the loop over time, the chunks, and a sum written out in NumPy all say the same."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from keras import ops

from mof.ops.chunks import LONGEST_CHUNK
from mof.ops.linear_attention import (
    DENOMINATOR_EPSILON,
    linear_attention_chunked,
    linear_attention_memory,
    linear_attention_recurrent,
    normalize_by_denominator,
    positive_features,
)
from tests.ops.naive_memory import naive_attention
from tests.tensors import (
    BATCH_SIZE,
    CHUNK_LENGTH,
    EXACT,
    FLOAT32_TOLERANCE,
    LENGTHS,
    LONGEST,
    assert_all_close,
    compiled,
    compute,
    outputs_and_gradients,
    padding_mask,
    random_array,
    random_resets,
    to_numpy,
    where_real,
)

NUM_HEADS, KEY_WIDTH, VALUE_WIDTH = 2, 3, 5
VARIANTS = {
    "everything": {"log_decay", "resets", "mask"},
    "plain": set(),
    "decay": {"log_decay"},
    "resets": {"resets"},
    "mask": {"mask"},
    "decay and mask": {"log_decay", "mask"},
    "resets and mask": {"resets", "mask"},
}


def random_inputs(num_tokens, seed=0, present=("log_decay", "resets", "mask")):
    """Features, values, a memory that is not empty, and those of decay, resets and mask asked for."""
    heads = (BATCH_SIZE, num_tokens, NUM_HEADS)
    memory_shape = (BATCH_SIZE, NUM_HEADS, KEY_WIDTH)
    inputs = {
        "queries": np.abs(random_array(heads + (KEY_WIDTH,), seed)),
        "keys": np.abs(random_array(heads + (KEY_WIDTH,), seed + 1)),
        "values": random_array(heads + (VALUE_WIDTH,), seed + 2),
        "memory": {
            "outer": random_array(memory_shape + (VALUE_WIDTH,), seed + 3),
            "key_sum": np.abs(random_array(memory_shape, seed + 4)),
        },
        "log_decay": -np.random.default_rng(seed + 5).random(heads, "float32"),
        "resets": random_resets(num_tokens, seed),
        "mask": padding_mask(num_tokens),
    }
    for name in ("log_decay", "resets", "mask"):
        if name not in present:
            inputs[name] = None
    return inputs


def recurrent(mask=None, **inputs):
    numerator, denominator, memory = linear_attention_recurrent(mask=mask, **inputs)
    return where_real(numerator, mask), where_real(denominator, mask), memory


def chunked(mask=None, **inputs):
    numerator, denominator, memory = linear_attention_chunked(mask=mask, chunk_length=CHUNK_LENGTH, **inputs)
    return where_real(numerator, mask), where_real(denominator, mask), memory


@pytest.mark.parametrize("num_tokens", LENGTHS)
def test_chunked_equals_recurrent(num_tokens):
    inputs = random_inputs(num_tokens)
    expected = outputs_and_gradients(recurrent, inputs)
    actual = outputs_and_gradients(chunked, inputs)
    assert_all_close(actual, expected, FLOAT32_TOLERANCE)


@pytest.mark.parametrize("variant", ["plain", "decay", "mask"])
def test_chunked_equals_recurrent_with_any_argument_left_out(variant):
    inputs = random_inputs(LONGEST, seed=20, present=VARIANTS[variant])
    expected = outputs_and_gradients(recurrent, inputs)
    actual = outputs_and_gradients(chunked, inputs)
    assert_all_close(actual, expected, FLOAT32_TOLERANCE)


@pytest.mark.parametrize("form", [recurrent, chunked])
@pytest.mark.parametrize("variant", VARIANTS)
def test_both_forms_equal_the_sum_written_out(form, variant):
    inputs = random_inputs(LONGEST, seed=40, present=VARIANTS[variant])
    numerator, denominator, _ = compute(lambda inputs: form(**inputs), inputs)
    expected_numerator, expected_denominator = naive_attention(**inputs)
    real = padding_mask(LONGEST) if inputs["mask"] is not None else np.ones((BATCH_SIZE, LONGEST), bool)
    np.testing.assert_allclose(numerator[real], expected_numerator[real], *FLOAT32_TOLERANCE)
    np.testing.assert_allclose(denominator[real], expected_denominator[real], *FLOAT32_TOLERANCE)


def test_numbers_worked_by_hand():
    """One head, one channel: q = 1, k = 1, 2, 3 and v = 1, 1, 2; a decay of 1/2 before the last token."""
    column = (1, 3, 1, 1)
    inputs = dict(
        queries=np.ones(column, "float32"),
        keys=np.reshape([1.0, 2.0, 3.0], column).astype("float32"),
        values=np.reshape([1.0, 1.0, 2.0], column).astype("float32"),
        log_decay=np.log(np.reshape([1.0, 1.0, 0.5], (1, 3, 1))).astype("float32"),
    )
    for form in (linear_attention_recurrent, linear_attention_chunked):
        numerator, denominator, memory = form(memory=linear_attention_memory(1, 1, 1, 1), **inputs)
        np.testing.assert_allclose(np.ravel(numerator), [1.0, 3.0, 1.5 + 6.0], rtol=1e-6)
        np.testing.assert_allclose(np.ravel(denominator), [1.0, 3.0, 1.5 + 3.0], rtol=1e-6)
        np.testing.assert_allclose(
            [float(memory["outer"][0, 0, 0, 0]), float(memory["key_sum"][0, 0, 0])], [7.5, 4.5]
        )


@compiled
def chunked_in_threes(inputs):
    return linear_attention_chunked(chunk_length=3, **inputs)


@given(resets=arrays(bool, (2, 7)), mask=arrays(bool, (2, 7)), seed=st.integers(0, 99))
@settings(max_examples=25)
def test_any_resets_and_any_padding(resets, mask, seed):
    heads = (2, 7, 1)
    inputs = {
        "queries": np.abs(random_array(heads + (2,), seed)),
        "keys": np.abs(random_array(heads + (2,), seed + 1)),
        "values": random_array(heads + (2,), seed + 2),
        "log_decay": -np.random.default_rng(seed + 3).random(heads, "float32"),
        "memory": {
            "outer": random_array((2, 1, 2, 2), seed + 4),
            "key_sum": random_array((2, 1, 2), seed + 5),
        },
        "resets": resets,
        "mask": mask,
    }
    numerator, denominator, _ = to_numpy(chunked_in_threes(inputs))
    expected_numerator, expected_denominator = naive_attention(**inputs)
    np.testing.assert_allclose(numerator[mask], expected_numerator[mask], *FLOAT32_TOLERANCE)
    np.testing.assert_allclose(denominator[mask], expected_denominator[mask], *FLOAT32_TOLERANCE)


def test_the_longest_chunk_bears_the_strongest_decay():
    """Every token keeps 1 / e of what was: over the chunk weights fall to e^-C, and must not become NaN."""
    heads = (1, LONGEST_CHUNK, 1)
    tokens = [np.abs(random_array(heads + (2,), i, 3.0)) for i in range(3)]
    numerator, denominator, _ = compute(
        lambda q, k, v, log_decay: linear_attention_chunked(
            q, k, v, linear_attention_memory(1, 1, 2, 2), log_decay, chunk_length=LONGEST_CHUNK
        ),
        *tokens,
        np.full(heads, -1.0, "float32"),
    )
    expected_numerator, expected_denominator = naive_attention(*tokens, np.full(heads, -1.0))
    np.testing.assert_allclose(numerator, expected_numerator, rtol=1e-4)
    np.testing.assert_allclose(denominator, expected_denominator, rtol=1e-4)


def test_a_memory_passed_on_is_as_if_nothing_had_been_cut():
    inputs = random_inputs(LONGEST, seed=60)
    whole = compute(lambda inputs: chunked(**inputs), inputs)
    in_time = ("queries", "keys", "values", "log_decay", "resets", "mask")
    first = {**inputs, **{name: inputs[name][:, :7] for name in in_time}}
    second = {**inputs, **{name: inputs[name][:, 7:] for name in in_time}}
    numerator, denominator, memory = compute(lambda inputs: chunked(**inputs), first)
    second["memory"] = memory
    numerator_after, denominator_after, memory = compute(lambda inputs: chunked(**inputs), second)
    joined = (
        np.concatenate([numerator, numerator_after], 1),
        np.concatenate([denominator, denominator_after], 1),
    )
    assert_all_close((*joined, memory), whole, FLOAT32_TOLERANCE)


def test_what_stands_at_padding_changes_nothing():
    inputs = random_inputs(LONGEST, seed=80)
    before = compute(lambda inputs: chunked(**inputs), inputs)
    padding = ~inputs["mask"]
    for name in ("queries", "keys", "values", "log_decay"):
        inputs[name] = inputs[name].copy()
        inputs[name][padding] -= 5.0
    assert_all_close(compute(lambda inputs: chunked(**inputs), inputs), before, EXACT)


def test_features_stay_positive_where_elu_plus_one_is_zero():
    u = np.array([-80.0, -50.0, -20.0, -1.0, 0.0, 0.5, 3.0], "float32")
    features = to_numpy(positive_features(ops.convert_to_tensor(u)))
    assert np.all(features > 0)
    np.testing.assert_allclose(features, np.where(u > 0, u + 1, np.exp(np.minimum(u, 0.0))), rtol=1e-5)
    assert np.all(to_numpy(ops.elu(ops.convert_to_tensor(u)) + 1.0)[1:3] == 0)


def test_features_have_a_slope_everywhere():
    """The branch that is not taken must not spoil the gradient: exp of a large number is infinite."""
    u = np.array([-30.0, -1.0, 0.5, 200.0], "float32")
    slope = outputs_and_gradients(lambda u: positive_features(u), {"u": u})
    weights = random_array(u.shape, 1000)  # of the random sum whose gradient is taken
    np.testing.assert_allclose(slope["input_gradients"][0] / weights, np.exp(np.minimum(u, 0.0)), rtol=1e-5)


def test_the_denominator_makes_a_mean_of_the_values():
    numerator = np.array([[[6.0, 9.0]]], "float32")
    y = to_numpy(normalize_by_denominator(ops.convert_to_tensor(numerator), ops.convert_to_tensor([[3.0]])))
    np.testing.assert_allclose(y, numerator / (3.0 + DENOMINATOR_EPSILON), rtol=1e-6)
    nothing = normalize_by_denominator(ops.zeros((1, 1, 2)), ops.zeros((1, 1)))
    np.testing.assert_array_equal(to_numpy(nothing), np.zeros((1, 1, 2)))


def test_the_empty_memory_is_float32_zeros_of_the_stated_shapes():
    memory = to_numpy(linear_attention_memory(2, NUM_HEADS, KEY_WIDTH, VALUE_WIDTH))
    assert {name: (x.shape, str(x.dtype), float(x.sum())) for name, x in memory.items()} == {
        "outer": ((2, NUM_HEADS, KEY_WIDTH, VALUE_WIDTH), "float32", 0.0),
        "key_sum": ((2, NUM_HEADS, KEY_WIDTH), "float32", 0.0),
    }
