"""Definitions that the answers of chapter 10 are compared with, and ways to get them wrong."""

import math

import numpy as np

from mof.course.quantities import as_tuple
from mof.course.translation import _

FIRST_DECAY_RATE, SECOND_DECAY_RATE, EPSILON = 0.9, 0.95, 1e-8  # of the chapter's AdamW


def share_left(frozen, blocks):
    """10.4: of three products a frozen block is spared one."""
    return 1.0 - frozen / (3.0 * blocks)


def clip(gradients, longest):
    """10.1: all by one factor, so that together they are no longer than allowed."""
    length = math.sqrt(sum(float(np.sum(np.square(g, dtype="float64"))) for g in gradients))
    return [g * min(1.0, longest / length) for g in gradients]


def adamw(weight, gradient, mean, square, step, rate, decay):
    """10.2: one AdamW update, in float64."""
    g = np.asarray(gradient, "float64")
    mean = FIRST_DECAY_RATE * mean + (1.0 - FIRST_DECAY_RATE) * g
    square = SECOND_DECAY_RATE * square + (1.0 - SECOND_DECAY_RATE) * g * g
    direction = (mean / (1.0 - FIRST_DECAY_RATE**step)) / (
        np.sqrt(square / (1.0 - SECOND_DECAY_RATE**step)) + EPSILON
    )
    return weight - rate * (direction + decay * weight), mean, square


def factor(update, num_updates, warmup, decay_share):
    """10.3: up, along, and down a straight line."""
    if update < warmup:
        return (update + 1) / warmup
    decay = round(decay_share * num_updates)
    return min(1.0, (num_updates - update) / decay)


def interval(ours, others, quantile):
    """10.5: mean and half width of the interval of the differences, others less ours."""
    changes = np.asarray(others, "float64") - np.asarray(ours, "float64")
    deviation = math.sqrt(np.sum((changes - changes.mean()) ** 2) / (len(changes) - 1))
    return changes.mean(), quantile * deviation / math.sqrt(len(changes))


def run_clip(function, case):
    """One call; the result must be as many arrays as came.

    Args:
        function: of (list of arrays, longest). case: those two.
    """
    gradients, longest = case
    words = _("Return a list with an array for each that came: `return [g * ... for g in gradients]`.")
    results = as_tuple(function(gradients, longest), len(gradients), words)
    return {_("gradient {number}").format(number=i): result for i, result in enumerate(results)}


def run_adamw(function, case):
    """Several updates in a row, each with what the one before has returned.

    Args:
        function: as `adamw`. case: weight [M, N], gradients [S, M, N], rate, decay.
    """
    weight, gradients, rate, decay = case
    mean, square = np.zeros_like(weight), np.zeros_like(weight)
    words = _("Return three things: `return weight, mean, square`.")
    for step, gradient in enumerate(gradients, start=1):
        result = function(weight, gradient, mean, square, step, rate, decay)
        weight, mean, square = as_tuple(result, 3, words)
    return {"weight": weight, "mean": mean, "square": square}


def run_interval(function, case):
    """One call; the result must be a pair."""
    mean, half = as_tuple(function(*case), 2, _("Return two numbers: `return mean, half`."))
    return {_("The mean"): mean, _("Half of the interval"): half}


def wrong_clip(measure="all", when="longer", by="length"):
    """An answer to 10.1 with something changed.

    Args:
        measure: of what the length is taken: "all" together, "each" by itself, the "sum" of the lengths, or
            of the "squares" without a root.
        when: "longer" ones are shortened alone, or "always" all are brought to the length.
        by: "length", or "numbers": each number is cut off by itself; or "turned": divided the wrong way.
    """

    def answer(gradients, longest):
        if by == "numbers":
            return [np.clip(g, -longest, longest) for g in gradients]
        lengths = [float(np.sqrt(np.sum(np.square(g)))) for g in gradients]
        if measure == "each":
            return [g * min(1.0, longest / n) for g, n in zip(gradients, lengths, strict=True)]
        total = {
            "all": math.sqrt(sum(n * n for n in lengths)),
            "sum": sum(lengths),
            "squares": sum(n * n for n in lengths),
        }[measure]
        scale = total / longest if by == "turned" else longest / total
        return [g * (scale if when == "always" else min(1.0, scale)) for g in gradients]

    return answer


def wrong_adamw(
    corrects=("mean", "square"), decays="weight", root=True, squares=True, sign=-1.0, keeps="memories"
):
    """An answer to 10.2 with something changed.

    Args:
        corrects: which of the memories are corrected for their start at 0.
        decays: what the decay is taken from: the "weight"; the "gradient" (it goes through the memories);
            "free" of the step size; or "nothing".
        root: whether the root of the square is taken. squares: whether the gradient is squared.
        sign: of the step. keeps: what is handed on: the "memories", or what is "corrected".
    """

    def answer(weight, gradient, mean, square, step, rate, decay):
        g = gradient + decay * weight if decays == "gradient" else gradient
        mean = FIRST_DECAY_RATE * mean + (1 - FIRST_DECAY_RATE) * g
        square = SECOND_DECAY_RATE * square + (1 - SECOND_DECAY_RATE) * (g * g if squares else np.abs(g))
        m = mean / (1 - FIRST_DECAY_RATE**step) if "mean" in corrects else mean
        s = square / (1 - SECOND_DECAY_RATE**step) if "square" in corrects else square
        direction = m / ((np.sqrt(s) if root else s) + EPSILON)
        own = decay * weight if decays in ("weight", "free") else 0.0
        moved = weight + sign * rate * direction
        kept = (m, s) if keeps == "corrected" else (mean, square)
        return moved - (own if decays == "free" else rate * own), *kept

    return answer


def wrong_factor(start="one", fall="line", place="end", rounds=round):
    """An answer to 10.3 with something changed.

    Args:
        start: the warm-up begins with "one" part, with "zero", or there is "none"; or it begins with one and
            is one update too "long".
        fall: a "line", or the "root" of the package.
        place: the fall fills the "end"; or it begins "early", after the share of the run that it should
            take; right "after" the warm-up; or one update too "soon", so that the last has 0.
        rounds: makes whole updates of the fall's length.
    """

    def answer(update, num_updates, warmup, decay_share):
        if update < warmup + (start == "long") and start != "none":
            return (update + (start != "zero")) / warmup
        decay = rounds(decay_share * num_updates)
        first = {"early": decay, "after": warmup}.get(place, num_updates - decay)
        progress = max(0.0, (update - first + (place == "soon")) / (num_updates - first))
        return 1.0 - (math.sqrt(progress) if fall == "root" else progress)

    return answer


def wrong_interval(pairs=True, freedom=1, root=True, turned=False, whole=False, quantile=None):
    """An answer to 10.5 with something changed.

    Args:
        pairs: whether seeds are paired. freedom: what is taken from the count in the variance.
        root: whether it is divided by the root of the count. turned: whether ours come first.
        whole: whether the whole width is told. quantile: a number in place of the one given.
    """

    def answer(ours, others, t):
        t = t if quantile is None else quantile
        ours, others = np.asarray(ours, "float64"), np.asarray(others, "float64")
        changes, count = (ours - others if turned else others - ours), len(ours)
        spread = np.std(changes, ddof=freedom)
        if not pairs:
            spread = math.hypot(np.std(ours, ddof=1), np.std(others, ddof=1))
        half = t * spread / (math.sqrt(count) if root else 1.0)
        return changes.mean(), half * (2 if whole else 1)

    return answer
