"""Answers that must be equal and not merely close: lists of ids, text, bytes."""

import numpy as np

from mof.course.quantities import describe
from mof.course.translation import _
from mof.course.verdict import Wrong

MOST_CHARACTERS = 60  # of a value in a message


def expect_exact(attempt, reference, cases, mistakes=(), run=None):
    """The attempt gives what the reference gives, for every case.

    Args:
        attempt: Attempt. reference: function of the same form, an independent definition.
        cases: list of tuples of arguments, simple ones first.
        mistakes: WrongAnswers of the same form. The first that gives the attempt's very results is told.
        run: function of (function, case) that calls it and returns something that == compares; it may raise
            Wrong. By default one call, whose result has to be a list of ids.

    Raises:
        Wrong: it does not; the message shows the first case in which they differ.
    """
    is_call = run is None
    run = run or (lambda function, case: as_ids(function(*case), _("Your result")))
    right = [run(reference, case) for case in cases]
    found = [run(attempt, case) for case in cases]
    if found == right:
        return
    for mistake in mistakes:
        if _gives(mistake.answer, run, cases, found):
            raise Wrong(_(mistake.message))
    case, mine, expected = next(
        entry for entry in zip(cases, found, right, strict=True) if entry[1] != entry[2]
    )
    given = ", ".join(map(_shown, case))
    names = getattr(attempt, "names", ())
    if is_call and len(case) > 1 and len(names) == len(case):
        given = ", ".join(f"{name} = {_shown(value)}" for name, value in zip(names, case, strict=True))
    raise Wrong(
        _("For {given} you give {mine}, expected {expected}.").format(
            given=given, mine=_shown(mine), expected=_shown(expected)
        )
    )


def as_ids(value, what):
    """A result as a list of int.

    Args:
        value: list, tuple, range or array of whole numbers. what: its name at the start of a sentence.

    Raises:
        Wrong: something else; the message says what came.
    """
    if isinstance(value, np.ndarray) and value.ndim == 1:
        value = value.tolist()
    if not isinstance(value, list | tuple | range):
        raise Wrong(_("{what} is {came}, expected a list of ids.").format(what=what, came=describe(value)))
    for place, entry in enumerate(value):
        if isinstance(entry, bool) or not isinstance(entry, int | np.integer):
            raise Wrong(
                _("{what} holds {came} at place {place}, expected an id, a whole number.").format(
                    what=what, came=describe(entry), place=place
                )
            )
    return [int(entry) for entry in value]


def _gives(answer, run, cases, found):
    """Whether a stored wrong answer gives what was found, for all cases."""
    try:
        return [run(answer, case) for case in cases] == found
    except Exception:  # a wrong answer may fail where the reader's does not: then it is another mistake
        return False


def _shown(value):
    text = repr(value)
    return text if len(text) <= MOST_CHARACTERS else text[:MOST_CHARACTERS] + "…"
