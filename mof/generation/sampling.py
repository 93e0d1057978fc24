"""From logits to the next token of each row, with draws that depend on the place alone.

The number that decides token `position` of row `row` is a function of (seed, row, position): a row gets the
same draws in a batch of any size, alone, or after a restart.
"""

import numpy as np

from mof.generation.logit_filters import (
    apply_temperature,
    keep_top_k,
    keep_top_p,
    penalize_repetition,
    probabilities,
)
from mof.tokenizer.special_tokens import NUM_SPECIAL_TOKENS


def uniform_draw(seed, row, position):
    """The number in [0, 1) that decides one token.

    Args:
        seed, row, position: int, each from 0 to 2**32 - 1.
    """
    return np.random.Generator(np.random.PCG64((seed, row, position))).random()


def draw_tokens(logits, draws):
    """One token for each row, by inverse transform: token i for draws in [p_0 + .. + p_{i-1}, p_0 + .. +
    p_i).

    Args:
        logits: [B, W] float32; minus infinity is never drawn.
        draws: [B] float64 in [0, 1).

    Returns:
        [B] int64.

    Example:
        >>> draw_tokens(np.log(np.array([[0.25, 0.5, 0.25]] * 3, "float32")), [0.1, 0.5, 0.8]).tolist()
        [0, 1, 2]
    """
    shares = probabilities(logits)
    tokens = np.empty(len(shares), dtype=np.int64)
    for i, draw in enumerate(draws):
        sums = np.cumsum(shares[i])
        token = np.searchsorted(sums, draw * sums[-1], side="right")
        tokens[i] = min(token, np.flatnonzero(shares[i])[-1])  # the product may round up to the whole sum
    return tokens


def choose_tokens(logits, config, draws, recent_ids, allowed_special=(), num_tokens=None, allowed_ids=None):
    """The next token of each row: penalty, temperature, top-k, top-p, draw; at temperature 0 the likeliest.

    Special tokens are never chosen but for the allowed ones, so no model can write a role's mark or padding
    into a text.

    Args:
        logits: [B, W] float32, as the model gives them.
        config: GenerationConfig; its seed, stop and max_tokens are not used here.
        draws: [B] float64 in [0, 1), see `uniform_draw`.
        recent_ids: for each row the ids before this token, the latest last. Special ones among them are not
            penalised: an end of turn is no repetition.
        allowed_special: special ids that may be chosen.
        num_tokens: ids from here on are forbidden too (a head may be wider than the tokenizer); None is W.
        allowed_ids: for each row the ids that alone may be chosen, or None for all; None is all in all rows.

    Returns:
        [B] int64.

    Raises:
        ValueError: for logits that are no finite numbers.
    """
    logits = np.array(logits, dtype=np.float32)
    if not np.isfinite(logits).all():
        raise ValueError(
            "the model's logits hold values that are not finite, expected numbers: its weights are damaged "
            "or its training diverged. Use an earlier checkpoint."
        )
    forbidden = [token for token in range(NUM_SPECIAL_TOKENS) if token not in allowed_special]
    logits[:, forbidden] = -np.inf
    if num_tokens is not None:
        logits[:, num_tokens:] = -np.inf
    for row, ids in zip(logits, allowed_ids or (), strict=allowed_ids is not None):
        if ids is not None:
            kept = row[ids]
            row[:] = -np.inf
            row[ids] = kept
    if config.repetition_penalty != 1:
        window = [np.asarray(ids, dtype=np.int64)[-config.penalty_window :] for ids in recent_ids]
        window = [ids[ids >= NUM_SPECIAL_TOKENS] for ids in window]
        logits = penalize_repetition(logits, window, config.repetition_penalty)
    if config.temperature == 0:
        return logits.argmax(axis=-1)  # of equal ones the lowest id
    logits = apply_temperature(logits, config.temperature)
    return draw_tokens(keep_top_p(keep_top_k(logits, config.top_k), config.top_p), draws)
