"""A state of one size for any text."""

import numpy as np

from mof.course.forms import leaves
from mof.course.quantities import as_tuple
from mof.course.translation import _
from mof.course.verdict import Wrong

AFTER_TOKENS = (1, 2, 5, 12)


def expect_constant_state(step, token, state):
    """The state holds as many numbers after twelve tokens as after one.

    Args:
        step: takes what `token` gives, and the state; returns (y, state).
        token: function of t that returns a tuple, the arguments for token t.
        state: to start from.

    Raises:
        Wrong: it grows, or shrinks.
    """
    sizes = {}
    for t in range(max(AFTER_TOKENS)):
        both = _("Return two things from a step, y and the state.")
        _y, state = as_tuple(step(*token(t), state), 2, both)
        if t + 1 in AFTER_TOKENS:
            sizes[t + 1] = sum(int(np.size(leaf)) for leaf in leaves(state))
    first, last = sizes[AFTER_TOKENS[0]], sizes[AFTER_TOKENS[-1]]
    if len(set(sizes.values())) > 1:
        words = (
            _(
                "Your state grows: {first} numbers after 1 token, {last} after {tokens}. It keeps the past "
                "itself; keep a sum over it."
            )
            if last > first
            else _("Your state changes its size: {first} numbers after 1 token, {last} after {tokens}.")
        )
        raise Wrong(words.format(first=first, last=last, tokens=AFTER_TOKENS[-1]))
