"""Numbers that have to rise, to fall, to depend on something, or to come out the same twice."""

import numpy as np

from mof.course.quantities import as_number
from mof.course.translation import _
from mof.course.verdict import Wrong


def expect_monotone(function, points, rises, cause, what):
    """The function rises (or falls) from point to point.

    Args:
        function: of a number, to a number. points: rising numbers. rises: bool; False for falls.
        cause: what the points are, "temperature". what: the result, "the entropy".

    Returns:
        list of floats, the function at the points.

    Raises:
        Wrong: between two neighbours it does not.
    """
    found = [as_number(function(point), _("Your result")) for point in points]
    for i in range(len(points) - 1):
        if found[i + 1] > found[i] if rises else found[i + 1] < found[i]:
            continue
        words = (
            _("From {cause} {a} to {b}, {what} goes from {found_a} to {found_b}; expected a rise.")
            if rises
            else _("From {cause} {a} to {b}, {what} goes from {found_a} to {found_b}; expected a fall.")
        )
        raise Wrong(
            words.format(
                cause=cause,
                what=what,
                a=f"{points[i]:g}",
                b=f"{points[i + 1]:g}",
                found_a=f"{found[i]:.4g}",
                found_b=f"{found[i + 1]:.4g}",
            )
        )
    return found


def expect_depends_on(found, cause, advice=""):
    """Results for different arguments are not all the same.

    Args:
        found: list of numbers. cause: name of the argument. advice: a sentence more, translated.

    Raises:
        Wrong: they are.
    """
    if len(found) > 1 and np.allclose(found, found[0]):
        words = _("You say {number} whatever {cause} is: your answer has to depend on it.")
        raise Wrong(f"{words.format(number=f'{found[0]:g}', cause=cause)} {advice}".strip())


def expect_repeatable(function, *arguments):
    """Two calls with the same arguments, a seed among them, give the same.

    Args:
        function: the reader's. arguments: for both calls.

    Raises:
        Wrong: they do not.
    """
    first, second = function(*arguments), function(*arguments)
    if not np.array_equal(np.asarray(first), np.asarray(second)):
        raise Wrong(
            _(
                "Two calls with the same arguments differ: take the random numbers from the seed that is "
                "given, and keep nothing between calls."
            )
        )
