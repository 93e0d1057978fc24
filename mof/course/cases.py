"""Seeded inputs for checks: lengths that are no multiple of a chunk, documents that start anywhere."""

import numpy as np


def lengths_around(chunk_length):
    """Lengths where a chunked form may go wrong: one token, one less than a chunk, one more, several and a
    rest.

    Args:
        chunk_length: int.

    Returns:
        list of int, rising, none twice.
    """
    return sorted({1, max(1, chunk_length - 1), chunk_length, chunk_length + 1, 2 * chunk_length + 3})


def random_tokens(seed, num_tokens, *widths, positive=()):
    """One array [T, width] for each width.

    Args:
        seed: int. num_tokens: int. widths: int each.
        positive: indices of the arrays whose numbers shall lie between 0.2 and 2; the others are normal.

    Returns:
        list of float32 arrays.
    """
    random = np.random.default_rng(seed)
    arrays = []
    for index, width in enumerate(widths):
        shape = (num_tokens, width)
        array = random.uniform(0.2, 2.0, shape) if index in positive else random.normal(size=shape)
        arrays.append(array.astype("float32"))
    return arrays


def random_resets(seed, num_tokens, share=0.3):
    """Flags of document starts: True where a token begins a new document. The first token always does.

    Args:
        seed: int. num_tokens: int. share: of tokens that begin one.

    Returns:
        bool array [T], with a start somewhere after the first token if there are two tokens.
    """
    random = np.random.default_rng(seed)
    starts = random.uniform(size=num_tokens) < share
    if num_tokens > 1:
        starts[random.integers(1, num_tokens)] = True
    starts[:1] = True
    return starts


def changed_at(array, token, seed=0):
    """A copy of an array [T, ...] with other numbers at one token.

    Args:
        array: [T, ...] of numbers. token: int. seed: of the change.
    """
    random = np.random.default_rng(seed)
    changed = np.array(array, copy=True)
    if changed.dtype.kind == "f":
        shift = random.uniform(0.5, 1.5, changed[token].shape)  # positive stays positive
        changed[token] = changed[token] + shift.astype(changed.dtype)
    elif changed.dtype.kind == "b":
        changed[token] = ~changed[token]
    else:
        changed[token] = changed[token] + 1
    return changed
