"""Gradients of functions written with keras.ops, on the backend."""

import numpy as np
import pytest
from keras import ops

from mof.course.gradients import expect_gradients
from mof.course.verdict import Wrong

INPUTS = tuple(np.random.default_rng(0).uniform(0.5, 2.0, (2, 4)).astype("float32"))


def right(x, y):
    return x * ops.log(y)


def told(function):
    try:
        expect_gradients(function, right, INPUTS, ("x", "y"))
    except Wrong as wrong:
        return wrong.message
    return None


def test_the_same_function_written_otherwise():
    assert told(lambda x, y: ops.log(y) * x) is None


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda x, y: ops.stop_gradient(right(x, y)), "no gradient reaches x, y"),
        (lambda x, y: x * ops.stop_gradient(ops.log(y)), "No gradient reaches y: your values are right"),
        (lambda x, y: -right(x, y), "Only the sign is wrong."),
        (lambda x, y: 3 * right(x, y), "All of them are 3 times the right ones."),
        (lambda x, y: right(x, y) + x, "Does a part go through NumPy"),
        (lambda x, y: right(x, y) + ops.sqrt(0.0 * y), "The gradient by y is not finite"),
    ],
)
def test_what_is_wrong_with_a_gradient(function, words):
    assert words in told(function)
