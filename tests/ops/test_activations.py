"""Activations against NumPy."""

import math

import numpy as np

from mof.ops.activations import gate_with_silu, squared_relu, tanh_gelu
from tests.tensors import FLOAT32_TOLERANCE, compute, random_array

U = np.float32([-20.0, -3.0, -0.5, 0.0, 0.5, 2.0, 20.0])


def test_squared_relu():
    np.testing.assert_array_equal(compute(squared_relu, U), [0, 0, 0, 0, 0.25, 4.0, 400.0])


def test_tanh_gelu_is_the_tanh_form():
    u = U.astype("float64")
    expected = 0.5 * u * (1 + np.tanh(math.sqrt(2 / math.pi) * (u + 0.044715 * u**3)))
    exact = np.array([0.5 * x * (1 + math.erf(x / math.sqrt(2))) for x in u])
    actual = compute(tanh_gelu, U)
    np.testing.assert_allclose(actual, expected, rtol=1e-4, atol=1e-6)
    assert np.max(np.abs(actual - exact)) > 1e-4, "the exact form came out: exporting it fails"


def test_gate_with_silu():
    y = random_array(U.shape, 0)
    expected = y * U / (1 + np.exp(-U.astype("float64")))
    np.testing.assert_allclose(compute(gate_with_silu, y, U), expected, *FLOAT32_TOLERANCE)
