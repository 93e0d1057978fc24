"""The loss of a language model, and the unit in which models with different tokenizers can be compared."""

import math

from keras import ops


def token_cross_entropy(logits, targets):
    """-log softmax(logits)[target], for every token.

    Args:
        logits: [B, T, W] float32.
        targets: [B, T] int32 in [0, W).

    Returns:
        [B, T] float32, nats.
    """
    return ops.sparse_categorical_crossentropy(targets, logits, from_logits=True)


def weighted_mean(values, weights):
    """sum(values * weights) / sum(weights), and 0 where no weight is above 0 (a row without a target)."""
    total = ops.sum(weights)
    return ops.sum(values * weights) / ops.where(total > 0, total, 1.0)


def bits_per_byte(total_nats, num_bytes):
    """Cross entropy by the byte of UTF-8 text: the same scale for every tokenizer.

    Args:
        total_nats: summed negative log likelihood of the text, nats.
        num_bytes: length of the text in UTF-8, bytes.

    Returns:
        float, bits per byte.

    Raises:
        ValueError: if `num_bytes` is not positive.
    """
    if num_bytes <= 0:
        raise ValueError(
            f"num_bytes is {num_bytes}, expected the length of some text: give at least one byte."
        )
    return float(total_nats) / math.log(2) / num_bytes
