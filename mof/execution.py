"""A model's methods as graphs: traced once for each set of shapes, then run without Python in between.

Most of what differs between the backends is here, in the fast forms of `mof.ops` and in `mof.training`.
"""

import functools

import keras


def as_graph(model, method, is_compiled=True):
    """`method` of `model` as a graph of the active backend; it reads the model's weights as they are at each
    call.

    Args:
        model: a built Keras model, or None for a function of its arguments alone.
        method: one of its bound methods, or any function of tensors that reads its variables and changes
            none.
        is_compiled: on TensorFlow, compile the element-wise chains inside. It pays for thousands of tokens at
            a time, as in training; a graph that reads a prompt or writes a token does without, and holds less
            memory. JAX compiles whole graphs either way.

    Returns:
        A callable with the same arguments (nested tensors, NumPy arrays or None) and results.
    """
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        from mof.ops.compilation_tensorflow import without_compilation

        graph = tf.function(method if is_compiled else without_compilation()(method), autograph=False)
        return lambda *inputs: graph(*keras.tree.map_structure(_as_tensor, inputs))
    import jax

    variables = [] if model is None else model.variables

    @jax.jit
    def pure(values, inputs):
        with keras.StatelessScope(state_mapping=list(zip(variables, values, strict=True))):
            return method(*inputs)

    @functools.wraps(method)
    def call(*inputs):
        return pure([variable.value for variable in variables], inputs)

    return call


def as_operations(model, method):
    """`method` run operation by operation, where the backend is quick at that: a graph takes seconds.

    Arguments and results are those of `as_graph`. TensorFlow alone; JAX is slow at it and makes the graph.
    """
    if keras.backend.backend() != "tensorflow":
        return as_graph(model, method)
    from mof.ops.compilation_tensorflow import without_compilation

    plain = without_compilation()(method)
    return lambda *inputs: plain(*keras.tree.map_structure(_as_tensor, inputs))


def _as_tensor(x):
    return x if x is None else keras.ops.convert_to_tensor(x)  # a NumPy array would be traced as a constant
