"""A law of the loss, in the size of the model and the tokens that it read, fitted to trainings that have
ended.

    bits(N, D) = floor + size_scale / N^size_exponent + token_scale / D^token_exponent

N are all parameters and D tokens, both in millions; a bit is one of bits per byte on held-out text. The floor
is what no size and no text would take away. Source of the form, and of a fit that lets no single training
pull too hard (Huber): Hoffmann et al. 2022, "Training Compute-Optimal Large Language Models"
(arXiv 2203.15556), as it is reported. How it is fitted here is our own. For given exponents the law is linear
in the other three, so those are solved for, none below 0; the exponents are searched on a grid that zooms in.
Each training of the fit must have ended under a schedule of its own: in the middle of a schedule the loss is
higher than a training of that length would have reached.

How sure a forecast is, comes from two things. The fit is made again and again with its own residuals shuffled
(a bootstrap); the further away a point lies, the more these fits disagree there. And the form itself may be
wrong outside: for that the standard deviation grows by FORM_SPREAD for each factor of e beyond what was
fitted. Book: chapter 17.
"""

import itertools
import math
from typing import NamedTuple

import numpy as np

from mof.machine.cost_model import Z_80

UNIT = 1e6  # parameters and tokens are counted in millions
OPERATIONS_PER_PARAMETER = 6.0  # of a training token
FEWEST_POINTS, FEWEST_VALUES = 7, 3  # two more than the law has numbers; sizes, and tokens, that differ
EXPONENTS = (0.02, 1.5)  # between which they are searched
GRID, ZOOMS = 9, 12  # exponents a side, and how often the grid is halved around the best
HUBER = 0.01  # a residual beyond one in a hundred pulls no harder than that
REWEIGHTINGS = 4
NUM_RESAMPLED = 60
LEAST_SPREAD = 0.005  # logarithm; our assumption for what another seed alone would change
# Logarithm, for each factor of e beyond the fit: how far the two forecasts of chapter 17 that lay within ten
# times of their fit were off, as the root of their mean square (0.07 and 0.02). Two are few.
FORM_SPREAD = 0.05
# How many passes over a text are worth at most, counted in fresh ones, beside the first. Our number: four
# passes then count as 3.7. Muennighoff et al. 2023 (read in the abstract) found four passes to change the
# loss negligibly against fresh text, and further ones to be worth less and less; the form below is reported.
REPEATS_WORTH = 15.0


class Point(NamedTuple):
    """A training that has ended: parameters, tokens that count, bits per byte on held-out text."""

    num_parameters: float
    num_tokens: float
    bits_per_byte: float


class Law(NamedTuple):
    """The five numbers; see the module."""

    floor: float
    size_scale: float
    size_exponent: float
    token_scale: float
    token_exponent: float

    def bits_per_byte(self, num_parameters, num_tokens):
        """What it says for models and tokens, numbers or arrays."""
        size = self.size_scale * (np.asarray(num_parameters, "float64") / UNIT) ** -self.size_exponent
        text = self.token_scale * (np.asarray(num_tokens, "float64") / UNIT) ** -self.token_exponent
        return self.floor + size + text

    def best_size(self, operations):
        """The parameters with which so many operations reach the lowest loss, at 6 N D operations.

        Raises:
            ValueError: the law does not depend on both, so that there is no best size.
        """
        size_slope = self.size_exponent * self.size_scale
        token_slope = self.token_exponent * self.token_scale
        if not min(size_slope, token_slope, operations) > 0:
            raise ValueError(f"{self} with {operations} operations has no best size between 0 and infinity.")
        product = operations / (OPERATIONS_PER_PARAMETER * UNIT**2)  # N D, both in millions
        power = size_slope / token_slope * product**self.token_exponent
        return UNIT * power ** (1 / (self.size_exponent + self.token_exponent))


class FittedLaw(NamedTuple):
    """A law with what is needed to say how sure it is.

    law: Law. resampled: tuple of Laws, of the fits with shuffled residuals. spread: standard deviation of the
    logarithm of a training's loss about the law. sizes, tokens: (least, most) of the trainings of the fit.
    """

    law: Law
    resampled: tuple
    spread: float
    sizes: tuple
    tokens: tuple

    def stretch(self, num_parameters, num_tokens):
        """How far beyond the fit a point lies, as two factors of at least 1: in size, and in tokens."""
        return _factor_outside(num_parameters, self.sizes), _factor_outside(num_tokens, self.tokens)

    def forecast(self, num_parameters, num_tokens):
        """Bits per byte at the end of a training.

        Args:
            num_parameters: of the model. num_tokens: that count; see `effective_tokens`.

        Returns:
            (low, centre, high) of an 80% interval.

        Raises:
            ValueError: one of them is not above 0.
        """
        if not min(num_parameters, num_tokens) > 0:
            raise ValueError(f"{num_parameters} parameters and {num_tokens} tokens, expected above 0.")
        where = num_parameters, num_tokens
        middle = math.log(self.law.bits_per_byte(*where))
        others = np.log([law.bits_per_byte(*where) for law in self.resampled] or [math.exp(middle)])
        low, high = np.quantile(others, (0.1, 0.9))
        outside = sum(math.log(factor) for factor in self.stretch(*where))
        own = Z_80 * math.hypot(self.spread, FORM_SPREAD * outside)
        below, above = (math.hypot(max(0.0, side), own) for side in (middle - low, high - middle))
        return math.exp(middle - below), math.exp(middle), math.exp(middle + above)


def effective_tokens(num_tokens, num_unique_tokens, worth=REPEATS_WORTH):
    """Fresh tokens that are worth as much as so many tokens of a text that is read again and again.

        D = U (1 + worth (1 - e^(-(passes - 1) / worth)))    for more than one pass over U tokens

    Args:
        num_tokens: read, repeats included. num_unique_tokens: of the text, U.
        worth: passes that repeats without end would be worth.

    Raises:
        ValueError: one of them is not above 0.
    """
    if not min(num_tokens, num_unique_tokens, worth) > 0:
        raise ValueError(
            f"{num_tokens} tokens, {num_unique_tokens} of them different, worth {worth}: expected above 0."
        )
    repeats = num_tokens / num_unique_tokens - 1.0
    if repeats <= 0:
        return float(num_tokens)
    return float(num_unique_tokens * (1.0 - worth * math.expm1(-repeats / worth)))


def fit(points, num_resampled=NUM_RESAMPLED, seed=0):
    """Fit the law, and say how sure it is.

    Args:
        points: list of Point. num_resampled: fits with shuffled residuals. seed: of their order.

    Returns:
        FittedLaw.

    Raises:
        ValueError: the points are too few or too much alike, or a number is not above 0.
    """
    sizes, tokens, bits = _columns(points)
    law = _fit(sizes, tokens, bits)
    expected = law.bits_per_byte(sizes, tokens)
    residuals = np.log(bits / expected)
    freedom = len(points) - len(Law._fields)
    spread = max(LEAST_SPREAD, math.sqrt(float(residuals @ residuals) / freedom))
    # a fit follows its own points: their residuals are smaller than those of others would be
    pool = (residuals - residuals.mean()) * math.sqrt(len(points) / freedom)
    draws = np.random.Generator(np.random.Philox(seed)).choice(pool, (num_resampled, len(points)))
    resampled = tuple(_fit(sizes, tokens, expected * np.exp(draw)) for draw in draws)
    return FittedLaw(law, resampled, spread, (sizes.min(), sizes.max()), (tokens.min(), tokens.max()))


def linear_part(points, size_exponent, token_exponent):
    """floor, size_scale and token_scale for given exponents, none below 0: least squares of the relative
    residuals, those beyond HUBER with less weight.

    Args:
        points: list of Point. size_exponent, token_exponent: floats.

    Returns:
        [3] float64 array.
    """
    sizes, tokens, bits = _columns(points)
    pairs = np.array([[size_exponent, token_exponent]])
    return _solve(pairs, sizes, tokens, bits)[0][0]


def _factor_outside(value, bounds):
    least, most = bounds
    return max(1.0, value / most, least / value)


def _columns(points):
    columns = np.array(points, "float64").reshape(-1, 3).T
    if len(points) < FEWEST_POINTS or any(len(set(column)) < FEWEST_VALUES for column in columns[:2]):
        raise ValueError(
            f"{len(points)} trainings of {len(set(columns[0]))} sizes with {len(set(columns[1]))} numbers of "
            f"tokens, expected at least {FEWEST_POINTS}, {FEWEST_VALUES} and {FEWEST_VALUES}: train more."
        )
    if not (np.isfinite(columns).all() and (columns > 0).all()):
        raise ValueError("parameters, tokens and bits per byte must be finite and above 0.")
    return columns


def _fit(sizes, tokens, bits):
    """The best Law: a grid of exponents, halved again and again around the best pair."""
    low, high = np.full(2, EXPONENTS[0]), np.full(2, EXPONENTS[1])
    for _ in range(ZOOMS):
        axes = [np.geomspace(*ends, GRID) for ends in zip(low, high, strict=True)]
        pairs = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 2)
        coefficients, costs = _solve(pairs, sizes, tokens, bits)
        best = int(np.argmin(costs))
        reach = (high / low) ** 0.25  # half of the range, around the best
        low = np.maximum(EXPONENTS[0], pairs[best] / reach)
        high = np.minimum(EXPONENTS[1], pairs[best] * reach)
    (floor, size_scale, token_scale), (size_exponent, token_exponent) = coefficients[best], pairs[best]
    numbers = floor, size_scale, size_exponent, token_scale, token_exponent
    return Law(*(float(number) for number in numbers))


def _solve(pairs, sizes, tokens, bits):
    """([G, 3] coefficients, [G] costs) for G pairs of exponents, at once."""
    logs = -np.log(np.stack([sizes, tokens]) / UNIT)  # [2, P]
    powers = np.exp(pairs[:, :, None] * logs)  # [G, 2, P]
    design = np.stack([np.ones_like(powers[:, 0]), powers[:, 0], powers[:, 1]], axis=-1) / bits[:, None]
    weights = np.ones(design.shape[:2])
    for _ in range(REWEIGHTINGS):
        coefficients = _nonnegative(design, weights)
        residuals = np.abs(np.einsum("gpi,gi->gp", design, coefficients) - 1.0)
        weights = np.minimum(1.0, HUBER / np.maximum(residuals, 1e-12))
    is_small = residuals <= HUBER
    return coefficients, np.where(is_small, residuals**2 / 2, HUBER * (residuals - HUBER / 2)).sum(axis=1)


def _nonnegative(design, weights):
    """[G, 3]: of the least-squares solutions with some of the columns, the best without a number below 0."""
    num, _, width = design.shape
    best, best_costs = np.zeros((num, width)), weights.sum(axis=1)  # with no column at all
    for count in range(1, width + 1):
        for chosen in itertools.combinations(range(width), count):
            part = design[:, :, list(chosen)]
            weighted = weights[:, :, None] * part
            gram = np.einsum("gpi,gpj->gij", weighted, part)
            trace = np.trace(gram, axis1=1, axis2=2)[:, None, None]
            gram = gram + 1e-12 * trace * np.eye(count)  # columns may be alike
            found = np.linalg.solve(gram, weighted.sum(axis=1)[:, :, None])[:, :, 0]
            residuals = np.einsum("gpi,gi->gp", part, found) - 1.0
            costs = (weights * residuals**2).sum(axis=1)
            is_better = (found >= 0).all(axis=1) & (costs < best_costs)
            whole = np.zeros((num, width))
            whole[:, list(chosen)] = found
            best[is_better], best_costs[is_better] = whole[is_better], costs[is_better]
    return best
