"""How far into its document a token stands, and a table of sines for it.

Source of the table: Vaswani et al. 2017, "Attention Is All You Need", section 3.5.
"""

from keras import ops

from mof.ops.constants import sinusoid_frequencies


def document_positions(position, resets=None, mask=None, num_tokens=None):
    """The number of real tokens of the same document before each token.

    Args:
        position: [B] int32, the position that the first token would have without a reset.
        resets: [B, T] bool, True where a token starts a document, or None.
        mask: [B, T] bool, False at padding, which is not counted, or None.
        num_tokens: T, needed where resets and mask are both None.

    Returns:
        (positions [B, T] int32, position [B] int32 for the token after the last).
    """
    if mask is not None:
        real = ops.cast(mask, "int32")
    elif resets is not None:
        real = ops.ones_like(resets, dtype="int32")
    else:
        real = ops.ones((ops.shape(position)[0], num_tokens), "int32")
    before = ops.cumsum(real, axis=1) - real  # real tokens of this row before each
    start = -position[:, None] * ops.ones_like(before)
    if resets is not None:
        start = ops.where(resets, before, start)
        start = ops.associative_scan(ops.maximum, start, axis=1)  # the latest start: `before` never falls
        start = ops.reshape(start, ops.shape(before))  # inside a TensorFlow graph the scan forgets its shape
    positions = before - start
    return positions, positions[:, -1] + real[:, -1]


def sinusoids(positions, width):
    """sin and cos of the positions at periods from 2 pi to 2 pi * 10,000 tokens.

    Args:
        positions: int32 tensor of any shape.
        width: D, even.

    Returns:
        [..., D] float32.

    Raises:
        ValueError: if `width` is odd.
    """
    if width % 2:
        raise ValueError(f"width is {width}, expected an even number: sines and cosines come in pairs.")
    angles = ops.cast(positions, "float32")[..., None] * sinusoid_frequencies(width)
    return ops.concatenate([ops.sin(angles), ops.cos(angles)], axis=-1)
