"""Shares: none below 0, and each row sums to 1."""

import numpy as np

from mof.course.quantities import as_array
from mof.course.translation import _
from mof.course.verdict import Wrong

SUM_TOLERANCE = 1e-4  # float32 sums of some thousands of terms


def expect_distribution(value, what=None, shape=None):
    """The last axis of an array holds shares that sum to 1.

    Args:
        value: the reader's result. what: "Your weights", at the start of a sentence. shape: as in `as_array`.

    Returns:
        float64 array.

    Raises:
        Wrong: they are none; columns that sum to 1 in place of rows are named.
    """
    what = what or _("Your result")
    shares = as_array(value, shape, what)
    if not np.isfinite(shares).all():
        raise Wrong(_("{what} holds NaN or infinity.").format(what=what))
    if shares.min() < -1e-7:
        raise Wrong(
            _("{what} holds {number}: a share cannot be below 0.").format(
                what=what, number=f"{shares.min():.4g}"
            )
        )
    sums = np.atleast_1d(shares.sum(axis=-1))
    if np.allclose(sums, 1.0, atol=SUM_TOLERANCE):
        return shares
    if shares.ndim > 1 and np.allclose(shares.sum(axis=-2), 1.0, atol=SUM_TOLERANCE):
        raise Wrong(
            _("{what} has columns that sum to 1, but the rows should: use the last axis, `axis=-1`.").format(
                what=what
            )
        )
    if np.isclose(shares.sum(), 1.0, atol=SUM_TOLERANCE):
        raise Wrong(
            _("{what} sums to 1 as a whole, but each row should: use the last axis, `axis=-1`.").format(
                what=what
            )
        )
    worst = int(np.argmax(np.abs(sums - 1.0)))
    raise Wrong(
        _("{what} is no distribution: row {row} sums to {total}, expected 1.").format(
            what=what, row=worst, total=f"{sums.flat[worst]:.4g}"
        )
    )
