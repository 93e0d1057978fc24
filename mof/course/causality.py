"""What a token may read: itself and its past, and after a document's start nothing from before it."""

import numpy as np

from mof.course.cases import changed_at
from mof.course.quantities import as_array
from mof.course.translation import _
from mof.course.verdict import Wrong

UNCHANGED = 1e-5  # relative; the same sums in another order may differ in float32


def expect_causal(function, inputs, what=None, run=None):
    """Changing token t changes no output before t.

    Args:
        function: takes the inputs, returns an array [T, ...].
        inputs: arrays [T, ...] of numbers, one row a token; each is changed in turn, at each token.
        what: "Your attention", at the start of a sentence.
        run: as in `expect_values`, for a function that is called otherwise; its first result is looked at.

    Raises:
        Wrong: an output sees the future. Of all leaks the one that looks least far is told.
    """
    what = what or _("Your function")
    before = _outputs(function, inputs, run)
    nearest = None
    for index in range(len(inputs)):
        for token in range(1, len(before)):
            after = _outputs(function, _with_change(inputs, index, token), run)
            leaks = _differing(before, after)
            leaks = leaks[leaks < token]
            if leaks.size and (nearest is None or token - leaks.max() < nearest[0]):
                nearest = (token - leaks.max(), token, leaks.max())
    if nearest is not None:
        distance, token, output = nearest
        raise Wrong(
            _(
                "{what} sees position t + {distance}: changing token {token} changed output {output} "
                "(counted from 0)."
            ).format(what=what, distance=distance, token=token, output=output)
        )


def expect_reads_itself(function, inputs, index=-1, what=None, run=None):
    """Changing token t changes output t. The first token is left out: with nothing before it, it may give
    anything.

    Args:
        function, inputs, what, run: as in `expect_causal`.
        index: of the input to change.

    Raises:
        Wrong: it does not.
    """
    what = what or _("Your function")
    before = _outputs(function, inputs, run)
    blind = []
    for token in range(1, len(before)):
        after = _outputs(function, _with_change(inputs, index % len(inputs), token), run)
        if token not in _differing(before, after):
            blind.append(token)
    if blind:
        raise Wrong(
            _(
                "{what} does not let a token read itself: changing token {token} left output {token} as it "
                "was (counted from 0)."
            ).format(what=what, token=blind[0])
        )


def expect_reset(function, inputs, starts, what=None, run=None):
    """Changing a token changes no output of a later document.

    Args:
        function: takes the inputs, then the flags; returns an array [T, ...].
        inputs: arrays [T, ...]. starts: bool array [T], True where a token begins a document.
        what, run: as in `expect_causal`.

    Raises:
        Wrong: something is read across the start of a document.
    """
    what = what or _("Your memory")
    document = np.cumsum(starts)
    before = _outputs(function, (*inputs, starts), run)
    for index in range(len(inputs)):
        for token in range(len(before)):
            after = _outputs(function, (*_with_change(inputs, index, token), starts), run)
            over = [i for i in _differing(before, after) if document[i] > document[token]]
            if over:
                start = int(np.flatnonzero(document == document[over[0]])[0])
                raise Wrong(
                    _(
                        "{what} survives the start of a document: a new one starts at token {start}, but "
                        "changing token {token} changed output {output} (counted from 0)."
                    ).format(what=what, start=start, token=token, output=over[0])
                )


def _with_change(inputs, index, token):
    return tuple(changed_at(array, token) if i == index else array for i, array in enumerate(inputs))


def _outputs(function, inputs, run):
    result = next(iter(run(function, inputs).values())) if run else function(*inputs)
    return as_array(result, None, _("Your result"))


def _differing(before, after):
    """Indices of the tokens whose outputs differ; NaN equals NaN."""
    if before.shape != after.shape:
        raise Wrong(_("The shape of your result depends on the numbers that it is given."))
    same = np.isclose(before, after, rtol=UNCHANGED, atol=UNCHANGED, equal_nan=True)
    return np.flatnonzero(~same.reshape(len(same), -1).all(axis=1))
