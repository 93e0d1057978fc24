"""A model's two forms as graphs: the parallel one reads text that is there, in pieces of one size; a step
reads a token.

Both are traced once for each number of rows and never again, whatever the length of the text: the last piece
is padded, and padding leaves the memory as it was. So the context costs the same bytes after ten tokens and
after a million. A graph takes seconds to make, so with TensorFlow the first few pieces are read without one,
and are longer.
"""

import keras
import numpy as np
from keras import ops

from mof.execution import as_graph, as_operations
from mof.generation.rows import row_lengths
from mof.tokenizer.special_tokens import PADDING

PLAIN_PIECES = 4  # after so many the time that a graph takes is well spent
PLAIN_LENGTH = 256  # tokens of such a piece at most: each costs half a second of small operations


class StateReader:
    """Reads tokens into a model's memory, and tells what it expects next.

    Args:
        model: MixtureLanguageModel, or anything with its `config`, `initial_state`, `features`, `logits`,
            `step` and `variables`.
        piece_length: tokens that the graph of the parallel form takes at once.
        plain_pieces: pieces that are read before that graph is made; on JAX there are none.

    Raises:
        ValueError: for a piece_length below 1.
    """

    def __init__(self, model, piece_length=64, plain_pieces=PLAIN_PIECES):
        if piece_length < 1:
            raise ValueError(f"piece_length is {piece_length}, expected at least 1 token.")
        self.model = model
        self.piece_length = piece_length
        # On JAX each plain piece of another length would be compiled as a program of its own.
        self._plain_pieces_left = plain_pieces if keras.backend.backend() == "tensorflow" else 0
        self._read_plainly = as_operations(model, self._features_of_last)
        self._read_piece = as_graph(model, self._features_of_last, is_compiled=False)
        self._step = as_graph(model, model.step, is_compiled=False)

    @property
    def vocabulary_size(self):
        """Number of token ids that the model knows, W."""
        return self.model.config.vocabulary_size

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
        lengths = row_lengths(rows)
        if state is None:
            state = self.model.initial_state(len(rows))
        if lengths.max() == 1:
            return self.step(np.concatenate(rows), state)
        logits, start, longest = None, 0, int(lengths.max())
        while start < longest:
            read, size = self._read_piece, self.piece_length
            if self._plain_pieces_left > 0:
                self._plain_pieces_left -= 1
                read, size = self._read_plainly, min(PLAIN_LENGTH, longest - start)
            token_ids = np.full((len(rows), size), PADDING, dtype=np.int32)
            for row, ids in zip(token_ids, rows, strict=True):
                part = ids[start : start + size]
                row[: len(part)] = part
            counts = np.clip(lengths - start, 0, size)
            new, state = read(token_ids, np.arange(size) < counts[:, None], state)
            new = ops.convert_to_numpy(new)
            logits = new if logits is None else np.where(counts[:, None] > 0, new, logits)
            start += size
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
