"""Root-mean-square normalisation against NumPy."""

import numpy as np

from mof.ops.normalization import NORM_EPSILON, rms_normalize
from tests.tensors import FLOAT32_TOLERANCE, compute, outputs_and_gradients, random_array


def test_equals_its_formula():
    x, scale = random_array((2, 3, 8), 0, 5.0), random_array((8,), 1)
    expected = x / np.sqrt(np.mean(np.square(x), axis=-1, keepdims=True) + NORM_EPSILON)
    np.testing.assert_allclose(compute(rms_normalize, x), expected, *FLOAT32_TOLERANCE)
    np.testing.assert_allclose(compute(rms_normalize, x, scale), expected * scale, *FLOAT32_TOLERANCE)


def test_numbers_worked_by_hand():
    """The root mean square of (3, 4) is sqrt(12.5)."""
    y = compute(rms_normalize, np.float32([[3.0, 4.0]]))
    np.testing.assert_allclose(y, np.array([[3.0, 4.0]]) / np.sqrt(12.5), rtol=1e-5)


def test_a_vector_of_zeros_has_a_value_and_a_finite_slope():
    found = outputs_and_gradients(lambda x: rms_normalize(x), {"x": np.zeros((1, 4), "float32")})
    np.testing.assert_array_equal(found["outputs"], np.zeros((1, 4)))
    assert np.all(np.isfinite(found["input_gradients"][0]))
