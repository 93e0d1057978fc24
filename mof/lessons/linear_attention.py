"""The exercises of chapter 05, checked."""

import numpy as np

from mof.lessons.verdict import Wrong, as_array, checked, expect

NUM_TOKENS, KEY_WIDTH, VALUE_WIDTH = 7, 3, 2


def _tokens(seed):
    """Queries and keys, positive as phi makes them, and values of one head: float32 [T, K], [T, K], [T,
    V]."""
    random = np.random.default_rng(seed)
    queries, keys = random.uniform(0.2, 2.0, (2, NUM_TOKENS, KEY_WIDTH)).astype("float32")
    return queries, keys, random.normal(size=(NUM_TOKENS, VALUE_WIDTH)).astype("float32")


def _weighted_means(weights, values):
    return (weights @ values) / weights.sum(axis=1, keepdims=True)


def _scores(queries, keys):
    return queries.astype("float64") @ keys.astype("float64").T  # [T, T]


@checked
def check_crossover(attempt):
    """Exercise 1: from how many tokens on linear attention needs fewer multiplications than softmax
    attention.

    Args:
        attempt: function of the head width K (keys and values alike) that returns a number of tokens.
    """
    for head_width in (16, 32, 64):
        found = float(as_array(attempt(head_width), (), "The number of tokens"))
        if found == head_width**2:
            raise Wrong(
                "Both forms touch every token K times: that factor cancels. What is left of 2 T T "
                "K and 2 T K K?"
            )
        if found == 2 * head_width:
            raise Wrong(
                "Softmax attention multiplies twice (scores, then values), and so does the memory "
                "(write, then read)."
            )
        if not np.isclose(found, head_width):
            raise Wrong(
                f"For K = {head_width} you say {found:g}. Count: scores T T K and values T T K; "
                "write T K K, read T K K."
            )
    return "Right: at T = K both need the same. From there on the memory wins, and its lead grows with T."


@checked
def check_causal(attempt):
    """Exercise 2: causal linear attention over T tokens.

    Args:
        attempt: function of queries [T, K], keys [T, K] (both positive) and values [T, V]; returns [T, V].
    """
    queries, keys, values = _tokens(seed=0)
    found = as_array(attempt(queries, keys, values), values.shape, "Your result")
    scores = _scores(queries, keys)
    lower = np.tril(np.ones_like(scores))
    below = np.tril(np.ones_like(scores), -1)
    below[0, 0] = 1.0  # the first token must divide by something
    exponentials = np.exp(scores) * lower
    mistakes = [
        (
            _weighted_means(scores, values),
            "Your attention sees position t + 1: every token reads the whole text. Zero the scores "
            "above the diagonal.",
        ),
        (
            _weighted_means(np.triu(scores), values),
            "The triangle is upside down: your tokens read their future and not their past.",
        ),
        (_weighted_means(scores * below, values), "Your tokens cannot read themselves: keep the diagonal."),
        ((scores * lower) @ values, "The weights do not sum to 1: divide by the sum of each row's scores."),
        (
            scores * lower @ values / scores.sum(axis=1, keepdims=True),
            "You divide by the sum of all scores, those of the future among them: sum after masking.",
        ),
        (
            _weighted_means(exponentials, values),
            "That is softmax attention. Here the scores themselves are the weights: no exponential.",
        ),
    ]
    expect(found, _weighted_means(scores * lower, values), mistakes)
    changed = values.copy()
    changed[4] += 1.0
    moved = as_array(attempt(queries, keys, changed), values.shape, "Your result")
    if np.abs(moved[:4] - found[:4]).max() > 1e-6:
        raise Wrong("Your attention sees position t + 1: changing token 4 changed an earlier output.")
    return "Right. And changing token 4 leaves tokens 0 to 3 as they were."


@checked
def check_step(attempt):
    """Exercise 3: one token of the recurrent form.

    Args:
        attempt: function of query [K], key [K], value [V] and memory (S [K, V], z [K]); returns (y [V],
            memory).
    """
    queries, keys, values = _tokens(seed=1)
    memory = (np.zeros((KEY_WIDTH, VALUE_WIDTH), "float32"), np.zeros(KEY_WIDTH, "float32"))
    outputs = []
    for query, key, value in zip(queries, keys, values, strict=True):
        result = attempt(query, key, value, memory)
        if not isinstance(result, tuple) or len(result) != 2 or len(result[1]) != 2:
            raise Wrong("Return two things, y and the memory, and the memory as a pair (S, z).")
        y, memory = result
        outputs.append(as_array(y, (VALUE_WIDTH,), "y"))
        memory = tuple(
            as_array(part, shape, name).astype("float32")
            for part, shape, name in zip(
                memory, ((KEY_WIDTH, VALUE_WIDTH), (KEY_WIDTH,)), ("S", "z"), strict=True
            )
        )
    scores = _scores(queries, keys)
    lower, below = np.tril(np.ones_like(scores)), np.tril(np.ones_like(scores), -1)
    with np.errstate(invalid="ignore", divide="ignore"):
        late = _weighted_means(scores * below, values)
    mistakes = [
        (
            values,
            "Your memory does not grow: each token reads itself alone. Return S + key value^T, and z + key.",
        ),
        (
            np.nan_to_num(late),
            "Your tokens cannot read themselves: write into the memory first, then read it.",
        ),
        (late, "Your tokens cannot read themselves: write into the memory first, then read it."),
        ((scores * lower) @ values, "Divide what you read by query . z, or the weights do not sum to 1."),
        (
            (scores * lower) @ values / np.arange(1, NUM_TOKENS + 1)[:, None],
            "You divide by the number of tokens; divide by query . z, the sum of the weights.",
        ),
    ]
    expect(np.array(outputs), _weighted_means(scores * lower, values), mistakes)
    return "Right: a fixed memory gives the same numbers as the whole triangle of scores."


@checked
def check_decay(attempt):
    """Exercise 4: one token with a decay d: what was written n tokens ago counts d^n.

    Args:
        attempt: function of query, key, value, memory (S, z) and decay, a float; returns (y, memory).
    """
    decay = 0.8
    queries, keys, values = _tokens(seed=2)
    memory = (np.zeros((KEY_WIDTH, VALUE_WIDTH), "float32"), np.zeros(KEY_WIDTH, "float32"))
    outputs = []
    for query, key, value in zip(queries, keys, values, strict=True):
        y, memory = attempt(query, key, value, memory, decay)
        outputs.append(as_array(y, (VALUE_WIDTH,), "y"))
    scores = np.tril(_scores(queries, keys))
    age = np.arange(NUM_TOKENS)[:, None] - np.arange(NUM_TOKENS)
    faded = scores * np.where(age >= 0, decay ** np.maximum(age, 0), 0.0)
    mistakes = [
        (
            _weighted_means(scores, values),
            "Nothing fades yet: multiply S and z by the decay before you add to them.",
        ),
        (
            (faded @ values) / scores.sum(axis=1, keepdims=True),
            "S fades and z does not, so the weights no longer sum to 1: decay both.",
        ),
        ((scores @ values) / faded.sum(axis=1, keepdims=True), "z fades and S does not: decay both."),
    ]
    expect(np.array(outputs), _weighted_means(faded, values), mistakes)
    last = as_array(memory[1], (KEY_WIDTH,), "z")
    right = (keys.astype("float64") * decay ** np.arange(NUM_TOKENS - 1, -1, -1)[:, None]).sum(axis=0)
    expect(
        last,
        right,
        [
            (
                decay * right,
                "The new token has faded already: multiply the old memory by the decay, not the sum.",
            )
        ],
    )
    return "Right. With d = 0.8 a token counts half as much after three tokens."


@checked
def check_chunks(attempt):
    """Exercise 5: the chunked form for two chunks.

    Args:
        attempt: function of queries [T, K], keys [T, K], values [T, V] and the chunk's length C; returns [T,
            V].
    """
    queries, keys, values = _tokens(seed=3)
    length = 4
    found = as_array(attempt(queries, keys, values, length), values.shape, "Your result")
    scores = np.tril(_scores(queries, keys))
    same = np.arange(NUM_TOKENS)[:, None] // length == np.arange(NUM_TOKENS) // length
    inside = scores * same
    full_inside = _scores(queries, keys) * same
    carried = np.where(same, 0.0, scores)
    mistakes = [
        (
            _weighted_means(inside, values),
            "The second chunk has forgotten the first: add what its queries read from the memory "
            "that the first one left.",
        ),
        (
            _weighted_means(full_inside + carried, values),
            "Inside a chunk your tokens see the future: mask the scores above the diagonal.",
        ),
        (
            _weighted_means(inside + full_inside + carried, values),
            "Each chunk counts twice: read the memory before the chunk is written into it.",
        ),
        (
            (scores @ values) / inside.sum(axis=1, keepdims=True),
            "The sum of the weights leaves out what was carried: add query . z too.",
        ),
    ]
    expect(found, _weighted_means(scores, values), mistakes)
    return "Right: products inside the chunks, one small memory between them."
