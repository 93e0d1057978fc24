"""How long three ways of attending take, by the length of the text. Chapter 05."""

import statistics
import time

import numpy as np
from keras import ops

from mof.execution import as_graph
from mof.ops.linear_attention import (
    linear_attention_chunked,
    linear_attention_memory,
    linear_attention_step,
    normalize_by_denominator,
)

NUM_HEADS, HEAD_WIDTH = 8, 32  # of the tiny preset


def softmax_attention(queries, keys, values):
    """Causal softmax attention, with the whole triangle of scores: [1, T, H, K] each, to [1, T, H, K]."""
    q, k, v = (ops.transpose(x, (0, 2, 1, 3)) for x in (queries, keys, values))
    num_tokens = q.shape[2]
    scores = ops.matmul(q, ops.swapaxes(k, -1, -2)) * HEAD_WIDTH**-0.5
    future = 1.0 - ops.tril(ops.ones((num_tokens, num_tokens), "float32"))
    weights = ops.softmax(scores - 1e9 * future, axis=-1)
    return ops.transpose(ops.matmul(weights, v), (0, 2, 1, 3))


def chunked_attention(queries, keys, values):
    """Causal linear attention in chunks of 64."""
    memory = linear_attention_memory(1, NUM_HEADS, HEAD_WIDTH, HEAD_WIDTH)
    numerator, denominator, _ = linear_attention_chunked(queries, keys, values, memory)
    return normalize_by_denominator(numerator, denominator)


def time_by_length(lengths, num_times=3, seed=0):
    """Seconds for a text of each length, and for one more token after it.

    Args:
        lengths: tokens. num_times: the median of so many is taken, after one that makes the graph.
        seed: of the random queries, keys and values.

    Returns:
        dict from the form's name to a dict from lengths to seconds.
    """
    forms = {"softmax, whole text": softmax_attention, "linear, whole text": chunked_attention}
    results = {name: {} for name in (*forms, "linear, one more token")}
    random = np.random.default_rng(seed)
    for length in lengths:
        shape = (1, length, NUM_HEADS, HEAD_WIDTH)
        tensors = [ops.convert_to_tensor(random.uniform(0.1, 1.0, shape).astype("float32")) for _ in range(3)]
        for name, form in forms.items():
            results[name][length] = _median_seconds(as_graph(None, form), tensors, num_times)
        memory = linear_attention_memory(1, NUM_HEADS, HEAD_WIDTH, HEAD_WIDTH)
        one = [x[:, -1] for x in tensors]
        step = as_graph(None, lambda q, k, v, memory: linear_attention_step(q, k, v, memory)[0])
        results["linear, one more token"][length] = _median_seconds(step, [*one, memory], num_times)
    return results


def _median_seconds(function, inputs, num_times):
    seconds = []
    for _ in range(num_times + 1):
        start = time.perf_counter()
        ops.convert_to_numpy(function(*inputs))
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds[1:])
