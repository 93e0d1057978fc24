"""Measurements of faults: each takes any function of one sequence, so the sound form is measured alike."""

import functools

import keras
import numpy as np
from keras import ops

from tests.published.naive_mixture import to_numpy

SIZES = dict(
    vocabulary_size=11,
    width=16,
    recurrent_width=24,
    num_blocks=2,
    num_heads=2,
    trans_window=6,
    router_width=5,
    num_positions=48,
)
NUM_TOKENS = 9  # beyond the crop

ROUNDING = 1e-5  # float32 against float64 through the few products of one part, for values near 1
MODEL_ROUNDING = 1e-4  # the same through the whole model
CLEARLY = 1e-2  # smallest change called an effect: a hundred times what rounding makes


def assign_all(model, values):
    """Set every weight of the model, in their order."""
    for weight, value in zip(model.weights, values, strict=True):
        weight.assign(np.asarray(value, "float32"))


def random_weights(model, seed=1):
    """Values for every weight of a PublishedMixture, in their order: biases and norms random too."""
    random, values = np.random.default_rng(seed), []
    for weight in model.weights:
        drawn = random.normal(size=weight.shape)
        if "embeddings" in weight.path:
            pass
        elif "alpha" in weight.path:
            drawn = 0.6
        elif "gamma" in weight.path or "variance" in weight.path:
            drawn = np.exp(0.3 * drawn)
        elif "kernel" in weight.path:
            drawn *= weight.shape[0] ** -0.5
        else:
            drawn *= 0.3
        values.append(drawn)
    return values


def random_ids(num_tokens=NUM_TOKENS, seed=0):
    """[T] int32 token ids."""
    return np.random.default_rng(seed).integers(0, SIZES["vocabulary_size"], num_tokens).astype("int32")


def random_vectors(num_tokens=NUM_TOKENS, seed=0):
    """[T, D] float32, standard normal."""
    return np.random.default_rng(seed).normal(size=(num_tokens, SIZES["width"])).astype("float32")


def run(layer, inputs, **kwargs):
    """The layer's output in NumPy; compiled as a whole under JAX, where op by op costs a compilation each."""
    if keras.backend.backend() != "jax":
        return to_numpy(layer(inputs, **kwargs))
    weights = [
        [v.value for v in variables]
        for variables in (layer.trainable_variables, layer.non_trainable_variables)
    ]
    return to_numpy(compiled_for_jax(layer, tuple(kwargs.items()))(*weights, inputs))


@functools.cache
def compiled_for_jax(layer, arguments):
    import jax

    return jax.jit(lambda *args: layer.stateless_call(*args, **dict(arguments))[0])


def on_one(layer):
    """Turn a layer on batches into a function of one sequence; a second one beside it must not matter."""
    return lambda x: run(layer, np.stack([x, x[::-1]]))[0]


def with_other_last(x):
    """The same sequence with only its last token changed."""
    other = x.copy()
    other[-1] = (x[-1] + 1) % SIZES["vocabulary_size"] if x.dtype == np.int32 else -x[-1]
    return other


def future_leak(function, x):
    """By how much the output at the first position moves when only the last token changes."""
    return np.abs(function(with_other_last(x))[0] - function(x)[0]).max()


def spread_over_positions(outputs):
    """Standard deviation over positions, relative to that over channels: 0 where all positions are equal."""
    return outputs.std(axis=0).max() / outputs.std(axis=1).max()


def relative_change(before, after):
    """Largest change, relative to the largest value."""
    return np.abs(after - before).max() / np.abs(before).max()


def gradients(layer, weights, x):
    """Gradient of sum(layer(x)^2) to some of the layer's weights, with TensorFlow or JAX."""

    def loss():
        return ops.sum(ops.square(layer(x)))

    if keras.backend.backend() == "tensorflow":
        import tensorflow

        with tensorflow.GradientTape() as tape:
            value = loss()
        return [to_numpy(gradient) for gradient in tape.gradient(value, [weight.value for weight in weights])]
    import jax

    def stateless_loss(values):
        with keras.StatelessScope(state_mapping=list(zip(weights, values, strict=True))):
            return loss()

    return [
        to_numpy(gradient)
        for gradient in jax.jit(jax.grad(stateless_loss))([weight.value for weight in weights])
    ]
