"""`fused` on TensorFlow: forward and backward as two compiled functions, shared by all layers that call the
same operation."""

import functools
import itertools

import tensorflow as tf

from mof.ops.compilation_tensorflow import compiled


def fused_call(function, arguments):
    """Call `function` compiled when a graph is being traced, plainly otherwise; see
    `mof.ops.fusion.fused`."""
    if not tf.inside_function() or _is_compiling():
        return function(*arguments)
    leaves = [tf.convert_to_tensor(x) if tf.is_tensor(x) else x for x in tf.nest.flatten(arguments)]
    is_tensor = tuple(tf.is_tensor(leaf) for leaf in leaves)
    static = tuple(None if flag else leaf for leaf, flag in zip(leaves, is_tensor, strict=True))
    structure = _Structure(tf.nest.map_structure(lambda _: 0, arguments))
    call, outputs = _differentiable(function, structure, is_tensor, static)
    results = iter(tf.nest.flatten(call(*itertools.compress(leaves, is_tensor))))
    example = outputs[0]  # 0 where a tensor stands, None where the function returns none
    filled = [None if place is None else next(results) for place in tf.nest.flatten(example)]
    return tf.nest.pack_sequence_as(example, filled)


class _Structure:
    """Nesting of the arguments, comparable, so that equal calls share one compiled function."""

    def __init__(self, example):
        self.example = example
        self._key = repr(example)

    def __eq__(self, other):
        return self._key == other._key

    def __hash__(self):
        return hash(self._key)


def _is_compiling():
    graph = tf.compat.v1.get_default_graph()
    while graph is not None:
        if getattr(graph, "mof_is_compiling", False):
            return True
        graph = getattr(graph, "outer_graph", None)
    return False


@functools.cache
def _differentiable(function, structure, is_tensor, static):
    """The compiled function of tensors alone, and a list that receives the nesting of its results at the
    first call."""
    outputs = []

    def of_tensors(*tensors):
        tf.compat.v1.get_default_graph().mof_is_compiling = True
        remaining = iter(tensors)
        leaves = [next(remaining) if flag else value for flag, value in zip(is_tensor, static, strict=True)]
        results = function(*tf.nest.pack_sequence_as(structure.example, leaves))
        outputs[:] = [tf.nest.map_structure(lambda y: None if y is None else 0, results)]
        return tuple(y for y in tf.nest.flatten(results) if y is not None)

    def gradients(*tensors):
        num_outputs = sum(place is not None for place in tf.nest.flatten(outputs[0]))
        cotangents, inputs = tensors[:num_outputs], tensors[num_outputs:]
        watched = [x for x in inputs if x.dtype.is_floating]
        with tf.GradientTape() as tape:
            tape.watch(watched)
            results = of_tensors(*inputs)
        pairs = [(y, c) for y, c in zip(results, cotangents, strict=True) if y.dtype.is_floating]
        return tuple(
            tape.gradient([y for y, _ in pairs], watched, [c for _, c in pairs], unconnected_gradients="zero")
        )

    forward, backward = compiled(of_tensors), compiled(gradients)

    @tf.custom_gradient
    def differentiable(*inputs):
        results = forward(*inputs)

        def gradient(*cotangents):
            remaining = iter(backward(*cotangents, *inputs))
            return tuple(next(remaining) if x.dtype.is_floating else None for x in inputs)

        return results, gradient

    return differentiable, outputs
