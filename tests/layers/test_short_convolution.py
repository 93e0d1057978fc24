"""The short convolution as a layer."""

import numpy as np
import pytest
from keras import ops

from mof.layers.short_convolution import ShortConvolution
from tests.layer_contract import WIDTH, MemoryContract
from tests.tensors import FLOAT32_TOLERANCE, compute, random_array


class TestShortConvolution(MemoryContract):
    num_weights = 4 * WIDTH

    def make(self):
        return ShortConvolution(4, seed=1, name="layer")

    def test_equals_a_sum_over_the_last_tokens(self):
        layer = self.built()
        kernel, x = ops.convert_to_numpy(layer.kernel), random_array((2, 6, WIDTH), 0)
        padded = np.concatenate([np.zeros((2, 3, WIDTH)), x], axis=1)
        expected = sum(kernel[j] * padded[:, 3 - j : 9 - j] for j in range(4))
        np.testing.assert_allclose(compute(lambda x: layer(x)[0], x), expected, *FLOAT32_TOLERANCE)


@pytest.mark.parametrize("kernel_length", [0, -2])
def test_the_kernel_sees_at_least_the_token(kernel_length):
    with pytest.raises(ValueError, match=f"kernel_length is {kernel_length}, expected at least 1"):
        ShortConvolution(kernel_length)
