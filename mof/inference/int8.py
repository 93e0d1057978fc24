"""Matrices as int8 with a scale for each block: w = scale * (q - 128), q from 1 to 255.

A block is 128 numbers that meet the same stretch of the input, so one large weight coarsens few others. The
products round activations to int8 too, for each token and block alone: a token's result depends on no other
token and no other row, as everywhere in the model. Source of the block form: Dettmers et al. 2022, "8-bit
Optimizers via Block-wise Quantization", section 2; the layout is that of onnxruntime's operator MatMulNBits.
"""

import numpy as np

BLOCK_LENGTH = 128  # the fastest measured of 32 and 128, at 0.9% against 0.75% error of a product
ZERO = 128  # the stored number that means 0
LARGEST = 127  # steps to each side of it


def num_blocks(num_inputs):
    """Blocks of one column of a matrix with that many inputs, the last one filled up with zeros."""
    return -(-num_inputs // BLOCK_LENGTH)


def quantize(matrix):
    """Round a matrix to int8.

    Args:
        matrix: [K, N] float32; the product is x matrix.

    Returns:
        (numbers [N, K / block, block] uint8, scales [N, K / block] float32).

    Raises:
        ValueError: for a number that is not finite.
    """
    if not np.isfinite(matrix).all():
        raise ValueError(
            "a weight is not a finite number: the training has diverged. Export an older checkpoint."
        )
    num_inputs, num_outputs = matrix.shape
    blocks = np.zeros((num_outputs, num_blocks(num_inputs) * BLOCK_LENGTH), np.float32)
    blocks[:, :num_inputs] = matrix.T
    blocks = blocks.reshape(num_outputs, -1, BLOCK_LENGTH)
    scales = np.abs(blocks).max(axis=-1) / np.float32(LARGEST)
    steps = np.where(scales > 0, scales, 1.0)[..., None]  # a block of zeros stays one
    return (np.rint(blocks / steps) + ZERO).astype(np.uint8), scales.astype(np.float32)


def dequantize(numbers, scales, num_inputs):
    """[K, N] float32: what `quantize` left of a matrix."""
    blocks = (numbers.astype(np.float32) - ZERO) * scales[..., None]
    return blocks.reshape(len(numbers), -1)[:, :num_inputs].T
