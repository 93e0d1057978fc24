"""The thought space: a mean of the past, thought over, times a trained factor."""

import math

import numpy as np
from keras import ops

from mof.layers.thought_space import ThoughtSpace
from tests.layer_contract import WIDTH, MemoryContract
from tests.tensors import (
    CHUNK_LENGTH,
    DEEP_TOLERANCE,
    FLOAT32_TOLERANCE,
    LONGEST,
    compute,
    random_array,
    random_resets,
)

INNER_WIDTH = 5


class ThoughtSpaceContract(MemoryContract):
    tolerance = DEEP_TOLERANCE
    num_weights = 2 * WIDTH * INNER_WIDTH + 1
    window = 0

    def make(self):
        return ThoughtSpace(INNER_WIDTH, window=self.window, chunk_length=CHUNK_LENGTH, seed=2, name="layer")

    def test_equals_its_definition_in_numpy(self):
        layer = self.built()
        inner, outer, alpha = (
            ops.convert_to_numpy(v).astype("float64")
            for v in (layer.processor.inner.kernel, layer.processor.outer.kernel, layer.alpha)
        )
        x, resets = random_array((2, LONGEST, WIDTH), 0), random_resets(LONGEST, 3, batch_size=2)
        actual, _ = compute(lambda x, resets: layer(x, None, resets), x, resets)
        normed = x / np.sqrt(np.mean(x.astype("float64") ** 2, axis=-1, keepdims=True) + 1e-6)
        for b in range(2):
            start = 0
            for t in range(LONGEST):
                start = t if resets[b, t] else start
                first = max(start, t - self.window + 1) if self.window else start
                u = np.mean(normed[b, first : t + 1], axis=0) @ inner
                gelu = 0.5 * u * (1 + np.tanh(math.sqrt(2 / math.pi) * (u + 0.044715 * u**3)))
                expected = x[b, t] + alpha * (gelu @ outer)
                np.testing.assert_allclose(actual[b, t], expected, *FLOAT32_TOLERANCE)


class TestThoughtSpace(ThoughtSpaceContract):
    pass


class TestWindowedThoughtSpace(ThoughtSpaceContract):
    window = 3


def test_alpha_is_trained_and_starts_where_it_is_told():
    layer = ThoughtSpace(INNER_WIDTH)
    layer.build((None, None, WIDTH))
    assert layer.alpha.trainable and float(ops.convert_to_numpy(layer.alpha)) == np.float32(0.3)
    layer = ThoughtSpace(INNER_WIDTH, alpha_start=0.0)
    layer.build((None, None, WIDTH))
    x = random_array((2, 5, WIDTH), 0)
    np.testing.assert_array_equal(compute(lambda x: layer(x)[0], x), x)


def test_a_loud_token_has_no_more_weight_than_a_quiet_one():
    layer = ThoughtSpace(INNER_WIDTH)
    layer.build((None, None, WIDTH))
    x = random_array((1, 3, WIDTH), 0)
    louder = x.copy()
    louder[:, 0] *= 100.0
    y, y_louder = (compute(lambda x: layer(x)[0], inputs) for inputs in (x, louder))
    np.testing.assert_allclose(y_louder[:, 1:], y[:, 1:], *FLOAT32_TOLERANCE)
