"""Products of activations and weights: y[..., n] = sum_k x[..., k] w[k, n] + b[n].

The leading axes are flattened before the product. On the CPU a [B, T, K] by [K, N] product runs through a
batched kernel, on some machines slower than the same work as [B T, K] by [K, N] (book, chapter 11).
"""

from keras import ops


def project(x, kernel, bias=None, product_dtype="float32", result_dtype="float32"):
    """Multiply the last axis of `x` by a matrix.

    Args:
        x: [..., K] float32 or product_dtype.
        kernel: [K, N] float32.
        bias: [N] float32, or None.
        product_dtype: "float32", or "bfloat16" to round both operands for the product alone.
        result_dtype: "float32"; or product_dtype, for a result that the next compiled piece widens itself.

    Returns:
        [..., N] of result_dtype.
    """
    num_inputs, num_outputs = kernel.shape
    flat = ops.reshape(x, (-1, num_inputs))  # [B T, K]
    y = ops.matmul(ops.cast(flat, product_dtype), ops.cast(kernel, product_dtype))  # [B T, N]
    y = ops.cast(y, result_dtype)
    if bias is not None:
        y = y + ops.cast(bias, result_dtype)
    return ops.reshape(y, tuple(ops.shape(x)[:-1]) + (num_outputs,))
