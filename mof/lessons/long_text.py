"""A short run's loss by position in a text longer than the rows that it learned from. Chapter 07.

Held-out texts are short. Joined without a break they give a token at every position, with a jump from text to
text that hits all models alike.
"""

import numpy as np

from mof.corpus.conversation import encode_document
from mof.evaluation.memory_report import NUM_ROWS, PIECE_LENGTH, loss_by_position
from mof.lessons.memory_cut import held_out_prose


def held_out_stream(tokenizer, texts=None):
    """The tokens of the texts, one after the other, without the marks between them.

    Args:
        tokenizer: Tokenizer. texts: list of str; None is the shipped prose that short runs do not learn from.

    Returns:
        1-D int32 array.
    """
    texts = held_out_prose() if texts is None else texts
    return np.concatenate([encode_document(text, tokenizer)[1:] for text in texts]).astype("int32")


def loss_along(model, tokenizer, texts=None):
    """Mean loss by position, as far as the texts go.

    Args:
        model: MixtureLanguageModel. tokenizer, texts: as `held_out_stream`.

    Returns:
        dict as `mof.evaluation.memory_report.loss_by_position`: "block", "nats", "half".

    Raises:
        ValueError: the texts are too short for one piece of positions.
    """
    stream = held_out_stream(tokenizer, texts)
    num_pieces = len(stream) // (NUM_ROWS * PIECE_LENGTH)
    return loss_by_position(model, stream, num_pieces * PIECE_LENGTH)
