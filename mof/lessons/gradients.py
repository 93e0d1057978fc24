"""Values and gradients of a function, on whichever backend is active: for "does mine agree with the
package's?"."""

import keras
import numpy as np
from keras import ops


def outputs_and_gradients(function, *inputs, seed=0):
    """The output, and the gradients of a fixed random mixture of its numbers by each input.

    Args:
        function: takes the inputs as tensors and returns one tensor.
        inputs: float32 tensors or arrays.
        seed: of the mixture.

    Returns:
        List of NumPy arrays: the output, then one gradient for each input.
    """
    inputs = [ops.convert_to_tensor(x, "float32") for x in inputs]
    output = ops.convert_to_numpy(function(*inputs))
    mixture = np.random.default_rng(seed).normal(size=output.shape).astype("float32")

    def mixed(*tensors):
        return ops.sum(function(*tensors) * mixture)

    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        with tf.GradientTape() as tape:
            tape.watch(inputs)
            total = mixed(*inputs)
        gradients = tape.gradient(total, inputs, unconnected_gradients="zero")
    else:
        import jax

        gradients = jax.grad(mixed, argnums=tuple(range(len(inputs))))(*inputs)
    return [output, *map(ops.convert_to_numpy, gradients)]


def gradients_of_sum(function):
    """The way forward and back as one function, for timing.

    Args:
        function: takes float32 tensors and returns one tensor.

    Returns:
        Function of the same tensors, to the gradients of the sum of the output's numbers by each of them.
    """

    def total(*tensors):
        return ops.sum(function(*tensors))

    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        def gradients(*tensors):
            with tf.GradientTape() as tape:
                tape.watch(tensors)
                result = total(*tensors)
            return tape.gradient(result, tensors)

        return gradients

    import jax

    return lambda *tensors: jax.grad(total, argnums=tuple(range(len(tensors))))(*tensors)
