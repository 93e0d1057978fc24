"""Optimisers as functions: (parameter, gradient, slots) in, (parameter, slots) out. Book: chapter 10.

AdamW:  m = b1 m + (1 - b1) g,  v = b2 v + (1 - b2) g^2,  w = w - lr (m^ / (sqrt(v^) + eps) + decay w)
        with m^ = m / (1 - b1^s), v^ = v / (1 - b2^s) at the parameter's own step s.
        Source: Loshchilov and Hutter 2019, "Decoupled Weight Decay Regularization", algorithm 2.
Muon:   m = b m + g,  u = orthogonalize(g + b m),  w = w - lr (scale u + decay w).
        Source: Jordan et al. 2024, "Muon: An optimizer for hidden layers in neural networks" (the published
        note).
"""

from typing import NamedTuple

from keras import ops

ADAM_EPSILON = 1e-8  # Kingma and Ba 2015, algorithm 1
# A polynomial a s + b s^3 + c s^5 of the singular values for each step: the one that stays nearest to 1 on the
# interval where the step before left them, its upper end 2% higher for rounding. The first interval is [0.003,
# 1], the last result [0.78, 1.22]. That the best of each step makes the best chain is shown by Amsel et al.
# 2025, "The Polar Express"; the numbers are ours, by linear programming on a fine grid. The published note on
# Muon takes five steps of one polynomial, (3.4445, -4.7750, 2.0315), and comes to [0.68, 1.20].
ORTHOGONALIZE_COEFFICIENTS = (
    (8.2218, -23.3469, 16.6338),
    (3.9728, -2.8449, 0.5170),
    (3.4735, -2.5057, 0.4810),
    (2.5044, -1.7907, 0.4071),
)
ORTHOGONALIZE_STEPS = len(ORTHOGONALIZE_COEFFICIENTS)


class UpdateScalars(NamedTuple):
    """What one update needs besides tensors; each a float32 scalar.

    gradient_scale: the gradient is multiplied by it first (mean over tokens, and clipping).
    learning_rate: of this parameter at this update.
    step: the parameter's own number of updates, this one included, from 1.
    """

    gradient_scale: object
    learning_rate: object
    step: object


def adamw_update(
    parameter, gradient, mean, square, scalars, weight_decay, first_decay_rate, second_decay_rate
):
    """One AdamW update of one parameter.

    Args:
        parameter, gradient, mean, square: float32 tensors of one shape; mean and square start at 0.
        scalars: UpdateScalars.
        weight_decay, first_decay_rate, second_decay_rate: floats.

    Returns:
        (parameter, mean, square).
    """
    gradient = gradient * scalars.gradient_scale
    mean = first_decay_rate * mean + (1.0 - first_decay_rate) * gradient
    square = second_decay_rate * square + (1.0 - second_decay_rate) * ops.square(gradient)
    mean_hat = mean / (1.0 - ops.power(first_decay_rate, scalars.step))
    square_hat = square / (1.0 - ops.power(second_decay_rate, scalars.step))
    direction = mean_hat / (ops.sqrt(square_hat) + ADAM_EPSILON) + weight_decay * parameter
    return parameter - scalars.learning_rate * direction, mean, square


def orthogonalize(matrix, product_dtype="float32"):
    """The nearest matrix with (nearly) equal singular values, by Newton-Schulz steps: products alone, no SVD.

    Args:
        matrix: [M, N] float32.
        product_dtype: "float32" or "bfloat16" for the products; the result's singular values are rough either
            way.

    Returns:
        [M, N] float32, singular values in about [0.78, 1.22] where they were at least 0.003 of the matrix's
        root of summed squares; smaller ones grow 280-fold.
    """
    is_tall = matrix.shape[0] > matrix.shape[1]
    x = ops.transpose(matrix) if is_tall else matrix
    x = ops.cast(x * ops.rsqrt(ops.sum(ops.square(x)) + 1e-14), product_dtype)
    for a, b, c in ORTHOGONALIZE_COEFFICIENTS:
        gram = ops.matmul(x, ops.transpose(x))
        x = a * x + ops.matmul(b * gram + c * ops.matmul(gram, gram), x)
    x = ops.cast(x, "float32")
    return ops.transpose(x) if is_tall else x


def muon_direction(gradient, mean, momentum, parts, orthogonalize=orthogonalize):
    """Muon's momentum and direction for one matrix.

    Args:
        gradient, mean: [M, N] float32; mean starts at 0.
        momentum: float.
        parts: widths of the matrices that stand side by side in this one, summing to N; each is
            orthogonalised alone.
        orthogonalize: the function of that name, or a compiled form of it.

    Returns:
        (direction [M, N], mean [M, N]). Each part's direction has a root mean square near 1 / sqrt(max(M,
        part)), times sqrt(max(1, part / M)): the scale that keeps the change of a layer's output alike for
        all shapes (Bernstein 2025, "Deriving Muon").
    """
    mean = momentum * mean + gradient
    lookahead = gradient + momentum * mean
    directions, start = [], 0
    for width in parts:
        part = lookahead[:, start : start + width]
        scale = max(1.0, width / gradient.shape[0]) ** 0.5
        directions.append(scale * orthogonalize(part))
        start += width
    return (ops.concatenate(directions, axis=1) if len(directions) > 1 else directions[0]), mean
