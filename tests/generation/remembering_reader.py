"""A model that knows some texts by heart and nothing else."""

import numpy as np

from mof.corpus.conversation import encode_document
from mof.tokenizer.special_tokens import DOCUMENT


class RememberingReader:
    """Stands in for a StateReader: expects what follows, where the tokens so far begin a text that it knows;
    elsewhere always the same sign. Its state is the tokens so far, a tuple for each row.

    Args:
        tokenizer: Tokenizer. texts: list of str, cut into tokens as training cuts them. unknown: str of one
            token.
    """

    def __init__(self, tokenizer, texts, unknown="?"):
        self.vocabulary_size = tokenizer.vocabulary_size
        (self._unknown,) = tokenizer.encode(unknown)
        self._next = {}
        for text in texts:
            ids = (*encode_document(text, tokenizer).tolist(), DOCUMENT)
            for place in range(1, len(ids)):
                self._next.setdefault(ids[:place], []).append(ids[place])

    def read(self, rows, state=None):
        """As StateReader.read."""
        state = [()] * len(rows) if state is None else state
        state = [(*before, *map(int, row)) for before, row in zip(state, rows, strict=True)]
        logits = np.zeros((len(rows), self.vocabulary_size), "float32")
        for row, ids in zip(logits, state, strict=True):
            row[self._unknown] = 0.5
            for token in self._next.get(ids, ()):
                row[token] += 1.0
        return logits, state

    def step(self, token_ids, state):
        """As StateReader.step."""
        return self.read(np.asarray(token_ids)[:, None], state)
