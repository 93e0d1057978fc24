"""The order of the documents in one epoch, and where each place of that order lies in the token cache."""

import numpy as np

from mof.corpus.token_cache import CacheSplit


class EpochOrder:
    """All documents of a split, one after the other in an order drawn from (seed, epoch) alone.

    The order sorts raw random words of PCG64, whose stream NumPy promises never to change; so a run resumed
    with another NumPy goes on alike.

    Attributes:
        starts: int64 [num_documents + 1], place of each document's first token, and the number of tokens.
    """

    def __init__(self, split: CacheSplit, seed: int, epoch: int) -> None:
        """Draws the order.

        Args:
            split: part of a token cache.
            seed: 0 or more.
            epoch: counted from 0.
        """
        self._split = split
        random_words = np.random.PCG64(np.random.SeedSequence([seed, epoch])).random_raw(split.num_documents)
        order = np.argsort(random_words, kind="stable").astype(np.uint32)
        del random_words  # with millions of documents each of these arrays is tens of megabytes
        offsets = split.offsets.read(0, split.num_documents + 1)
        self.starts = np.zeros(split.num_documents + 1, dtype=np.int64)
        self.starts[1:] = np.diff(offsets)[order]
        np.cumsum(self.starts, out=self.starts)
        # What must be added to a place of the epoch, inside each document, to get its place in the file.
        self._shifts = offsets[order]
        self._shifts -= self.starts[:-1]

    def read(self, places: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The tokens at some places of the epoch.

        Args:
            places: int64 of any shape, from 0 to before the number of tokens.

        Returns:
            token_ids: int32, the same shape.
            starts_document: bool, where the token is the first of its document.
            follower_counts: bool, whether the token after it counts in the loss.
        """
        documents = np.searchsorted(self.starts, places, side="right") - 1
        starts_document = self.starts[documents] == places
        file_places = places + self._shifts[documents]
        token_ids = self._split.tokens.take(file_places).astype(np.int32)
        if self._split.loss_flags is None:
            return token_ids, starts_document, np.ones(places.shape, dtype=bool)
        return token_ids, starts_document, self._split.loss_flags.take(file_places).astype(bool)

    def ends_document(self, places: np.ndarray) -> np.ndarray:
        """Whether the token at each place is the last of its document."""
        return self.starts[np.searchsorted(self.starts, places + 1)] == places + 1
