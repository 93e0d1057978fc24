"""Linear attention over a window: the memory of token t covers exactly (t - window, t], for every t.

This is the sound form of the article's crop `x[:, start_index:, :]`, which is right for the last position
only. The numerator and the denominator are those of `mof.ops.linear_attention`, summed over the window; a sum
that must also forget has no state of fixed size but the window itself, so the state is a queue of the last
`window - 1` keys and values. Book: chapter 07.

Shapes: queries, keys [B, T, H, K]; values [B, T, H, V]; log_decay [B, T, H]. With P = window - 1 the memory
holds "keys" [B, P, H, K], "values" [B, P, H, V], "log_weight" [B, P, H] (the decay since that token) and
"present" [B, P].
"""

from keras import ops

from mof.ops.history import append_to_history


def windowed_attention_memory(batch_size, window, num_heads, key_width, value_width):
    """An empty memory, all zeros; see the module docstring for the shapes."""
    past = (batch_size, window - 1)
    return {
        "keys": ops.zeros(past + (num_heads, key_width), "float32"),
        "values": ops.zeros(past + (num_heads, value_width), "float32"),
        "log_weight": ops.zeros(past + (num_heads,), "float32"),
        "present": ops.zeros(past, "float32"),
    }


def windowed_attention_step(query, key, value, memory, log_decay=None):
    """One token: query, key [B, H, K], value [B, H, V], log_decay [B, H] or None.

    Returns:
        (numerator [B, H, V], denominator [B, H], memory).
    """
    log_weight = memory["log_weight"]
    if log_decay is not None:  # a place that holds no token stays 0, so that equal memories are equal tensors
        log_weight = log_weight + log_decay[:, None] * memory["present"][..., None]
    line = {
        "keys": ops.concatenate([memory["keys"], key[:, None]], axis=1),
        "values": ops.concatenate([memory["values"], value[:, None]], axis=1),
        "log_weight": ops.concatenate([log_weight, ops.zeros_like(key[:, None, :, 0])], axis=1),
        "present": ops.concatenate([memory["present"], ops.ones_like(key[:, :1, 0])], axis=1),
    }
    weights = ops.exp(line["log_weight"]) * line["present"][..., None]  # [B, P + 1, H]
    scores = ops.einsum("bhk,bphk->bph", query, line["keys"]) * weights
    numerator = ops.einsum("bph,bphv->bhv", scores, line["values"])
    return numerator, ops.sum(scores, axis=1), {name: x[:, 1:] for name, x in line.items()}


def windowed_attention(
    queries, keys, values, memory, log_decay=None, resets=None, mask=None, chunk_length=64
):
    """All T tokens: each chunk of C queries against the C + window - 1 keys that its tokens can see.

    Args:
        queries, keys: [B, T, H, K] float32, through phi. values: [B, T, H, V] float32.
        memory: dict as `windowed_attention_memory` gives; its length tells the window.
        log_decay: [B, T, H] float32, at most 0, or None.
        resets: [B, T] bool, True where a token starts a document, or None.
        mask: [B, T] bool, False at padding, or None.
        chunk_length: C.

    Returns:
        (numerator [B, T, H, V], denominator [B, T, H], memory). Outputs at padding are not defined.
    """
    num_tokens, num_past = queries.shape[1], memory["present"].shape[1]
    chunk_length = min(chunk_length, num_tokens)
    if log_decay is None:
        log_decay = ops.zeros_like(queries[..., 0])
    elif mask is not None:
        log_decay = log_decay * ops.cast(mask, "float32")[..., None]
    log_sum = ops.cumsum(log_decay, axis=1)
    # a place's log weight is counted down from the end of what is here: memory tokens hold the decay up to
    # now
    new = {"queries": queries, "keys": keys, "values": values, "log_weight": -log_sum}
    history = dict(memory, queries=ops.zeros_like(memory["keys"]))
    line, kept, restore = append_to_history(history, new, resets, mask)
    del kept["queries"]
    kept["log_weight"] = kept["log_weight"] + log_sum[:, -1:] * kept["present"][..., None]

    num_chunks = -(-num_tokens // chunk_length)
    missing = num_chunks * chunk_length - num_tokens
    line = {
        name: ops.pad(x, ((0, 0), (0, missing)) + ((0, 0),) * (len(x.shape) - 2)) for name, x in line.items()
    }

    span = num_past + chunk_length
    i = ops.arange(chunk_length)[:, None] + num_past
    j = ops.arange(span)[None]
    band = ops.cast(ops.logical_and(j <= i, j >= i - num_past), "float32")  # [C, P + C]
    numerators, denominators = [], []
    for n in range(num_chunks):
        seen = {name: x[:, n * chunk_length : n * chunk_length + span] for name, x in line.items()}
        asking = {name: x[:, num_past:] for name, x in seen.items()}
        same = ops.equal(asking["document"][:, :, None], seen["document"][:, None])
        visible = band * ops.cast(same, "float32") * seen["present"][:, None]  # [B, C, P + C]
        log_weight = seen["log_weight"][:, None] - asking["log_weight"][:, :, None]  # [B, C, P + C, H]
        weights = ops.exp(ops.minimum(log_weight, 0.0)) * visible[..., None]
        scores = ops.einsum("bihk,bjhk->bijh", asking["queries"], seen["keys"]) * weights
        numerators.append(ops.einsum("bijh,bjhv->bihv", scores, seen["values"]))
        denominators.append(ops.sum(scores, axis=2))
    numerator = ops.concatenate(numerators, axis=1)[:, :num_tokens]
    denominator = ops.concatenate(denominators, axis=1)[:, :num_tokens]
    return restore(numerator), restore(denominator), kept
