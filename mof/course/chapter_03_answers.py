"""Definitions that the answers of chapter 03 are compared with, and ways to get them wrong."""

import math

import numpy as np

from mof.course.quantities import as_array, as_number, as_tuple
from mof.course.translation import _

TABLES = ((4, 0.5), (7, 2.0), (5, 0.01))  # tokens, k


def uniform(vocabulary_size, num_tokens, num_bytes):
    """Perplexity, and bits per byte, of a model for which all tokens are alike."""
    return vocabulary_size, num_tokens * math.log2(vocabulary_size) / num_bytes


def run_two_numbers(function, case):
    """One call that returns (perplexity, bits per byte)."""
    both = _("Return two numbers, the perplexity and the bits per byte: `return perplexity, bits`.")
    perplexity, bits = as_tuple(function(*case), 2, both)
    names = _("Your perplexity"), _("Your bits per byte")
    return {name: as_number(value, name) for name, value in zip(names, (perplexity, bits), strict=True)}


def random_counts(seed, size):
    """Counts of pairs, int64 [W, W], many of them 0; the last token was never followed by anything."""
    counts = np.random.default_rng(seed).poisson(1.0, (size, size))
    counts[-1] = 0
    return counts


def table(counts, k):
    """Row by row: what follows each token, with k made-up pairs of each kind."""
    rows = []
    for row in np.asarray(counts, dtype="float64"):
        padded = row + k
        rows.append(padded / padded.sum())
    return np.array(rows)


def wrong_table(shape="rows", k=None, top=True, bottom="W k"):
    """An answer to 03.2 with something changed.

    Args:
        shape: of what sums to 1: "rows", "columns", "all".
        k: to take whatever is asked for; None takes what is asked for.
        top: whether k is added to the counts. bottom: what is added to their sum: "W k", "k" or "nothing".
    """

    def answer(counts, asked):
        used = asked if k is None else k
        counts = np.asarray(counts, dtype="float64")
        size = counts.shape[1]
        axis = {"rows": 1, "columns": 0, "all": None}[shape]
        more = {"W k": size * used, "k": used, "nothing": 0.0}[bottom] * (size if shape == "all" else 1)
        with np.errstate(all="ignore"):
            return (counts + (used if top else 0.0)) / (counts.sum(axis=axis, keepdims=True) + more)

    return answer


def random_shares(seed, size):
    """A distribution [W] without ties, not in order."""
    return np.random.default_rng(seed).dirichlet(np.full(size, 0.6))


def top_p(shares, p):
    """The fewest of the likeliest that together reach p, as shares of their sum; the others 0."""
    kept, reached = np.zeros(len(shares)), 0.0
    for i in sorted(range(len(shares)), key=lambda i: -shares[i]):
        if reached >= p:
            break
        kept[i] = shares[i]
        reached += shares[i]
    return kept / reached


def wrong_top_p(order="likeliest", crossing=True, scale=True, place=True, rule="sum"):
    """An answer to 03.3 with something changed.

    Args:
        order: in which tokens are taken: "likeliest", "unlikeliest" or "as they stand".
        crossing: whether the token with which the sum crosses p is kept.
        scale: whether what is kept is divided by its sum. place: whether it stays where it stood.
        rule: "sum", or "each": keeps the tokens whose own share is p or more.
    """

    def answer(shares, p):
        shares = np.asarray(shares, dtype="float64")
        if rule == "each":
            kept = np.where(shares >= p, shares, 0.0)
            with np.errstate(all="ignore"):
                return kept / kept.sum()
        ways = {
            "likeliest": np.argsort(-shares),
            "unlikeliest": np.argsort(shares),
            "as they stand": np.arange(len(shares)),
        }
        chosen = ways[order]
        sums = np.cumsum(shares[chosen])
        keep = sums - shares[chosen] < p if crossing else sums <= p
        kept = np.zeros(len(shares))
        if place:
            kept[chosen] = np.where(keep, shares[chosen], 0.0)
        else:
            kept = np.where(keep, shares[chosen], 0.0)
        with np.errstate(all="ignore"):
            return kept / kept.sum() if scale else kept

    return answer


def gru_inputs(seed, width):
    """inputs [3 R], kernel [R, 3 R], bias [3 R], hidden [R], float32: of sizes at which the gates differ."""
    random = np.random.default_rng(seed)
    shapes = (3 * width,), (width, 3 * width), (3 * width,), (width,)
    return tuple(random.normal(size=shape).astype("float32") for shape in shapes)


def reset_first(inputs, kernel, bias, hidden):
    """A step whose reset gate acts on the state before the product, for one token, on tensors."""
    return wrong_reset_first()(inputs, kernel, bias, hidden)


def wrong_reset_first(reset="first", swap=False, update="keep", squash="tanh", flow=True):
    """The step of 03.4, right as it stands, or with something changed.

    Args:
        reset: acts "first" (on the state), "after" the product, or "never".
        swap: takes r for z and z for r. update: z says how much to "keep", or how much to "write".
        squash: of the candidate, "tanh" or "sigmoid". flow: whether gradients do.
    """

    def answer(inputs, kernel, bias, hidden):
        from keras import ops

        if not flow:
            inputs, kernel, bias, hidden = (np.asarray(x) for x in (inputs, kernel, bias, hidden))
        width = hidden.shape[0]

        def product(state, i):
            part = slice(i * width, (i + 1) * width)
            return ops.matmul(state[None], kernel[:, part])[0] + bias[part]

        a = [inputs[i * width : (i + 1) * width] for i in range(3)]
        z, r = (ops.sigmoid(a[i] + product(hidden, i)) for i in ((1, 0) if swap else (0, 1)))
        recurrent = {
            "first": lambda: product(r * hidden, 2),
            "after": lambda: r * product(hidden, 2),
            "never": lambda: product(hidden, 2),
        }[reset]()
        n = {"tanh": ops.tanh, "sigmoid": ops.sigmoid}[squash](a[2] + recurrent)
        new = z * hidden + (1.0 - z) * n if update == "keep" else (1.0 - z) * hidden + z * n
        return new if flow else ops.convert_to_numpy(new)

    return answer


def run_step_on_tensors(function, case):
    """One call on tensors of the backend; the result has the state's shape."""
    from mof.cli.backend import start_backend

    start_backend()
    from keras import ops

    what = _("Your new state")
    result = function(*(ops.convert_to_tensor(x) for x in case))
    return {what: as_array(result, case[-1].shape, what)}


# held-out losses, and a patience: falling then rising for good; a dip beyond the patience; small steps up and
# down above the best; no turn at all; a turn that the end cuts short; a best loss that comes twice
LOSSES = (
    ([5.0, 4.0, 3.0, 3.5, 3.4, 3.6, 2.0, 2.5], 3),
    ([5.0, 4.0, 4.2, 4.1, 4.3, 3.9, 4.0, 4.5, 3.0, 3.1], 2),
    ([5.0, 4.5, 4.6, 4.0, 4.1, 4.2, 3.8, 4.4, 4.3, 4.2], 3),
    ([3.0, 2.5, 2.25, 2.125], 2),
    ([2.0, 1.5, 1.6], 4),
    ([3.0, 2.0, 2.0, 2.5], 2),
)


def stopping_point(losses, patience):
    """Index of the look whose weights are kept."""
    best = 0
    for i in range(1, len(losses)):
        if losses[i] < losses[best]:
            best = i
        elif i - best >= patience:
            return best
    return best


def wrong_stopping_point(keep="best", wait="since the best", see="past", late=0, ties="earlier"):
    """An answer to 03.5 with something changed.

    Args:
        keep: the weights of the "best" look, or of the look at which the training "stopped".
        wait: counts looks "since the best", rises "in a row", or "never" waits: stops at the first rise.
        see: "past", "all" (takes the best of all looks) or "end" (never stops).
        late: looks that it waits too long.
        ties: which of two equal looks is the better one, the "earlier" or the "later".
    """

    def answer(losses, patience):
        if see == "all":
            return int(np.argmin(losses))
        if see == "end":
            return len(losses) - 1
        best, count = 0, 0
        for i in range(1, len(losses)):
            is_better = losses[i] < losses[best] or ties == "later" and losses[i] == losses[best]
            is_rise = losses[i] >= losses[i - 1]
            best = i if is_better else best
            count = (count + 1 if is_rise else 0) if wait == "in a row" else i - best
            limit = 1 if wait == "never" else patience + late
            if not is_better and count >= limit:
                return best if keep == "best" else i
        return best if keep == "best" else len(losses) - 1

    return answer
