"""Writes with a model that cannot go on from a state: the whole text is read again for each new token.

That is how the article's package writes, and the only way a model with a mean over the whole row can. Chapter
06.
"""

import numpy as np
from keras import ops

from mof.execution import as_graph
from mof.generation.config import GenerationConfig
from mof.generation.decoding import TextGenerator
from mof.tokenizer.special_tokens import PADDING


class WholeTextReader:
    """What `TextGenerator` asks for; the state is the text itself.

    Args:
        model: MixtureLanguageModel.
        longest: tokens that a text may have; all readings are padded to it, for one graph.

    Raises:
        ValueError: for less than 1 token.
    """

    def __init__(self, model, longest=64):
        if longest < 1:
            raise ValueError(f"longest is {longest}, expected at least 1 token.")
        self.model, self.longest = model, longest
        self._read = as_graph(model, self._logits_of_last, is_compiled=False)

    @property
    def vocabulary_size(self):
        """Number of token ids that the model knows, W."""
        return self.model.config.vocabulary_size

    def read(self, rows, state=None):
        """Read texts from their first token on.

        Args:
            rows: list of B int arrays. state: the texts before, a list of B int arrays, or None.

        Returns:
            (logits [B, W] float32 NumPy array for the token after each text's last, the texts).

        Raises:
            ValueError: a text is longer than the reader was made for.
        """
        texts = [np.asarray(row, dtype="int32") for row in rows]
        if state is not None:
            texts = [np.concatenate(pair) for pair in zip(state, texts, strict=True)]
        lengths = np.array([len(text) for text in texts])
        if lengths.max() > self.longest:
            raise ValueError(
                f"a text has {lengths.max()} tokens, and this reader takes {self.longest}: make it with a "
                "larger `longest`."
            )
        token_ids = np.full((len(texts), self.longest), PADDING, dtype="int32")
        for row, text in zip(token_ids, texts, strict=True):
            row[: len(text)] = text
        logits = self._read(token_ids, np.arange(self.longest) < lengths[:, None])
        return ops.convert_to_numpy(logits), texts

    def step(self, token_ids, state):
        """One token more for each text; returns as `read`."""
        return self.read(np.asarray(token_ids)[:, None], state)

    def _logits_of_last(self, token_ids, mask):
        output, _ = self.model.features(token_ids, None, None, mask)
        last = ops.sum(ops.cast(mask, "int32"), axis=1) - 1  # [B]
        hidden = ops.take_along_axis(output.hidden, last[:, None, None], axis=1)[:, 0]  # [B, D]
        return self.model.logits(hidden)


def write_on(model, tokenizer, prompts, num_tokens=30, seed=0):
    """Continue some prompts, each token from a fresh reading of what is there.

    Args:
        model: MixtureLanguageModel. tokenizer: its Tokenizer.
        prompts: list of str. num_tokens: written after each, at most. seed: int, of the draws.

    Returns:
        list of str: the prompts with what was written, line ends as "↵".
    """
    longest = num_tokens + 1 + max(len(tokenizer.encode(prompt)) for prompt in prompts)
    generator = TextGenerator(WholeTextReader(model, longest), tokenizer, max_rows=len(prompts))
    config = GenerationConfig(max_tokens=num_tokens, seed=seed)
    written = generator.generate(prompts, config)
    return [(prompt + one.text).replace("\n", "↵") for prompt, one in zip(prompts, written, strict=True)]
