"""Cutting time into chunks, and what decay, document starts and padding do to sums over the past.

Used by every memory that is computed chunk by chunk (linear attention, the running mean). What was read is
never summed as a difference of two prefix sums: in float32 that loses the small one. The logarithms of decays
are: there it costs the decay a relative error of about 1e-7 times their sum since the row's start.
"""

from typing import NamedTuple

from keras import ops

from mof.config import LONGEST_CHUNK

LONGEST_TRIANGLE = 1_024  # tokens that are counted in one product, as in training: a triangle of 4 MB
PIECE_LENGTH = 64  # of a longer row


class ChunkDecays(NamedTuple):
    """Weights between places in time; Hd is H with a decay and 1 without. All float32.

    The weight from token j to token i of one chunk is query_scale_i * key_scale_j where `visible` is 1. Both
    are taken from the chunk's start, not from its middle: a token's scale must not know the tokens after it,
    even in its last digit.

    visible [B, 1, N, C, C]: 1 for j <= i in the same document, else 0.
    query_scale, key_scale [B, Hd, N, C]: decay from the start of the chunk up to token i, and the inverse of
        the one up to token j.
    from_start [B, Hd, N, C]: from the memory before the chunk to token i, 0 across a document start.
    to_end [B, Hd, N, C]: from token j to the end of its chunk, 0 across a document start.
    log_total [B, Hd, N + 1]: summed log decay before each chunk, and after the last.
    document [B, N + 1]: number of document starts before each chunk, and in all.
    """

    visible: object
    query_scale: object
    key_scale: object
    from_start: object
    to_end: object
    log_total: object
    document: object


def split_into_chunks(x, chunk_length):
    """[B, T, H, X] to [B, H, N, C, X], T filled up with zeros to a multiple of C."""
    num_tokens = x.shape[1]
    num_chunks = -(-num_tokens // chunk_length)
    x = ops.transpose(x, (0, 2, 1, 3))
    if num_chunks * chunk_length > num_tokens:
        x = ops.pad(x, ((0, 0), (0, 0), (0, num_chunks * chunk_length - num_tokens), (0, 0)))
    batch_size, num_heads, _, width = ops.shape(x)
    return ops.reshape(x, (batch_size, num_heads, num_chunks, chunk_length, width))


def short_cumulative_sum(x):
    """Running sums along the last axis as a product with a triangle: for short axes, faster than a scan.

    Args:
        x: [..., N] float32.

    Returns:
        [..., N] float32.
    """
    size = x.shape[-1]
    return ops.matmul(x, ops.triu(ops.ones((size, size), "float32")))


def count_so_far(flags):
    """How many flags of a row are set up to and with each token, for rows of any length.

    A long row is counted in pieces: the triangle of a whole one would hold T^2 numbers. The counts are the
    same either way, for float32 holds whole numbers below 2^24 exactly.

    Args:
        flags: [B, T] float32 of 0 and 1; T is a Python int.

    Returns:
        [B, T] float32.
    """
    num_tokens = flags.shape[1]
    if num_tokens <= LONGEST_TRIANGLE:
        return short_cumulative_sum(flags)
    num_pieces = -(-num_tokens // PIECE_LENGTH)
    flags = ops.pad(flags, ((0, 0), (0, num_pieces * PIECE_LENGTH - num_tokens)))
    inside = short_cumulative_sum(ops.reshape(flags, (-1, num_pieces, PIECE_LENGTH)))
    totals = inside[:, :, -1]
    counts = inside + (ops.cumsum(totals, axis=1) - totals)[:, :, None]
    return ops.reshape(counts, (-1, num_pieces * PIECE_LENGTH))[:, :num_tokens]


def chunk_decays(batch_and_tokens, log_decay, resets, mask, chunk_length):
    """All weights between places in time that a chunked memory needs.

    Args:
        batch_and_tokens: (B, T); T is a Python int.
        log_decay: [B, T, H] float32, from -1 to 0, or None for no decay.
        resets: [B, T] bool, True where a token starts a document, or None.
        mask: [B, T] bool, False at padding, whose decay does not count, or None.
        chunk_length: C, at most 64.

    Returns:
        ChunkDecays. Axes of size 1 stand for "the same for all".

    Raises:
        ValueError: for a longer chunk.
    """
    if chunk_length > LONGEST_CHUNK:
        raise ValueError(
            f"chunk_length is {chunk_length}, expected at most {LONGEST_CHUNK}: choose a shorter one."
        )
    num_tokens = batch_and_tokens[1]
    if log_decay is None:
        log_decay = ops.zeros((1, num_tokens, 1), "float32")
    elif mask is not None:
        log_decay = log_decay * ops.cast(mask, "float32")[..., None]
    starts = ops.zeros((1, num_tokens), "float32") if resets is None else ops.cast(resets, "float32")

    log_decay = split_into_chunks(log_decay[..., None], chunk_length)[..., 0]  # [B, Hd, N, C]
    starts = split_into_chunks(starts[:, :, None, None], chunk_length)[..., 0]  # [B, 1, N, C]
    log_sum = short_cumulative_sum(log_decay)  # from the chunk's start up to and with each token
    document = short_cumulative_sum(starts)  # starts of documents inside the chunk, so far

    lower = ops.tril(ops.ones((chunk_length, chunk_length), "float32"))
    same = ops.cast(ops.equal(document[..., :, None], document[..., None, :]), "float32")
    in_first = ops.cast(ops.equal(document, 0.0), "float32")
    in_last = ops.cast(ops.equal(document, document[..., -1:]), "float32")

    def before_each(x):
        return ops.pad(short_cumulative_sum(x), [(0, 0)] * (len(x.shape) - 1) + [(1, 0)])

    return ChunkDecays(
        visible=same * lower,
        query_scale=ops.exp(log_sum),
        key_scale=ops.exp(-log_sum),
        from_start=ops.exp(log_sum) * in_first,
        to_end=ops.exp(log_sum[..., -1:] - log_sum) * in_last,
        log_total=before_each(log_sum[..., -1]),
        document=before_each(document[..., -1])[:, 0],
    )


def carry_weights(decays):
    """How much of what was left at the start of chunk m is still there at the start of chunk n.

    Args:
        decays: ChunkDecays.

    Returns:
        [B, Hd, N + 1, N + 1] float32, lower triangular with ones on the diagonal. Row n reads: the initial
        memory in column 0, what chunk m - 1 left in column m. The last row is the memory after the last
        chunk.
    """
    num_places = decays.log_total.shape[-1]
    lower = ops.tril(ops.ones((num_places, num_places), "float32"))
    same = ops.cast(
        ops.equal(decays.document[:, None, :, None], decays.document[:, None, None, :]), "float32"
    )
    log_total = decays.log_total
    return ops.exp(ops.minimum(log_total[..., :, None] - log_total[..., None, :], 0.0)) * same * lower
