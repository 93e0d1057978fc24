"""The projection against `keras.layers.Dense`."""

import keras
import numpy as np
import pytest
from keras import ops

from mof.layers.projection import Projection
from tests.layer_contract import WIDTH, LayerContract
from tests.tensors import (
    BFLOAT16_TOLERANCE,
    FLOAT32_TOLERANCE,
    assert_all_close,
    compute,
    outputs_and_gradients,
    random_array,
)


class TestProjection(LayerContract):
    num_weights = WIDTH * 6 + 6

    def make(self):
        return Projection(6, use_bias=True, parts=(2, 4), seed=1, name="layer")

    def test_equals_dense_with_its_gradients(self):
        layer = self.built()
        dense = keras.layers.Dense(6)
        dense.build((None, None, WIDTH))
        dense.set_weights(layer.get_weights())
        inputs = {"x": random_array((2, 5, WIDTH), 0)}
        actual, expected = (
            outputs_and_gradients(lambda x, layer=layer: layer(x), inputs, layer.trainable_variables)
            for layer in (layer, dense)
        )
        assert_all_close(actual, expected, FLOAT32_TOLERANCE)


class TestProjectionWithoutBias(LayerContract):
    num_weights = WIDTH * 6

    def make(self):
        return Projection(6, name="layer")


def test_weights_start_with_the_gain_over_the_root_of_the_inputs():
    layer = Projection(400, gain=0.5, seed=7)
    layer.build((None, 100))
    kernel = ops.convert_to_numpy(layer.kernel)
    assert abs(kernel.std() / (0.5 / 10) - 1) < 0.02 and abs(kernel.mean()) < 1e-3
    silent = Projection(4, gain=0.0)
    silent.build((None, 100))
    np.testing.assert_array_equal(ops.convert_to_numpy(silent.kernel), 0.0)


def test_bfloat16_products_give_float32_close_to_the_exact_ones():
    outputs = []
    for dtype in ("float32", "mixed_bfloat16"):
        layer = Projection(16, seed=3, dtype=dtype)
        layer.build((None, None, WIDTH))
        assert layer.kernel.dtype == "float32"
        outputs.append(compute(layer, random_array((2, 5, WIDTH), 0)))
    assert outputs[1].dtype == np.float32
    assert not np.array_equal(*outputs)
    np.testing.assert_allclose(outputs[1], outputs[0], *BFLOAT16_TOLERANCE)


def test_parts_must_sum_to_the_outputs():
    with pytest.raises(ValueError, match=r"parts \(2, 3\) sum to 5, expected num_outputs 6"):
        Projection(6, parts=(2, 3))
