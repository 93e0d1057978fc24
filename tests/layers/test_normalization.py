"""The root-mean-square norm with its trained scale."""

import numpy as np
from keras import ops

from mof.layers.normalization import RootMeanSquareNorm
from tests.layer_contract import WIDTH, LayerContract
from tests.tensors import FLOAT32_TOLERANCE, compute, random_array


class TestRootMeanSquareNorm(LayerContract):
    num_weights = WIDTH

    def make(self):
        return RootMeanSquareNorm(name="layer")

    def test_equals_its_formula_with_a_scale_that_starts_at_one(self):
        x = random_array((2, 3, WIDTH), 0)
        normed = x / np.sqrt(np.mean(x**2, axis=-1, keepdims=True) + 1e-6)
        np.testing.assert_allclose(compute(self.built(perturbed=False), x), normed, *FLOAT32_TOLERANCE)
        layer = self.built()
        np.testing.assert_allclose(
            compute(layer, x), normed * ops.convert_to_numpy(layer.scale), *FLOAT32_TOLERANCE
        )
