"""Linear attention as a layer: every switch, both forms, and the sum written out in NumPy."""

import numpy as np
import pytest
from keras import ops

from mof.layers.linear_attention import LinearAttention
from tests.layer_contract import WIDTH, MemoryContract, compute_many
from tests.ops.naive_memory import naive_attention
from tests.tensors import (
    BATCH_SIZE,
    CHUNK_LENGTH,
    DEEP_TOLERANCE,
    LONGEST,
    compute,
    differs,
    random_array,
    random_resets,
)

NUM_HEADS, HEAD_WIDTH = 2, 4
SQUARE = WIDTH * WIDTH


class LinearAttentionContract(MemoryContract):
    tolerance = DEEP_TOLERANCE
    arguments = {}

    def make(self):
        return LinearAttention(NUM_HEADS, chunk_length=CHUNK_LENGTH, seed=3, name="layer", **self.arguments)

    def test_equals_the_sum_written_out(self):
        layer, window = self.built(), self.arguments.get("window", 0)
        decay, has_gate = self.arguments.get("decay", "none"), self.arguments.get("output_gate", False)
        x, resets = random_array((BATCH_SIZE, LONGEST, WIDTH), 0), random_resets(LONGEST, 5)
        projected = x.astype("float64") @ to_double(layer.inputs.kernel)
        heads = (BATCH_SIZE, LONGEST, NUM_HEADS, HEAD_WIDTH)
        queries, keys, values = (projected[..., i * WIDTH : (i + 1) * WIDTH].reshape(heads) for i in range(3))
        log_decay = None
        if decay != "none":
            logits = projected[..., -NUM_HEADS:] if decay == "input" else np.zeros(heads[:3])
            log_decay = -1 / (1 + np.exp(-logits - to_double(layer.decay_rate)))
        numerator, denominator = naive_attention(
            phi(queries), phi(keys), values, log_decay, resets, window=window
        )
        if self.arguments.get("normalizer", "denominator") == "denominator":
            y = numerator / (denominator[..., None] + 1e-6)
        else:
            y = numerator / np.sqrt(np.mean(numerator**2, axis=-1, keepdims=True) + 1e-6)
        y = y.reshape(x.shape)
        if has_gate:
            gate = projected[..., 3 * WIDTH : 4 * WIDTH]
            y = y * gate / (1 + np.exp(-gate))
        actual, _ = compute(lambda x, resets: layer(x, None, resets), x, resets)
        np.testing.assert_allclose(actual, y @ to_double(layer.outputs.kernel), *DEEP_TOLERANCE)


class TestPublishedChoices(LinearAttentionContract):
    """No decay, divided by the denominator."""

    num_weights = 4 * SQUARE


class TestFixedDecay(LinearAttentionContract):
    arguments = dict(decay="fixed", normalizer="head_norm")
    num_weights = 4 * SQUARE + NUM_HEADS


class TestLearnedDecayAndGate(LinearAttentionContract):
    arguments = dict(decay="learned", output_gate=True, output_gain=0.5)
    num_weights = 5 * SQUARE + NUM_HEADS


class TestDefaultOfTheModel(LinearAttentionContract):
    """A decay from each token, a norm per head, a gate."""

    arguments = dict(decay="input", normalizer="head_norm", output_gate=True)
    num_weights = 5 * SQUARE + WIDTH * NUM_HEADS + NUM_HEADS


class TestWindow(LinearAttentionContract):
    arguments = dict(window=3, decay="input", normalizer="head_norm", output_gate=True)
    num_weights = 5 * SQUARE + WIDTH * NUM_HEADS + NUM_HEADS


class TestWindowWithDenominator(LinearAttentionContract):
    arguments = dict(window=CHUNK_LENGTH + 2)
    num_weights = 4 * SQUARE

    def test_one_token_further_back_changes_nothing(self):
        layer, window = self.built(), self.arguments["window"]
        x = random_array((1, LONGEST, WIDTH), 0)
        run = compute_many(lambda x: layer(x)[0][:, -1])
        last = run(x)
        inside, outside = x.copy(), x.copy()
        inside[:, -window] += 1.0
        outside[:, -window - 1] += 1.0
        assert differs(run(inside), last)
        np.testing.assert_array_equal(run(outside), last)


def phi(u):
    return np.where(u > 0, u + 1, np.exp(np.minimum(u, 0)))


def to_double(variable):
    return ops.convert_to_numpy(variable).astype("float64")


def test_a_fixed_decay_is_not_trained_and_a_learned_one_is():
    for decay, is_trained in (("fixed", False), ("learned", True), ("input", True)):
        layer = LinearAttention(NUM_HEADS, decay=decay)
        layer.build((None, None, WIDTH))
        assert layer.decay_rate.trainable is is_trained


def test_heads_start_with_spans_from_8_to_2048_tokens():
    layer = LinearAttention(5, decay="fixed")
    layer.build((None, None, 10))
    rates = 1 / (1 + np.exp(-to_double(layer.decay_rate)))
    np.testing.assert_allclose(1.0 / rates, [8, 32, 128, 512, 2048], rtol=1e-3)


def test_the_chunk_length_changes_speed_alone():
    x, outputs = random_array((2, 9, WIDTH), 0), []
    for chunk_length in (1, 2, 64):
        layer = LinearAttention(NUM_HEADS, decay="input", chunk_length=chunk_length, seed=3)
        layer.build((None, None, WIDTH))
        outputs.append(compute(lambda x, layer=layer: layer(x)[0], x))
    for y in outputs[1:]:
        np.testing.assert_allclose(y, outputs[0], *DEEP_TOLERANCE)


@pytest.mark.parametrize(
    "arguments, message",
    [
        (dict(decay="slow"), r"decay is 'slow', expected one of \('none', 'fixed', 'learned', 'input'\)"),
        (
            dict(normalizer="softmax"),
            r"normalizer is 'softmax', expected one of \('denominator', 'head_norm'\)",
        ),
        (dict(window=-1), "window is -1, expected 0 for the whole past, or a number of tokens"),
    ],
)
def test_error_messages(arguments, message):
    with pytest.raises(ValueError, match=message):
        LinearAttention(NUM_HEADS, **arguments)


def test_heads_must_divide_the_width():
    with pytest.raises(ValueError, match="width 8 is no multiple of num_heads 3: choose a number of heads"):
        LinearAttention(3).build((None, None, WIDTH))
