"""XLA on TensorFlow, where it is there: `compiled(function)` for long element-wise chains and loops.

Whole steps are not compiled: on the CPU the matrix products run faster outside XLA, the loops and element-wise chains
far faster inside (book, chapter 11).
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


def compiled_with_gradient(function):
    """`function` compiled, and its gradient compiled too: the forward pass is computed again in the backward one.

    Only the inputs are kept between the two passes, so the inner values of a long chain cost no memory. A gradient
    taped across the border of a compiled function would have to keep them all.

    Args:
        function: takes float32 tensors and returns a tensor or a tuple of tensors.

    Returns:
        A differentiable callable with the same signature.
    """

    def gradients(num_outputs, *tensors):
        cotangents, inputs = tensors[:num_outputs], tensors[num_outputs:]
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            outputs = tf.nest.flatten(function(*inputs))
        return tape.gradient(outputs, inputs, list(cotangents), unconnected_gradients="zero")

    forward = compiled(function)

    @functools.cache
    def backward(num_outputs):
        return compiled(functools.partial(gradients, num_outputs))

    @functools.wraps(function)
    def call(*inputs):
        @tf.custom_gradient
        def differentiable(*inputs):
            outputs = forward(*inputs)

            def gradient(*cotangents):
                return backward(len(cotangents))(*cotangents, *inputs)

            return outputs, gradient

        return differentiable(*inputs)

    return call
