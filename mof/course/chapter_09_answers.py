"""Definitions that the answers of chapter 09 are compared with, and ways to get them wrong."""

import math

import numpy as np

from mof.course.cases import random_tokens
from mof.course.quantities import describe
from mof.course.translation import _, marked
from mof.course.verdict import Wrong

# 09.2: num_tokens, window, token that changes
CROPS = ((4, 6, 1), (6, 6, 5), (9, 6, 1), (9, 6, 3), (9, 6, 8), (7, 3, 2), (5, 1, 4))


def moving_outputs(num_tokens, window, token):
    """09.2: which outputs of the article's Transformer expert, zeros put behind them, move with a token."""
    if token < num_tokens - window:
        return []
    return list(range(min(window, num_tokens)))


def wrong_moves(place="front", sees="all", crop=True):
    """An answer to 09.2 with something changed.

    Args:
        place: where the outputs stand: in "front", or where their tokens "stood".
        sees: what an output of the expert depends on: "all" tokens, those "before" it and itself, "itself".
        crop: whether tokens before the window are thrown away; "outputs" for those of the outputs alone.
    """

    def answer(num_tokens, window, token):
        first = max(0, num_tokens - window) if crop else 0
        if crop is True and token < first:
            return []
        count = num_tokens - first
        own = max(0, token - first)
        seen_by = {"all": range(count), "before": range(own, count), "itself": [own]}[sees]
        return [i + (first if place == "stood" else 0) for i in seen_by]

    return answer


# 09.3: models of named parts. Each: words, function from a dict of parts to outputs [T, R], parts, names of
# the parts without effect on the last output.
def _matrix(seed, *shape):
    return np.random.default_rng(seed).normal(size=shape)


TOKENS = _matrix(90, 6, 3)


def _summed(parts):
    return TOKENS @ parts["one"] + TOKENS @ parts["two"]


def _early(parts):
    y = TOKENS @ parts["steady"]
    y[:4] += TOKENS[:4] @ parts["early"]
    return y


def _with_bias(parts):
    return TOKENS @ parts["kernel"] + parts["bias"]


def _faint(parts):
    return TOKENS @ parts["loud"] + 1e-4 * (TOKENS @ parts["faint"])


def _scaled(parts):
    y = (0.1 + parts["scale"] ** 2) * (TOKENS @ parts["kernel"])
    return y / np.sqrt((y**2).mean(axis=-1, keepdims=True))


def _gated(parts):
    return TOKENS @ parts["open"] + parts["gate"] * (TOKENS @ parts["shut"])


def _printed(parts):
    query, key = (np.exp(TOKENS @ parts[name]) for name in ("query", "key"))
    score = (query @ key.sum(axis=0))[:, None]
    return score * (TOKENS @ parts["value"]).sum(axis=0) / score


def _parts(*names, **given):
    return {name: _matrix(91 + i, 3, 3) for i, name in enumerate(names)} | given


MODELS = (
    (marked("that adds two parts"), _summed, _parts("one", "two"), []),
    (
        marked("one part of which works on the first four tokens"),
        _early,
        _parts("steady", "early"),
        ["early"],
    ),
    (marked("with a bias that is 0"), _with_bias, _parts("kernel", bias=np.zeros(3)), []),
    (marked("one part of which is faint"), _faint, _parts("loud", "faint"), []),
    (
        marked("that divides a scale out again"),
        _scaled,
        _parts("kernel", scale=np.array(0.7)),
        ["scale"],
    ),
    (marked("that multiplies a part by 0"), _gated, _parts("open", "shut", gate=np.zeros(3)), ["shut"]),
    (
        marked("that is the article's attention"),
        _printed,
        _parts("query", "key", "value"),
        ["key", "query"],
    ),
)
ROUNDING = 1e-9  # of float64 sums of a few numbers near 1


def silent_parts(function, parts, seed=0):
    """09.3: the names of the parts whose replacement by noise leaves the last output as it is."""
    random, before, found = np.random.default_rng(seed), np.array(function(dict(parts)))[-1], []
    for name, part in parts.items():
        after = np.array(function({**parts, name: random.normal(size=np.shape(part))}))[-1]
        if np.abs(after - before).max() < ROUNDING:
            found.append(name)
    return sorted(found)


def as_names(value, what):
    """A result as a sorted list of str.

    Raises:
        Wrong: something else.
    """
    if isinstance(value, str) or not isinstance(value, list | tuple | set):
        words = _("{what} is {came}, expected a list of names.")
        raise Wrong(words.format(what=what, came=describe(value)))
    if not all(isinstance(name, str) for name in value):
        raise Wrong(_("{what} holds something that is no name.").format(what=what))
    return sorted(value)


def wrong_probe(outputs="last", by="noise", keeps=False, least=ROUNDING, tells="silent"):
    """An answer to 09.3 with something changed.

    Args:
        outputs: which are looked at: the "last", or "all". by: what a part is replaced by: "noise",
            "zeros", or "twice" itself. keeps: whether a replaced part stays replaced.
        least: smallest change that counts. tells: the "silent" parts, or the "loud".
    """

    def answer(function, parts):
        random, parts = np.random.default_rng(0), dict(parts)
        before, found = np.array(function(parts)), []
        for name in list(parts):
            part = parts[name]
            others = {"zeros": 0.0 * part, "twice": 2.0 * part}
            changed = {**parts, name: others.get(by, random.normal(size=np.shape(part)))}
            after = np.array(function(changed))
            parts = changed if keeps else parts
            gap = np.nan_to_num(np.abs(after - before), nan=1.0)
            moved = (gap if outputs == "all" else gap[-1]).max() > least
            if moved == (tells == "loud"):
                found.append(name)
        return found

    return answer


# 09.4
def cut(x, expert, window):
    """09.4: for each token the expert's last output on the window that ends at it."""
    return np.array([expert(x[max(0, t - window + 1) : t + 1])[-1] for t in range(len(x))])


def small_expert(seed, width, output_width):
    """An expert for 09.4, [n, D] to [n, R]: as in the article's, an output sees all that it is given."""
    kernel = _matrix(seed, width, output_width)

    def expert(x):
        y = np.asarray(x, dtype="float64") @ kernel
        return np.tanh(y) + y.sum(axis=0)

    return expert


def crop_case(seed, num_tokens, width, output_width, window):
    """x [T, D] float32, an expert, window: arguments of 09.4."""
    (x,) = random_tokens(seed, num_tokens, width)
    return x, small_expert(seed + 50, width, output_width), window


def wrong_crop(pad=None, place="past", takes=-1):
    """An answer to 09.4 with something changed.

    Args:
        pad: where zeros stand beside one single crop: at the "end", in "front"; or None, a window for each.
        place: of each window: "past", "ahead", "longer", "shorter", "all" before, the "whole" text.
        takes: which of the expert's outputs.
    """

    def answer(x, expert, window):
        if pad is not None:
            y = expert(x[max(0, len(x) - window) :])
            zeros = np.zeros((len(x) - len(y), y.shape[1]))
            return np.concatenate([y, zeros] if pad == "end" else [zeros, y])
        found = []
        for t in range(len(x)):
            first = {"longer": t - window, "shorter": min(t, t - window + 2), "all": 0, "ahead": t}
            last = {"ahead": t + window, "whole": len(x)}.get(place, t + 1)
            first = 0 if place == "whole" else max(0, first.get(place, t - window + 1))
            y = expert(x[first:last])
            found.append(y[t] if place == "whole" else y[0] if place == "ahead" else y[takes])
        return np.array(found)

    return answer


# 09.5: readers of token ids, [n] to logits [n, W]. Each: words, function.
NUM_IDS = 5
_TABLE = 1.5 * _matrix(99, NUM_IDS, NUM_IDS)


def _one_hot(ids):
    return np.eye(NUM_IDS)[np.asarray(ids, dtype="int64")]


def _bigram(ids):
    return _TABLE[np.asarray(ids, dtype="int64")]


def _counts_so_far(ids):
    seen = np.cumsum(_one_hot(ids), axis=0)
    return seen @ _TABLE / np.arange(1, len(seen) + 1)[:, None] + np.log1p(seen)


def _counts_of_all(ids):
    return _bigram(ids) + np.log(0.1 + _one_hot(ids).sum(axis=0))


def _peeks(ids):
    hot = _one_hot(ids)
    return _bigram(ids) + 3.0 * np.concatenate([hot[1:], np.zeros((1, NUM_IDS))])


READERS = (
    (marked("that looks at one token back"), _bigram),
    (marked("that counts what it has read"), _counts_so_far),
    (marked("that counts the whole text"), _counts_of_all),
    (marked("that peeks at the next token"), _peeks),
)
TEXT_IDS = np.array([3, 1, 4, 1, 0, 2, 4, 3])


def log_softmax(logits):
    """[..., W] float64 to log p."""
    logits = np.asarray(logits, dtype="float64")
    logits = logits - logits.max(axis=-1, keepdims=True)
    return logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))


def honest_loss(read, ids):
    """09.5: mean nats of all tokens but the first, each from the tokens before it and nothing else."""
    return float(np.mean([-log_softmax(read(ids[:t]))[-1, ids[t]] for t in range(1, len(ids))]))


def wrong_loss(reads="prefix", row=-1, target=0, scale="mean", normed=True, sign=-1.0):
    """An answer to 09.5 with something changed.

    Args:
        reads: the "prefix"; the text without its last token ("whole"), or with it ("all"); "answer":
            the prefix with the token that is to be predicted.
        row: which row of the logits. target: how many places further the scored token lies.
        scale: "mean", "sum", "bits", or "length": the sum divided by the number of all tokens.
        normed: whether softmax is taken. sign: of the logarithm.
    """

    def answer(read, ids):
        found = []
        for t in range(1, len(ids)):
            cases = {"prefix": t, "whole": len(ids) - 1, "all": len(ids), "answer": t + 1}
            logits = np.asarray(read(ids[: cases[reads]]), dtype="float64")
            shares = log_softmax(logits) if normed else logits
            chosen = t - 1 if reads in ("whole", "all") else row
            found.append(sign * shares[chosen, ids[t + target]])
        total = float(np.sum(found))
        divisors = {"sum": 1, "bits": len(found) * math.log(2), "length": len(ids)}
        return total / divisors.get(scale, len(found))

    return answer
