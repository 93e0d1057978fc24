"""Definitions that the answers of chapter 06 are compared with, and ways to get them wrong."""

import math

import numpy as np

from mof.course.cases import random_tokens
from mof.course.quantities import as_array, as_tuple
from mof.course.translation import _, marked


def meeting_point(decay):
    """06.1: where the newest of t tokens counts 1/t = 1 - d."""
    return 1.0 / (1.0 - decay)


def means(x, starts=None):
    """The definition, token by token, in float64, with starts as in 06.3."""
    x = np.asarray(x, dtype="float64")
    first, found = 0, []
    for t in range(len(x)):
        first = t if starts is not None and starts[t] else first
        found.append(x[first : t + 1].mean(axis=0))
    return np.array(found)


def window_means(x, window):
    """06.2: the mean of the last tokens alone, in float64."""
    x = np.asarray(x, dtype="float64")
    return np.array([x[max(0, t - window + 1) : t + 1].mean(axis=0) for t in range(len(x))])


def step(token, starts, memory):
    """06.3: one token into the mean; memory (total [D], count)."""
    total, count = (0.0, 0) if starts else memory
    total, count = total + token, count + 1
    return total / count, (total, count)


def gelu(u):
    """The tanh form, in NumPy."""
    return 0.5 * u * (1.0 + np.tanh(math.sqrt(2.0 / math.pi) * (u + 0.044715 * u**3)))


def think(x, inner, outer, alpha):
    """06.5: x [T, D] plus what two layers make of the mean of the past."""
    x, inner, outer = (np.asarray(part, dtype="float64") for part in (x, inner, outer))
    return x + float(alpha) * (gelu(means(x) @ inner) @ outer)


def thought_case(seed, num_tokens, width, inner_width):
    """x [T, D], inner [D, I], outer [I, D], alpha []: float32."""
    (x,) = random_tokens(seed, num_tokens, width)
    (inner,) = random_tokens(seed + 100, width, inner_width)
    (outer,) = random_tokens(seed + 200, inner_width, width)
    return x, inner, outer, np.float32(0.3 + 0.1 * seed)


def package_means(x):
    """The package's definition, differentiable: tensor [T, D] to [T, D]."""
    from mof.ops.running_mean import running_mean_memory, running_mean_recurrent

    return running_mean_recurrent(x[None], running_mean_memory(1, x.shape[1]))[0][0]


def package_window_means(x, window):
    """The same over the last tokens alone, as the package's thought space has it with a window."""
    from keras import ops

    from mof.ops.windowed_attention import windowed_attention, windowed_attention_memory

    ones = ops.ones_like(x[None, :, None, :1])
    memory = windowed_attention_memory(1, window, 1, 1, x.shape[1])
    total, count, _memory = windowed_attention(ones, ones, x[None, :, None], memory)
    return total[0, :, 0] / count[0]


def run_window(function, case):
    """One call: case is x [T, D], which becomes a tensor, and the window, an int."""
    from mof.cli.backend import start_backend

    start_backend()
    from keras import ops

    x, window = case
    return {_("Your result"): function(ops.convert_to_tensor(x), window)}


def package_think(x, inner, outer, alpha):
    """The same two layers on the package's mean, differentiable."""
    from mof.ops.activations import tanh_gelu

    return x + alpha * (tanh_gelu(package_means(x) @ inner) @ outer)


def run_steps(function, case):
    """A step, called for each token with the memory that the one before has returned.

    Args:
        function: of token [D], starts (bool) and memory (total [D], count).
        case: x [T, D], starts [T] bool.

    Returns:
        dict: "mean" [T, D], the last "total" [D] and "count" [].

    Raises:
        Wrong: it does not return a mean and a pair (total, count).
    """
    x, starts = case
    shape = x.shape[1:]
    total, count = np.zeros(shape, "float32"), 0
    found = []
    for token, is_start in zip(x, starts, strict=True):
        result = function(token, bool(is_start), (total, count))
        mean, memory = as_tuple(
            result, 2, _("Return two things, the mean and the memory: `return mean, (total, count)`.")
        )
        total, count = as_tuple(memory, 2, _("Return the memory as a pair, `(total, count)`."))
        found.append(as_array(mean, shape, "mean"))
        total = as_array(total, shape, "total").astype("float32")
        count = float(as_array(count, (), "count"))
    return {"mean": np.array(found), "total": total, "count": np.float64(count)}


# 06.4: functions of a text [T, D] whose view is known. Each: its words, the function, and how many tokens
# ahead it sees in a text of NUM_TOKENS.
NUM_TOKENS = 10


def _next_token(x):
    return np.concatenate([x[1:], x[-1:]])


def _mean_of_four(x):
    pieces = [x[i : i + 4] for i in range(0, len(x), 4)]
    return np.concatenate([np.broadcast_to(piece.mean(axis=0), piece.shape) for piece in pieces])


def _third_sees_sixth(x):
    y = means(x)
    y[2] += x[5]
    return y


def _only_if_loud(x):
    ahead = np.concatenate([x[2:], np.zeros_like(x[:2])])
    return x + np.maximum(ahead - 3.0, 0.0)


VIEWS = (
    (marked("that gives each token back as it came"), lambda x: np.array(x, "float64"), 0),
    (marked("that takes the running mean"), means, 0),
    (
        marked("that gives the mean of the whole text to each token"),
        lambda x: np.broadcast_to(x.mean(axis=0), x.shape),
        NUM_TOKENS - 1,
    ),
    (marked("that gives each token the next one"), _next_token, 1),
    (marked("that takes the mean of each four tokens, for all four"), _mean_of_four, 3),
    (marked("whose third output alone sees the sixth token"), _third_sees_sixth, 3),
    (
        marked("that adds a thousandth of the mean of the whole text"),
        lambda x: means(x) + 0.001 * x.mean(axis=0),
        NUM_TOKENS - 1,
    ),
    (marked("that sees the token after the next where it is large"), _only_if_loud, 2),
)


def look_ahead(function, x, size=10.0):
    """06.4: how many tokens ahead a function sees at most: each token is changed, and earlier outputs are
    looked at."""
    before, farthest = np.array(function(x)), 0
    for t in range(len(x)):
        changed = np.array(x)
        changed[t] = changed[t] + size
        moved = (np.array(function(changed)) != before).any(axis=1)
        farthest = max([farthest, *(t - i for i in np.flatnonzero(moved))])
    return int(farthest)


def wrong_window(place="past", divide="count", flow=True):
    """An answer to 06.2 with something changed.

    Args:
        place: of the window: "past", which ends at the token; "centred" on it; "ahead", which begins at it;
            "before", which ends before it; one token "longer" or "shorter"; "all" that was read.
        divide: by the "count" of tokens in it, by the "window", or "not".
        flow: whether gradients do.
    """

    def answer(x, window):
        from keras import ops

        first, last = {
            "past": (0, window - 1),
            "centred": (-((window - 1) // 2), window // 2),
            "ahead": (1 - window, 0),
            "before": (1, window),
            "longer": (0, window),
            "shorter": (0, window - 2),
            "all": (0, x.shape[0]),
        }[place]
        places = np.arange(x.shape[0])
        ago = places[:, None] - places[None, :]
        weights = ((ago >= first) & (ago <= last)).astype("float32")
        counts = np.maximum(weights.sum(axis=1, keepdims=True), 1.0)
        weights = weights / {"count": counts, "window": float(window), "not": 1.0}[divide]
        return ops.matmul(weights, x) if flow else weights @ np.asarray(x)

    return answer


def wrong_step(empties="both", when="before", divide="count", grow=True):
    """An answer to 06.3 with something changed.

    Args:
        empties: at a start: "both", "total", "count" or "nothing".
        when: "before" the token comes in; "after" it; "instead": the token is lost; or "told": it is the
            mean, and not kept.
        divide: by the "count", or "not". grow: whether the count does.
    """

    def empty(total, count):
        total = 0.0 * total if empties in ("both", "total") else total
        return total, 0 if empties in ("both", "count") else count

    def answer(token, starts, memory):
        total, count = memory
        if starts and when != "after":
            total, count = empty(total, count)
        if starts and when == "told":
            return token, (total, count)
        if not (starts and when == "instead"):
            total, count = total + token, count + 1 if grow else max(count, 1)
        mean = total / max(count, 1) if divide == "count" else total
        if starts and when == "after":
            total, count = empty(total, count)
        return mean, (total, count)

    return answer


def wrong_look(tokens="all", outputs="all", size=10.0, least=0.0, past=False, nearest=False, **more):
    """An answer to 06.4 with something changed.

    Args:
        tokens: which are changed: "all", or the "last". outputs: which are looked at: "all", or the "first".
        size: of the change. least: smallest change of an output that counts. past: whether later outputs
            count too. nearest: whether the nearest leak is told, not the farthest.
        more: "in_place": whether changes stay; "off": added to the result; "says": "how far" or "whether".
    """

    def answer(function, x):
        before, distances = np.array(function(x), copy=True), []
        for t in [len(x) - 1] if tokens == "last" else range(len(x)):
            changed = x if more.get("in_place") else np.array(x)
            changed[t] = changed[t] + size
            moved = (np.abs(np.array(function(changed)) - before) > least).any(axis=1)
            seen = [t - i for i in np.flatnonzero(moved) if outputs == "all" or i == 0]
            distances += [abs(d) if past else d for d in seen if past or d > 0]
        distances = [d for d in distances if d > 0]
        farthest = (min if nearest else max)(distances, default=0)
        return bool(farthest) if more.get("says") == "whether" else int(farthest + more.get("off", 0))

    return answer


def wrong_thought(take="past", activate=True, residual=True, scale="thought", flow=True, divide="count"):
    """An answer to 06.5 with something changed.

    Args:
        take: which tokens the mean is of: the "past" and the token, "all", the "future" with it, what came
            "before" it. activate: whether GELU stands between the layers. residual: whether x is
            added. scale: what alpha multiplies: the "thought", "both" it and x, "nothing"; or "blend": x
            keeps 1 - alpha.
        flow: whether gradients do. divide: the sum of the past by its "count", or by the text's "length".
    """

    def answer(x, inner, outer, alpha):
        from keras import ops

        if not flow:
            x, inner, outer, alpha = (np.asarray(part) for part in (x, inner, outer, alpha))
        num_tokens = x.shape[0]
        place = {"past": "all", "all": "all", "future": "ahead", "before": "before"}[take]
        mean = wrong_window(place)(x, num_tokens)
        mean = mean[-1:] if take == "all" else mean
        if divide == "length":
            mean = ops.cumsum(x, axis=0) / num_tokens
        hidden = ops.matmul(mean, inner)
        thought = ops.matmul(ops.gelu(hidden, approximate=True) if activate else hidden, outer)
        thought = thought if scale == "nothing" else alpha * thought
        share = {"both": alpha, "blend": 1 - alpha}.get(scale, 1.0)
        y = thought + share * x if residual else thought
        return y if flow else ops.convert_to_numpy(y)

    return answer
