"""A history of the last tokens, small enough to be read off."""

import math

import keras
import numpy as np
from keras import ops

from mof.ops.history import append_to_history, take_along_time
from tests.tensors import to_numpy


def tensor(rows):
    return ops.convert_to_tensor(np.float32(rows))


def append(past, present, new, resets=None, mask=None):
    flags = [None if x is None else ops.convert_to_tensor(np.array(x, bool)) for x in (resets, mask)]
    history = {"token": tensor(past), "present": tensor(present)}
    return append_to_history(history, {"token": tensor(new)}, *flags)


def test_without_resets_or_padding_the_last_tokens_stay():
    line, history, restore = append([[0, 1]], [[0, 1]], [[2, 3, 4]])
    np.testing.assert_array_equal(to_numpy(line["token"]), [[0, 1, 2, 3, 4]])
    np.testing.assert_array_equal(to_numpy(line["present"]), [[0, 1, 1, 1, 1]])
    np.testing.assert_array_equal(to_numpy(history["token"]), [[3, 4]])
    np.testing.assert_array_equal(to_numpy(history["present"]), [[1, 1]])
    y = tensor([[7, 8, 9]])
    np.testing.assert_array_equal(to_numpy(restore(y)), to_numpy(y))


def test_fewer_tokens_than_places_keep_some_of_the_past():
    _, history, _ = append([[5, 6, 7]], [[0, 1, 1]], [[8]])
    np.testing.assert_array_equal(to_numpy(history["token"]), [[6, 7, 8]])
    np.testing.assert_array_equal(to_numpy(history["present"]), [[1, 1, 1]])


def test_a_new_document_forgets_what_was_before():
    line, history, _ = append([[1, 2, 3]], [[1, 1, 1]], [[4, 5, 6]], resets=[[0, 1, 0]])
    np.testing.assert_array_equal(to_numpy(line["document"]), [[0, 0, 0, 0, 1, 1]])
    np.testing.assert_array_equal(to_numpy(history["token"]), [[0, 5, 6]])
    np.testing.assert_array_equal(to_numpy(history["present"]), [[0, 1, 1]])


def test_padding_moves_behind_and_outputs_move_back():
    line, history, restore = append([[1, 2]], [[1, 1]], [[9, 3, 9, 4]], mask=[[0, 1, 0, 1]])
    np.testing.assert_array_equal(to_numpy(line["token"])[:, :4], [[1, 2, 3, 4]])
    np.testing.assert_array_equal(to_numpy(line["present"]), [[1, 1, 1, 1, 0, 0]])
    np.testing.assert_array_equal(to_numpy(history["token"]), [[3, 4]])
    np.testing.assert_array_equal(to_numpy(restore(line["token"][:, 2:])), [[9, 3, 9, 4]])


def test_a_row_of_padding_alone_leaves_the_history_as_it_was():
    _, history, _ = append([[1, 2]], [[0, 1]], [[9, 9, 9]], mask=[[0, 0, 0]])
    np.testing.assert_array_equal(to_numpy(history["token"]), [[0, 2]])
    np.testing.assert_array_equal(to_numpy(history["present"]), [[0, 1]])


def largest_tensor(function, *shapes_and_dtypes):
    """Numbers in the largest tensor of the graph of a function; nothing is computed."""
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        specs = [tf.TensorSpec(shape, dtype) for shape, dtype in shapes_and_dtypes]
        graph = tf.function(function, autograph=False).get_concrete_function(*specs).graph
        return max(output.shape.num_elements() for op in graph.get_operations() for output in op.outputs)
    import jax

    specs = [jax.ShapeDtypeStruct(shape, dtype) for shape, dtype in shapes_and_dtypes]
    equations = jax.make_jaxpr(function)(*specs).jaxpr.eqns
    return max(math.prod(output.aval.shape) for equation in equations for output in equation.outvars)


def test_a_long_row_with_document_starts_takes_memory_in_proportion():
    num_tokens = 50_000

    def read(new, resets):
        history = {"token": ops.zeros((1, 3)), "present": ops.zeros((1, 3))}
        return append_to_history(history, {"token": new}, resets)[:2]

    assert largest_tensor(read, ((1, num_tokens), "float32"), ((1, num_tokens), "bool")) <= 2 * num_tokens


def test_take_along_time():
    x = np.arange(12.0, dtype="float32").reshape(2, 3, 2)
    places = np.int32([[2, 0], [1, 1]])
    taken = to_numpy(take_along_time(ops.convert_to_tensor(x), ops.convert_to_tensor(places)))
    np.testing.assert_array_equal(taken, [[x[0, 2], x[0, 0]], [x[1, 1], x[1, 1]]])
