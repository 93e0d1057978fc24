"""`fused(function)`: one compiled piece where the backend gains from it, the plain function everywhere else.

On TensorFlow, a chain of element-wise operations inside a graph is a dozen trips through memory; compiled it
is one, and its inner values need not be kept for the gradient. Matrix products of activations with weights
stay outside, where they are faster. Called outside a graph, or on another backend (JAX compiles whole
graphs), the function runs as written: the results are the same up to rounding.
"""

import functools

import keras


def fused(function):
    """Wrap a pure function of tensors.

    Args:
        function: takes tensors, dicts of tensors, None, and plain Python values; returns tensors, None, or
            nested dicts and tuples of them. Integer and bool tensors have no gradient.

    Returns:
        A callable with the same signature (positional arguments alone), made for the backend at its first
        call.
    """

    @functools.wraps(function)
    def call(*arguments):
        if keras.backend.backend() != "tensorflow":
            return function(*arguments)
        from mof.ops.fusion_tensorflow import fused_call

        return fused_call(function, arguments)

    return call
