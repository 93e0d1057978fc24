"""XLA on TensorFlow, where it is there: `compiled(function)` for long element-wise chains and loops.

Whole steps are not compiled: on the CPU the matrix products run faster outside XLA, the loops and
element-wise chains far faster inside (book, chapter 11).
"""

import contextlib
import contextvars
import functools
import os

import tensorflow as tf

# XLA of TensorFlow 2.21 hands sums to YNNPACK. What it prepares for that, when a compiled function runs for
# the first time, is not safe if the function runs twice at once (the list `literals` in ynn_emitter.cc grows
# without a lock), and our layers do run side by side: now and then a training died at its first update.
# An empty list of kinds turns it off. Other versions might not know the switch, and XLA ends the process for
# that, so they are left alone.
YNNPACK_SWITCH = "--xla_cpu_experimental_ynn_fusion_type"
if tf.__version__.startswith("2.21.") and YNNPACK_SWITCH not in os.environ.get("XLA_FLAGS", ""):
    os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} {YNNPACK_SWITCH}=".strip()

_is_allowed = contextvars.ContextVar("is_allowed", default=True)


@contextlib.contextmanager
def without_compilation():
    """Graphs that are traced inside hold the functions that would be compiled as plain operations.

    For graphs that read or write a few tokens: no time and no memory for XLA. Each function is still traced
    once for all layers.
    """
    token = _is_allowed.set(False)
    try:
        yield
    finally:
        _is_allowed.reset(token)


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
    def build(is_allowed):
        return tf.function(function, autograph=False, jit_compile=is_allowed and xla_is_available())

    @functools.wraps(function)
    def call(*tensors):
        if not _is_allowed.get() and not tf.inside_function():
            return function(*tensors)  # operation by operation: no graph for each length of a text
        # a tape must not look inside: what it would keep for the gradient cannot leave a compiled loop
        return build(_is_allowed.get())(*map(tf.stop_gradient, tensors))

    return call
