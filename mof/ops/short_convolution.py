"""Short causal convolution, one filter per channel: y_t = sum_{j < J} kernel[j] * x_{t - j}, inside one
document.

It tells a layer which tokens came just before, at any distance from the start, so it is this model's sense of
position: it works as well beyond the trained length as inside it, and starts anew with each document. Used so
in Gu and Dao 2023, "Mamba", figure 3.

Shapes: x [B, T, D]; kernel [J, D], row 0 for the token itself. The history holds "inputs" [B, J - 1, D].
Book: chapter 07.
"""

from keras import ops

from mof.ops.fusion import fused
from mof.ops.history import append_to_history
from mof.ops.normalization import rms_normalize
from mof.ops.products import project


def short_convolution_memory(batch_size, kernel_length, width):
    """An empty history of the J - 1 tokens before: {"inputs": [B, J - 1, D], "present": [B, J - 1]} of
    zeros."""
    return {
        "inputs": ops.zeros((batch_size, kernel_length - 1, width), "float32"),
        "present": ops.zeros((batch_size, kernel_length - 1), "float32"),
    }


def short_convolution(x, kernel, memory, resets=None, mask=None):
    """All T tokens at once: J shifted copies, each cut at document starts.

    Args:
        x: [B, T, D] float32. kernel: [J, D] float32.
        memory: history as `short_convolution_memory` gives.
        resets: [B, T] bool, True where a token starts a document, or None.
        mask: [B, T] bool, False at padding, or None.

    Returns:
        (y [B, T, D], memory). Outputs at padding are not defined.
    """
    num_tokens, num_past = x.shape[1], kernel.shape[0] - 1
    line, memory, restore = append_to_history(memory, {"inputs": x}, resets, mask)
    here = line["document"][:, num_past:]
    visible_inputs = line["inputs"] * line["present"][..., None]
    y = kernel[0] * line["inputs"][:, num_past:]
    for j in range(1, num_past + 1):
        there = slice(num_past - j, num_past - j + num_tokens)
        shifted = visible_inputs[:, there]
        if resets is not None:
            shifted = shifted * ops.cast(ops.equal(line["document"][:, there], here), "float32")[..., None]
        y = y + kernel[j] * shifted
    return restore(y), memory


def normalized_convolution(x, norm_scale, kernel, memory, resets, mask, result_dtype):
    """`short_convolution` of `rms_normalize(x, norm_scale)`, or of x without norm_scale; y is rounded to
    result_dtype."""
    if norm_scale is not None:
        x = rms_normalize(x, norm_scale)
    y, memory = short_convolution(x, kernel, memory, resets, mask)
    return ops.cast(y, result_dtype), memory


def convolve_and_project(x, norm_scale, kernel, memory, resets, mask, matrix, product_dtype):
    """`normalized_convolution`, then the product with matrix [D, N]; returns (y [B, T, N] in product_dtype,
    memory)."""
    y, memory = fused(normalized_convolution)(x, norm_scale, kernel, memory, resets, mask, product_dtype)
    return project(y, matrix, None, product_dtype, product_dtype), memory


def short_convolution_step(x_t, kernel, memory):
    """One token: x_t [B, D]; returns (y_t [B, D], memory)."""
    past = memory["inputs"] * memory["present"][..., None]
    line = ops.concatenate([past, x_t[:, None]], axis=1)  # [B, J, D], oldest first
    y_t = ops.sum(line * kernel[::-1], axis=1)
    present = ops.concatenate([memory["present"], ops.ones_like(x_t[:, :1])], axis=1)
    return y_t, {"inputs": line[:, 1:], "present": present[:, 1:]}
