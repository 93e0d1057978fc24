"""The package's model without its router: the plain mean of the experts' outputs, to compare with.

Book: chapter 10.
"""

import keras
from keras import ops

from mof.model import MixtureLanguageModel


class EqualShares(keras.layers.Layer):
    """Stands where a router would, and gives every expert the same share of every token. No weights, and a
    memory of no numbers.

    Args:
        num_experts: E.
    """

    def __init__(self, num_experts, **kwargs):
        super().__init__(**kwargs)
        self.num_experts = num_experts

    def initial_state(self, batch_size):
        """Nothing to remember: a tensor [B, 0]. (Keras hands a mask to a layer of one tensor by itself.)"""
        return {"nothing": ops.zeros((batch_size, 0), "float32")}

    def call(self, x, state=None, resets=None, mask=None):
        """x [B, T, D]; returns (route_weights [B, T, E], state)."""
        return self._shares(x), self.initial_state(ops.shape(x)[0]) if state is None else state

    def step(self, x_t, state):
        """One token: x_t [B, D]; returns (route_weights [B, E], state)."""
        return self._shares(x_t), state

    def _shares(self, x):
        return ops.ones_like(x[..., : self.num_experts]) / self.num_experts


class EqualMixture(MixtureLanguageModel):
    """The package's model without its router: the plain mean of the experts' outputs."""

    def make_router(self, dtype):
        return EqualShares(len(self.experts), name="router")
