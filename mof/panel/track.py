"""Is a training on track? Its losses beside those of some seeds of the same training. Book: chapter 21.

    s_k   = mean of the losses of the 20 updates before mark k; marks come every 10 updates
    m_k   = mean of s_k over the n seeds
    d_k   = sqrt(1 + 1/n) times the standard deviation of s_k over the seeds (or, where that is larger, the
            root mean square of the deviations at the marks within 3 of k: five seeds alone may lie close by
            chance)
    band  = m_k +- max(t d_k, 0.01 m_k)

t is Student's quantile with n - 1 degrees of freedom beyond which a new seed lies once in a thousand times at
one mark (8.6 for five seeds); the hundredth is for other processors and number formats. A training is off
track where three marks in a row lie beyond the same edge. Beyond the lower one counts too: a loss that is too
good comes from a leak, from another text, or from steps so large that they gain at first and lose later.

The band holds for the losses of one preset on one text with one tokenizer and batch (`why_no_band`), and as
long as the schedule is that of the seeds: `compare_with_band` stops where step size or row length part.
"""

from typing import NamedTuple

import numpy as np

MARK_UPDATES, MEAN_UPDATES = 10, 20
NEIGHBOUR_MARKS = 3
LEAST_SHARE = 0.01
MARKS_IN_A_ROW = 3
# Student's t, 0.9995 quantile, by degrees of freedom
T_QUANTILES = {2: 31.60, 3: 12.92, 4: 8.610, 5: 6.869, 6: 5.959, 7: 5.408, 8: 5.041, 9: 4.781}
FACTOR_TOLERANCE = 0.05  # of the step size's factor, beyond which schedules have parted
SPEED_FIELDS = (
    "chunk_length",
    "recompute",
    "recompute_products",
    "product_dtype",
)  # of a ModelConfig: no number depends on the first; the least width of a band covers the last


class Band(NamedTuple):
    """updates [K] int, the marks; mean, low, high [K] float64, nats a token; factors [U] and lengths [U], the
    seeds' schedule; num_seeds."""

    updates: np.ndarray
    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray
    factors: np.ndarray
    lengths: np.ndarray
    num_seeds: int


def band_of_seeds(losses, factors, lengths):
    """The band of some trainings that differ in their seed alone.

    Args:
        losses: [S, U] array, nats a token; 3 to 10 seeds.
        factors: [U] array, of the step size. lengths: [U] array, tokens of a row.

    Returns:
        Band.

    Raises:
        ValueError: another number of seeds, or too few updates for a mark.
    """
    losses = np.asarray(losses, dtype=np.float64)
    num_seeds, num_updates = losses.shape
    if num_seeds - 1 not in T_QUANTILES:
        raise ValueError(f"there are {num_seeds} seeds, expected 3 to 10.")
    updates = mark_updates(num_updates)
    if not len(updates):
        raise ValueError(f"there are {num_updates} updates, expected {MEAN_UPDATES} at least.")
    smooth = np.stack([smoothed(row, updates) for row in losses])
    variance = smooth.var(axis=0, ddof=1)
    around = np.array(
        [variance[max(0, k - NEIGHBOUR_MARKS) : k + NEIGHBOUR_MARKS + 1].mean() for k in range(len(updates))]
    )
    deviation = np.sqrt((1 + 1 / num_seeds) * np.maximum(variance, around))
    mean = smooth.mean(axis=0)
    half = np.maximum(T_QUANTILES[num_seeds - 1] * deviation, LEAST_SHARE * mean)
    return Band(updates, mean, mean - half, mean + half, np.asarray(factors), np.asarray(lengths), num_seeds)


def mark_updates(num_updates):
    """[K] int: the numbers of updates at which a training of so many is looked at."""
    return np.arange(MEAN_UPDATES, num_updates + 1, MARK_UPDATES)


def smoothed(losses, updates):
    """[K] float64: at each of `updates`, the mean of the losses of the 20 updates before."""
    totals = np.concatenate([[0.0], np.cumsum(np.asarray(losses, dtype=np.float64))])
    return (totals[updates] - totals[updates - MEAN_UPDATES]) / MEAN_UPDATES


class Track(NamedTuple):
    """What a comparison found.

    Attributes:
        place: "within" the band, or the edge beyond which it was first, "above" or "below"; "early" before
            there is a mark.
        update: the last mark that was compared; 0 where there is none.
        since: the update at which it was first found off track; None where it is within.
        end: the update from which on the schedules differ and nothing is compared; None where they agree.
    """

    place: str
    update: int
    since: int | None
    end: int | None


def compare_with_band(band, losses, factors, lengths):
    """Hold a training's losses against a band.

    Args:
        band: Band.
        losses: [V] array from the first update on. factors, lengths: [V] arrays, as in its log.

    Returns:
        Track.
    """
    count = min(len(losses), len(band.factors))
    factors, lengths = np.asarray(factors[:count]), np.asarray(lengths[:count])
    differ = (np.abs(factors - band.factors[:count]) > FACTOR_TOLERANCE) | (lengths != band.lengths[:count])
    end = int(np.flatnonzero(differ)[0]) + 1 if differ.any() else None
    updates = mark_updates(count if end is None else end - 1)
    if not len(updates):
        return Track("early", 0, None, end)
    smooth = smoothed(losses, updates)
    sides = np.where(smooth > band.high[: len(updates)], 1, 0) - (smooth < band.low[: len(updates)])
    found = [
        (since, place)
        for side, place in ((1, "above"), (-1, "below"))
        if (since := _first_in_a_row(sides == side, updates)) is not None
    ]
    since, place = min(found, default=(None, "within"))
    return Track(place, int(updates[-1]), since, end)


def _first_in_a_row(beyond, updates):
    """The mark at which three in a row lie beyond an edge for the first time, or None."""
    if len(updates) < MARKS_IN_A_ROW:
        return None
    counts = np.convolve(beyond, np.ones(MARKS_IN_A_ROW), "valid")
    places = np.flatnonzero(counts >= MARKS_IN_A_ROW)
    return int(updates[places[0] + MARKS_IN_A_ROW - 1]) if len(places) else None


def why_no_band(seeds, facts, fingerprint):
    """What keeps a record's band from standing for a run.

    Args:
        seeds: dict, the data of a record of `benchmarks/track_band.py`.
        facts: dict, the run's run.json.
        fingerprint: of the run's text as tokens, from its log; None before the first update.

    Returns:
        list of names: "base", "preset", "model", "tokenizer", "batch", "text" or "unknown text"; empty where
        the band stands for the run.
    """
    reasons = []
    if facts.get("base"):
        reasons.append("base")
    if facts.get("preset") != seeds["preset"]:
        reasons.append("preset")
    elif _without(facts["model"], SPEED_FIELDS) != _without(seeds["model"], SPEED_FIELDS):
        reasons.append("model")
    if facts["tokenizer_hash"] != seeds["tokenizer_hash"]:
        reasons.append("tokenizer")
    if any(facts["training"].get(name) != value for name, value in seeds["batch"].items()):
        reasons.append("batch")
    if fingerprint is None:
        reasons.append("unknown text")
    elif fingerprint != seeds["fingerprint"] and "tokenizer" not in reasons:  # it depends on the tokenizer
        reasons.append("text")
    return reasons


def _without(fields, names):
    return {name: value for name, value in fields.items() if name not in names}
