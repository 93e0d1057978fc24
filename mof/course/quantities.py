"""What came and what was expected: a reader's results as arrays and numbers, or a sentence."""

import numbers

import numpy as np

from mof.course.translation import _, ngettext
from mof.course.verdict import Wrong

MOST_BYTES = 8  # shown of a value


def describe(value):
    """A value in a few words: "an array [7, 2]", "a list of 3", "the number 5"."""
    if value is None:
        return _("None")
    if isinstance(value, bool | np.bool_):
        return str(bool(value))
    if isinstance(value, numbers.Number):
        return _("the number {number}").format(number=f"{value:g}" if is_real(value) else value)
    if isinstance(value, str):
        shown = value if len(value) <= 30 else value[:30] + "…"
        return _("the text {text}").format(text=repr(shown))
    if isinstance(value, bytes):
        shown = value[:MOST_BYTES].hex(" ").upper() + (" …" if len(value) > MOST_BYTES else "")
        return _("the bytes {bytes}").format(bytes=shown) if value else _("no bytes")
    if isinstance(value, dict):
        return ngettext("a dict of {number} entry", "a dict of {number} entries", len(value)).format(
            number=len(value)
        )
    if isinstance(value, list):
        return ngettext("a list of {number} thing", "a list of {number} things", len(value)).format(
            number=len(value)
        )
    if isinstance(value, tuple):
        return ngettext("a tuple of {number} thing", "a tuple of {number} things", len(value)).format(
            number=len(value)
        )
    if isinstance(value, np.ndarray) or _is_tensor(value):
        return _("an array {shape}").format(shape=shape_words(np.shape(value)))
    if callable(value):
        return _("a function")
    return _("a {type}").format(type=type(value).__name__)


def is_real(value):
    """Whether it is a real number (True and False are not)."""
    return isinstance(value, numbers.Real) and not isinstance(value, bool | np.bool_)


def shape_words(shape):
    """[7, 2] for (7, 2)."""
    return str([int(length) for length in shape])


def as_array(value, shape, what):
    """A result as a float64 array of that shape.

    Args:
        value: array or tensor; a Python number where the shape is (). shape: tuple of int, or None for any.
        what: its name at the start of a sentence.

    Returns:
        float64 array.

    Raises:
        Wrong: something else; the message says what came and what was expected.
    """
    if shape == ():
        return np.float64(as_number(value, what))
    expected = _("an array of numbers") if shape is None else _("an array {shape}")
    expected = expected.format(shape="" if shape is None else shape_words(shape))
    if value is None:
        raise Wrong(
            _("{what} is None, expected {expected}. Does your function return it?").format(
                what=what, expected=expected
            )
        )
    if isinstance(value, list | tuple):
        raise Wrong(
            _(
                "{what} is {came}, expected {expected}. `np.stack` or `ops.stack` makes an array of it."
            ).format(what=what, came=describe(value), expected=expected)
        )
    array = _to_float64(value)
    if array is None:
        raise Wrong(
            _("{what} is {came}, expected {expected}.").format(
                what=what, came=describe(value), expected=expected
            )
        )
    if shape is not None and array.shape != tuple(shape):
        raise Wrong(
            _("{what} has the shape {came}, expected {expected}.").format(
                what=what, came=shape_words(array.shape), expected=shape_words(shape)
            )
            + _advice_on_shape(array.shape, tuple(shape))
        )
    return array


def as_number(value, what):
    """A result as a float.

    Args:
        value: number, or an array or tensor without axes. what: its name at the start of a sentence.

    Raises:
        Wrong: something else.
    """
    if is_real(value):
        return float(value)
    if (isinstance(value, np.ndarray) or _is_tensor(value)) and np.shape(value) == ():
        array = _to_float64(value)
        if array is not None:
            return float(array)
    advice = ""
    if isinstance(value, str):
        advice = " " + _("Write it without quotation marks.")
    elif callable(value):
        advice = " " + _("Call it, and give what it returns.")
    raise Wrong(_("{what} is {came}, expected a number.").format(what=what, came=describe(value)) + advice)


def as_tuple(value, length, what):
    """A result as a tuple of so many things.

    Args:
        value: tuple or list. length: int. what: the sentence that says what to return.

    Raises:
        Wrong: something else.
    """
    if not isinstance(value, tuple | list) or len(value) != length:
        raise Wrong(_("{what} What came is {came}.").format(what=what, came=describe(value)))
    return tuple(value)


def _advice_on_shape(came, expected):
    if len(came) > 1 and came[::-1] == expected:
        return " " + _("Transpose it.")
    if tuple(n for n in came if n != 1) == tuple(n for n in expected if n != 1):
        if len(came) > len(expected):
            return " " + _("It has an axis of length 1 too many.")
        return " " + _("It lacks an axis of length 1 (`keepdims=True`, or `[:, None]`).")
    return ""


def _is_tensor(value):
    return hasattr(value, "shape") and hasattr(value, "dtype")


def _to_float64(value):
    """The numbers of an array or tensor, or None if it holds none."""
    if not isinstance(value, np.ndarray) and not _is_tensor(value) and not is_real(value):
        return None
    try:
        array = np.asarray(value)
        return (
            array.astype("float64") if array.dtype.kind in "fiub" or array.dtype.name == "bfloat16" else None
        )
    except Exception:  # a tensor of a backend may refuse in a way of its own
        return None
