"""Initial weights as a function of (seed, name) alone: the same on every backend, whatever was drawn
before."""

import hashlib

import keras
import numpy as np


def derive_seed(seed, *names):
    """A seed for a part, from the seed of the whole and the part's name.

    Args:
        seed: int. names: what tells the part from its siblings, for example "expert", 1.

    Returns:
        int in [0, 2^32).
    """
    text = "/".join(str(part) for part in (seed, *names))
    return int.from_bytes(hashlib.sha256(text.encode("utf-8")).digest()[:4], "little")


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
