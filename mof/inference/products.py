"""Where the large matrices enter: look-up, products, head; each in float32 or with int8 weights.

Which of the two is decided by what the weights hold: NAME itself, or NAME/int8 and NAME/scales (see
`mof.inference.int8`).
"""

import numpy as np

from mof.inference.graph_builder import MICROSOFT
from mof.inference.int8 import BLOCK_LENGTH, ZERO, num_blocks

EMBEDDING = "mof/embedding"
_INT8_ACTIVATIONS = 4  # onnxruntime's accuracy_level at which activations are rounded to int8, block by block


def embed(b, token_ids, config):
    """The only look-up: token_ids [...] int64 to vectors [..., D] of size 1."""
    num_ids, width = config.vocabulary_size, config.width
    if not _is_int8(b, EMBEDDING):
        rows = b.node("Gather", b.weight(EMBEDDING, num_ids, width), token_ids, axis=0)
        return b.node("Mul", rows, width**0.5)
    weights, scales = _int8_weight(b, EMBEDDING, width, num_ids)
    numbers = b.cast(b.node("Gather", weights, token_ids, axis=0), "float32")  # [..., N, block]
    scale = b.node("Gather", scales, token_ids, axis=0)  # [..., N]
    rows = b.node("Mul", b.node("Sub", numbers, float(ZERO)), b.node("Unsqueeze", scale, np.array([-1])))
    shape = b.node("Concat", b.node("Shape", token_ids), np.array([-1]), axis=0)
    rows = b.node("Reshape", rows, shape)
    if width % BLOCK_LENGTH:  # the last block was filled up
        rows = b.node("Slice", rows, np.array([0]), np.array([width]), np.array([-1]))
    return b.node("Mul", rows, width**0.5)


def project(b, x, name, num_inputs, num_outputs):
    """x [..., K] times the matrix of that name [K, N]."""
    if _is_int8(b, name):
        return _int8_product(b, x, name, num_inputs, num_outputs)
    return b.node("MatMul", x, b.weight(name, num_inputs, num_outputs))


def head(b, hidden, config):
    """hidden [B, D] to logits [B, W]: the embedding again, transposed inside the product, not in memory."""
    if _is_int8(b, EMBEDDING):
        return _int8_product(b, hidden, EMBEDDING, config.width, config.vocabulary_size)
    return b.node("Gemm", hidden, b.weight(EMBEDDING, config.vocabulary_size, config.width), transB=1)


def _is_int8(b, name):
    return b.has_weight(f"{name}/int8")


def _int8_weight(b, name, num_inputs, num_outputs):
    blocks = num_blocks(num_inputs)
    weights = b.weight(f"{name}/int8", num_outputs, blocks, BLOCK_LENGTH, dtype="uint8")
    return weights, b.weight(f"{name}/scales", num_outputs, blocks)


def _int8_product(b, x, name, num_inputs, num_outputs):
    weights, scales = _int8_weight(b, name, num_inputs, num_outputs)
    return b.node(
        "MatMulNBits",
        x,
        weights,
        scales,
        domain=MICROSOFT,
        K=num_inputs,
        N=num_outputs,
        bits=8,
        block_size=BLOCK_LENGTH,
        accuracy_level=_INT8_ACTIVATIONS,
    )
