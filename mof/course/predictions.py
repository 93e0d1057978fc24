"""Answers that are a number or a choice."""

import math

from mof.course.quantities import as_number, describe
from mof.course.translation import _, marked
from mof.course.verdict import Wrong

# what a factor between an answer and the right one usually comes from; the first that fits is told
FACTORS = (
    (8, marked("bits and bytes?")),
    (1000, marked("a thousand lost or gained?")),
    (1024, marked("1,024 for 1,000, or a thousand lost?")),
    (100, marked("a percentage?")),
    (60, marked("minutes and seconds?")),
    (3600, marked("hours and seconds?")),
    (math.log(2), marked("bits and nats?")),
)


def expect_number(value, right, relative=0.02, mistakes=()):
    """A predicted number.

    Args:
        value: the reader's. right: float. relative: how far off it may be, as a share.
        mistakes: WrongAnswers whose answer is a number. The first that is met is told.

    Raises:
        Wrong: no number, or another. The right one is not given away, only whether it is higher or lower.
    """
    number = as_number(value, _("Your answer"))
    if math.isclose(number, right, rel_tol=relative, abs_tol=1e-12):
        return
    for mistake in mistakes:
        if math.isclose(number, mistake.answer, rel_tol=min(relative, 1e-3), abs_tol=1e-12):
            raise Wrong(_(mistake.message))
    if not math.isfinite(number):
        raise Wrong(_("Your answer is {number}, expected a finite number.").format(number=number))
    words = _("{number} is too low.") if number < right else _("{number} is too high.")
    words = words.format(number=f"{number:g}")
    if number and right and math.isclose(number, -right, rel_tol=relative):
        raise Wrong(f"{words} " + _("Look at the sign."))
    for factor, meaning in FACTORS:
        ratio = abs(number / right) if right else 0.0
        if ratio and any(math.isclose(ratio, x, rel_tol=1e-3) for x in (factor, 1 / factor)):
            raise Wrong(
                f"{words} "
                + _("It is off by a factor of {factor}: {meaning}").format(
                    factor=f"{max(factor, 1 / factor):.4g}", meaning=_(meaning)
                )
            )
    raise Wrong(words)


def expect_choice(value, right, mistakes):
    """A choice among answers that the exercise lists.

    Args:
        value: the reader's, "b". right: str. mistakes: WrongAnswers, one for each other choice.

    Raises:
        Wrong: another choice, or none of the list.
    """
    choices = sorted([right, *(mistake.answer for mistake in mistakes)])
    if not isinstance(value, str) or value.strip().lower() not in choices:
        raise Wrong(
            _("Choose one of {choices}; what came is {came}.").format(
                choices=", ".join(f'"{choice}"' for choice in choices), came=describe(value)
            )
        )
    for mistake in mistakes:
        if value.strip().lower() == mistake.answer:
            raise Wrong(_(mistake.message))
