"""Definitions that the answers of chapter 05 are compared with, and ways to get them wrong."""

import numpy as np

from mof.course.cases import random_tokens
from mof.course.quantities import as_array, as_tuple
from mof.course.translation import _


def tokens(seed, num_tokens, key_width, value_width):
    """Queries and keys, positive as phi makes them, and values of one head: float32 [T, K], [T, K], [T,
    V]."""
    return tuple(random_tokens(seed, num_tokens, key_width, key_width, value_width, positive=(0, 1)))


def attend(queries, keys, values, decay=1.0):
    """The definition, token by token, in float64: what was written n tokens ago counts decay^n."""
    queries, keys, values = (np.asarray(x, dtype="float64") for x in (queries, keys, values))
    outputs = []
    for t in range(len(queries)):
        weights = keys[: t + 1] @ queries[t] * decay ** np.arange(t, -1, -1)
        outputs.append(weights @ values[: t + 1] / weights.sum())
    return np.array(outputs)


def attend_in_chunks(queries, keys, values, length):
    """The same: a chunk's length changes no number."""
    del length
    return attend(queries, keys, values)


def step(query, key, value, memory, decay=1.0):
    """One token of the same."""
    outer = decay * memory[0] + np.outer(key, value)
    key_sum = decay * memory[1] + key
    return query @ outer / (query @ key_sum), (outer, key_sum)


def package_attend(queries, keys, values):
    """The package's definition, differentiable: tensors [T, K], [T, K], [T, V] to [T, V]."""
    from mof.ops import linear_attention

    q, k, v = (x[None, :, None] for x in (queries, keys, values))
    memory = linear_attention.linear_attention_memory(1, 1, keys.shape[1], values.shape[1])
    numerator, total, _memory = linear_attention.linear_attention_recurrent(q, k, v, memory)
    return linear_attention.normalize_by_denominator(numerator, total)[0, :, 0]


def run_on_tensors(function, case):
    """One call, on tensors of the backend."""
    from mof.cli.backend import start_backend

    start_backend()
    from keras import ops

    return {_("Your result"): function(*(ops.convert_to_tensor(x) for x in case))}


def run_token_by_token(function, case):
    """A step, called for each token with the memory that the one before has returned.

    Args:
        function: of query, key, value, memory (S, z) and what follows the values in the case.
        case: queries [T, K], keys [T, K], values [T, V], and anything more.

    Returns:
        dict: "y" [T, V], the last "S" [K, V] and "z" [K].

    Raises:
        Wrong: it does not return y and a pair (S, z) of these shapes.
    """
    queries, keys, values, *more = case
    key_width, value_width = keys.shape[1], values.shape[1]
    outer, key_sum = np.zeros((key_width, value_width), "float32"), np.zeros(key_width, "float32")
    outputs = []
    for query, key, value in zip(queries, keys, values, strict=True):
        result = function(query, key, value, (outer, key_sum), *more)
        y, memory = as_tuple(result, 2, _("Return two things, `y` and the memory: `return y, (S, z)`."))
        outer, key_sum = as_tuple(memory, 2, _("Return the memory as a pair, `(S, z)`."))
        outputs.append(as_array(y, (value_width,), "y"))
        outer = as_array(outer, (key_width, value_width), "S").astype("float32")
        key_sum = as_array(key_sum, (key_width,), "z").astype("float32")
    return {"y": np.array(outputs), "S": outer, "z": key_sum}


def wrong_attend(keep="past", divide="kept", weigh="scores", flow=True):
    """An answer to 05.2 with something changed.

    Args:
        keep: of the scores: "past", "all", "future" (with the present), "before" (without it).
        divide: by the sum of the scores "kept", of "all", or "not" at all.
        weigh: "scores" or their "exponentials". flow: whether gradients do.
    """

    def answer(queries, keys, values):
        from keras import ops

        if not flow:
            queries, keys, values = (np.asarray(x) for x in (queries, keys, values))
        scores = queries @ ops.transpose(keys)
        scores = ops.exp(scores) if weigh == "exponentials" else scores
        cut = {
            "past": ops.tril,
            "all": lambda x: x,
            "future": ops.triu,
            "before": lambda x: ops.tril(x, k=-1),
        }[keep](scores)
        sums = ops.sum({"all": scores}.get(divide, cut), axis=1, keepdims=True)
        y = cut @ values
        y = y if divide == "not" else y / sums
        return y if flow else ops.convert_to_numpy(y)

    return answer


def wrong_step(read="new", grow=True, divide="query . z", decays="both", late=False, featured=False):
    """An answer to 05.3, or with `decays` to 05.5, with something changed.

    Args:
        read: the "new" memory or the "old" one. grow: whether the memory does.
        divide: "query . z", "z" (its sum) or "nothing".
        decays: "both", "S", "z" or "nothing". late: the new token fades with the old ones.
        featured: query and key go through phi once more.
    """

    def answer(query, key, value, memory, decay=1.0):
        if featured:
            query, key = (np.where(x > 0, x + 1, np.exp(x)) for x in (query, key))
        outer, key_sum = memory
        d_outer = decay if decays in ("both", "S") else 1.0
        d_sum = decay if decays in ("both", "z") else 1.0
        new = d_outer * outer + np.outer(key, value), d_sum * key_sum + key
        if late:
            new = d_outer * (outer + np.outer(key, value)), d_sum * (key_sum + key)
        if not grow:
            new = np.outer(key, value), key
        found = new if read == "new" else memory
        totals = {"query . z": query @ found[1], "z": found[1].sum(), "nothing": 1.0}
        return query @ found[0] / totals[divide], new

    return answer


def wrong_chunks(carry=True, mask=True, early=False, total="all", rest=True, keep=True):
    """An answer to 05.4 with something changed.

    Args:
        carry: whether chunks read what the ones before have left. mask: whether the future is cut inside.
        early: each chunk is written before it is read. total: divide by "all" weights, those "inside",
            "nothing", or "each" part by its own.
        rest: whether the shorter chunk at the end is there. keep: whether the memory keeps older chunks.
    """

    def answer(queries, keys, values, length):
        outer, key_sum = np.zeros((keys.shape[1], values.shape[1])), np.zeros(keys.shape[1])
        outputs = []
        num_tokens = len(queries) if rest else len(queries) // length * length
        for start in range(0, num_tokens, length):
            q, k, v = (x[start : start + length] for x in (queries, keys, values))
            scores = np.tril(q @ k.T) if mask else q @ k.T
            written = keep * outer + k.T @ v, keep * key_sum + k.sum(axis=0)
            if early:
                outer, key_sum = written
            y, inside = scores @ v, scores.sum(axis=1)
            carried = q @ key_sum if carry and total == "all" else 0.0
            if total == "each":
                y, inside = y / inside[:, None], np.ones(len(q))
                y = y + q @ outer / (q @ key_sum + 1e-9)[:, None]
            elif carry:
                y = y + q @ outer
            outputs.append(y if total == "nothing" else y / (inside + carried)[:, None])
            outer, key_sum = written
        return np.concatenate(outputs) if outputs else np.zeros((0, values.shape[1]))

    return answer
