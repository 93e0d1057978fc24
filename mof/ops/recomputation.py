"""`recomputed(function)`: keep the inputs alone for the backward pass, and compute the rest again there.

Memory against time: the inner values of a cheap chain (features, chunks, activations) are many, and quick to
make again. Source: Chen, Xu, Zhang and Guestrin 2016, "Training Deep Nets with Sublinear Memory Cost". Book:
chapter 11.
"""

import functools

import keras


def recomputed(function):
    """Wrap a pure function of tensors; values and gradients are unchanged.

    Args:
        function: takes tensors, dicts of tensors, None, and plain Python values; returns tensors or nested
            dicts and tuples of them. Integer and bool tensors have no gradient.

    Returns:
        A callable with the same signature (positional arguments alone).
    """

    @functools.wraps(function)
    def call(*arguments):
        if keras.backend.backend() == "tensorflow":
            from mof.ops.recomputation_tensorflow import recomputed_call

            return recomputed_call(function, arguments)
        import jax

        leaves, structure = jax.tree.flatten(arguments)
        is_array = [hasattr(leaf, "dtype") for leaf in leaves]

        def of_arrays(*arrays):
            remaining = iter(arrays)
            filled = [next(remaining) if flag else leaf for leaf, flag in zip(leaves, is_array, strict=True)]
            return function(*jax.tree.unflatten(structure, filled))

        return jax.checkpoint(of_arrays)(*[leaf for leaf, flag in zip(leaves, is_array, strict=True) if flag])

    return call
