"""Methods as graphs: the same numbers, traced once for each set of shapes."""

import keras
import numpy as np
from keras import ops

from mof.execution import as_graph, as_operations
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


def test_operations_read_the_weights_of_now_and_give_the_graphs_numbers():
    layer, num_calls = made(), []

    def counted(x, state):
        num_calls.append(x.shape)
        return layer.nested(x, state)

    x, state = random_array((2, 3), 0), {"count": np.int32([1, 2])}
    plain, graph = as_operations(layer, counted), as_graph(layer, layer.nested)
    for factor in (1.0, 2.5):
        layer.factor.assign(factor)
        assert_all_close(to_numpy(plain(x, state)), to_numpy(graph(x, state)), FLOAT32_TOLERANCE)
    assert len(num_calls) == (2 if keras.backend.backend() == "tensorflow" else 1)  # JAX makes a graph


def test_a_graph_without_compilation_gives_the_same_numbers():
    from mof.ops.fusion import fused

    layer = made()

    def chain(x, factor):
        return factor * ops.tanh(ops.square(x) + 1.0)

    def method(x):
        return fused(chain)(x, layer.factor.value)

    x = random_array((4, 3), 1)
    results = [to_numpy(as_graph(layer, method, is_compiled=flag)(x)) for flag in (True, False)]
    assert_all_close(results[1], results[0], FLOAT32_TOLERANCE)
