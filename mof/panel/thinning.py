"""Many numbers as few: means over blocks of updates, and speeds between their ends."""

import numpy as np


def block_ends(count, num_points, least_block=1):
    """Where to cut `count` updates into at most `num_points` blocks of at least `least_block`.

    Returns:
        [P] int array, the number of updates up to the end of each block; the last is `count`. Empty for 0.
    """
    if count < 1:
        return np.zeros(0, dtype=int)
    num_blocks = max(1, min(num_points, count // max(1, least_block)))
    return np.unique(np.linspace(0, count, num_blocks + 1).round().astype(int)[1:])


def block_means(values, ends):
    """Mean of the values of each block; NaN counts as missing, and a block without values is NaN.

    Args:
        values: [U] array. ends: as `block_ends` gives.

    Returns:
        [P] float64 array.
    """
    values = np.asarray(values, dtype=np.float64)
    known = np.isfinite(values)
    totals = np.concatenate([[0.0], np.cumsum(np.where(known, values, 0.0))])
    counts = np.concatenate([[0], np.cumsum(known)])
    starts = np.concatenate([[0], ends[:-1]]).astype(int)
    with np.errstate(invalid="ignore", divide="ignore"):
        return (totals[ends] - totals[starts]) / (counts[ends] - counts[starts])


def block_rates(amounts, seconds, ends):
    """Amount a second over each block, from running totals.

    Args:
        amounts: [U] array, such as the tokens read so far. seconds: [U] array.
        ends: as `block_ends` gives.

    Returns:
        [P - 1] float64 array, a rate for each block but the first, which has no beginning; NaN where no time
        passed.
    """
    amounts, seconds = (np.asarray(x, dtype=np.float64)[ends - 1] for x in (amounts, seconds))
    spans = np.diff(seconds)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(spans > 0, np.diff(amounts) / spans, np.nan)
