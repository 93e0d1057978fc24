"""Routing by blocks: the router's weights as they stood at the end of the block before, held for a block.

    held_t = known_t       where token t opens a block of its document
    held_t = held_{t-1}    at all other tokens

known_t are the router's weights before token t is read, so a choice that is made from held_t is made before
the block's first token, and from nothing but the past. Blocks are counted from a document's start, in real
tokens. Shapes: known [B, T, E]; the memory {"place": [B] tokens read of the running block, "held": [B, E]}.
Book: chapter 08.
"""

from keras import ops

from mof.ops.chunks import short_cumulative_sum
from mof.ops.history import take_along_time


def routing_memory(batch_size, num_experts):
    """Before the first token: a block is about to open."""
    return {
        "place": ops.zeros((batch_size,), "float32"),
        "held": ops.zeros((batch_size, num_experts), "float32"),
    }


def hold_step(known, memory, block_length):
    """One token: known [B, E]; returns (held [B, E], memory)."""
    opens = ops.equal(memory["place"], 0.0)[:, None]
    held = ops.where(opens, known, memory["held"])
    return held, {"place": ops.mod(memory["place"] + 1.0, block_length), "held": held}


def hold_recurrent(known, memory, block_length, resets=None, mask=None):
    """The definition: a loop over time.

    Args:
        known: [B, T, E] float32. memory: as `routing_memory`.
        block_length: tokens of a block.
        resets: [B, T] bool, True where a token starts a document, which opens a block; or None.
        mask: [B, T] bool, False at padding, which is no token of a block; or None.

    Returns:
        (held [B, T, E], memory). What is held at padding is of no meaning.
    """
    outputs = []
    for t in range(known.shape[1]):
        if resets is not None:
            memory = {**memory, "place": ops.where(resets[:, t], 0.0, memory["place"])}
        held, after = hold_step(known[:, t], memory, block_length)
        if mask is not None:
            real = mask[:, t]
            after = {
                "place": ops.where(real, after["place"], memory["place"]),
                "held": ops.where(real[:, None], after["held"], memory["held"]),
            }
        outputs.append(after["held"])
        memory = after
    return ops.stack(outputs, axis=1), memory


def hold_parallel(known, memory, block_length, resets=None, mask=None):
    """The same for all tokens at once: find for each the token that opened its block.

    Arguments and results are those of `hold_recurrent`.
    """
    num_tokens = known.shape[1]
    places = ops.arange(num_tokens)
    real = ops.ones_like(known[..., 0]) if mask is None else ops.cast(mask, "float32")
    before = short_cumulative_sum(real) - real  # real tokens of the row before each
    count = memory["place"][:, None] + before
    if resets is not None:
        start = _last_place(ops.cast(resets, "bool"), places)  # -1 where the document began earlier
        from_start = before - _take(before, start)
        count = ops.where(start >= 0, from_start, count)
    place = ops.mod(count, block_length)
    opener = _last_place(ops.logical_and(ops.equal(place, 0.0), real > 0), places)
    found = take_along_time(known, ops.maximum(opener, 0))
    held = ops.where((opener >= 0)[..., None], found, memory["held"][:, None])
    after = ops.mod(place[:, -1] + real[:, -1], block_length)
    return held, {"place": after, "held": held[:, -1]}


def _last_place(flags, places):
    """For each token the last place up to it that is flagged, or -1: [B, T] bool to [B, T] int32."""
    marked = ops.where(flags, places[None], -1)  # [B, T]
    past = places[:, None] >= places[None]  # [T, T], row t: places up to t
    return ops.max(ops.where(past[None], marked[:, None], -1), axis=-1)


def _take(x, places):
    """x [B, T] at places [B, T]; any value where a place is -1."""
    return ops.take_along_axis(x, ops.maximum(places, 0), axis=1)


def balance_loss(chosen, shares, mask=None):
    """E * sum_e f_e P_e: 1 where tokens and weights are spread evenly, E where one expert has all.

    f_e is the share of tokens that went to expert e, P_e the mean weight of e; the gradient flows through P
    alone. Source: Fedus, Zoph and Shazeer 2022, "Switch Transformers", as code (Hugging Face transformers,
    `load_balancing_loss_func`).

    Args:
        chosen: [B, T, E] float32, 1 at each token's expert. shares: [B, T, E] float32 that sum to 1.
        mask: [B, T] bool, False at padding; or None.

    Returns:
        Scalar float32.
    """
    real = ops.ones_like(shares[..., :1]) if mask is None else ops.cast(mask, "float32")[..., None]
    count = ops.maximum(ops.sum(real), 1.0)
    share_of_tokens, mean_weight = (ops.sum(x * real, axis=(0, 1)) / count for x in (chosen, shares))
    return shares.shape[-1] * ops.sum(ops.stop_gradient(share_of_tokens) * mean_weight)
