"""The mean of everything read so far in the document: m_t = (x_1 + ... + x_t) / t, the causal form of average
pooling.

A mean is linear attention in which every query and every key is 1: the numerator is the running sum, the
denominator the count. The chunked form below is exactly that. Shapes: x [B, T, D]; the memory is a dict:
"sum" [B, D], "count" [B], float32. Book: chapter 06.
"""

from keras import ops

from mof.ops.linear_attention import ChunkOperands, chunk_operands, chunk_products, join_chunks


def running_mean_memory(batch_size, width):
    """An empty memory: {"sum": zeros [B, D], "count": zeros [B]}, float32."""
    return {"sum": ops.zeros((batch_size, width), "float32"), "count": ops.zeros((batch_size,), "float32")}


def running_mean_step(x_t, memory):
    """Take one token [B, D] into the mean; returns (mean [B, D], memory)."""
    total = memory["sum"] + x_t
    count = memory["count"] + 1.0
    return total / count[:, None], {"sum": total, "count": count}


def running_mean_recurrent(x, memory, resets=None, mask=None):
    """The definition: `running_mean_step` in a loop over time.

    Args:
        x: [B, T, D] float32.
        memory: dict as `running_mean_memory` gives.
        resets: [B, T] bool, True where a token starts a document, or None.
        mask: [B, T] bool, False where a token is padding: it is not counted. Or None.

    Returns:
        (means [B, T, D], memory).
    """
    means = []
    for t in range(x.shape[1]):
        total, count = memory["sum"], memory["count"]
        if resets is not None:
            kept = 1.0 - ops.cast(resets[:, t], "float32")
            total, count = kept[:, None] * total, kept * count
        mean, after = running_mean_step(x[:, t], {"sum": total, "count": count})
        if mask is None:
            memory = after
        else:
            real = ops.cast(mask[:, t], "float32")
            memory = {"sum": total + real[:, None] * x[:, t], "count": count + real}
        means.append(mean)
    return ops.stack(means, axis=1), memory


def running_mean_chunked(x, memory, resets=None, mask=None, chunk_length=64):
    """The fast form, chunk by chunk. Means at padding are not defined; otherwise as
    `running_mean_recurrent`."""
    operands = running_mean_operands(x, resets, mask, chunk_length)
    total, count, memory = running_mean_products(operands, memory)
    return mean_of_chunks(total, count, x.shape[1]), memory


def running_mean_operands(x, resets, mask, chunk_length):
    """Before the products: attention in which every query and key is 1 is a sum over the past.

    Arguments as `running_mean_chunked`; returns `ChunkOperands` of one head.
    """
    ones = ops.ones_like(x[:, :, :1])[..., None]  # [B, T, 1, 1]
    return chunk_operands(ones, ones, x[:, :, None, :], None, resets, mask, chunk_length)


def running_mean_products(operands, memory):
    """(sums [B, 1, N, C, D], counts [B, 1, N, C], memory) over the document's past.

    Only the values have a gradient: what is counted, and from where, does not depend on what was read.
    """
    fixed = operands._replace(values=None)
    operands = ChunkOperands(*map(_without_gradient, fixed))._replace(values=operands.values)
    carried = {"outer": memory["sum"][:, None, None, :], "key_sum": memory["count"][:, None, None]}
    total, count, carried = chunk_products(operands, carried)
    return total, count, {"sum": carried["outer"][:, 0, 0], "count": carried["key_sum"][:, 0, 0]}


def mean_of_chunks(total, count, num_tokens):
    """Sums and counts by chunks to means [B, T, D]."""
    means = total / ops.maximum(count, 1.0)[..., None]  # the maximum matters at padding alone
    return join_chunks(means, num_tokens)[:, :, 0]


def _without_gradient(x):
    return None if x is None else ops.stop_gradient(x)
