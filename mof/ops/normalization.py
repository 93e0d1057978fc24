"""Root-mean-square normalisation: y = x / sqrt(mean(x^2) + eps) * scale.

Source: Zhang and Sennrich 2019, "Root Mean Square Layer Normalization", equation 4. Per token, so causal; no
BatchNorm anywhere, because its statistics mix a token with the ones after it.
"""

from keras import ops

from mof.ops.constants import NORM_EPSILON


def rms_normalize(x, scale=None):
    """Divide each vector of the last axis by its root mean square.

    Args:
        x: [..., D] float32.
        scale: [D] float32 that multiplies the result, or None.

    Returns:
        [..., D] float32.
    """
    y = x * ops.rsqrt(ops.mean(ops.square(x), axis=-1, keepdims=True) + NORM_EPSILON)
    return y if scale is None else y * scale
