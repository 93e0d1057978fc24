"""The head's loss on TensorFlow: a few blocks of rows, so that compiled softmaxes of different blocks run
side by side."""

import tensorflow as tf

from mof.ops.compilation_tensorflow import compiled

ROWS_AT_ONCE = 512  # rows of logits in one block; 16 MB at a vocabulary of 8,192


@compiled
def _loss_and_gradient(logits, targets):
    """(nats [N] float32, d nats / d logits [N, W] in the dtype of the logits)."""
    dtype = logits.dtype
    logits = tf.cast(logits, tf.float32)
    largest = tf.reduce_max(logits, axis=1, keepdims=True)
    exponentials = tf.exp(logits - largest)
    total = tf.reduce_sum(exponentials, axis=1, keepdims=True)
    is_target = tf.cast(tf.range(logits.shape[1])[None] == targets[:, None], tf.float32)
    nats = tf.math.log(total)[:, 0] + largest[:, 0] - tf.gather(logits, targets, batch_dims=1)
    return nats, tf.cast(exponentials * (1.0 / total) - is_target, dtype)  # a division a row, not a number


def head_cross_entropy_by_rows(hidden, embedding, targets, product_dtype):
    """`mof.ops.head_loss.head_cross_entropy`, block by block of rows.

    The gradient of the logits is made in the forward pass, in the products' dtype, and is all that is kept
    for the backward one.
    """
    width = hidden.shape[-1]
    rows = tf.reshape(hidden, (-1, width))
    targets = tf.cast(targets, tf.int32)  # NumPy's integers have 64 bits
    nats = _rows(
        rows, tf.convert_to_tensor(embedding), tf.reshape(targets, (-1,)), tf.as_dtype(product_dtype)
    )
    return tf.reshape(nats, tf.shape(targets))


def _rows(rows, embedding, targets, dtype):
    @tf.custom_gradient
    def loss(rows, embedding):
        table = tf.cast(embedding, dtype)
        sizes = [ROWS_AT_ONCE] * (rows.shape[0] // ROWS_AT_ONCE) if rows.shape[0] else []
        if rows.shape[0] is None or sum(sizes) != rows.shape[0]:
            blocks, target_blocks = [rows], [targets]
        else:
            blocks, target_blocks = tf.split(rows, sizes), tf.split(targets, sizes)
        blocks = [tf.cast(block, dtype) for block in blocks]
        results = [
            _loss_and_gradient(tf.matmul(block, table, transpose_b=True), target)
            for block, target in zip(blocks, target_blocks, strict=True)
        ]

        def gradient(cotangent):
            scales = tf.split(cotangent[:, None], [tf.shape(block)[0] for block in blocks])
            to_rows, to_table = [], 0.0
            for block, (_, slope), scale in zip(blocks, results, scales, strict=True):
                to_rows.append(scale * tf.cast(tf.matmul(slope, table), tf.float32))
                scaled = tf.cast(scale, dtype) * block
                to_table += tf.cast(tf.matmul(slope, scaled, transpose_a=True), tf.float32)
            return tf.concat(to_rows, axis=0), to_table

        return tf.concat([nats for nats, _ in results], axis=0), gradient

    return loss(rows, embedding)
