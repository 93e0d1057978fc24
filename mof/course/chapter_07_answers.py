"""Definitions that the answers of chapter 07 are compared with, and ways to get them wrong."""

import dataclasses

import numpy as np

from mof.course.cases import random_tokens
from mof.course.quantities import as_array
from mof.course.translation import _

BLOCK_WIDTH = 6


@dataclasses.dataclass(frozen=True)
class Parts:
    """What a block is put together from: functions of tensors [T, D] to [T, D]. `thought_space` has its
    residual connection inside."""

    attention_norm: object
    convolution: object
    attention: object
    thought_space: object
    feed_forward_norm: object
    feed_forward: object


def convolve(x, kernel):
    """07.1: each token, the one before it, ..., each times its own row of the kernel; float64."""
    x, kernel = (np.asarray(array, dtype="float64") for array in (x, kernel))
    y = np.zeros_like(x)
    for t in range(len(x)):
        for j in range(min(t + 1, len(kernel))):
            y[t] += kernel[j] * x[t - j]
    return y


def package_convolve(x, kernel):
    """The package's form, differentiable: tensors [T, D], [J, D] to [T, D]."""
    from mof.ops.short_convolution import short_convolution, short_convolution_memory

    memory = short_convolution_memory(1, kernel.shape[0], kernel.shape[1])
    return short_convolution(x[None], kernel, memory)[0][0]


def make_parts(seed):
    """Small parts with numbers of their own, no two alike."""
    from keras import ops

    random = np.random.default_rng(seed)
    mix, first, second, think = (random.normal(size=(4, BLOCK_WIDTH, BLOCK_WIDTH)) / BLOCK_WIDTH**0.5).astype(
        "float32"
    )
    scales = random.uniform(0.5, 2.0, size=(2, BLOCK_WIDTH)).astype("float32")
    kernel = random.normal(size=(3, BLOCK_WIDTH)).astype("float32")

    def normed(scale):
        return lambda x: scale * x / ops.sqrt(ops.mean(ops.square(x), axis=-1, keepdims=True) + 1e-6)

    def mean(x):
        return ops.cumsum(x, axis=0) / np.arange(1, x.shape[0] + 1, dtype="float32")[:, None]

    return Parts(
        attention_norm=normed(scales[0]),
        convolution=lambda x: package_convolve(x, kernel),
        attention=lambda x: ops.matmul(mean(x), mix),
        thought_space=lambda x: x + 0.3 * ops.tanh(ops.matmul(mean(x), think)),
        feed_forward_norm=normed(scales[1]),
        feed_forward=lambda x: ops.matmul(ops.square(ops.relu(ops.matmul(x, first))), second),
    )


def block(x, parts):
    """07.2: convolution and attention on a normed copy, added; thought space; feed-forward on a normed copy,
    added."""
    x = x + parts.attention(parts.convolution(parts.attention_norm(x)))
    x = parts.thought_space(x)
    return x + parts.feed_forward(parts.feed_forward_norm(x))


def blocks_at_half_width(num_blocks):
    """07.3: matrices of half the edge have a quarter of the numbers."""
    return 4 * num_blocks


def attend_in_window(queries, keys, values, window):
    """07.4: token t reads the last `window` tokens, itself the last of them; float64."""
    queries, keys, values = (np.asarray(x, dtype="float64") for x in (queries, keys, values))
    outputs = []
    for t in range(len(queries)):
        seen = slice(max(0, t - window + 1), t + 1)
        weights = keys[seen] @ queries[t]
        outputs.append(weights @ values[seen] / weights.sum())
    return np.array(outputs)


def package_window(window):
    """The package's form with that window, differentiable: tensors [T, K], [T, K], [T, V] to [T, V]."""

    def attend(queries, keys, values):
        from mof.ops.linear_attention import normalize_by_denominator
        from mof.ops.windowed_attention import windowed_attention, windowed_attention_memory

        q, k, v = (x[None, :, None] for x in (queries, keys, values))
        memory = windowed_attention_memory(1, window, 1, keys.shape[1], values.shape[1])
        numerator, total, _memory = windowed_attention(q, k, v, memory)
        return normalize_by_denominator(numerator, total)[0, :, 0]

    return attend


def view(depth, window, convolution_length, has_thought_space):
    """07.5: the token itself, and what every part of every block adds."""
    attention = (window - 1) * (2 if has_thought_space else 1)
    return 1 + depth * (attention + convolution_length - 1)


def tokens(seed, num_tokens, key_width, value_width):
    """Queries and keys, positive as phi makes them, and values of one head."""
    return tuple(random_tokens(seed, num_tokens, key_width, key_width, value_width, positive=(0, 1)))


def run_on_tensors(function, case):
    """One call; arrays go in as tensors of the backend, everything else as it is."""
    from mof.cli.backend import start_backend

    start_backend()
    from keras import ops

    given = (ops.convert_to_tensor(x) if isinstance(x, np.ndarray) else x for x in case)
    return {_("Your result"): function(*given)}


def run_block(function, case):
    """A block on tokens [T, D]; case is the tokens alone, for a check of causality, or with a seed."""
    from mof.cli.backend import start_backend

    start_backend()
    from keras import ops

    x, seed = case if len(case) == 2 else (*case, 0)
    y = function(ops.convert_to_tensor(x), make_parts(seed))
    return {_("Your block"): as_array(y, x.shape, _("Your block"))}


def wrong_convolve(
    direction="past", order="newest first", itself=True, wraps=False, one_filter=False, flow=True
):
    """An answer to 07.1 with something changed.

    Args:
        direction: "past" or "future". order: of the kernel's rows, "newest first" or "oldest first".
        itself: whether a token sees itself. wraps: the first tokens see the last ones.
        one_filter: the first channel's filter for all. flow: whether gradients do.
    """

    def answer(x, kernel):
        from keras import ops

        if not flow:
            x, kernel = np.asarray(x), np.asarray(kernel)
        rows = kernel if order == "newest first" else kernel[::-1]
        rows = rows[:, :1] if one_filter else rows
        length, total = x.shape[0], 0.0
        for j in range(0 if itself else 1, kernel.shape[0]):
            if wraps:
                shifted = ops.roll(x, j, axis=0)
            else:
                nothing = ops.zeros_like(x[: min(j, length)])
                rest = max(length - j, 0)
                pieces = [nothing, x[:rest]] if direction == "past" else [x[min(j, length) :], nothing]
                shifted = ops.concatenate(pieces, axis=0)
            total = total + rows[j] * shifted
        total = total + ops.zeros_like(x)
        return total if flow else ops.convert_to_numpy(total)

    return answer


def wrong_block(
    attends="residual", thinks="once", feeds="residual", norms="before", reads="after", convolves="normed"
):
    """An answer to 07.2 with something changed.

    Args:
        attends, feeds: "residual", or "replaces" what came in.
        thinks: "once", "twice" (added to x again) or "never".
        norms: "before", "behind" the sums (the article's), "never" before the feed-forward, or "kept": what
            is normed goes on in place of the token.
        reads: what the feed-forward reads: what came "after" attention, or "before" it.
        convolves: what "normed" made, what comes in ("raw"), or "nothing".
    """

    def answer(x, parts):
        if norms == "kept":
            x = parts.attention_norm(x)
        first = parts.attention_norm if norms in ("before", "never") else lambda x: x
        second = parts.feed_forward_norm if norms == "before" else lambda x: x
        read = {
            "normed": lambda x: parts.convolution(first(x)),
            "raw": lambda x: first(parts.convolution(x)),
            "nothing": first,
        }[convolves](x)
        y = parts.attention(read)
        after = x + y if attends == "residual" else y
        after = parts.attention_norm(after) if norms == "behind" else after
        thought = parts.thought_space(after)
        after = {"once": thought, "twice": after + thought, "never": after}[thinks]
        after = parts.feed_forward_norm(after) if norms == "kept" else after
        fed = parts.feed_forward(second(after if reads == "after" else x))
        y = after + fed if feeds == "residual" else fed
        return parts.feed_forward_norm(y) if norms == "behind" else y

    return answer


def wrong_window(sees="window", longer=0, divides=True, flow=True, softmax=False):
    """An answer to 07.4 with something changed.

    Args:
        sees: "window", all the "past", the "crop" (the last tokens of the text alone), the "piece" of that
            length that a token stands in, or "both" ways.
        longer: tokens that the window is too long (1) or too short (-1). divides: by the sum of the weights.
        flow: whether gradients do. softmax: whether the scores go through one.
    """

    def answer(queries, keys, values, window):
        from keras import ops

        if not flow:
            queries, keys, values = (np.asarray(x) for x in (queries, keys, values))
        length = queries.shape[0]
        t, j = np.arange(length)[:, None], np.arange(length)
        seen = {
            "window": (j <= t) & (t - j < max(window + longer, 1)),
            "past": j <= t,
            "crop": (j <= t) & (j >= length - window),
            "piece": (j <= t) & (j // window == t // window),
            "both": abs(t - j) < window,
        }[sees]
        scores = ops.matmul(queries, ops.transpose(keys))
        if softmax:
            scores = ops.softmax(ops.where(seen, scores, -1e9), axis=1)
        scores = scores * seen.astype("float32")
        y = ops.matmul(scores, values)
        y = y / (ops.sum(scores, axis=1, keepdims=True) + 1e-9) if divides else y
        return y if flow else ops.convert_to_numpy(y)

    return answer
