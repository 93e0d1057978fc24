"""The feed-forward layer."""

import numpy as np
import pytest
from keras import ops

from mof.layers.feed_forward import FeedForward
from tests.layer_contract import WIDTH, LayerContract
from tests.tensors import DEEP_TOLERANCE, compute, random_array

INNER_WIDTH = 12


class TestSquaredReLU(LayerContract):
    num_weights = 2 * WIDTH * INNER_WIDTH

    def make(self):
        return FeedForward(INNER_WIDTH, output_gain=0.5, seed=1, name="layer")

    def test_equals_its_formula(self):
        layer, x = self.built(), random_array((2, 3, WIDTH), 0)
        inner = np.maximum(x @ ops.convert_to_numpy(layer.inner.kernel), 0.0) ** 2
        expected = inner @ ops.convert_to_numpy(layer.outer.kernel)
        np.testing.assert_allclose(compute(layer, x), expected, *DEEP_TOLERANCE)


class TestGELU(LayerContract):
    num_weights = 2 * WIDTH * INNER_WIDTH

    def make(self):
        return FeedForward(INNER_WIDTH, "gelu", name="layer")


def test_an_unknown_activation_names_the_known_ones():
    with pytest.raises(ValueError, match=r"activation is 'relu', expected one of \['gelu', 'squared_relu'\]"):
        FeedForward(INNER_WIDTH, "relu")
