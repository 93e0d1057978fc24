"""Reads tokens into a model's memory by onnxruntime, in place of `mof.generation.reading.StateReader`."""

import numpy as np

from mof.config import LONGEST_CHUNK
from mof.generation.rows import row_lengths
from mof.inference.graph_builder import AFTER, BEFORE
from mof.inference.mixture import LOGITS
from mof.inference.tokens import NUM_TOKENS
from mof.tokenizer.special_tokens import PADDING


class OnnxReader:
    """A model's two graphs. The memory is a dict of NumPy arrays, batch first; it is never changed in place.

    Args:
        sessions: `Sessions` of the two graphs of `mof.inference.mixture`.
        piece_length: most tokens of a text read at once, 1 to 64.

    Raises:
        ValueError: for another piece_length.

    Example:
        ::

            reader, tokenizer = open_run("runs/first")
            generator = TextGenerator(reader, tokenizer)
    """

    def __init__(self, sessions, piece_length=LONGEST_CHUNK):
        if not 1 <= piece_length <= LONGEST_CHUNK:
            raise ValueError(
                f"piece_length is {piece_length}, expected 1 to {LONGEST_CHUNK}: a piece is a single chunk."
            )
        self._sessions = sessions
        self.piece_length = piece_length
        shapes = {value.name: value.shape for value in sessions.step.get_outputs()}
        self.vocabulary_size = shapes[LOGITS][-1]
        self._outputs = list(shapes)
        self._memory = {
            value.name.removeprefix(BEFORE): tuple(value.shape[1:])
            for value in sessions.step.get_inputs()
            if value.name.startswith(BEFORE)
        }

    def initial_state(self, batch_size):
        """The empty memory: zeros for `batch_size` rows. Its size does not depend on any length."""
        return {
            name: np.zeros((batch_size, *shape), np.int64 if name == NUM_TOKENS else np.float32)
            for name, shape in self._memory.items()
        }

    def restarted(self, state, is_new):
        """The memory with some rows as empty as at the start.

        Args:
            state: the memory, B rows. is_new: [B] bool, True for the rows to empty.
        """
        empty = self.initial_state(len(is_new))
        return {
            name: np.where(is_new.reshape(-1, *[1] * (value.ndim - 1)), empty[name], value)
            for name, value in state.items()
        }

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
            state = self.initial_state(len(rows))
        if lengths.max() == 1:
            return self.step(np.concatenate(rows), state)
        logits = None
        for start in range(0, int(lengths.max()), self.piece_length):
            counts = np.clip(lengths - start, 0, self.piece_length)
            token_ids = np.full((len(rows), counts.max()), PADDING, dtype=np.int64)
            for row, ids, count in zip(token_ids, rows, counts, strict=True):
                row[:count] = ids[start : start + count]
            new, state = self._run(self._sessions.piece, {"token_ids": token_ids, "counts": counts}, state)
            logits = new if logits is None else np.where(counts[:, None] > 0, new, logits)
        return logits, state

    def step(self, token_ids, state):
        """Read one token for each row: token_ids [B]; returns (logits [B, W] float32 NumPy array, state)."""
        return self._run(self._sessions.step, {"token_ids": np.asarray(token_ids, dtype=np.int64)}, state)

    def _run(self, session, tokens, state):
        inputs = {BEFORE + name: value for name, value in state.items()}
        results = dict(zip(self._outputs, session.run(self._outputs, {**tokens, **inputs}), strict=True))
        logits = results.pop(LOGITS)
        return logits, {name.removeprefix(AFTER): value for name, value in results.items()}
