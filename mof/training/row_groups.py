"""A batch in groups of rows, one after the other: what is kept for the gradient is one group's at a time.

The rows of a batch do not see one another, so the sums are those of the whole batch, up to rounding. Book:
chapter 11, "The batch".
"""

import keras
from keras import ops

from mof.corpus.batch import Batch


def rows_at_once(num_rows, num_tokens, tokens_at_once):
    """Rows of a group.

    Args:
        num_rows: B. num_tokens: T.
        tokens_at_once: most tokens of a group; 0 for no limit.

    Returns:
        The largest divisor of B whose rows hold no more than that, at least 1: all groups are of one shape.
    """
    if not tokens_at_once:
        return num_rows
    fitting = [n for n in range(1, num_rows + 1) if num_rows % n == 0 and n * num_tokens <= tokens_at_once]
    return max(fitting, default=1)


def accumulate_in_groups(engine, batch, memory, trainable, tokens_at_once):
    """`accumulate` of the engine for each group of rows.

    Args:
        engine: of either backend. batch, memory, trainable: its arguments; the memory is batch first.
        tokens_at_once: see `rows_at_once`.

    Returns:
        (summed loss in nats, summed weight, memory after the batch): two floats and a nested dict.
    """
    num_rows, num_tokens = batch.token_ids.shape
    size = rows_at_once(num_rows, num_tokens, tokens_at_once)
    loss, weight, memories = 0.0, 0.0, []
    for start in range(0, num_rows, size):
        rows = slice(start, start + size)
        fields = (batch.token_ids, batch.targets, batch.resets, batch.loss_weights, batch.mask)
        group = Batch(*(field[rows] for field in fields))
        before = memory if size == num_rows else keras.tree.map_structure(lambda x: x[rows], memory)  # noqa: B023
        group_loss, group_weight, after = engine.accumulate(group, before, trainable)
        loss, weight = loss + float(group_loss), weight + float(group_weight)
        memories.append(after)
    if len(memories) == 1:
        return loss, weight, memories[0]
    return loss, weight, keras.tree.map_structure(lambda *parts: ops.concatenate(parts), *memories)
