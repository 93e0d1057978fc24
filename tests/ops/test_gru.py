"""The true GRU against Keras's own layer with the same weights, and against its equations in NumPy."""

import keras
import numpy as np
import pytest

from mof.ops.gru import gru, gru_step
from tests.tensors import (
    BATCH_SIZE,
    FLOAT32_TOLERANCE,
    LENGTHS,
    LONGEST,
    assert_all_close,
    choose,
    compute,
    loop_over_time,
    outputs_and_gradients,
    padding_mask,
    random_array,
    random_resets,
)

HIDDEN_WIDTH = 5


def random_inputs(num_tokens, seed=0):
    return {
        "inputs": random_array((BATCH_SIZE, num_tokens, 3 * HIDDEN_WIDTH), seed),
        "recurrent_kernel": random_array((HIDDEN_WIDTH, 3 * HIDDEN_WIDTH), seed + 1, 0.5),
        "recurrent_bias": random_array((3 * HIDDEN_WIDTH,), seed + 2),
        "hidden": random_array((BATCH_SIZE, HIDDEN_WIDTH), seed + 3),
        "resets": random_resets(num_tokens, seed),
        "mask": padding_mask(num_tokens),
    }


def stepped(inputs, recurrent_kernel, recurrent_bias, hidden, resets, mask):
    def step(inputs_t, hidden):
        x_t, reset_t, real_t = inputs_t
        start = choose(reset_t, 0.0 * hidden, hidden)
        hidden = choose(real_t, gru_step(x_t, recurrent_kernel, recurrent_bias, start), start)
        return hidden, hidden

    return loop_over_time(step, (inputs, resets, mask), hidden)


@pytest.mark.parametrize("num_tokens", LENGTHS)
def test_all_tokens_equal_one_after_the_other(num_tokens):
    inputs = random_inputs(num_tokens)
    expected = outputs_and_gradients(stepped, inputs)
    assert_all_close(outputs_and_gradients(gru, inputs), expected, FLOAT32_TOLERANCE)


def test_equals_the_keras_layer():
    width = 4
    layer = keras.layers.GRU(HIDDEN_WIDTH, return_sequences=True, return_state=True, reset_after=True)
    layer.build((BATCH_SIZE, LONGEST, width))
    shapes = [(width, 3 * HIDDEN_WIDTH), (HIDDEN_WIDTH, 3 * HIDDEN_WIDTH), (2, 3 * HIDDEN_WIDTH)]
    weights = [random_array(shape, i, 0.5) for i, shape in enumerate(shapes)]
    layer.set_weights(weights)
    kernel, recurrent_kernel, (input_bias, recurrent_bias) = weights
    x = random_array((BATCH_SIZE, LONGEST, width), 10)
    hidden = random_array((BATCH_SIZE, HIDDEN_WIDTH), 11)
    expected = compute(lambda x, hidden: layer(x, initial_state=hidden), x, hidden)
    actual = compute(gru, x @ kernel + input_bias, recurrent_kernel, recurrent_bias, hidden)
    assert_all_close(actual, tuple(expected), FLOAT32_TOLERANCE)


def test_equals_its_equations_in_numpy_with_resets_and_padding():
    inputs = random_inputs(LONGEST, seed=20)
    y, last = compute(lambda inputs: gru(**inputs), inputs)
    kernel, bias = inputs["recurrent_kernel"].astype("float64"), inputs["recurrent_bias"].astype("float64")

    def sigmoid(u):
        return 1 / (1 + np.exp(-u))

    for b in range(BATCH_SIZE):
        hidden = inputs["hidden"][b].astype("float64")
        for t in range(LONGEST):
            if inputs["resets"][b, t]:
                hidden = np.zeros(HIDDEN_WIDTH)
            if inputs["mask"][b, t]:
                input_z, input_r, input_n = np.split(inputs["inputs"][b, t].astype("float64"), 3)
                recurrent_z, recurrent_r, recurrent_n = np.split(hidden @ kernel + bias, 3)
                z, r = sigmoid(input_z + recurrent_z), sigmoid(input_r + recurrent_r)
                hidden = z * hidden + (1 - z) * np.tanh(input_n + r * recurrent_n)
            np.testing.assert_allclose(y[b, t], hidden, *FLOAT32_TOLERANCE)
    np.testing.assert_allclose(last, y[:, -1], *FLOAT32_TOLERANCE)
