"""Packs documents into continuous streams: nothing is padded, and a state can be carried from row to row.

In each epoch the documents stand one after the other in an order drawn from (seed, epoch). This line of N
tokens is cut into B lanes of L = N // B tokens; stream b reads lane b, then goes on into lane b of the next
epoch. The last N - B * L tokens of the line (at most B - 1) are left out of that epoch; as the order changes,
others are left out of the next. Every other token is read exactly once an epoch.
"""

from typing import Any

import numpy as np

from mof.corpus.batch import Batch
from mof.corpus.epoch_order import EpochOrder
from mof.corpus.reading_report import CorpusError
from mof.corpus.token_cache import CacheSplit

Cursor = dict[str, int | str]


class StreamBatches:
    """Batches without end from a split of a token cache.

    Row b of a batch goes on where row b of the batch before ended, whatever their lengths. `resets` is True
    at the first token of each document and at the first token of each lane (which may lie in the middle of a
    document). At the end of a lane the target is the first token of the next one; its loss weight is 0,
    unless a document ends there and another starts.

    Example:
        >>> batches = StreamBatches(cache.train, num_streams=8, seed=0)  # doctest: +SKIP
        >>> batch = batches.next_batch(num_tokens=256)  # doctest: +SKIP
        >>> resumed = StreamBatches(cache.train, 8, 0, cursor=batches.cursor)  # doctest: +SKIP
    """

    def __init__(self, split: CacheSplit, num_streams: int, seed: int, cursor: Cursor | None = None) -> None:
        """Starts at the beginning, or where a cursor says.

        Args:
            split: part of a token cache, such as `cache.train`.
            num_streams: B.
            seed: decides the order of the documents; 0 or more.
            cursor: what `cursor` gave in an earlier run on the same split, streams and seed.

        Raises:
            CorpusError: the split holds fewer tokens than streams.
            ValueError: an argument is out of range, or the cursor belongs to other data or settings.
        """
        if num_streams < 1 or seed < 0:
            raise ValueError(
                f"num_streams must be at least 1 and seed at least 0, got {num_streams} and {seed}."
            )
        if split.num_tokens < num_streams:
            raise CorpusError(
                f"the split {split.name} holds {split.num_tokens} tokens ({split.num_documents} documents), "
                f"too few for {num_streams} streams. "
                "Give more text, fewer streams, or another validation_fraction."
            )
        self._split = split
        self._num_streams = num_streams
        self._seed = seed
        self._lane_length = split.num_tokens // num_streams
        self._lane_starts = np.arange(num_streams, dtype=np.int64)[:, None] * self._lane_length
        self._epoch = 0
        self._offset = 0  # tokens of this epoch's lanes read so far
        if cursor is not None:
            self._restore(cursor)
        self._order = EpochOrder(split, seed, self._epoch)

    @property
    def epoch(self) -> int:
        """Epochs finished."""
        return self._epoch

    @property
    def num_tokens_per_epoch(self) -> int:
        """Tokens of one epoch, B * L."""
        return self._num_streams * self._lane_length

    @property
    def num_tokens_read(self) -> int:
        """Tokens given out since the first epoch began."""
        return self._epoch * self.num_tokens_per_epoch + self._num_streams * self._offset

    @property
    def cursor(self) -> Cursor:
        """Where the next batch begins, and what it belongs to: a small dict of plain JSON values."""
        return {**self._identity(), "epoch": self._epoch, "offset": self._offset}

    def next_batch(self, num_tokens: int) -> Batch:
        """The next `num_tokens` of every stream.

        Args:
            num_tokens: T, at least 1; it may differ from call to call.

        Returns:
            A batch of B rows; its mask is True everywhere.
        """
        if num_tokens < 1:
            raise ValueError(f"num_tokens must be at least 1, got {num_tokens}.")
        parts = []
        remaining = num_tokens
        while remaining:
            length = min(remaining, self._lane_length - self._offset)
            parts.append(self._read(length))
            remaining -= length
            self._offset += length
            if self._offset == self._lane_length:
                self._start_epoch(parts[-1])
        token_ids, resets, weights = (np.concatenate(arrays, axis=1) for arrays in zip(*parts, strict=True))
        following = self._order.read(self._lane_starts + self._offset)[0]
        targets = np.concatenate([token_ids[:, 1:], following], axis=1)
        return Batch(token_ids, targets, resets, weights, np.ones(token_ids.shape, dtype=bool))

    def _read(self, length: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        places = self._lane_starts + np.arange(self._offset, self._offset + length)
        token_ids, resets, follower_counts = self._order.read(places)
        if self._offset == 0:
            resets[:, 0] = True
        return token_ids, resets, follower_counts.astype(np.float32)

    def _start_epoch(self, last_part: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
        ends = self._order.ends_document(self._lane_starts[:, 0] + self._lane_length - 1)
        self._epoch += 1
        self._offset = 0
        del self._order  # the old order goes before the new one comes: memory
        self._order = EpochOrder(self._split, self._seed, self._epoch)
        starts = self._order.read(self._lane_starts)[1][:, 0]
        last_part[2][:, -1] *= ends & starts

    def _identity(self) -> Cursor:
        return {
            "fingerprint": self._split.fingerprint,
            "split": self._split.name,
            "num_streams": self._num_streams,
            "seed": self._seed,
        }

    def _restore(self, cursor: dict[str, Any]) -> None:
        for name, expected in self._identity().items():
            if cursor.get(name) != expected:
                raise ValueError(
                    f"the cursor belongs to other batches: its {name} is {cursor.get(name)!r}, here it is "
                    f"{expected!r}. "
                    "Resume with the same corpus, tokenizer, streams and seed, or start without it."
                )
        epoch, offset = cursor.get("epoch"), cursor.get("offset")
        if (
            type(epoch) is not int
            or type(offset) is not int
            or epoch < 0
            or not 0 <= offset < self._lane_length
        ):
            raise ValueError(
                f"the cursor is damaged: epoch {epoch!r}, offset {offset!r}; expected an epoch from 0 and an "
                f"offset from 0 to {self._lane_length - 1}."
            )
        self._epoch, self._offset = epoch, offset
