"""Small pieces of the graphs that many parts use: norm, activations, features, parts of a vector."""

import numpy as np

from mof.ops.constants import NORM_EPSILON


def normalize(b, x, width, scale=None):
    """`mof.ops.normalization.rms_normalize` of the last axis: [..., D].

    Args:
        b: GraphBuilder. x: value. width: D. scale: value [D], or None for ones.
    """
    if scale is None:
        scale = np.ones(width, np.float32)
    return b.node("RMSNormalization", x, scale, axis=-1, epsilon=NORM_EPSILON)


def split(b, x, widths):
    """The last axis cut into parts; returns a list of values, one for each width."""
    if len(widths) == 1:
        return [x]
    return b.node("Split", x, np.array(widths, np.int64), num_outputs=len(widths), axis=-1)


def silu(b, x):
    """x sigmoid(x)."""
    return b.node("Mul", x, b.node("Sigmoid", x))


def squared_relu(b, x):
    """max(x, 0)^2."""
    y = b.node("Relu", x)
    return b.node("Mul", y, y)


def tanh_gelu(b, x):
    """GELU in its tanh form."""
    return b.node("Gelu", x, approximate="tanh")


ACTIVATIONS = {"gelu": tanh_gelu, "squared_relu": squared_relu}


def positive_features(b, x):
    """u + 1 for u > 0, exp(u) otherwise, written without a branch: max(u, 0) + exp(min(u, 0))."""
    return b.node("Add", b.node("Relu", x), b.node("Exp", b.node("Min", x, 0.0)))


def reshape(b, x, *shape):
    """x in another shape; 0 keeps an axis, -1 takes what is left."""
    return b.node("Reshape", x, np.array(shape, np.int64))


def at_last_token(b, x, tokens):
    """[B, T, D] to [B, D]: each row's last real token."""
    return b.node("GatherND", x, tokens.last_places, batch_dims=1)
