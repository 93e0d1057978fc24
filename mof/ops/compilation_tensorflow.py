"""XLA on TensorFlow, where it is there: `compiled(function)` for long element-wise chains and loops.

Whole steps are not compiled: on the CPU the matrix products run faster outside XLA, the loops and
element-wise chains far faster inside (book, chapter 11).
"""

import functools

import tensorflow as tf


@functools.cache
def xla_is_available():
    """True if this TensorFlow build can compile for the CPU. Tried once, on a product of two numbers."""
    try:
        with tf.device("/CPU:0"):
            tf.function(lambda x: x * x, jit_compile=True)(tf.constant(2.0))
    except (tf.errors.OpError, ValueError):
        return False
    return True


def compiled(function):
    """`function` as one graph, through XLA where the build has it. One graph for each set of shapes.

    Args:
        function: takes and returns tensors; draws no random numbers, changes no variables.

    Returns:
        A callable with the same signature, made on its first call. It has no gradient of its own.
    """

    @functools.cache
    def build():
        return tf.function(function, autograph=False, jit_compile=xla_is_available())

    @functools.wraps(function)
    def call(*tensors):
        # a tape must not look inside: what it would keep for the gradient cannot leave a compiled loop
        return build()(*map(tf.stop_gradient, tensors))

    return call
