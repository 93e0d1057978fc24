"""The reader's function beside the definition, on seeded inputs; a mistake that is known is named."""

import numpy as np

from mof.course.quantities import as_array, shape_words
from mof.course.translation import _
from mof.course.verdict import Wrong

TOLERANCE = 1e-4  # float32 sums of a few dozen terms near 1


def expect_values(attempt, reference, cases, mistakes=(), explanations=(), run=None, what=None):
    """The attempt gives what the reference gives, for every case.

    Args:
        attempt: Attempt. reference: function of the same form, an independent definition.
        cases: list of tuples of arguments.
        mistakes: WrongAnswers of the same form. The first that gives the attempt's very numbers is told.
        explanations: functions without arguments that raise Wrong where a property does not hold (that it
            sees the future, say): told where no mistake fits, and as evidence where one does.
        run: function of (function, case) that calls it, once or for a whole text, and returns a dict from
            names to results; by default one call, whose result is called `what`.
        what: "Your result", at the start of a sentence.

    Raises:
        Wrong: it does not; the message says how.
    """
    what = what or _("Your result")
    run = run or (lambda function, case: {what: function(*case)})
    right = [run(reference, case) for case in cases]
    found = []
    for case, expected in zip(cases, right, strict=True):
        results = run(attempt, case)
        found.append({name: as_array(results[name], np.shape(expected[name]), name) for name in expected})
    differing = [i for i in range(len(cases)) if not _are_close(found[i], right[i])]
    if not differing:
        return
    evidence = _first_complaint(explanations)
    for mistake in mistakes:
        if _gives(mistake.answer, run, cases, found):
            raise Wrong(_(mistake.message), evidence)
    _expect_finite(found)
    if evidence:
        raise Wrong(evidence)
    simplest = min(differing, key=lambda i: sum(np.size(x) for x in found[i].values()))
    raise Wrong(_difference(found[simplest], right[simplest]))


def _first_complaint(explanations):
    for explanation in explanations:
        try:
            explanation()
        except Wrong as wrong:
            return wrong.message
    return ""


def _gives(answer, run, cases, found):
    """Whether a stored wrong answer gives what was found, for all cases."""
    try:
        return all(
            _are_close(run(answer, case), results, equal_nan=True)
            for case, results in zip(cases, found, strict=True)
        )
    except Exception:  # a wrong answer may fail where the reader's does not: then it is another mistake
        return False


def _are_close(some, others, equal_nan=False):
    for name, other in others.items():
        one = np.asarray(some[name], dtype="float64")
        if one.shape != np.shape(other):
            return False
        if not np.allclose(one, other, rtol=TOLERANCE, atol=TOLERANCE, equal_nan=equal_nan):
            return False
    return True


def _expect_finite(found):
    for results in found:
        for name, array in results.items():
            if np.isnan(array).any():
                raise Wrong(
                    _("{what} holds NaN, which is no number. Is 0 divided by 0 somewhere?").format(what=name)
                )
            if np.isinf(array).any():
                raise Wrong(
                    _("{what} holds an infinite number. Is something divided by 0?").format(what=name)
                )


def _difference(found, right):
    """Where the numbers differ most, in a sentence, and how if all do in one way."""
    for name, expected in right.items():
        expected = np.asarray(expected, dtype="float64")
        if np.allclose(found[name], expected, rtol=TOLERANCE, atol=TOLERANCE):
            continue
        place = np.unravel_index(np.argmax(np.abs(found[name] - expected)), expected.shape)
        where = _(" at {place}").format(place=shape_words(place)) if expected.ndim else ""
        sentence = _("{what} differs from the definition: {found}{where}, expected {expected}.").format(
            what=name,
            found=_in_digits(found[name][place]),
            where=where,
            expected=_in_digits(expected[place]),
        )
        return f"{sentence} {_pattern(found[name], expected)}".strip()
    return _("The numbers differ from the definition's.")


def _in_digits(value):
    """0.2500; in powers of ten where four digits after the point would hide it or bury it."""
    return f"{value:.4f}" if value == 0 or 1e-3 <= abs(value) < 1e6 else f"{value:.6g}"


def _pattern(found, right):
    if not np.any(right):
        return ""
    if not np.any(found):
        return _("All of yours are 0.")
    if np.allclose(found, -right, rtol=TOLERANCE, atol=TOLERANCE):
        return _("Only the sign is wrong, everywhere.")
    with np.errstate(all="ignore"):
        ratios = (found / right)[np.abs(right) > TOLERANCE]
    if found.size > 1 and ratios.size > 1 and np.allclose(ratios, ratios[0], rtol=1e-3):
        return _("All of yours are {factor} times the right ones.").format(factor=f"{ratios[0]:.4g}")
    if found.size > 1 and np.allclose(found - right, (found - right).flat[0], atol=TOLERANCE):
        return _("All of yours are off by the same {number}.").format(number=f"{(found - right).flat[0]:.4g}")
    return ""
