"""The memories by their definition, in float64 NumPy loops that share nothing with the package.

Everything is a weighted sum over the past that token t can see: real tokens of the same document, perhaps the
last few alone.
"""

import numpy as np


def visible_past(t, resets_row, mask_row, window=0):
    """Places i <= t that token t sees, newest first, and whether it also sees what was before the row.

    A reset empties the memory even where it falls on padding.
    """
    places, i = [t], t
    while not resets_row[i]:
        i -= 1
        if i < 0:
            return places, True
        if mask_row[i]:
            if window and len(places) == window:
                return places, False
            places.append(i)
    return places, False


def naive_attention(queries, keys, values, log_decay=None, resets=None, mask=None, memory=None, window=0):
    """(numerator, denominator) of linear attention: one sum for each token, with the first memory's share."""
    queries, keys, values = (x.astype("float64") for x in (queries, keys, values))
    batch_size, num_tokens, num_heads, _ = queries.shape
    log_decay = np.zeros(queries.shape[:3]) if log_decay is None else log_decay.astype("float64")
    resets = np.zeros((batch_size, num_tokens), bool) if resets is None else resets
    mask = np.ones((batch_size, num_tokens), bool) if mask is None else mask
    numerator = np.zeros(queries.shape[:3] + values.shape[-1:])
    denominator = np.zeros(queries.shape[:3])
    for b in range(batch_size):
        for t in range(num_tokens):
            places, sees_memory = visible_past(t, resets[b], mask[b], window)
            for h in range(num_heads):
                for i in places:
                    decays = [log_decay[b, j, h] for j in range(i + 1, t + 1) if mask[b, j]]
                    score = queries[b, t, h] @ keys[b, i, h] * np.exp(sum(decays))
                    numerator[b, t, h] += score * values[b, i, h]
                    denominator[b, t, h] += score
                if sees_memory and memory is not None:
                    decay = np.exp(sum(log_decay[b, j, h] for j in range(t + 1) if mask[b, j]))
                    query = queries[b, t, h] * decay
                    numerator[b, t, h] += query @ memory["outer"][b, h].astype("float64")
                    denominator[b, t, h] += query @ memory["key_sum"][b, h].astype("float64")
    return numerator, denominator
