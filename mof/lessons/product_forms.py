"""One product of a layer in several forms: which of them is quick on this machine. Chapter 11."""

import keras
import numpy as np
from keras import ops

from mof.execution import as_graph
from mof.lessons.turns import medians, time_in_turns, times_as_long
from mof.ops.fusion import fused
from mof.ops.products import project

STREAMS, TOKENS, INNER, COLUMNS = 8, 256, 512, 2048  # a batch of `small`, and a matrix of its size
NUM_PIECES = 64
ZERO_SHARE = 0.9
FLAT = "rows flattened, float32"
THREE_AXES = "Keras Dense on three axes"
PIECES = f"in {NUM_PIECES} products of fewer rows"
COMPILED = "compiled by XLA"
BFLOAT16 = "bfloat16"
ZEROS = "nine weights of ten are 0"
HALF = "half of the columns"


def product_forms(streams=STREAMS, tokens=TOKENS, inner=INNER, columns=COLUMNS, seed=0):
    """The forms, ready to be called.

    Args:
        streams, tokens: B and T; their product is the number of rows. inner, columns: of the matrix.
        seed: of the random numbers.

    Returns:
        dict from the form's name to (function of tensors x [B, T, K] and kernel, kernel as an array).
    """
    random = np.random.default_rng(seed)
    kernel = random.normal(size=(inner, columns)).astype("float32") * inner**-0.5
    dense = keras.layers.Dense(columns, use_bias=False)
    dense.build((None, None, inner))
    dense.set_weights([kernel])
    num_pieces = min(NUM_PIECES, streams * tokens)

    def pieces(x, kernel):
        rows = ops.split(ops.reshape(x, (-1, inner)), num_pieces)
        return ops.concatenate([project(piece, kernel) for piece in rows])

    zeros = np.where(random.uniform(size=kernel.shape) < ZERO_SHARE, 0, kernel).astype("float32")
    return {
        FLAT: (project, kernel),
        THREE_AXES: (lambda x, kernel: dense(x), kernel),
        PIECES: (pieces, kernel),
        COMPILED: (fused(lambda x, kernel: project(x, kernel)), kernel),
        BFLOAT16: (lambda x, kernel: project(x, kernel, None, "bfloat16"), kernel),
        ZEROS: (project, zeros),
        HALF: (project, np.ascontiguousarray(kernel[:, : columns // 2])),
    }


def time_forms(num_turns=7, seed=0, **shape):
    """How long each form takes.

    Args:
        num_turns: of which the median counts. seed: of the random numbers.
        shape: as in `product_forms`.

    Returns:
        dict of JSON values: "seconds", and "times_as_long" as the first form, each by form.
    """
    streams, tokens = shape.get("streams", STREAMS), shape.get("tokens", TOKENS)
    x = np.random.default_rng(seed).normal(size=(streams, tokens, shape.get("inner", INNER)))
    x = ops.convert_to_tensor(x.astype("float32"))
    actions = {}
    for name, (function, kernel) in product_forms(seed=seed, **shape).items():
        actions[name] = _action(function, x, ops.convert_to_tensor(kernel))
    turns = time_in_turns(actions, num_turns)
    return {
        "seconds": medians(turns),
        "times_as_long": {name: times_as_long(turns, name, FLAT) for name in turns},
    }


def bfloat16_error(seed=0, **shape):
    """The largest error of the form in bfloat16, as a share of the result's root mean square.

    Args:
        seed, shape: as in `product_forms`.
    """
    forms = product_forms(seed=seed, **shape)
    x = np.random.default_rng(seed).normal(size=(1, 64, shape.get("inner", INNER))).astype("float32")
    right = x.astype("float64") @ forms[FLAT][1].astype("float64")
    found = ops.convert_to_numpy(forms[BFLOAT16][0](ops.convert_to_tensor(x), forms[BFLOAT16][1]))
    return float(np.abs(found - right).max() / np.sqrt(np.mean(right**2)))


def describe_forms(found):
    """The lines of a table.

    Args:
        found: as `time_forms` gives it.

    Returns:
        list of str.
    """
    lines = [f"{'one product, forward':34} milliseconds  times as long"]
    for name, seconds in found["seconds"].items():
        lines.append(f"{name:34} {1000 * seconds:12.2f} {found['times_as_long'][name]:14.2f}")
    return lines


def _action(function, x, kernel):
    def one_number(x, kernel):
        return ops.reshape(function(x, kernel), (-1,))[0]  # nothing large leaves the graph

    graph = as_graph(None, one_number)
    return lambda: ops.convert_to_numpy(graph(x, kernel))
