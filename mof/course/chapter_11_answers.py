"""Definitions that the answers of chapter 11 are compared with, and ways to get them wrong."""

import math
import tracemalloc

import numpy as np

from mof.course.attempt import Attempt
from mof.course.translation import _
from mof.course.verdict import Wrong

NORM_EPSILON = 1e-6
FLOAT32_BYTES = 4
MOST_COPIES = 0.5  # of x, besides the result


def intensity(rows, inner, columns, number_bytes):
    """Operations for each byte of a product [rows, inner] x [inner, columns]."""
    numbers = rows * inner + inner * columns + rows * columns
    return 2 * rows * inner * columns / (number_bytes * numbers)


def enough_rows(inner, columns, peak, bandwidth):
    """The fewest rows with which arithmetic decides the time of a float32 product; infinity where none do.

    Searched by doubling and halving, not by the formula.
    """
    ridge = peak / bandwidth
    if intensity(1e18, inner, columns, FLOAT32_BYTES) < ridge:
        return math.inf
    high = 1
    while intensity(high, inner, columns, FLOAT32_BYTES) < ridge:
        high *= 2
    low = high // 2  # too few, or 0
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (
            (low, middle) if intensity(middle, inner, columns, FLOAT32_BYTES) >= ridge else (middle, high)
        )
    return high


def wrong_rows(bytes_of="all", rounding=math.ceil, number_bytes=FLOAT32_BYTES, limit=True):
    """An answer to 11.2 with something changed.

    Args:
        bytes_of: "all" that is moved, or the "matrix" alone. rounding: from a float to an int.
        number_bytes: of a number. limit: False leaves out the case that no number of rows is enough.
    """

    def answer(inner, columns, peak, bandwidth):
        worth = number_bytes * peak / bandwidth
        left = 2 * inner * columns
        if bytes_of == "all":
            left -= worth * (inner + columns)
        if left <= 0 and limit:
            return math.inf
        return rounding(worth * inner * columns / left)

    return answer


def utilisation(products, seconds, peak):
    """The share of the peak that a training batch reaches.

    Args:
        products: (count, rows, inner, columns) of each kind, forward. seconds: of forward and backward.
        peak: operations a second.
    """
    operations = sum(3 * count * 2 * rows * inner * columns for count, rows, inner, columns in products)
    return operations / seconds / peak


def gain(share, factor):
    """How many times as fast the whole is, if a part with this share gets `factor` times as fast."""
    return 1 / (1 - share + share / factor)


def blocked_norm(x, scale, block_rows):
    """x / sqrt(mean(x^2) + eps) * scale for each row, in float64: blocks change no number."""
    del block_rows
    x = np.asarray(x, "float64")
    return x / np.sqrt(np.mean(x**2, axis=1, keepdims=True) + NORM_EPSILON) * scale


def wrong_norm(blocks="all", over="row", epsilon=True, root=True, scaled=True):
    """An answer to 11.5 with something changed.

    Args:
        blocks: "all"; "whole" blocks alone, so that a shorter last one is lost; the "first" again and again;
            or "none": everything at once.
        over: the mean over each "row", or over the whole "block". epsilon, root, scaled: False leaves it out.
    """

    def norm(part, scale):
        mean = np.mean(part * part, axis=1, keepdims=True) if over == "row" else np.mean(part * part)
        mean = mean + np.float32(NORM_EPSILON) if epsilon else mean
        y = part / (np.sqrt(mean) if root else mean)
        return y * scale if scaled else y

    def answer(x, scale, block_rows):
        if blocks == "none":
            return norm(x, scale)
        y = np.zeros_like(x)
        for start in range(0, len(x), block_rows):
            part = x[start : start + block_rows]
            if blocks == "whole" and len(part) < block_rows:
                continue
            if blocks == "first":
                part = x[: len(part)]
            y[start : start + block_rows] = norm(part, scale)
        return y

    return answer


def expect_small_room(attempt, x, scale, block_rows):
    """The function holds no more than the result and a few blocks.

    Args:
        attempt: Attempt. x: [N, D] array, of many more than `block_rows` rows. scale: [D]. block_rows: int.

    Raises:
        Wrong: it holds more; the message says how much.
    """
    peaks = []

    def watched(*arguments):
        was_tracing = tracemalloc.is_tracing()
        if not was_tracing:
            tracemalloc.start()
        try:
            before = tracemalloc.get_traced_memory()[0]
            tracemalloc.reset_peak()
            result = attempt.function(*arguments)
            peak = tracemalloc.get_traced_memory()[1] - before
            peaks.append(peak - np.asarray(result).nbytes)  # in float64 a result is twice as large as x
            return result
        finally:
            if not was_tracing:
                tracemalloc.stop()

    Attempt(watched, attempt.names)(x, scale, block_rows)  # copies and comparisons of its own are not watched
    copies = peaks[0] / x.nbytes
    if copies > MOST_COPIES:
        raise Wrong(
            _(
                "The numbers are right, but besides the result your function holds arrays that are {copies} "
                "times as large as `x`. Work on `x[start : start + block_rows]`, and write each block into "
                "`y` at once."
            ).format(copies=f"{copies:.1f}")
        )
