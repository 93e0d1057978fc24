"""The way forward and back as one function."""

import numpy as np
from keras import ops

from mof.execution import as_graph
from mof.lessons.gradients import gradients_of_sum


def test_gradients_of_a_sum_by_each_input_also_as_a_graph():
    x, y = np.float32([1.0, 2.0]), np.float32([3.0, 5.0])
    gradients = gradients_of_sum(lambda x, y: x * x * y)
    found = gradients(ops.convert_to_tensor(x), ops.convert_to_tensor(y))
    for by_x, by_y in (found, as_graph(None, gradients)(x, y)):
        np.testing.assert_allclose(ops.convert_to_numpy(by_x), 2 * x * y)
        np.testing.assert_allclose(ops.convert_to_numpy(by_y), x * x)
