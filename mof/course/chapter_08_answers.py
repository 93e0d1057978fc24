"""Definitions that the answers of chapter 08 are compared with, and ways to get them wrong."""

import numpy as np

from mof.course.cases import random_resets, random_tokens
from mof.course.quantities import as_array, as_tuple
from mof.course.translation import _
from mof.course.verdict import Wrong

EPSILON = 1e-6  # below the root of a norm, as in the package


def share_at(share, temperature):
    """08.1: one of two shares, when the logits are divided by a temperature."""
    one, other = share ** (1 / temperature), (1 - share) ** (1 / temperature)
    return one / (one + other)


def mixture(outputs, route_weights):
    """08.2: each expert's vectors divided by their root mean square, times its weights, summed; float64."""
    outputs, route_weights = (np.asarray(x, dtype="float64") for x in (outputs, route_weights))
    total = np.zeros(outputs.shape[1:])
    for e, y in enumerate(outputs):
        size = np.sqrt((y**2).mean(axis=-1, keepdims=True) + EPSILON)
        total += route_weights[:, e, None] * y / size
    return total


def package_mixture(outputs, route_weights):
    """The package's form, differentiable: tensors [E, T, D] and [T, E] to [T, D]."""
    from keras import ops

    from mof.model import mix_experts

    ones = ops.ones((outputs.shape[-1],))
    return mix_experts(list(outputs), [ones] * outputs.shape[0], route_weights)


def specialisation(route_weights):
    """08.3: the entropy of the mean weights less the mean entropy of the weights, in nats."""
    return _entropy(route_weights.mean(axis=0)) - float(np.mean([_entropy(row) for row in route_weights]))


def _entropy(shares):
    return -sum(float(p) * float(np.log(p)) for p in shares if p > 0)


def choices(route_weights, block_length, first):
    """08.4: the expert of each token: the best after the last token of the block before."""
    chosen = []
    for t in range(len(route_weights)):
        opener = t // block_length * block_length
        chosen.append(int(np.argmax(route_weights[opener - 1])) if opener else first)
    return np.array(chosen)


def expert(x, starts, before):
    """08.5: each token and the one before it in its document, summed; and what the next row needs."""
    outputs, last = [], np.asarray(before, dtype="float64")
    for token, is_start in zip(x, starts, strict=True):
        outputs.append(token + (0 if is_start else last))
        last = token
    return np.array(outputs), last


def random_weights(seed, num_tokens, num_experts, loudness=2.0):
    """A router's weights, made up: float32 [T, E] that sum to 1."""
    (logits,) = random_tokens(seed, num_tokens, num_experts)
    shares = np.exp(loudness * logits)
    return (shares / shares.sum(axis=1, keepdims=True)).astype("float32")


def mixture_case(seed, num_experts, num_tokens, width):
    """(outputs [E, T, D], route_weights [T, E]); each expert is louder than the one before it."""
    (numbers,) = random_tokens(seed, num_experts * num_tokens, width)
    loudness = 3.0 ** np.arange(num_experts, dtype="float32")[:, None, None]
    outputs = loudness * (0.5 + numbers.reshape(num_experts, num_tokens, width))  # the mean is not 0
    return outputs.astype("float32"), random_weights(seed + 50, num_tokens, num_experts)


def expert_case(seed, num_tokens, width):
    """(x [T, D], starts [T], before [D])."""
    (x,), (before,) = random_tokens(seed, num_tokens, width), random_tokens(seed + 50, 1, width)
    starts = random_resets(seed, num_tokens)
    starts[0] = seed % 2 == 1  # in some rows the document goes on from the row before
    return x, starts, before[0]


def run_on_tensors(function, case):
    """One call with tensors of the backend."""
    from mof.cli.backend import start_backend

    start_backend()
    from keras import ops

    return {_("Your mixture"): function(*map(ops.convert_to_tensor, case))}


def run_choices(function, case):
    """One call; the result is one number for each token."""
    what = _("Your list of experts")
    result = function(*case)
    result = np.asarray(result) if isinstance(result, list | tuple) else result  # a loop collects ints so
    return {what: as_array(result, (len(case[0]),), what)}


def run_expert(function, case):
    """One row: its outputs, and what is handed on."""
    y, last = as_tuple(function(*case), 2, _("Return two things, the outputs and the token to hand on."))
    return {
        _("The outputs"): as_array(y, case[0].shape, _("The outputs")),
        _("What you hand on"): as_array(last, case[2].shape, _("What you hand on")),
    }


def expect_choice_before_block(attempt, block_length=3, num_tokens=11):
    """No choice moves when the router changes its mind inside the block or behind it.

    Raises:
        Wrong: one does.
    """
    before = np.zeros((num_tokens, 2), "float32")
    before[:, 0], before[:, 1] = 0.6, 0.4
    chosen = run_choices(attempt, (before, block_length, 0))
    for token in range(num_tokens):
        changed = before.copy()
        changed[token] = 0.01, 0.99  # strong enough to win in a mean
        after = run_choices(attempt, (changed, block_length, 0))
        for name in chosen:
            moved = np.flatnonzero(after[name] != chosen[name])
            early = moved[moved // block_length * block_length <= token]
            if early.size:
                raise Wrong(
                    _(
                        "The expert of token {place} depends on what the router says after token {token} "
                        "(counted from 0): at the start of that block this is not known yet."
                    ).format(place=early[0], token=token)
                )


def wrong_mixture(norms="each", weighs="behind", order="as given", flow=True):
    """An answer to 08.2 with something changed.

    Args:
        norms: "each" expert, "never", the "sum", "time" (over the tokens), "centred" (the mean taken off as
            well), or "length" (the root of the sum of squares, not of their mean).
        weighs: "behind" the norm, "before" it, or "equal" for all.
        order: of the weights, "as given" or "reversed". flow: whether gradients do.
    """

    def answer(outputs, route_weights):
        from keras import ops

        if not flow:
            outputs, route_weights = np.asarray(outputs), np.asarray(route_weights)
        num_experts = outputs.shape[0]

        def normed(y, axis=-1):
            return y / ops.sqrt(ops.mean(ops.square(y), axis=axis, keepdims=True) + EPSILON)

        form = {
            "each": normed,
            "never": lambda y: y,
            "sum": lambda y: y,
            "time": lambda y: normed(y, axis=0),
            "length": lambda y: y / ops.sqrt(ops.sum(ops.square(y), axis=-1, keepdims=True) + EPSILON),
            "centred": lambda y: normed(y - ops.mean(y, axis=-1, keepdims=True)),
        }[norms]
        total = 0.0
        for e in range(num_experts):
            place = e if order == "as given" else num_experts - 1 - e
            weight = route_weights[:, place, None]
            if weighs == "before":
                total = total + form(weight * outputs[e])
            else:
                total = total + (weight if weighs == "behind" else 1 / num_experts) * form(outputs[e])
        total = normed(total) if norms == "sum" else total
        return total if flow else ops.convert_to_numpy(total)

    return answer


def wrong_specialisation(part="difference", sign=1, log=np.log, axis=0, skips_zeros=True):
    """An answer to 08.3 with something changed.

    Args:
        part: "difference", the entropy of the "mean" alone, the mean of the "each" token's entropy alone, a
            difference of "numbers" of experts, or of the entropy and a "term" of each token's.
        sign: 1, or -1 for the wrong order. log: the logarithm. axis: the one that the mean is taken over.
        skips_zeros: whether 0 log 0 is 0.
    """

    def entropy(shares):
        safe = np.where(shares > 0, shares, 1.0) if skips_zeros else shares
        return -(shares * log(safe)).sum(axis=-1)

    def answer(route_weights):
        weights = np.asarray(route_weights, dtype="float64")
        weights = weights if axis == 0 else weights.T
        of_mean, each = entropy(weights.mean(axis=0)), entropy(weights).mean()
        return {
            "difference": sign * (of_mean - each),
            "mean": of_mean,
            "each": each,
            "numbers": np.exp(of_mean) - np.exp(each),
            "term": of_mean - each / weights.shape[1],
        }[part]

    return answer


def wrong_choices(looks="before", counts_from=0, uses_first=True, picks="largest"):
    """An answer to 08.4 with something changed.

    Args:
        looks: at the last token "before" the block, at the block's "first" or "last" token or its "mean", or
            at the "token" before each token.
        counts_from: how many tokens later than it should the last token is looked for, -1 is one earlier.
        uses_first: whether the first block goes to `first`, else to expert 0. picks: "largest", or
            "smallest".
    """

    def answer(route_weights, block_length, first):
        pick = np.argmax if picks == "largest" else np.argmin
        chosen = []
        for t in range(len(route_weights)):
            opener = t // block_length * block_length
            block = route_weights[opener : opener + block_length]
            if looks in ("first", "last", "mean"):
                row = {"first": block[0], "last": block[-1], "mean": block.mean(axis=0)}[looks]
                chosen.append(int(pick(row)))
            elif looks == "token":
                chosen.append(int(pick(route_weights[t - 1])) if t else first)
            elif opener == 0:
                chosen.append(first if uses_first else 0)
            else:
                chosen.append(int(pick(route_weights[max(opener - 1 + counts_from, 0)])))
        return np.array(chosen)

    return answer


def favourites(route_weights, block_length, first):
    """An answer to 08.4 in which experts choose: the first takes the half of the text that it likes best."""
    order = np.argsort(-route_weights[:, 0], kind="stable")
    chosen = np.ones(len(route_weights), dtype=int)
    chosen[order[: len(order) // 2]] = 0
    return chosen


def wrong_expert(begins="before", direction="past", at_start="resets", itself=True, hands_on="last"):
    """An answer to 08.5 with something changed.

    Args:
        begins: what stands before the row's first token: what came "before", or "nothing".
        direction: "past", "future", or "circle": the first token is preceded by the last.
        at_start: "resets", "goes on" or "drops" the token itself as well.
        itself: whether the token is in the sum.
        hands_on: the "last" token, the "first", "nothing", the last "output", or what came "before".
    """

    def answer(x, starts, before):
        opening = before if begins == "before" else np.zeros_like(before)
        neighbour = np.vstack([opening[None], x[:-1]])
        if direction == "future":
            neighbour = np.vstack([x[1:], np.zeros_like(x[:1])])
        if direction == "circle":
            neighbour = np.roll(x, 1, axis=0)
        begins_here = starts[:, None]
        kept = neighbour if at_start == "goes on" else np.where(begins_here, 0.0, neighbour)
        own = np.where(begins_here, 0.0, x) if at_start == "drops" else x
        y = (own if itself else 0.0) + kept
        last = {
            "last": x[-1],
            "first": x[0],
            "nothing": np.zeros_like(before),
            "output": y[-1],
            "before": before,
        }[hands_on]
        return y, last

    return answer
