"""How sharply attention reads: the weights of linear and of softmax attention for the same queries and keys.
Chapter 05.

The number of tokens that a reader reads is exp(entropy of its weights): 1 where one token has all the weight,
n where n tokens share it equally. Arrays are NumPy's, float64; queries and keys [T, H, K] are those before
phi.
"""

import numpy as np


def undo_features(features):
    """The u of phi(u) = u + 1 above 0 and exp(u) below: queries and keys as they were before phi.

    Args:
        features: array, not negative, of any shape; what fell to 0 in float32 counts as the smallest number
            above it.

    Returns:
        float64 array of the same shape.
    """
    features = np.maximum(np.asarray(features, dtype="float64"), np.finfo("float32").smallest_subnormal)
    return np.where(features > 1.0, features - 1.0, np.log(features))


def linear_weights(queries, keys):
    """Causal weights phi(q_i) . phi(k_j), each row divided by its sum: [H, T, T]."""
    return _rows_sum_to_1(np.einsum("ihk,jhk->hij", _features(queries), _features(keys)))


def softmax_weights(queries, keys):
    """Causal weights exp(q_i . k_j / sqrt(K)), each row divided by its sum: [H, T, T]."""
    scores = np.einsum("ihk,jhk->hij", queries, keys) * queries.shape[-1] ** -0.5
    past = np.tril(np.ones(scores.shape[1:], bool))
    largest = np.where(past, scores, -np.inf).max(axis=2, keepdims=True)
    return _rows_sum_to_1(np.exp(np.minimum(scores - largest, 0.0)))


def num_tokens_read(weights):
    """exp(entropy) of each row: weights [..., T] that sum to 1 along the last axis, to [...]."""
    logarithms = np.log(np.where(weights > 0.0, weights, 1.0))
    return np.exp(-(weights * logarithms).sum(axis=-1))


def sharpness_by_loudness(loudness, num_tokens=64, head_width=32, num_heads=64, seed=0):
    """How many of `num_tokens` tokens the last one reads, for random queries and keys that get larger.

    Args:
        loudness: standard deviation of the numbers in queries and keys.
        num_tokens, head_width: T and K. num_heads: independent draws to average over.
        seed: int.

    Returns:
        dict from "linear" and "softmax" to a pair (tokens read, largest weight), means over the draws.
    """
    random = np.random.default_rng(seed)
    queries, keys = loudness * random.normal(size=(2, num_tokens, num_heads, head_width))
    rows = {
        name: form(queries, keys)[:, -1]
        for name, form in (("linear", linear_weights), ("softmax", softmax_weights))
    }
    return {
        name: (float(num_tokens_read(row).mean()), float(row.max(axis=1).mean()))
        for name, row in rows.items()
    }


def _features(u):
    return np.where(u > 0.0, u + 1.0, np.exp(np.minimum(u, 0.0)))


def _rows_sum_to_1(scores):
    scores = np.tril(scores)
    return scores / scores.sum(axis=2, keepdims=True)
