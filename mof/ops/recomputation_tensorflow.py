"""`recomputed` on TensorFlow: a custom gradient that waits for what flows back before it computes again."""

import itertools

import tensorflow as tf


def recomputed_call(function, arguments):
    """Call `function`, keeping its tensor arguments alone for the gradient; see
    `mof.ops.recomputation.recomputed`."""
    leaves = [tf.convert_to_tensor(x) if tf.is_tensor(x) else x for x in tf.nest.flatten(arguments)]
    is_tensor = [tf.is_tensor(leaf) for leaf in leaves]
    nesting = []

    def of_tensors(tensors):
        remaining = iter(tensors)
        filled = [next(remaining) if flag else leaf for leaf, flag in zip(leaves, is_tensor, strict=True)]
        results = function(*tf.nest.pack_sequence_as(arguments, filled))
        nesting[:] = [tf.nest.map_structure(lambda _: 0, results)]
        return tf.nest.flatten(results)

    @tf.custom_gradient
    def differentiable(*tensors):
        def gradient(*cotangents):
            # without this order the second computation would run along with the first, and save nothing
            with tf.control_dependencies(cotangents):
                again = [tf.identity(x) for x in tensors]
            watched = [x for x in again if x.dtype.is_floating]
            with tf.GradientTape() as tape:
                tape.watch(watched)
                results = of_tensors(again)
            pairs = [(y, c) for y, c in zip(results, cotangents, strict=True) if y.dtype.is_floating]
            slopes = iter(
                tape.gradient(
                    [y for y, _ in pairs], watched, [c for _, c in pairs], unconnected_gradients="zero"
                )
            )
            return [next(slopes) if x.dtype.is_floating else None for x in tensors]

        return of_tensors(tensors), gradient

    results = differentiable(*itertools.compress(leaves, is_tensor))
    return tf.nest.pack_sequence_as(nesting[0], tf.nest.flatten(results))
