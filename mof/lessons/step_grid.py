"""The best step size on a grid of factors of two, found with few trainings, and how it moves with the width.
Chapter 17."""

import math
import statistics

MOST_EXPONENT = 5  # step sizes from 1/32 to 32 times the usual ones


def next_exponent(losses, start=0):
    """Which step size to try next: the neighbour of the best one that has not been tried.

    Args:
        losses: dict from exponents (step sizes are 2^exponent times the usual ones) to losses; infinity where
            a training diverged.
        start: the first to try.

    Returns:
        int, or None where both neighbours of the best are known (or the grid ends there).
    """
    if not losses:
        return start
    best = best_exponent(losses)
    if math.isinf(losses[best]):  # everything diverged: smaller steps, whatever lies beside
        best = min(losses)
    for neighbour in (best - 1, best + 1):
        if neighbour not in losses and abs(neighbour) <= MOST_EXPONENT:
            return neighbour
    return None


def best_exponent(losses):
    """The exponent with the lowest loss; of equal ones the nearest to 0."""
    return min(losses, key=lambda exponent: (losses[exponent], abs(exponent)))


def between_steps(losses):
    """Where the best would lie between the steps of the grid: the lowest point of a parabola through the best
    and its neighbours. The best itself where a neighbour is missing or diverged.

    Args:
        losses: as `next_exponent`.

    Returns:
        float.
    """
    best = best_exponent(losses)
    left, middle, right = (losses.get(best + step, math.inf) for step in (-1, 0, 1))
    bend = left - 2 * middle + right
    if not math.isfinite(bend) or bend <= 0:
        return float(best)
    return best + 0.5 * (left - right) / bend


def mean_losses(trainings, rule, width):
    """Mean loss by exponent over the seeds, of the exponents that all seeds have tried.

    Args:
        trainings: list of dicts with "rule", "width", "exponent", "seed" and "nats" (None where a training
            diverged). rule, width: of which.

    Returns:
        dict from exponents to floats; infinity where one diverged.
    """
    found = {}
    for row in trainings:
        if (row["rule"], row["width"]) == (rule, width):
            nats = math.inf if row["nats"] is None else row["nats"]
            found.setdefault(row["exponent"], {})[row["seed"]] = nats
    most = max(map(len, found.values()), default=0)
    return {
        exponent: statistics.fmean(losses.values())
        for exponent, losses in sorted(found.items())
        if len(losses) == most
    }


def drift(trainings, rule):
    """How far the best step size moves over the widths.

    Args:
        trainings: as `mean_losses`. rule: of which.

    Returns:
        dict: "best" and "between", dicts from widths to exponents; "steps", the largest distance on the grid;
        "holds", whether it is at most one step.
    """
    widths = sorted({row["width"] for row in trainings if row["rule"] == rule})
    losses = {width: mean_losses(trainings, rule, width) for width in widths}
    best = {width: best_exponent(losses[width]) for width in widths}
    steps = max(best.values()) - min(best.values())
    between = {width: between_steps(losses[width]) for width in widths}
    return {"best": best, "between": between, "steps": steps, "holds": steps <= 1}
