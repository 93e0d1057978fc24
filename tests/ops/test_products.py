"""Products with weights against NumPy, in both number formats."""

import numpy as np
import pytest

from mof.ops.products import project
from tests.tensors import BFLOAT16_TOLERANCE, FLOAT32_TOLERANCE, compute, outputs_and_gradients, random_array


@pytest.mark.parametrize("leading", [(), (3,), (2, 3), (2, 3, 4)])
def test_multiplies_the_last_axis(leading):
    x, kernel, bias = random_array(leading + (5,), 0), random_array((5, 7), 1), random_array((7,), 2)
    np.testing.assert_allclose(compute(project, x, kernel), x @ kernel, *FLOAT32_TOLERANCE)
    np.testing.assert_allclose(compute(project, x, kernel, bias), x @ kernel + bias, *FLOAT32_TOLERANCE)


def test_bfloat16_rounds_the_operands_alone():
    """1 + 1/512 is 1 in bfloat16; the bias keeps its digits, and the result is float32."""
    x, kernel, bias = np.float32([[1 + 1 / 512]]), np.float32([[1.0]]), np.float32([1 / 512])
    y = compute(lambda *x: project(*x, product_dtype="bfloat16"), x, kernel, bias)
    assert y.dtype == np.float32
    np.testing.assert_array_equal(y, [[1 + 1 / 512]])
    assert compute(lambda *x: project(*x, product_dtype="bfloat16"), x, kernel) == 1.0


def test_bfloat16_stays_close_with_its_gradients():
    inputs = {"x": random_array((2, 3, 16), 0), "kernel": random_array((16, 4), 1, 0.25)}
    exact = outputs_and_gradients(lambda x, kernel: project(x, kernel), inputs)
    rounded = outputs_and_gradients(lambda x, kernel: project(x, kernel, product_dtype="bfloat16"), inputs)
    pairs = zip(rounded["input_gradients"], exact["input_gradients"], strict=True)
    for a, e in [(rounded["outputs"], exact["outputs"]), *pairs]:
        assert a.dtype == np.float32
        np.testing.assert_allclose(a, e, *BFLOAT16_TOLERANCE)
        assert not np.array_equal(a, e)
