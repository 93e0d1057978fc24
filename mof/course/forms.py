"""Two forms of one thing: all tokens at once and one at a time; in one go and in two halves."""

import numpy as np

from mof.course.quantities import as_array, as_tuple
from mof.course.translation import _
from mof.course.values import TOLERANCE
from mof.course.verdict import Wrong


def expect_same_forms(parallel, step, inputs, state):
    """One token at a time gives what all at once gives.

    Args:
        parallel: takes arrays [T, ...], returns [T, ...].
        step: takes one row of each input and the state, returns (y, state).
        inputs: arrays [T, ...]. state: to start from.

    Raises:
        Wrong: the outputs part; the message says at which token.
    """
    whole = as_array(parallel(*inputs), None, _("The result of your form for all tokens"))
    for token in range(len(inputs[0])):
        result = step(*(x[token] for x in inputs), state)
        y, state = as_tuple(result, 2, _("Return two things from a step, y and the state."))
        y = as_array(y, whole.shape[1:], "y")
        if np.allclose(y, whole[token], rtol=TOLERANCE, atol=TOLERANCE):
            continue
        if token == 0:
            raise Wrong(
                _(
                    "Your two forms differ from the first token on. There the state is empty still, so "
                    "look at what a token does with itself."
                )
            )
        raise Wrong(
            _(
                "Your two forms agree up to token {before} and part at token {token} (counted from 0): "
                "look at what the state hands on."
            ).format(before=token - 1, token=token)
        )


def expect_carries_on(function, inputs, state, seed=0):
    """A text read in two pieces, the state handed on, gives what it gives in one.

    Args:
        function: takes arrays [T, ...] and a state, returns (outputs [T, ...], state).
        inputs: arrays [T, ...] with two tokens at least. state: to start from.
        seed: of the place of the cut.

    Raises:
        Wrong: it does not.
    """
    both = _("Return two things, the outputs and the state.")
    cut = int(np.random.default_rng(seed).integers(1, len(inputs[0])))
    whole, whole_state = as_tuple(function(*inputs, state), 2, both)
    first, middle = as_tuple(function(*(x[:cut] for x in inputs), state), 2, both)
    second, last = as_tuple(function(*(x[cut:] for x in inputs), middle), 2, both)
    whole = as_array(whole, None, _("Your result"))
    pieces = np.concatenate([as_array(x, None, _("Your result")) for x in (first, second)])
    if pieces.shape != whole.shape:
        raise Wrong(_("In two pieces your outputs have another shape than in one."))
    same = np.isclose(pieces, whole, rtol=TOLERANCE, atol=TOLERANCE).reshape(len(whole), -1).all(axis=1)
    if not same.all():
        token = int(np.flatnonzero(~same)[0])
        raise Wrong(
            _(
                "Cut before token {cut}, the text gives other numbers from token {token} on (counted from "
                "0): is the state handed on, and read?"
            ).format(cut=cut, token=token)
        )
    if not _same_state(whole_state, last):
        raise Wrong(
            _(
                "The outputs agree in two pieces and in one, but the states at the end do not: what comes "
                "next will differ."
            )
        )


def _same_state(one, other):
    ones, others = leaves(one), leaves(other)
    return len(ones) == len(others) and all(
        np.shape(a) == np.shape(b) and np.allclose(a, b, rtol=TOLERANCE, atol=TOLERANCE)
        for a, b in zip(ones, others, strict=True)
    )


def leaves(state):
    """The arrays and numbers of a nested state, in order.

    Args:
        state: array, number, or tuples, lists and dicts of them.

    Returns:
        list.
    """
    if isinstance(state, dict):
        return [leaf for key in sorted(state) for leaf in leaves(state[key])]
    if isinstance(state, tuple | list):
        return [leaf for entry in state for leaf in leaves(entry)]
    return [state]
