"""Optimisers against NumPy loops, against keras.optimizers, and against a singular value decomposition."""

import keras
import numpy as np
import pytest
from keras import ops

from mof.training.optimizer import UpdateScalars, adamw_update, muon_direction, orthogonalize
from tests.tensors import Tolerance, compute, random_array

# eps is added to the corrected root here, to the uncorrected one in Keras: 1e-8 in gradients of size 1
STEP_TOLERANCE = Tolerance(1e-5, 2e-6)
SHAPES = [(12, 12), (24, 8), (8, 24)]
STEPS = [(8.2218, -23.3469, 16.6338), (3.9728, -2.8449, 0.517), (3.4735, -2.5057, 0.481)]
STEPS += [(2.5044, -1.7907, 0.4071)]
JORDAN = [(3.4445, -4.7750, 2.0315)] * 5  # the published note on Muon


def naive_adamw(parameter, gradients, learning_rates, decay, b1, b2):
    """Algorithm 2 of Loshchilov and Hutter, in float64, a number at a time."""
    result = np.array(parameter, "float64")
    for place in np.ndindex(result.shape):
        w, m, v = result[place], 0.0, 0.0
        for step, (gradient, rate) in enumerate(zip(gradients, learning_rates, strict=True), start=1):
            g = float(gradient[place])
            m = b1 * m + (1 - b1) * g
            v = b2 * v + (1 - b2) * g * g
            w = w - rate * (m / (1 - b1**step) / (np.sqrt(v / (1 - b2**step)) + 1e-8) + decay * w)
        result[place] = w
    return result


def our_adamw(parameter, gradients, learning_rates, decay, b1, b2, scale=1.0):
    mean, square = np.zeros_like(parameter), np.zeros_like(parameter)
    for step, (gradient, rate) in enumerate(zip(gradients, learning_rates, strict=True), start=1):
        scalars = UpdateScalars(*np.float32([scale, rate, step]))
        parameter, mean, square = adamw_update(parameter, gradient, mean, square, scalars, decay, b1, b2)
    return ops.convert_to_numpy(parameter)


@pytest.mark.parametrize("decay", [0.0, 0.1])
def test_adamw_equals_its_definition_and_keras(decay):
    parameter = random_array((3, 4), 0)
    gradients = [random_array((3, 4), seed, scale=seed) for seed in range(1, 7)]
    gradients[2][0] = 0.0
    rates, b1, b2 = [0.1, 0.2, 0.3, 0.3, 0.2, 0.1], 0.9, 0.95
    actual = our_adamw(parameter, gradients, rates, decay, b1, b2)
    np.testing.assert_allclose(
        actual, naive_adamw(parameter, gradients, rates, decay, b1, b2), *STEP_TOLERANCE
    )

    variable = keras.Variable(parameter)
    optimizer = keras.optimizers.AdamW(0.0, weight_decay=decay, beta_1=b1, beta_2=b2, epsilon=1e-8)
    optimizer.build([variable])
    for gradient, rate in zip(gradients, rates, strict=True):
        optimizer.learning_rate = rate
        optimizer.apply([ops.convert_to_tensor(gradient)])
    np.testing.assert_allclose(actual, ops.convert_to_numpy(variable), *STEP_TOLERANCE)


def test_adamw_scales_the_gradient_first():
    parameter, gradients = random_array((2, 3), 0), [random_array((2, 3), seed) for seed in (1, 2)]
    rates = [0.1, 0.1]
    halved = our_adamw(parameter, [g / np.float32(64) for g in gradients], rates, 0.1, 0.9, 0.95)
    np.testing.assert_array_equal(
        our_adamw(parameter, gradients, rates, 0.1, 0.9, 0.95, scale=1 / 64), halved
    )


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
@pytest.mark.parametrize("shape", SHAPES)
def test_orthogonalize_keeps_the_directions_and_evens_out_the_sizes(shape, dtype):
    u, _, vt = np.linalg.svd(random_array(shape, 3), full_matrices=False)
    matrix = (u * np.geomspace(1e-3, 1e-5, min(shape)) @ vt).astype("float32")
    result = compute(lambda x: orthogonalize(x, dtype), matrix)
    assert result.shape == shape and result.dtype == np.float32
    sizes = np.linalg.svd(result, compute_uv=False)
    slack = 0.05 if dtype == "bfloat16" else 0.0
    assert sizes.min() > 0.6 - slack and sizes.max() < 1.25 + slack
    u, _, vt = np.linalg.svd(matrix.astype("float64"), full_matrices=False)
    nearest = u @ vt
    cosine = (result * nearest).sum() / np.linalg.norm(result) / np.linalg.norm(nearest)
    assert cosine > 0.97


def sizes_after(steps, sizes):
    """What a chain of odd polynomials makes of singular values."""
    for a, b, c in steps:
        sizes = a * sizes + b * sizes**3 + c * sizes**5
    return sizes


def test_four_steps_of_their_own_come_nearer_to_one_than_five_equal_ones():
    sizes = np.geomspace(0.003, 1.0, 100_001)
    ours, theirs = sizes_after(STEPS, sizes), sizes_after(JORDAN, sizes)
    assert 0.775 < ours.min() and ours.max() < 1.225
    assert theirs.min() < 0.7 < ours.min()
    assert np.sqrt(np.mean((ours - 1) ** 2)) < np.sqrt(np.mean((theirs - 1) ** 2))


def test_each_step_is_the_best_of_its_degree():
    """By the theorem of Chebyshev: an odd polynomial of degree 5 stays as near to 1 as any does on an
    interval where its distance reaches its largest size four times, with changing sign."""
    low, high = 0.003, 1.0
    for step in STEPS:
        high *= 1.02
        sizes = np.geomspace(low, high, 200_001)
        off = sizes_after([step], sizes) - 1.0
        largest = np.abs(off).max()
        inner = (np.diff(off)[1:] * np.diff(off)[:-1]) < 0
        extremes = off[np.concatenate([[True], inner, [True]])]
        assert len(extremes) == 4 and (extremes[1:] * extremes[:-1] < 0).all()
        np.testing.assert_allclose(np.abs(extremes), largest, atol=0.02)  # they are rounded to four places
        low, high = 1.0 - largest, 1.0 + largest


def test_orthogonalize_survives_a_matrix_of_zeros():
    np.testing.assert_array_equal(compute(orthogonalize, np.zeros((3, 5), "float32")), np.zeros((3, 5)))


def naive_orthogonalize(matrix):
    """Steps of x = a x + (b A + c A A) x with A = x x^T, as in the published note on Muon, in float64."""
    x = np.array(matrix, "float64")
    wide = x.T if x.shape[0] > x.shape[1] else x
    wide = wide / np.sqrt((wide**2).sum() + 1e-14)
    for a, b, c in STEPS:
        gram = wide @ wide.T
        wide = a * wide + (b * gram + c * gram @ gram) @ wide
    return wide.T if x.shape[0] > x.shape[1] else wide


@pytest.mark.parametrize(("shape", "parts"), [((6, 6), (6,)), ((9, 4), (4,)), ((6, 20), (6, 6, 8))])
def test_muon_equals_a_loop_over_parts_and_steps(shape, parts):
    gradients = [random_array(shape, seed) for seed in range(3)]

    def ours(*gradients):
        mean = ops.zeros(shape)
        for gradient in gradients:
            direction, mean = muon_direction(gradient, mean, 0.95, parts)
        return direction, mean

    direction, mean = compute(ours, *gradients)
    expected_mean = np.zeros(shape)
    for gradient in gradients:
        expected_mean = 0.95 * expected_mean + gradient
    lookahead = gradients[-1] + 0.95 * expected_mean
    starts = np.cumsum((0, *parts))
    expected = np.concatenate(
        [
            max(1.0, width / shape[0]) ** 0.5 * naive_orthogonalize(lookahead[:, start : start + width])
            for start, width in zip(starts, parts, strict=False)
        ],
        axis=1,
    )
    np.testing.assert_allclose(mean, expected_mean, 1e-5, 1e-5)
    # each step of Newton-Schulz triples errors
    np.testing.assert_allclose(direction, expected, 2e-3, 2e-4)


def test_muon_keeps_the_parts_apart():
    """A change in one part leaves the others' directions as they were, bit for bit."""
    gradient, mean = random_array((6, 14), 0), np.zeros((6, 14), "float32")
    changed = gradient.copy()
    changed[:, :6] *= random_array((6, 6), 1)
    before, _ = compute(lambda g: muon_direction(g, mean, 0.95, (6, 8)), gradient)
    after, _ = compute(lambda g: muon_direction(g, mean, 0.95, (6, 8)), changed)
    np.testing.assert_array_equal(before[:, 6:], after[:, 6:])
    assert np.abs(before[:, :6] - after[:, :6]).max() > 0.1


def test_muon_takes_the_orthogonalize_it_is_given():
    direction, _ = muon_direction(
        ops.ones((2, 2)), ops.zeros((2, 2)), 0.5, (2,), orthogonalize=lambda x: 10.0 * x
    )
    np.testing.assert_allclose(ops.convert_to_numpy(direction), 15.0)
