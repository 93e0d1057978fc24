"""Batches that score every token of some documents exactly once, whatever the shape of the batch."""

from collections.abc import Iterator, Sequence

import numpy as np

from mof.corpus.batch import Batch
from mof.corpus.reading_report import CorpusError
from mof.corpus.token_cache import CacheSplit
from mof.tokenizer.special_tokens import DOCUMENT, PADDING


def evaluation_batches(
    split: CacheSplit,
    num_streams: int,
    num_tokens: int,
    documents: Sequence[int] | np.ndarray | None = None,
    most_of_each: int | None = None,
) -> Iterator[Batch]:
    """Goes through the documents once, in order.

    The documents are shared out to the streams in contiguous runs of about equal length, never cut between
    two streams, so every token sees the whole of its document before it. A document of n tokens has n
    targets: its own tokens after the first, and the DOCUMENT that ends it (also after the last one). What
    counts depends on the documents alone: the sum of the losses is the same for every `num_streams` and
    `num_tokens`. Streams that end early are padded with mask False and loss weight 0.

    Args:
        split: part of a token cache, such as `cache.validation`.
        num_streams: B.
        num_tokens: T, the same for all batches.
        documents: which documents, by index; all if None. `sample_documents` draws some.
        most_of_each: tokens read of a document at most, from its beginning; None for the whole.

    Yields:
        Batches [B, T]; carry the state from each to the next.

    Raises:
        CorpusError: there is no document.
        ValueError: a number is out of range.
    """
    if num_streams < 1 or num_tokens < 1:
        raise ValueError(
            f"num_streams and num_tokens must be at least 1, got {num_streams} and {num_tokens}."
        )
    documents = np.arange(split.num_documents) if documents is None else np.asarray(documents, dtype=np.int64)
    if documents.size == 0:
        raise CorpusError(
            f"the split {split.name} has no document to evaluate. "
            "Give more text or a larger validation_fraction."
        )
    if documents.min() < 0 or documents.max() >= split.num_documents:
        raise ValueError(f"documents must be from 0 to {split.num_documents - 1}, got others.")
    return _batches(split, num_streams, num_tokens, documents, most_of_each or split.num_tokens)


def count_batches(
    split: CacheSplit,
    num_streams: int,
    num_tokens: int,
    documents: Sequence[int] | np.ndarray,
    most_of_each: int | None = None,
) -> int:
    """How many batches `evaluation_batches` yields for the same arguments."""
    offsets = split.offsets.read(0, split.num_documents + 1)
    lengths = np.minimum(np.diff(offsets)[documents], most_of_each or split.num_tokens)
    return len(_batch_offsets(_cuts(_line(lengths), num_streams), num_tokens))


def sample_documents(
    split: CacheSplit, max_tokens: int, seed: int = 0, most_of_each: int | None = None
) -> np.ndarray:
    """Draws documents of at most `max_tokens` in all (at least one): a quick and fair measurement.

    Args:
        split: part of a token cache.
        max_tokens: bound on the tokens of the documents together.
        seed: decides which.
        most_of_each: tokens that count of a document at most, where the rest of it is not read; without, the
            first long document ends the draw.

    Returns:
        int64, indices of documents, ascending.
    """
    random_words = np.random.PCG64(np.random.SeedSequence([seed])).random_raw(split.num_documents)
    order = np.argsort(random_words, kind="stable")
    lengths = np.diff(split.offsets.read(0, split.num_documents + 1))[order]
    lengths = np.minimum(lengths, most_of_each or split.num_tokens)
    num_chosen = max(1, int(np.searchsorted(np.cumsum(lengths), max_tokens, side="right")))
    return np.sort(order[:num_chosen])


def _batches(
    split: CacheSplit, num_streams: int, num_tokens: int, documents: np.ndarray, most_of_each: int
) -> Iterator[Batch]:
    offsets = split.offsets.read(0, split.num_documents + 1)
    lengths = np.minimum(np.diff(offsets)[documents], most_of_each)
    starts = _line(lengths)
    shifts = offsets[documents] - starts[:-1]
    cuts = _cuts(starts, num_streams)
    lane_starts, lane_stops = cuts[:-1, None], cuts[1:, None]
    for offset in _batch_offsets(cuts, num_tokens):
        places = lane_starts + np.arange(offset, offset + num_tokens)
        mask = places < lane_stops
        real_places = places[mask]
        chosen = np.searchsorted(starts, real_places, side="right") - 1
        file_places = real_places + shifts[chosen]
        is_last = file_places + 1 == offsets[documents[chosen] + 1]
        following = split.tokens.take(file_places + ~is_last).astype(np.int32)
        following[is_last] = DOCUMENT
        counts = np.ones(file_places.shape, dtype=np.float32)
        if split.loss_flags is not None:
            counts = split.loss_flags.take(file_places).astype(np.float32)
        yield Batch(
            token_ids=_spread(split.tokens.take(file_places).astype(np.int32), mask, PADDING),
            targets=_spread(following, mask, PADDING),
            resets=_spread(real_places == starts[chosen], mask, False),
            loss_weights=_spread(counts, mask, 0),
            mask=mask,
        )


def _line(lengths: np.ndarray) -> np.ndarray:
    return np.concatenate([[0], np.cumsum(lengths)])  # where each starts in the line of all chosen documents


def _cuts(starts: np.ndarray, num_streams: int) -> np.ndarray:
    return _nearest(starts, np.arange(num_streams + 1) * (starts[-1] / num_streams))


def _batch_offsets(cuts: np.ndarray, num_tokens: int) -> range:
    return range(0, int(np.diff(cuts).max()), num_tokens)


def _spread(values: np.ndarray, mask: np.ndarray, padding: int) -> np.ndarray:
    spread = np.full(mask.shape, padding, dtype=values.dtype)
    spread[mask] = values
    return spread


def _nearest(starts: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    # Wanted places ascend, so the nearest starts do too; the first is 0 and the last is the end.
    right = np.clip(np.searchsorted(starts, wanted), 1, starts.size - 1)
    left = right - 1
    return np.where(wanted - starts[left] <= starts[right] - wanted, starts[left], starts[right])
