"""Initial weights as a function of (seed, name) alone: the same on every backend, whatever was drawn
before."""

import keras
import numpy as np

from mof.seeds import derive_seed

__all__ = ["SeededNormal", "derive_seed"]  # layers take both from here


class SeededNormal(keras.initializers.Initializer):
    """Normal values with mean 0, drawn by NumPy.

    Args:
        stddev: standard deviation.
        seed: int.
    """

    def __init__(self, stddev, seed):
        self.stddev = stddev
        self.seed = seed

    def __call__(self, shape, dtype=None):
        draws = np.random.Generator(np.random.Philox(self.seed)).standard_normal(shape, dtype=np.float32)
        return keras.ops.convert_to_tensor(self.stddev * draws, dtype=dtype)

    def get_config(self):
        return {"stddev": self.stddev, "seed": self.seed}
