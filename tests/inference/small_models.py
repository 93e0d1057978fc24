"""Small Keras models with weights on disk, for tests that compare the engines."""

import numpy as np

from mof.config import ModelConfig

# two of everything, no two sizes alike
NANO = ModelConfig(
    vocabulary_size=300,
    width=24,
    recurrent_layers=2,
    recurrent_width=20,
    transformer_layers=2,
    num_heads=3,
    feed_forward_width=28,
    thought_width=12,
    num_positions=50,
    router_width=10,
    chunk_length=16,
)


def make_model(config=NANO, seed=0):
    """A Keras model whose weights are all away from their first values, zeros and ones."""
    from mof.model import MixtureLanguageModel

    model, rng = MixtureLanguageModel(config, seed), np.random.default_rng(seed)
    for variable in model.trainable_variables:
        noise = 0.2 * rng.standard_normal(variable.shape)
        variable.assign(variable.value + noise.astype("float32"))
    return model


def store_weights(model, folder):
    """Write the model's weights as a checkpoint holds them; returns the StoredTensors."""
    from keras import ops

    from mof.training.tensor_file import StoredTensors, write_tensors

    path = folder / "weights.safetensors"
    write_tensors(path, {v.path: ops.convert_to_numpy(v.value) for v in model.trainable_variables})
    return StoredTensors(path)


def flatten_state(state, prefix=""):
    """A Keras model's state as a dict of NumPy arrays by path."""
    from keras import ops

    if not isinstance(state, dict):
        return {prefix.removesuffix("/"): ops.convert_to_numpy(state)}
    flat = {}
    for name, part in state.items():
        flat |= flatten_state(part, f"{prefix}{name}/")
    return flat
