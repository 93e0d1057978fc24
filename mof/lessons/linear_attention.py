"""The exercises of chapter 05, checked."""

import numpy as np

from mof.lessons.verdict import TOLERANCE, Wrong, as_array, checked, expect

NUM_TOKENS, KEY_WIDTH, VALUE_WIDTH = 7, 3, 2


def _tokens(seed):
    """Queries and keys, positive as phi makes them, and values of one head: float32 [T, K], [T, K], [T,
    V]."""
    random = np.random.default_rng(seed)
    queries, keys = random.uniform(0.2, 2.0, (2, NUM_TOKENS, KEY_WIDTH)).astype("float32")
    return queries, keys, random.normal(size=(NUM_TOKENS, VALUE_WIDTH)).astype("float32")


def _whole_text(attempt, queries, keys, values, *arguments):
    """What an attempt makes of a whole text; it gets copies, for it may write into them."""
    result = attempt(queries.copy(), keys.copy(), values.copy(), *arguments)
    return as_array(result, values.shape, "Your result")


def _token_by_token(attempt, queries, keys, values, *arguments):
    """What an attempt makes of one token after another: (outputs [T, V], the last memory (S, z))."""
    memory = (np.zeros((KEY_WIDTH, VALUE_WIDTH), "float32"), np.zeros(KEY_WIDTH, "float32"))
    outputs = []
    for query, key, value in zip(queries.copy(), keys.copy(), values.copy(), strict=True):
        result = attempt(query, key, value, memory, *arguments)
        if not _is_pair(result) or not _is_pair(result[1]):
            raise Wrong("Return two things, y and the memory, and the memory as a pair (S, z).")
        y, (outer, key_sum) = result
        outputs.append(as_array(y, (VALUE_WIDTH,), "y"))
        memory = (
            as_array(outer, (KEY_WIDTH, VALUE_WIDTH), "S").astype("float32"),
            as_array(key_sum, (KEY_WIDTH,), "z").astype("float32"),
        )
    return np.array(outputs), memory


def _is_pair(x):
    return isinstance(x, tuple | list) and len(x) == 2


def _expect_own_token(found, scores, values, advice):
    """Wrong where every token but the first reads those before it and not itself; the first, with nothing to
    read, may give anything, NaN too."""
    before = _weighted_means(np.tril(scores, -1)[1:], values)
    if np.allclose(found[1:], before, rtol=TOLERANCE, atol=TOLERANCE):
        raise Wrong(f"Your tokens cannot read themselves: {advice}")


def _weighted_means(weights, values):
    return (weights @ values) / weights.sum(axis=1, keepdims=True)


def _scores(queries, keys):
    return queries.astype("float64") @ keys.astype("float64").T  # [T, T]


@checked
def check_crossover(attempt):
    """Exercise 1: at how many tokens linear attention needs as many multiplications as softmax attention.

    Args:
        attempt: function of the head width K (keys and values alike) that returns a number of tokens.
    """
    widths = np.array([16, 32, 64])
    found = np.array(
        [float(as_array(attempt(int(width)), (), "The number of tokens")) for width in widths],
        dtype="float64",
    )
    mistakes = [
        (
            widths**2,
            "That is the size of the memory, not a number of tokens. A factor of T K stands in both counts "
            "and cancels: what is left of 2 T T K and 2 T K K?",
        ),
        (
            2 * widths,
            "You count one product for softmax attention and two for the memory. Softmax attention needs two "
            "as well: scores, then values.",
        ),
        (
            widths / 2,
            "You count two products for softmax attention and one for the memory. The memory needs two as "
            "well: write, then read.",
        ),
        (
            widths + 1,
            "One too many: at that T the memory is ahead already. At which T are both counts equal?",
        ),
    ]
    for answers, message in mistakes:
        if np.allclose(found, answers):
            raise Wrong(message)
    if np.allclose(found, found[0]):
        raise Wrong(
            f"You say {found[0]:g} whatever K is. But K stands in one count once and in the other squared: "
            "your answer has to depend on head_width."
        )
    for width, number in zip(widths, found, strict=True):
        if not np.isclose(number, width):
            raise Wrong(
                f"For K = {width} you say {number:g}. Count: scores T T K and values T T K; write T K K, "
                "read T K K."
            )
    return "Right: at T = K both need the same. From there on the memory wins, and its lead grows with T."


@checked
def check_causal(attempt):
    """Exercise 2: causal linear attention over T tokens.

    Args:
        attempt: function of queries [T, K], keys [T, K] (both positive) and values [T, V]; returns [T, V].
    """
    queries, keys, values = _tokens(seed=0)
    found = _whole_text(attempt, queries, keys, values)
    scores = _scores(queries, keys)
    lower = np.tril(np.ones_like(scores))
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
    _expect_own_token(found, scores, values, "keep the diagonal.")
    expect(found, _weighted_means(scores * lower, values), mistakes)
    changed = values.copy()
    changed[4] += 1.0
    moved = _whole_text(attempt, queries, keys, changed)
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
    outputs, _ = _token_by_token(attempt, queries, keys, values)
    scores = _scores(queries, keys)
    lower = np.tril(np.ones_like(scores))
    _expect_own_token(outputs, scores, values, "write into the memory first, then read it.")
    mistakes = [
        (
            values,
            "Your memory does not grow: each token reads itself alone. Return S + key value^T, and z + key.",
        ),
        ((scores * lower) @ values, "Divide what you read by query . z, or the weights do not sum to 1."),
        (
            (scores * lower) @ values / np.arange(1, NUM_TOKENS + 1)[:, None],
            "You divide by the number of tokens; divide by query . z, the sum of the weights.",
        ),
    ]
    expect(outputs, _weighted_means(scores * lower, values), mistakes)
    return "Right: a fixed memory gives the same numbers as the whole triangle of scores."


@checked
def check_decay(attempt):
    """Exercise 5: one token with a decay d: what was written n tokens ago counts d^n.

    Args:
        attempt: function of query, key, value, memory (S, z) and decay, a float; returns (y, memory).
    """
    decay = 0.8
    queries, keys, values = _tokens(seed=2)
    outputs, memory = _token_by_token(attempt, queries, keys, values, decay)
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
        (
            faded @ values,
            "Both fade, but the weights do not sum to 1: divide what you read by query . z.",
        ),
        (
            values,
            "Your memory does not grow: each token reads itself alone. Add the new token to the faded "
            "memory.",
        ),
    ]
    _expect_own_token(outputs, faded, values, "write into the memory first, then read it.")
    expect(outputs, _weighted_means(faded, values), mistakes)
    last = memory[1]
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
    """Exercise 4: the chunked form for two chunks.

    Args:
        attempt: function of queries [T, K], keys [T, K], values [T, V] and the chunk's length C; returns [T,
            V].
    """
    queries, keys, values = _tokens(seed=3)
    length = 4
    found = _whole_text(attempt, queries, keys, values, length)
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
        (
            scores @ values,
            "The weights do not sum to 1: divide by the sum of the scores inside plus query . z.",
        ),
    ]
    expect(found, _weighted_means(scores, values), mistakes)
    return "Right: products inside the chunks, one small memory between them."
