"""Rows of tokens for the peers, out of the flat files of a token cache. NumPy alone.

Training: the line of all documents is cut into rows, and the rows are read in an order drawn by the seed.
Held-out text: every document alone, in windows that overlap by half, so that all targets but a document's
first ones have at least half a window before them; every target is scored exactly once.
"""

import numpy as np

IGNORED = -100  # a target that does not count


class TrainingRows:
    """Batches without end from a line of tokens.

    Args:
        tokens: [N] array of ids. num_rows: B. num_tokens: T. seed: of the order; another one each epoch.

    Raises:
        ValueError: fewer tokens than one batch needs.
    """

    def __init__(self, tokens, num_rows, num_tokens, seed):
        self._tokens, self._num_rows, self._num_tokens = tokens, num_rows, num_tokens
        self._num_places = (len(tokens) - 1) // num_tokens
        if self._num_places < num_rows:
            raise ValueError(
                f"the text has {len(tokens)} tokens, a batch needs {num_rows * num_tokens + 1}: "
                "give more text."
            )
        self._draws = np.random.default_rng(seed)
        self._order = []

    def next_batch(self):
        """(token_ids, targets), both [B, T] int64."""
        if len(self._order) < self._num_rows:
            self._order = self._draws.permutation(self._num_places).tolist()
        rows = [self._order.pop() for _ in range(self._num_rows)]
        places = np.array(rows)[:, None] * self._num_tokens + np.arange(self._num_tokens + 1)
        line = self._tokens[places].astype(np.int64)
        return line[:, :-1], line[:, 1:]


def held_out_windows(length, num_tokens):
    """Windows over a document of `length` ids and the id that ends it.

    Args:
        length: ids of the document, its first one (which is not scored) included. num_tokens: T of a window.

    Returns:
        list of (start, stop, first): inputs from start to stop; the targets of those from `first` on count.
    """
    step, windows, scored = max(1, num_tokens // 2), [], 0
    while scored < length:
        start = 0 if scored == 0 else max(0, scored - (num_tokens - step))
        stop = min(length, start + num_tokens)
        windows.append((start, stop, scored))
        scored = stop
    return windows


def held_out_batches(documents, end, num_tokens, num_rows):
    """Batches that score every token of the documents once.

    Args:
        documents: list of [n] int arrays, each beginning with the id of a document's start.
        end: the id that follows each document. num_tokens: T of a window. num_rows: most rows of a batch.

    Yields:
        (token_ids, targets) [b, t] int64, windows of like length together; targets are IGNORED at padding and
        where another window scores them.
    """
    rows = []
    for ids in documents:
        line = np.append(np.asarray(ids, np.int64), end)
        for start, stop, first in held_out_windows(len(ids), num_tokens):
            targets = line[start + 1 : stop + 1].copy()
            targets[: first - start] = IGNORED
            rows.append((line[start:stop], targets))
    rows.sort(key=lambda row: len(row[0]))
    for i in range(0, len(rows), num_rows):
        chosen = rows[i : i + num_rows]
        longest = len(chosen[-1][0])
        token_ids = np.zeros((len(chosen), longest), np.int64)
        targets = np.full((len(chosen), longest), IGNORED, np.int64)
        for j, (inputs, wanted) in enumerate(chosen):
            token_ids[j, : len(inputs)], targets[j, : len(wanted)] = inputs, wanted
        yield token_ids, targets
