"""The minimal GRU and the true GRU as layers."""

import keras
import numpy as np
import pytest
from keras import ops

from mof.layers.gated_recurrence import GRU, LONGEST_MEMORY_TOKENS, MinimalGRU, make_recurrence
from tests.layer_contract import WIDTH, MemoryContract
from tests.tensors import FLOAT32_TOLERANCE, assert_all_close, compute, random_array

HIDDEN_WIDTH = 6


class TestMinimalGRU(MemoryContract):
    num_weights = WIDTH * 3 * HIDDEN_WIDTH + HIDDEN_WIDTH + HIDDEN_WIDTH * WIDTH

    def make(self):
        return MinimalGRU(HIDDEN_WIDTH, seed=1, name="layer")

    def test_equals_its_equations_in_numpy(self):
        layer = self.built()
        kernel, bias, outputs = (
            to_double(v) for v in (layer.inputs.kernel, layer.gate_bias, layer.outputs.kernel)
        )
        x = random_array((2, 6, WIDTH), 0)
        y, state = compute(lambda x: layer(x), x)
        logits, candidate, gate = np.split(x.astype("float64") @ kernel, 3, axis=-1)
        z, hidden = sigmoid(logits + bias), np.zeros((2, HIDDEN_WIDTH))
        for t in range(6):
            hidden = (1 - z[:, t]) * hidden + z[:, t] * candidate[:, t]
            expected = (hidden * gate[:, t] * sigmoid(gate[:, t])) @ outputs
            np.testing.assert_allclose(y[:, t], expected, *FLOAT32_TOLERANCE)
        np.testing.assert_allclose(state["hidden"], hidden, *FLOAT32_TOLERANCE)

    def test_units_start_with_memories_from_one_token_to_the_longest(self):
        layer = MinimalGRU(500)
        layer.build((None, None, WIDTH))
        spans = 1.0 / sigmoid(to_double(layer.gate_bias)) - 1.0
        assert 1.0 < spans[0] < 1.1 and 0.95 * LONGEST_MEMORY_TOKENS < spans[-1] < LONGEST_MEMORY_TOKENS
        ratios = spans[1:] / spans[:-1]
        np.testing.assert_allclose(ratios, ratios[0], rtol=1e-3)


class TestMinimalGRUWithoutGate(MemoryContract):
    num_weights = WIDTH * 2 * HIDDEN_WIDTH + HIDDEN_WIDTH + HIDDEN_WIDTH * WIDTH

    def make(self):
        return MinimalGRU(HIDDEN_WIDTH, output_gate=False, output_gain=0.5, name="layer")


class TestGRU(MemoryContract):
    num_weights = (
        WIDTH * 4 * HIDDEN_WIDTH + HIDDEN_WIDTH * 3 * HIDDEN_WIDTH + 6 * HIDDEN_WIDTH + HIDDEN_WIDTH * WIDTH
    )

    def make(self):
        return GRU(HIDDEN_WIDTH, seed=1, name="layer")

    def test_equals_the_keras_layer_between_the_two_projections(self):
        layer = self.built()
        reference = keras.layers.GRU(HIDDEN_WIDTH, return_sequences=True, return_state=True, reset_after=True)
        reference.build((2, 6, WIDTH))
        kernel = to_double(layer.inputs.kernel)
        biases = np.stack([to_double(layer.input_bias), to_double(layer.recurrent_bias)])
        reference.set_weights([kernel[:, : 3 * HIDDEN_WIDTH], to_double(layer.recurrent_kernel), biases])
        x = random_array((2, 6, WIDTH), 0)
        hidden, last = compute(lambda x: reference(x), x)
        gate = x @ kernel[:, 3 * HIDDEN_WIDTH :]
        expected = (hidden * gate * sigmoid(gate)) @ to_double(layer.outputs.kernel)
        y, state = compute(lambda x: layer(x), x)
        np.testing.assert_allclose(y, expected, *FLOAT32_TOLERANCE)
        np.testing.assert_allclose(state["hidden"], last, *FLOAT32_TOLERANCE)


def to_double(variable):
    return ops.convert_to_numpy(variable).astype("float64")


def sigmoid(u):
    return 1 / (1 + np.exp(-u))


@pytest.mark.parametrize("kind, expected", [("minimal_gru", MinimalGRU), ("gru", GRU)])
def test_make_recurrence(kind, expected):
    layer = make_recurrence(kind, HIDDEN_WIDTH, output_gain=0.25)
    assert type(layer) is expected
    assert (layer.hidden_width, layer.output_gain) == (HIDDEN_WIDTH, 0.25)


def test_an_unknown_recurrence_names_the_known_ones():
    with pytest.raises(ValueError, match=r"recurrence is 'lstm', expected one of \['gru', 'minimal_gru'\]"):
        make_recurrence("lstm", HIDDEN_WIDTH)


@pytest.mark.parametrize("hidden_width", [0, -1])
def test_the_hidden_width_is_at_least_one(hidden_width):
    with pytest.raises(ValueError, match=f"hidden_width is {hidden_width}, expected at least 1"):
        MinimalGRU(hidden_width)


def test_the_output_gain_scales_the_way_out():
    full, half = (MinimalGRU(HIDDEN_WIDTH, output_gain=gain) for gain in (1.0, 0.5))
    for layer in (full, half):
        layer.build((None, None, WIDTH))
    assert_all_close(to_double(half.outputs.kernel), 0.5 * to_double(full.outputs.kernel), FLOAT32_TOLERANCE)
