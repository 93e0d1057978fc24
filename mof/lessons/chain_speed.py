"""A chain of element-wise operations, one by one and as one compiled piece, forwards and backwards.
Chapter 11."""

import keras
import numpy as np
from keras import ops

from mof.execution import as_graph
from mof.lessons.gradients import gradients_of_sum
from mof.lessons.turns import medians, time_in_turns, times_as_long
from mof.ops.activations import gate_with_silu
from mof.ops.fusion import fused
from mof.ops.normalization import rms_normalize

PLAIN, FUSED = "operation by operation", "one compiled piece"


def gated_norm(x, scale, gate):
    """rms_normalize(x) * scale * silu(gate): what stands behind each head of the attention.

    Args:
        x, gate: [..., D] float32. scale: [D] float32.

    Returns:
        [..., D] float32.
    """
    return gate_with_silu(rms_normalize(x, scale), gate)


def time_chain(num_rows=2048, width=512, num_turns=9, seed=0):
    """How long the chain takes, with its gradients.

    Args:
        num_rows, width: of x and gate. num_turns: of which the median counts. seed: of the random numbers.

    Returns:
        dict of JSON values: "seconds", and "times_as_long" as the compiled piece, by form.
    """
    random = np.random.default_rng(seed)
    x, gate = random.normal(size=(2, num_rows, width)).astype("float32")
    tensors = [ops.convert_to_tensor(array) for array in (x, np.ones(width, "float32"), gate)]
    actions = {}
    for name, function in ((PLAIN, gated_norm), (FUSED, fused(gated_norm))):
        actions[name] = _action(gradients_of_sum(function), tensors)
    turns = time_in_turns(actions, num_turns)
    return {
        "seconds": medians(turns),
        "times_as_long": {name: times_as_long(turns, name, FUSED) for name in turns},
    }


def _action(function, tensors):
    graph = as_graph(None, function)
    return lambda: keras.tree.map_structure(ops.convert_to_numpy, graph(*tensors))
