"""Methods as graphs: the same numbers, traced once for each set of shapes."""

import keras
import numpy as np
from keras import ops

from mof.execution import as_graph
from tests.tensors import FLOAT32_TOLERANCE, assert_all_close, random_array, to_numpy


class Scaled(keras.layers.Layer):
    def build(self, input_shape):
        self.factor = self.add_weight(shape=(), initializer="ones", name="factor")

    def nested(self, x, state, absent=None):
        assert absent is None
        return self.factor * x, {"count": state["count"] + 1}


def made():
    layer = Scaled()
    layer.build((None, 3))
    return layer


def test_takes_nested_numpy_arrays_and_none_and_reads_the_weights_of_now():
    layer = made()
    graph = as_graph(layer, layer.nested)
    x, state = random_array((2, 3), 0), {"count": np.int32([1, 2])}
    for factor in (1.0, 2.5):
        layer.factor.assign(factor)
        expected = (np.float32(factor) * x, {"count": np.int32([2, 3])})
        assert_all_close(to_numpy(graph(x, state, None)), expected, FLOAT32_TOLERANCE)


def test_one_trace_for_each_set_of_shapes():
    layer, num_traces = made(), []

    def counted(x):
        num_traces.append(tuple(x.shape))
        return ops.square(x) * layer.factor

    graph = as_graph(layer, counted)
    for num_rows in (2, 2, 5, 2):
        for seed in (0, 1):
            x = random_array((num_rows, 3), seed)
            np.testing.assert_allclose(to_numpy(graph(x)), x**2, *FLOAT32_TOLERANCE)
    assert num_traces == [(2, 3), (5, 3)]
