"""Numbers for the tests, on whichever backend runs: inputs, gradients, a loop over time, comparison.

Inputs are NumPy arrays drawn from a seed, so both backends see the same ones. Four rows stand for the four
kinds of padding: none, on the left, on the right, and inside.
"""

from typing import NamedTuple

import keras
import numpy as np
from keras import ops

BATCH_SIZE = 4
CHUNK_LENGTH = 4
LENGTHS = (1, CHUNK_LENGTH - 1, CHUNK_LENGTH, CHUNK_LENGTH + 1, 3 * CHUNK_LENGTH + 5)
LONGEST = LENGTHS[-1]


class Tolerance(NamedTuple):
    """|actual - expected| <= absolute + relative * |expected|."""

    relative: float
    absolute: float


EXACT = Tolerance(0.0, 0.0)
# float32 has 24 bits: a sum of a few dozen values near 1, taken in another order, moves by some 1e-6
FLOAT32_TOLERANCE = Tolerance(2e-5, 2e-5)
# the same through several layers, each with a norm and products
DEEP_TOLERANCE = Tolerance(2e-4, 1e-4)
# bfloat16 has 8 bits: each operand of a product is off by up to 1/256
BFLOAT16_TOLERANCE = Tolerance(5e-2, 5e-2)


def random_array(shape, seed, scale=1.0):
    """Normal float32 values."""
    return (scale * np.random.default_rng(seed).standard_normal(shape)).astype("float32")


def random_resets(num_tokens, seed=0, share=0.25, batch_size=BATCH_SIZE):
    """[B, T] bool, True where a document starts; the first token of a row is like any other."""
    return np.random.default_rng([seed, 1]).random((batch_size, num_tokens)) < share


def padding_mask(num_tokens):
    """[4, T] bool, False at padding: row 0 has none, row 1 some left, row 2 some right, row 3 some inside."""
    mask = np.ones((BATCH_SIZE, num_tokens), bool)
    share = max(1, num_tokens // 3)
    mask[1, :share] = False
    mask[2, num_tokens - share :] = False
    mask[3, share : 2 * share] = False
    mask[3, -2:-1] = False  # and a hole of one token
    return mask


def is_differentiable(x):
    """True for floating-point arrays."""
    return x is not None and np.asarray(x).dtype.kind == "f"


def to_numpy(nested):
    """Every tensor as a NumPy array; None stays."""
    return keras.tree.map_structure(lambda x: x if x is None else ops.convert_to_numpy(x), nested)


def compute(function, *inputs):
    """function(*inputs) as NumPy arrays; on JAX compiled as a whole: its single operations compile slowly."""
    return to_numpy(compiled(function)(*_as_tensors(inputs)))


def outputs_and_gradients(function, inputs, variables=()):
    """What a function gives, and the gradient of a random sum of it.

    Args:
        function: takes the arrays of `inputs` by name; returns nested tensors.
        inputs: dict of nested arrays. Floating-point ones get a gradient; the others, and None, do not.
        variables: Keras variables that the function reads and that get a gradient too.

    Returns:
        {"outputs", "input_gradients", "variable_gradients"}, NumPy arrays.
    """
    flat = keras.tree.flatten(inputs)
    places = [i for i, x in enumerate(flat) if is_differentiable(x)]

    tensors = _as_tensors(flat)

    def objective(floats):
        filled = list(tensors)
        for place, x in zip(places, floats, strict=True):
            filled[place] = x
        outputs = function(**keras.tree.pack_sequence_as(inputs, filled))
        total = 0.0
        for i, y in enumerate(keras.tree.flatten(outputs)):
            if "float" in keras.backend.standardize_dtype(y.dtype):
                total = total + ops.sum(y * random_array(tuple(y.shape), 1000 + i))
        return total, outputs

    floats = [tensors[i] for i in places]
    take = _tensorflow_gradients if keras.backend.backend() == "tensorflow" else _jax_gradients
    outputs, input_gradients, variable_gradients = take(objective, floats, list(variables))
    return to_numpy(
        {"outputs": outputs, "input_gradients": input_gradients, "variable_gradients": variable_gradients}
    )


def _tensorflow_gradients(objective, floats, variables):
    import tensorflow as tf

    values = [variable.value for variable in variables]
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(floats)
        tape.watch(values)
        total, outputs = objective(floats)
    gradients = tape.gradient(total, floats + values, unconnected_gradients="zero")
    gradients = [tf.convert_to_tensor(gradient) for gradient in gradients]
    return outputs, gradients[: len(floats)], gradients[len(floats) :]


def _jax_gradients(objective, floats, variables):
    import jax

    def pure(floats, values):
        with keras.StatelessScope(state_mapping=list(zip(variables, values, strict=True))):
            return objective(floats)

    values = [variable.value for variable in variables]
    gradients, outputs = jax.jit(jax.grad(pure, argnums=(0, 1), has_aux=True))(floats, values)
    return outputs, *gradients


def compiled(function):
    """`function` as it is on TensorFlow; on JAX compiled, so many calls with equal shapes cost little."""
    if keras.backend.backend() == "tensorflow":
        return function
    import jax

    return jax.jit(function)


def _as_tensors(nested):
    return keras.tree.map_structure(lambda x: x if x is None else ops.convert_to_tensor(x), nested)


def loop_over_time(step, inputs, state):
    """step(inputs_t, state) -> (y_t, state) for every t.

    Args:
        step: the function.
        inputs: nested tensors [B, T, ...].
        state: nested tensors.

    Returns:
        (y [B, T, ...], state after the last token).
    """
    if keras.backend.backend() == "jax":
        import jax

        def swapped(state, inputs_t):
            y_t, state = step(inputs_t, state)
            return state, y_t

        time_first = keras.tree.map_structure(lambda x: ops.swapaxes(x, 0, 1), inputs)
        state, y = jax.lax.scan(swapped, state, time_first)
        return keras.tree.map_structure(lambda x: ops.swapaxes(x, 0, 1), y), state
    num_tokens = keras.tree.flatten(inputs)[0].shape[1]
    outputs = []
    for t in range(num_tokens):
        y_t, state = step(keras.tree.map_structure(lambda x, t=t: x[:, t], inputs), state)
        outputs.append(y_t)
    return keras.tree.map_structure(lambda *x: ops.stack(x, axis=1), *outputs), state


def choose(condition, yes, no):
    """`yes` where condition [B] holds, else `no`, for nested tensors with the batch first."""

    def pick(a, b):
        return ops.where(ops.reshape(condition, (-1,) + (1,) * (len(a.shape) - 1)), a, b)

    return keras.tree.map_structure(pick, yes, no)


def step_by_step(layer, x, state, resets=None, mask=None, all_states=False):
    """The recurrent form of a layer: `layer.step` for each token, with resets and padding done from outside.

    Returns:
        (y [B, T, ...], state after the last token); with `all_states`, (y, states [B, T, ...]).
    """
    x = ops.convert_to_tensor(x)
    batch_and_tokens = tuple(x.shape[:2])
    resets = np.zeros(batch_and_tokens, bool) if resets is None else resets
    mask = np.ones(batch_and_tokens, bool) if mask is None else mask
    empty = layer.initial_state(batch_and_tokens[0])

    def step(inputs_t, state):
        x_t, reset_t, real_t = inputs_t
        before = choose(reset_t, empty, state)
        y_t, after = layer.step(x_t, before)
        after = choose(real_t, after, before)
        return ((y_t, after) if all_states else y_t), after

    y, state = loop_over_time(step, _as_tensors((x, resets, mask)), _as_tensors(state))
    return y if all_states else (y, state)


def where_real(y, mask):
    """y [B, T, ...] with zeros at padding, where outputs are not defined. mask None leaves it as it is."""
    if mask is None:
        return y
    return ops.where(ops.reshape(mask, tuple(mask.shape) + (1,) * (len(y.shape) - 2)), y, 0.0)


def assert_all_close(actual, expected, tolerance):
    """The same structure, dtypes, shapes and, within `tolerance`, numbers. NaN is never close."""
    keras.tree.assert_same_structure(actual, expected)
    pairs = zip(keras.tree.flatten_with_path(actual), keras.tree.flatten(expected), strict=True)
    for (path, a), e in pairs:
        if a is None and e is None:
            continue
        a, e = np.asarray(a), np.asarray(e)
        where = "/".join(map(str, path))
        assert a.shape == e.shape, f"{where}: shape {a.shape}, expected {e.shape}"
        np.testing.assert_allclose(
            a.astype("float64"), e.astype("float64"), *tolerance, equal_nan=False, err_msg=where
        )


def differs(a, b):
    """True if any number differs clearly: by more than rounding could explain."""
    return bool(np.max(np.abs(np.asarray(a, "float64") - np.asarray(b, "float64"))) > 1e-4)
