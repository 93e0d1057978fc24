"""A model's two forms as graphs: the parallel one reads text that is there, in pieces of one size; a step
reads a token.

Both are traced once for each number of rows and never again, whatever the length of the text: the last piece
is padded, and padding leaves the memory as it was. So the context costs the same bytes after ten tokens and
after a million.
"""

import numpy as np
from keras import ops

from mof.execution import as_graph
from mof.tokenizer.special_tokens import PADDING


class StateReader:
    """Reads tokens into a model's memory, and tells what it expects next.

    Args:
        model: MixtureLanguageModel, or anything with its `initial_state`, `features`, `logits`, `step` and
            `variables`.
        piece_length: tokens that the parallel form takes at once.

    Raises:
        ValueError: for a piece_length below 1.
    """

    def __init__(self, model, piece_length=64):
        if piece_length < 1:
            raise ValueError(f"piece_length is {piece_length}, expected at least 1 token.")
        self.model = model
        self.piece_length = piece_length
        self._read_piece = as_graph(model, self._features_of_last, is_compiled=False)
        self._step = as_graph(model, model.step, is_compiled=False)

    def read(self, rows, state=None):
        """Read one text for each row, of any lengths.

        Args:
            rows: list of B int arrays, none empty.
            state: the memory before, B rows; None for an empty one.

        Returns:
            (logits [B, W] float32 NumPy array for the token after each row's last, state).

        Raises:
            ValueError: for a row without tokens.
        """
        lengths = np.array([len(row) for row in rows])
        if not lengths.all():
            raise ValueError(
                f"row {int(lengths.argmin())} has no tokens, expected at least one: start it with DOCUMENT."
            )
        if state is None:
            state = self.model.initial_state(len(rows))
        if lengths.max() == 1:
            return self.step(np.concatenate(rows), state)
        logits = None
        for start in range(0, int(lengths.max()), self.piece_length):
            token_ids = np.full((len(rows), self.piece_length), PADDING, dtype=np.int32)
            for row, ids in zip(token_ids, rows, strict=True):
                part = ids[start : start + self.piece_length]
                row[: len(part)] = part
            counts = np.clip(lengths - start, 0, self.piece_length)
            mask = np.arange(self.piece_length) < counts[:, None]
            new, state = self._read_piece(token_ids, mask, state)
            new = ops.convert_to_numpy(new)
            logits = new if logits is None else np.where(counts[:, None] > 0, new, logits)
        return logits, state

    def step(self, token_ids, state):
        """Read one token for each row: token_ids [B]; returns (logits [B, W] float32 NumPy array, state)."""
        logits, state = self._step(np.asarray(token_ids, dtype=np.int32), state)
        return ops.convert_to_numpy(logits), state

    def _features_of_last(self, token_ids, mask, state):
        # The head sees each row's last token only: the logits of a whole prompt would be the largest array of
        # all.
        output, state = self.model.features(token_ids, state, None, mask)
        last = ops.maximum(ops.sum(ops.cast(mask, "int32"), axis=1) - 1, 0)  # [B]
        hidden = ops.take_along_axis(output.hidden, last[:, None, None], axis=1)[:, 0]  # [B, D]
        return self.model.logits(hidden), state
