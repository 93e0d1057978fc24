"""Causal linear attention: softmax attention's O(T^2) replaced by a memory of fixed size.

For feature vectors phi(q), phi(k) and a decay d_t in (0, 1] (1 everywhere unless asked),

    S_t = d_t S_{t-1} + phi(k_t) v_t^T        [K, V]      numerator_t   = phi(q_t)^T S_t
    z_t = d_t z_{t-1} + phi(k_t)              [K]         denominator_t = phi(q_t)^T z_t

and a layer returns numerator / (denominator + eps), or normalises the numerator per head instead. Source:
Katharopoulos, Vyas, Pappas and Fleuret 2020, "Transformers are RNNs", equations 9 to 20; phi(u) = elu(u) + 1
is their equation 7. Decay per head: Sun et al. 2023, "Retentive Network", section 2.1; the chunk form is
theirs too (equation 7).

Shapes: queries, keys [B, T, H, K], already through phi; values [B, T, H, V]; log_decay [B, T, H]. The memory
is a dict: "outer" S [B, H, K, V] and "key_sum" z [B, H, K], both float32. Book: chapter 05.
"""

from typing import NamedTuple

from keras import ops

from mof.ops.chunks import carry_weights, chunk_decays, split_into_chunks

DENOMINATOR_EPSILON = 1e-6  # keeps a division by a sum of vanishing features finite; one value in all forms


def positive_features(u):
    """phi(u) = u + 1 for u > 0, exp(u) otherwise: always positive, smooth at 0.

    Computing elu(u) + 1 instead gives exactly 0 below about -17 in float32, and a key that can never be read.

    Args:
        u: float32 tensor of any shape.

    Returns:
        float32 tensor of the same shape, > 0 down to u of about -87.
    """
    return ops.where(u > 0, u + 1.0, ops.exp(ops.minimum(u, 0.0)))


def normalize_by_denominator(numerator, denominator):
    """numerator / (denominator + eps).

    Args:
        numerator: [..., H, V] float32.
        denominator: [..., H] float32, not negative.

    Returns:
        [..., H, V] float32: a weighted mean of the values, weights positive and summing to (nearly) 1.
    """
    return numerator / (denominator[..., None] + DENOMINATOR_EPSILON)


def linear_attention_memory(batch_size, num_heads, key_width, value_width):
    """An empty memory: {"outer": zeros [B, H, K, V], "key_sum": zeros [B, H, K]}, float32."""
    return {
        "outer": ops.zeros((batch_size, num_heads, key_width, value_width), "float32"),
        "key_sum": ops.zeros((batch_size, num_heads, key_width), "float32"),
    }


def linear_attention_step(query, key, value, memory, log_decay=None):
    """One token: read the docstring of the module line by line.

    Args:
        query, key: [B, H, K] float32, through phi. value: [B, H, V] float32.
        memory: dict as `linear_attention_memory` gives.
        log_decay: [B, H] float32, at most 0, or None for no decay.

    Returns:
        (numerator [B, H, V], denominator [B, H], memory).
    """
    outer, key_sum = memory["outer"], memory["key_sum"]
    if log_decay is not None:
        decay = ops.exp(log_decay)[..., None]  # [B, H, 1]
        outer, key_sum = decay[..., None] * outer, decay * key_sum
    outer = outer + key[..., :, None] * value[..., None, :]
    key_sum = key_sum + key
    numerator = ops.sum(query[..., :, None] * outer, axis=-2)
    denominator = ops.sum(query * key_sum, axis=-1)
    return numerator, denominator, {"outer": outer, "key_sum": key_sum}


def linear_attention_recurrent(queries, keys, values, memory, log_decay=None, resets=None, mask=None):
    """The definition: `linear_attention_step` in a loop over time.

    Args:
        queries, keys: [B, T, H, K] float32, through phi. values: [B, T, H, V] float32.
        memory: dict as `linear_attention_memory` gives, the state before the first token.
        log_decay: [B, T, H] float32, from -1 to 0, or None for no decay.
        resets: [B, T] bool, True where a token starts a document: the memory is zeroed before that token.
        mask: [B, T] bool, False where a token is padding: it leaves the memory as it was.

    Returns:
        (numerator [B, T, H, V], denominator [B, T, H], memory).
    """
    numerators, denominators = [], []
    for t in range(queries.shape[1]):
        start = memory
        if resets is not None:
            kept = 1.0 - ops.cast(resets[:, t], "float32")
            start = {
                "outer": kept[:, None, None, None] * memory["outer"],
                "key_sum": kept[:, None, None] * memory["key_sum"],
            }
        decay = None if log_decay is None else log_decay[:, t]
        numerator, denominator, after = linear_attention_step(
            queries[:, t], keys[:, t], values[:, t], start, decay
        )
        if mask is None:
            memory = after
        else:
            real = mask[:, t]
            memory = {
                "outer": ops.where(real[:, None, None, None], after["outer"], start["outer"]),
                "key_sum": ops.where(real[:, None, None], after["key_sum"], start["key_sum"]),
            }
        numerators.append(numerator)
        denominators.append(denominator)
    return ops.stack(numerators, axis=1), ops.stack(denominators, axis=1), memory


class ChunkOperands(NamedTuple):
    """What the products of the chunked form read; every decay, document start and padding is folded in.

    queries, keys [B, H, N, C, K]: scaled so that their products are the scores inside a chunk.
    queries_from_start, keys_to_end [B, H, N, C, K]: scaled from, and to, the borders of the chunk.
    values [B, H, N, C, V].
    visible [B or 1, 1, N, C, C]: which scores count. carry [B or 1, H or 1, N + 1, N + 1]: see
        `carry_weights`.
    """

    queries: object
    keys: object
    queries_from_start: object
    keys_to_end: object
    values: object
    visible: object
    carry: object


def chunk_operands(queries, keys, values, log_decay, resets, mask, chunk_length):
    """Element-wise work before the products of the chunked form; arguments as `linear_attention_chunked`.

    Returns:
        ChunkOperands.
    """
    chunk_length = min(chunk_length, queries.shape[1])
    decays = chunk_decays(queries.shape[:2], log_decay, resets, mask, chunk_length)
    if mask is not None:
        real = ops.cast(mask, "float32")[..., None, None]
        keys, values = keys * real, values * real
    q, k, v = (split_into_chunks(x, chunk_length) for x in (queries, keys, values))  # [B, H, N, C, ...]
    is_decaying = log_decay is not None
    return ChunkOperands(
        queries=q * decays.query_scale[..., None] if is_decaying else q,
        keys=k * decays.key_scale[..., None] if is_decaying else k,
        queries_from_start=q * decays.from_start[..., None],
        keys_to_end=k * decays.to_end[..., None],
        values=v,
        visible=decays.visible,
        carry=carry_weights(decays),
    )


def chunk_products(operands, memory):
    """The products of the chunked form.

    Args:
        operands: ChunkOperands. memory: dict as `linear_attention_memory` gives.

    Returns:
        (numerator [B, H, N, C, V], denominator [B, H, N, C], memory).
    """
    visible = ops.stop_gradient(operands.visible)  # it knows places alone, but a fused piece cannot say so
    scores = ops.matmul(operands.queries, ops.swapaxes(operands.keys, -1, -2)) * visible
    numerator = ops.matmul(scores, operands.values)  # scores are [B, H, N, C, C]
    denominator = ops.sum(scores, axis=-1)

    outer_left = ops.matmul(ops.swapaxes(operands.keys_to_end, -1, -2), operands.values)  # [B, H, N, K, V]
    key_left = ops.sum(operands.keys_to_end, axis=-2)  # [B, H, N, K]

    # row n of the carry: the memory before chunk n, from what came before
    outer_all = ops.concatenate([memory["outer"][:, :, None], outer_left], axis=2)  # [B, H, N + 1, K, V]
    key_all = ops.concatenate([memory["key_sum"][:, :, None], key_left], axis=2)
    batch_size, num_heads, num_places, key_width, value_width = ops.shape(outer_all)
    outer_flat = ops.reshape(outer_all, (batch_size, num_heads, num_places, key_width * value_width))
    outer_before, outer = ops.split(
        ops.reshape(ops.matmul(operands.carry, outer_flat), ops.shape(outer_all)), [num_places - 1], axis=2
    )
    key_before, key_sum = ops.split(ops.matmul(operands.carry, key_all), [num_places - 1], axis=2)

    q_start = operands.queries_from_start
    numerator = numerator + ops.matmul(q_start, outer_before)
    denominator = denominator + ops.sum(q_start * key_before[:, :, :, None], axis=-1)
    return numerator, denominator, {"outer": outer[:, :, 0], "key_sum": key_sum[:, :, 0]}


def join_chunks(chunks, num_tokens):
    """[B, H, N, C, X] to [B, T, H, X]: the inverse of `split_into_chunks`."""
    batch_size, num_heads, num_chunks, chunk_length, width = ops.shape(chunks)
    x = ops.reshape(chunks, (batch_size, num_heads, num_chunks * chunk_length, width))
    return ops.transpose(x, (0, 2, 1, 3))[:, :num_tokens]


def linear_attention_chunked(
    queries, keys, values, memory, log_decay=None, resets=None, mask=None, chunk_length=64
):
    """The fast form: products inside chunks of C tokens, and one memory carried from chunk to chunk.

    1. Inside a chunk, scores_ij = phi(q_i) . phi(k_j) * decay from j to i, for j <= i in the same document.
    2. Each chunk leaves its own sum of phi(k) v^T, decayed to its end.
    3. The memory before a chunk is a weighted sum of what the chunks before it left: one small triangular
       product.
    4. Every token reads that memory, decayed to its place, unless a document started in between.

    The outputs at padding are not defined. Other arguments and results are those of
    `linear_attention_recurrent`.
    """
    operands = chunk_operands(queries, keys, values, log_decay, resets, mask, chunk_length)
    numerator, denominator, memory = chunk_products(operands, memory)
    num_tokens = queries.shape[1]
    return join_chunks(numerator, num_tokens), join_chunks(denominator[..., None], num_tokens)[..., 0], memory
