"""Definitions that the answers of chapter 04 are compared with, and ways to get them wrong."""

import math

import numpy as np

from mof.course.cases import random_tokens
from mof.course.quantities import as_array, as_tuple
from mof.course.translation import _


def gates(seed, num_tokens, width):
    """What each token keeps, between 0 and 1, and what it adds: float32 [T, R] each."""
    logits, update = random_tokens(seed, num_tokens, width, width)
    return sigmoid(logits).astype("float32"), update


def sigmoid(logits):
    """Shares between 0 and 1, float64."""
    return 1.0 / (1.0 + np.exp(-np.asarray(logits, dtype="float64")))


def num_rounds(num_tokens):
    """04.1: rounds in which doubling spans reach the first of so many tokens."""
    return math.ceil(math.log2(num_tokens))


def step(gate_logit, candidate, hidden):
    """04.2: one token of a minimal GRU."""
    z = sigmoid(gate_logit)
    return (1.0 - z) * hidden + z * candidate


def combine(earlier, later):
    """04.3: two steps of h -> a h + b, one after the other, as one."""
    return earlier[0] * later[0], later[0] * earlier[1] + later[1]


def gates_with_starts(gate_logits, candidates, starts):
    """04.4: what to keep and what to add, nothing kept where a document starts."""
    z = sigmoid(gate_logits)
    return np.where(starts[:, None], 0.0, 1.0 - z), z * candidates


def row(retain, update, hidden):
    """04.5: the definition, token by token, in float64: the states [T, R], and the last [R]."""
    hidden = np.asarray(hidden, dtype="float64")
    states = []
    for keep, add in zip(np.asarray(retain, "float64"), np.asarray(update, "float64"), strict=True):
        hidden = keep * hidden + add
        states.append(hidden)
    return np.array(states), hidden


def run_steps(function, case):
    """A step, called for each token with the state that the one before has returned.

    Args:
        function: of gate_logit [R], candidate [R] and hidden [R], to the new hidden [R].
        case: gate logits [T, R], candidates [T, R].

    Returns:
        dict: "hidden" [T, R], the state after each token.
    """
    logits, candidates = case
    hidden = np.zeros(logits.shape[1], "float32")
    states = []
    for gate_logit, candidate in zip(logits, candidates, strict=True):
        result = function(gate_logit, candidate, hidden)
        hidden = as_array(result, hidden.shape, "hidden").astype("float32")
        states.append(hidden)
    return {"hidden": np.array(states)}


def run_combine(function, case):
    """One combination: case is the earlier and the later pair, arrays [R] each."""
    shape = case[0][0].shape
    kept, added = as_tuple(function(*case), 2, _("Return two things, `a` and `b`."))
    return {"a": as_array(kept, shape, "a"), "b": as_array(added, shape, "b")}


def run_gates(function, case):
    """What comes of the gates: the states of the recurrence over them, from a text's first token on."""
    shape = case[0].shape
    both = _("Return two things, `retain` and `update`.")
    retain, update = as_tuple(function(*case), 2, both)
    retain, update = as_array(retain, shape, "retain"), as_array(update, shape, "update")
    return {_("Your memory"): row(retain, update, np.zeros(shape[1]))[0]}


def run_row(function, case):
    """One row: its states and the one that is handed on."""
    shape = case[0].shape
    states, hidden = as_tuple(
        function(*case), 2, _("Return two things, the states of the row and the last of them.")
    )
    return {
        _("The states"): as_array(states, shape, _("The states")),
        _("The state you hand on"): as_array(hidden, shape[1:], _("The state you hand on")),
    }


def scan_with(combination):
    """The states of a row from nothing, by doubling spans that `combination` puts together.

    Args:
        combination: of an earlier and a later pair of tensors [T, R].

    Returns:
        Function of tensors a, b [T, R] to the states [T, R]; differentiable if the combination is.
    """

    def scan(a, b):
        from keras import ops

        distance = 1
        while distance < a.shape[0]:
            before = ops.ones_like(a[:distance]), ops.zeros_like(b[:distance])
            earlier = [
                ops.concatenate([start, x[:-distance]]) for start, x in zip(before, (a, b), strict=True)
            ]
            a, b = combination(tuple(earlier), (a, b))
            distance *= 2
        return b

    return scan


def package_states(a, b):
    """The package's definition, differentiable: tensors a, b [T, R] to the states [T, R]."""
    from keras import ops

    from mof.ops.gated_recurrence import gated_recurrence_recurrent

    return gated_recurrence_recurrent(a[None], b[None], ops.zeros((1, a.shape[1])))[0][0]


def wrong_step(keep="1 - z", write="z", squash=False, is_share=True):
    """An answer to 04.2 with something changed.

    Args:
        keep: factor of the old state: "1 - z", "z", "1" or "0". write: of the candidate: "z", "1 - z", "1".
        squash: the candidate goes through tanh. is_share: the gate goes through the sigmoid.
    """

    def answer(gate_logit, candidate, hidden):
        z = sigmoid(gate_logit) if is_share else gate_logit
        factors = {"1 - z": 1.0 - z, "z": z, "1": 1.0, "0": 0.0}
        candidate = np.tanh(candidate) if squash else candidate
        return factors[keep] * hidden + factors[write] * candidate

    return answer


def wrong_combine(kept="both", passes="later", order="in time", adds=True, flow=True):
    """An answer to 04.3 with something changed.

    Args:
        kept: "both" (their product), "sum", "later" or "earlier".
        passes: what the earlier b is multiplied by: the "later" a, "nothing", or "both" a.
        order: "in time", or "reversed". adds: whether the later b is there. flow: whether gradients do.
    """

    def answer(earlier, later):
        if not flow:
            earlier, later = (tuple(np.asarray(x) for x in pair) for pair in (earlier, later))
        first, second = (earlier, later) if order == "in time" else (later, earlier)
        product = first[0] * second[0]
        a = {"both": product, "sum": first[0] + second[0], "later": second[0], "earlier": first[0]}[kept]
        passed = {"later": second[0] * first[1], "nothing": first[1], "both": product * first[1]}[passes]
        return a, passed + second[1] if adds else passed

    return answer


def wrong_gates(forgets="retain", shift=0, inverted=False, writes="share"):
    """An answer to 04.4 with something changed.

    Args:
        forgets: what is 0 at a start: "retain", "update", "both" or "nothing".
        shift: tokens by which it comes too late (1) or too early (-1). inverted: everywhere but at starts.
        writes: the candidate's "share" z at a start, or the "whole" of it.
    """

    def answer(gate_logits, candidates, starts):
        z = sigmoid(gate_logits)
        retain, update = 1.0 - z, z * candidates
        here = np.zeros_like(starts)
        if shift > 0:
            here[shift:] = starts[:-shift]
        elif shift < 0:
            here[:shift] = starts[-shift:]
        else:
            here = ~starts if inverted else starts
        if forgets in ("retain", "both"):
            retain = np.where(here[:, None], 0.0, retain)
        if forgets in ("update", "both"):
            update = np.where(here[:, None], 0.0, update)
        if writes == "whole":
            update = np.where(here[:, None], candidates, update)
        return retain, update

    return answer


def wrong_row(begins="faded", hands_on="last"):
    """An answer to 04.5 with something changed.

    Args:
        begins: what each token finds of the old state: "faded" by all tokens so far, "nothing", the "whole",
            faded "once" by the token's own `retain`, or "unfaded" by the first token alone.
        hands_on: the "last" state, the "first", the "old" one, or "nothing" (zeros).
    """

    def answer(retain, update, hidden):
        products = np.cumprod(np.asarray(retain, "float64"), axis=0)
        left = {
            "faded": products,
            "nothing": np.zeros_like(products),
            "whole": np.ones_like(products),
            "once": retain,
            "unfaded": np.concatenate([np.ones_like(products[:1]), np.cumprod(retain[1:], axis=0)]),
        }[begins]
        states = row(retain, update, np.zeros_like(hidden))[0] + left * hidden
        last = {"last": states[-1], "first": states[0], "old": hidden, "nothing": np.zeros_like(hidden)}
        return states, last[hands_on]

    return answer
