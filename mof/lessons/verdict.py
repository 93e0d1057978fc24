"""What a check says of a reader's attempt: right, or wrong and how.

A check compares the attempt with an independent answer, then with the answers that typical mistakes give; the
first mistake that fits names itself. It never raises for a wrong attempt: a page with a stub on it must still
build.
"""

import dataclasses
import html

import numpy as np

TOLERANCE = 1e-4  # float32 sums of a few dozen terms near 1


@dataclasses.dataclass(frozen=True)
class Verdict:
    """The result of a check, shown as a line of text, green or amber in a notebook.

    Attributes:
        is_right: whether the attempt holds.
        message: one or two sentences.
    """

    is_right: bool
    message: str

    def __str__(self):
        return f"{'✓' if self.is_right else '✗'} {self.message}"

    __repr__ = __str__

    def _repr_html_(self):
        kind = "right" if self.is_right else "wrong"
        return f'<p class="verdict verdict-{kind}">{html.escape(str(self))}</p>'


class Wrong(Exception):
    """Raised inside a check with the message that the reader should see."""


def checked(check):
    """Turn a function that raises `Wrong` for a wrong attempt, and returns praise, into one that returns a
    Verdict.

    Whatever the attempt itself raises becomes a message too, with its type and text.

    Args:
        check: called with the attempt and any other arguments; returns a str.

    Returns:
        The same function, returning a `Verdict`.
    """

    def call(attempt, *arguments):
        try:
            return Verdict(True, check(attempt, *arguments))
        except Wrong as wrong:
            return Verdict(False, str(wrong))
        except NotImplementedError:
            return Verdict(False, "Not written yet: replace the line that raises NotImplementedError.")
        except Exception as error:  # an attempt may raise anything
            return Verdict(False, f"Your code stopped with {type(error).__name__}: {error}")

    call.__name__, call.__doc__ = check.__name__, check.__doc__
    return call


def as_array(value, shape, what):
    """The reader's result as a float64 array of that shape.

    Args:
        value: tensor, array, or nested lists of numbers. shape: tuple of int. what: its name in a sentence.

    Raises:
        Wrong: for None, something that is no array of numbers, or another shape.
    """
    if value is None:
        raise Wrong(f"{what} is None: does your function return it?")
    try:
        array = np.asarray(value, dtype="float64")
    except (TypeError, ValueError) as error:
        raise Wrong(f"{what} is a {type(value).__name__}, expected an array of numbers.") from error
    if array.shape != tuple(shape):
        raise Wrong(f"{what} has the shape {list(array.shape)}, expected {list(shape)}.")
    return array


def expect(found, right, mistakes=(), otherwise="The numbers differ from the definition's."):
    """Compare with the right answer, then with those of known mistakes.

    Args:
        found, right: arrays of one shape.
        mistakes: pairs (answer that a mistake gives, message). The first that fits is told.
        otherwise: message where none fits.

    Raises:
        Wrong: unless `found` is close to `right`.
    """
    if _is_close(found, right):
        return
    for answer, message in mistakes:
        if _is_close(found, answer):
            raise Wrong(message)
    if np.isnan(found).any():
        raise Wrong("There are NaNs among your numbers: is something divided by zero?")
    place = np.unravel_index(np.argmax(np.abs(found - right)), found.shape)
    where = ", ".join(str(int(i)) for i in place)
    raise Wrong(f"{otherwise} At [{where}] yours is {found[place]:.4f}, expected {right[place]:.4f}.")


def _is_close(a, b):
    return np.shape(a) == np.shape(b) and np.allclose(a, b, rtol=TOLERANCE, atol=TOLERANCE)
