"""What is done to logits before a token is drawn: penalty, temperature, top-k, top-p. NumPy, row by row.

A forbidden token has the logit minus infinity, so its probability is exactly 0. Ties are settled by id, the
lower one first, so that every filter keeps the same tokens on every machine.
"""

import numpy as np


def penalize_repetition(logits, recent_ids, penalty):
    """Make tokens that came lately less likely.

    A positive logit is divided by the penalty, a negative one multiplied: both go down. (Dividing both, a
    common slip, would make an unlikely token likelier.) A token that came twice is penalised once. Source:
    Keskar et al. 2019, "CTRL", section 4.1.

    Args:
        logits: [B, W] float32.
        recent_ids: for each row the ids to penalise, any number of them.
        penalty: at least 1; 1 changes nothing.

    Returns:
        [B, W] float32.

    Example:
        >>> penalize_repetition(np.array([[2.0, -2.0, 1.0]], "float32"), [[0, 1]], 2.0).tolist()
        [[1.0, -4.0, 1.0]]
    """
    logits = np.array(logits, dtype=np.float32)
    for row, ids in zip(logits, recent_ids, strict=True):
        ids = np.unique(np.asarray(ids, dtype=np.int64))
        row[ids] = np.where(row[ids] > 0, row[ids] / penalty, row[ids] * penalty)
    return logits


def apply_temperature(logits, temperature):
    """Logits over a temperature, the largest of each row moved to 0, which changes no probability.

    Args:
        logits: [B, W] float32; at least one finite in each row.
        temperature: above 0.
    """
    with np.errstate(over="ignore"):  # a far smaller logit over a tiny temperature is rightly minus infinity
        return ((logits - logits.max(axis=-1, keepdims=True)) / np.float64(temperature)).astype(np.float32)


def keep_top_k(logits, top_k):
    """Forbid all but the k largest logits of each row; 0 keeps all."""
    if top_k == 0 or top_k >= logits.shape[-1]:
        return logits
    keep = np.zeros(logits.shape, dtype=bool)
    np.put_along_axis(keep, _descending(logits)[:, :top_k], True, axis=-1)
    return np.where(keep, logits, -np.inf).astype(np.float32)


def keep_top_p(logits, top_p):
    """Forbid all but the fewest likeliest tokens that together reach the share p (nucleus sampling); 1 keeps
    all.

    The token with which the sum crosses p is kept, so at least one is. Source: Holtzman et al. 2020, "The
    Curious Case of Neural Text Degeneration", section 3.1.

    Args:
        logits: [B, W] float32; at least one finite in each row.
        top_p: above 0, at most 1.
    """
    if top_p == 1:
        return logits
    order = _descending(logits)
    sums = np.cumsum(np.take_along_axis(probabilities(logits), order, axis=-1), axis=-1)
    sums_before = np.concatenate([np.zeros_like(sums[:, :1]), sums[:, :-1]], axis=-1)
    keep = np.zeros(logits.shape, dtype=bool)
    np.put_along_axis(keep, order, sums_before < top_p, axis=-1)
    return np.where(keep, logits, -np.inf).astype(np.float32)


def probabilities(logits):
    """The softmax of each row: [B, W] float64."""
    logits = np.asarray(logits, dtype=np.float64)
    weights = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return weights / weights.sum(axis=-1, keepdims=True)


def _descending(logits):
    return np.argsort(-logits, axis=-1, kind="stable")
