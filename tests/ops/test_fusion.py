"""`fused` changes no number, no gradient, no structure: inside a graph, outside, and inside one another."""

import keras
import numpy as np
import pytest
from keras import ops

from mof.execution import as_graph
from mof.ops.fusion import fused
from tests.tensors import FLOAT32_TOLERANCE, assert_all_close, compute, is_differentiable, random_array

on_tensorflow = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="a form of TensorFlow's own"
)


def chain(x, state, flags, factor, kind):
    """Takes and returns what the layers' functions do: dicts, nothing, bool tensors, plain values."""
    y = ops.tanh(factor * x) * ops.cast(flags, "float32")[:, None]
    count = state["count"] + ops.cast(flags, "int32")
    if state["nothing"] is None and kind == "sum":
        y = y + state["total"]
    return y, None, {"total": ops.sum(y, axis=0) + state["total"], "count": count}


def example():
    return {
        "x": random_array((4, 3), 0),
        "total": random_array((3,), 1),
        "count": np.int32([1, 2, 3, 4]),
        "flags": np.array([True, False, True, True]),
    }


def call(function, x, total, count, flags, factor=2.0, kind="sum"):
    return function(x, {"total": total, "count": count, "nothing": None}, flags, factor, kind)


def test_the_function_itself_outside_a_graph():
    inputs = example()
    expected = compute(lambda inputs: call(chain, **inputs), inputs)
    assert_all_close(
        compute(lambda inputs: call(fused(chain), **inputs), inputs), expected, FLOAT32_TOLERANCE
    )


@on_tensorflow
@pytest.mark.parametrize("plain_values", [(2.0, "sum"), (0.5, "sum"), (2.0, "none")])
def test_inside_a_graph_the_same_numbers_and_gradients(plain_values):
    import tensorflow as tf

    inputs = {name: tf.constant(x) for name, x in example().items()}
    watched = [x for x in inputs.values() if is_differentiable(x)]
    factor, kind = plain_values

    def run(function):
        with tf.GradientTape() as tape:
            tape.watch(watched)
            y, _, state = call(function, **inputs, factor=factor, kind=kind)
            total = tf.reduce_sum(tf.sin(y)) + tf.reduce_sum(tf.cos(state["total"]))
        return y, state, tape.gradient(total, watched)

    expected = keras.tree.map_structure(np.asarray, run(chain))
    actual = keras.tree.map_structure(np.asarray, tf.function(lambda: run(fused(chain)))())
    assert_all_close(actual, expected, FLOAT32_TOLERANCE)


@on_tensorflow
def test_fused_inside_fused_is_compiled_once():
    import tensorflow as tf

    def outer(x):
        return fused(ops.tanh)(x) + 1.0

    x = tf.constant(random_array((5,), 0))

    @tf.function
    def value_and_slope(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = fused(outer)(x)
        return y, tape.gradient(y, x)

    y, slope = value_and_slope(x)
    np.testing.assert_allclose(y, np.tanh(x) + 1.0, *FLOAT32_TOLERANCE)
    np.testing.assert_allclose(slope, 1.0 - np.tanh(x) ** 2, *FLOAT32_TOLERANCE)


@on_tensorflow
def test_each_shape_is_traced_once_for_all_callers():
    import tensorflow as tf

    num_traces = []

    def traced(x):
        num_traces.append(x.shape)
        return 2.0 * x

    for _ in range(2):
        tf.function(lambda: (fused(traced)(tf.zeros((3,))), fused(traced)(tf.ones((3,)))))()
        tf.function(lambda: fused(traced)(tf.zeros((4,))))()
    assert len(num_traces) == 2


def test_a_graph_of_a_fused_function_takes_numpy_arrays():
    class Doubled(keras.layers.Layer):
        def call(self, x):
            return fused(lambda x: 2.0 * x)(x)

    layer = Doubled()
    layer.build((None, 3))
    x = random_array((2, 3), 0)
    np.testing.assert_array_equal(ops.convert_to_numpy(as_graph(layer, layer)(x)), 2 * x)
