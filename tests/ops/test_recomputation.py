"""`recomputed` changes no number and no gradient, in a graph or outside; it forgets the inner values."""

import keras
import numpy as np
from keras import ops

from mof.execution import as_graph
from mof.ops.recomputation import recomputed
from tests.tensors import FLOAT32_TOLERANCE, assert_all_close, outputs_and_gradients, random_array, to_numpy


def chain(x, state, flags, factor, absent):
    """Takes and returns what the layers' functions do: dicts, bool tensors, plain values, nothing."""
    assert absent is None
    y = ops.tanh(factor * x) * ops.cast(flags, "float32")[:, None]
    return y, {"total": ops.sum(ops.exp(y), axis=0) + state["total"], "count": state["count"] + 1}


def example():
    return {
        "x": random_array((4, 3), 0),
        "state": {"total": random_array((3,), 1), "count": np.int32([1, 2])},
        "flags": np.array([True, False, True, True]),
    }


def test_values_and_gradients_are_those_of_the_function():
    expected = outputs_and_gradients(lambda x, state, flags: chain(x, state, flags, 2.0, None), example())
    actual = outputs_and_gradients(
        lambda x, state, flags: recomputed(chain)(x, state, flags, 2.0, None), example()
    )
    assert_all_close(actual, expected, FLOAT32_TOLERANCE)


def test_inside_a_graph():
    inputs = example()
    expected = to_numpy(
        chain(*keras.tree.map_structure(ops.convert_to_tensor, tuple(inputs.values())), 2.0, None)
    )
    model = keras.Sequential([keras.layers.Dense(1)])
    model.build((None, 1))
    graph = as_graph(model, lambda *x: recomputed(chain)(*x, 2.0, None))
    assert_all_close(to_numpy(graph(*inputs.values())), expected, FLOAT32_TOLERANCE)


def test_the_function_runs_again_for_the_gradient():
    num_runs = []

    def counted(x):
        num_runs.append(1)
        return ops.sin(x)

    outputs_and_gradients(lambda x: recomputed(counted)(x), {"x": random_array((3,), 0)})
    # JAX traces once and computes again from the trace
    assert len(num_runs) == (2 if keras.backend.backend() == "tensorflow" else 1)
