"""What a check tells a reader."""

import numpy as np
import pytest

from mof.lessons.verdict import Verdict, Wrong, as_array, checked, expect


@checked
def check_double(attempt):
    """Doubling."""
    expect(as_array(attempt(3), (), "The result"), np.array(6.0), [(np.array(9.0), "That is the square.")])
    return "Right."


def unfinished(x):
    raise NotImplementedError


@pytest.mark.parametrize(
    ("attempt", "is_right", "message"),
    [
        (lambda x: 2 * x, True, "Right."),
        (lambda x: x * x, False, "That is the square."),
        (
            lambda x: 7,
            False,
            "The numbers differ from the definition's. At [] yours is 7.0000, expected 6.0000.",
        ),
        (lambda x: float("nan"), False, "There are NaNs among your numbers: is something divided by zero?"),
        (lambda x: [6], False, "The result has the shape [1], expected []."),
        (lambda x: None, False, "The result is None: does your function return it?"),
        (lambda x: "six", False, "The result is a str, expected an array of numbers."),
        (lambda: 6, False, "Your code stopped with TypeError"),
        (unfinished, False, "Not written yet: replace the line that raises NotImplementedError."),
    ],
)
def test_every_attempt_gets_its_sentence(attempt, is_right, message):
    verdict = check_double(attempt)
    assert verdict.is_right is is_right and verdict.message.startswith(message)


def test_a_tensor_of_the_backend_is_an_array():
    from keras import ops

    assert as_array(ops.ones((2, 1)), (2, 1), "x").tolist() == [[1.0], [1.0]]


def test_a_verdict_is_shown_as_text_and_as_safe_html():
    verdict = Verdict(False, "1 < 2 & more")
    assert str(verdict) == "✗ 1 < 2 & more"
    assert verdict._repr_html_() == '<p class="verdict verdict-wrong">✗ 1 &lt; 2 &amp; more</p>'
    assert "verdict-right" in Verdict(True, "ok")._repr_html_() and str(Verdict(True, "ok")) == "✓ ok"


def test_the_first_mistake_that_fits_is_told():
    mistakes = [(np.array([3.0]), "a"), (np.array([2.0]), "b"), (np.array([2.0]), "c")]
    with pytest.raises(Wrong, match="^b$"):
        expect(np.array([2.0]), np.array([1.0]), mistakes)
    expect(np.array([1.00001]), np.array([1.0]), mistakes)
