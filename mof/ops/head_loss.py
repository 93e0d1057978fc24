"""The head and the loss in one: cross entropy of softmax(h E^T), without keeping float32 logits for the
gradient.

    nats_i = log sum_w exp(h_i . e_w) - h_i . e_target,    d nats_i / d logits_i = softmax(logits_i) -
    onehot(target_i)

Book: chapter 11.
"""

import keras
from keras import ops

from mof.ops.losses import token_cross_entropy
from mof.ops.products import project


def head_cross_entropy(hidden, embedding, targets, product_dtype="float32"):
    """-log softmax(hidden embedding^T)[target] for every token.

    Args:
        hidden: [B, T, D] float32. embedding: [W, D] float32. targets: [B, T] integers in [0, W).
        product_dtype: "float32", or "bfloat16" for the products; the loss is float32.

    Returns:
        [B, T] float32, nats.
    """
    if keras.backend.backend() == "tensorflow":
        from mof.ops.head_loss_tensorflow import head_cross_entropy_by_rows

        return head_cross_entropy_by_rows(hidden, embedding, targets, product_dtype)
    return token_cross_entropy(project(hidden, ops.transpose(embedding), None, product_dtype), targets)
