"""A bigram model twice: counted, and as one matrix that a gradient trains. Chapter 03.

Row i holds what follows token i: p_ij = (c_ij + k) / (n_i + k W), with c_ij how often j follows i, n_i their
sum, and k the pairs of each kind that are made up. The matrix holds logits, p_i = softmax(logits_i), and
learns from the same pairs, the made-up ones among them. The gradient of the summed cross entropy is then

    (n_i + k W) p_ij - (c_ij + k),

which is zero exactly where p is the table. Shapes: all [W, W].
"""

from typing import NamedTuple

import numpy as np

from mof.corpus.conversation import encode_document
from mof.lessons.prose_parts import num_bytes
from mof.tokenizer.special_tokens import DOCUMENT

LEARNING_RATE, NUM_UPDATES = 0.3, 100
FIRST_DECAY_RATE, SECOND_DECAY_RATE = 0.9, 0.95  # of AdamW, as in TrainingConfig


class TrainedMatrix(NamedTuple):
    """logits: [W, W] float32. losses: list of floats, the mean over all pairs before each update, nats."""

    logits: np.ndarray
    losses: list


def token_pairs(texts, tokenizer):
    """Each token and the one after it; the document's mark stands before the first and after the last.

    Args:
        texts: list of str. tokenizer: Tokenizer.

    Returns:
        (before [N], after [N]), int64.
    """
    before = [encode_document(text, tokenizer) for text in texts]
    after = [np.append(ids[1:], DOCUMENT) for ids in before]
    return tuple(np.concatenate(arrays).astype(np.int64) for arrays in (before, after))


def count_pairs(texts, tokenizer):
    """How often each token follows each other: int64 [W, W], rows are the first of a pair."""
    size = tokenizer.vocabulary_size
    before, after = token_pairs(texts, tokenizer)
    return np.bincount(before * size + after, minlength=size * size).reshape(size, size)


def smooth_counts(counts, k):
    """The table of probabilities from counts, with k made-up pairs of each kind.

    Args:
        counts: [W, W], not negative. k: above 0.

    Returns:
        float64 [W, W]; each row sums to 1.

    Raises:
        ValueError: k is not above 0, so that an unseen pair would be impossible.
    """
    if not k > 0:
        raise ValueError(f"k is {k}, expected a number above 0: at 0 a pair never seen is impossible.")
    rows = counts.sum(axis=1, keepdims=True)
    return (counts + k) / (rows + k * counts.shape[1])


def table_bits_per_byte(table, texts, tokenizer):
    """Bits of every pair, the documents' ends among them, over the bytes of the text.

    Args:
        table: [W, W] probabilities. texts: list of str. tokenizer: Tokenizer with W ids.
    """
    before, after = token_pairs(texts, tokenizer)
    return float(-np.log2(table[before, after]).sum() / num_bytes(texts))


def train_matrix(counts, k, num_updates=NUM_UPDATES, learning_rate=LEARNING_RATE):
    """Learn the logits of a bigram model from its pairs, all of them at each update.

    AdamW without decay of the weights; the step size falls in a line to 0.

    Args:
        counts: [W, W]. k: made-up pairs of each kind, above 0.
        num_updates: int. learning_rate: of the first update.

    Returns:
        TrainedMatrix.
    """
    from keras import ops

    from mof.execution import as_graph
    from mof.training.optimizer import UpdateScalars, adamw_update

    wanted = ops.convert_to_tensor((counts + k).astype("float32"))

    def update(wanted, logits, mean, square, rate, step):
        rows = ops.sum(wanted, axis=1, keepdims=True)
        log_shares = ops.log_softmax(logits, axis=-1)
        loss = -ops.sum(wanted * log_shares) / ops.sum(rows)
        gradient = rows * ops.exp(log_shares) - wanted
        scalars = UpdateScalars(1.0, rate, step)
        return loss, *adamw_update(
            logits, gradient, mean, square, scalars, 0.0, FIRST_DECAY_RATE, SECOND_DECAY_RATE
        )

    graph = as_graph(None, update)
    logits = mean = square = ops.zeros(counts.shape, "float32")
    losses = []
    for i in range(num_updates):
        rate = np.float32(learning_rate * (1 - i / num_updates))
        loss, logits, mean, square = graph(wanted, logits, mean, square, rate, np.float32(i + 1))
        losses.append(float(loss))
    return TrainedMatrix(ops.convert_to_numpy(logits), losses)
