"""Absolute positions, added to the input: a trained table (the article), or sines. Restarted at each
document.

The default model has neither: its short convolutions tell the order of nearby tokens, its decays the distance
of far ones, and both work at any length. A trained table has nothing to say beyond its last row, so later
tokens all get that row. Book: chapter 07.
"""

import keras
from keras import ops

from mof.layers.initialization import SeededNormal
from mof.ops.positions import document_positions, sinusoids

POSITIONS = ("learned", "sinusoidal")


class Position(keras.layers.Layer):
    """x + p[position in the document].

    Args:
        kind: "learned" or "sinusoidal".
        num_positions: rows of the trained table; longer documents stay on the last row.
        seed: int.
    """

    def __init__(self, kind, num_positions=4096, seed=0, **kwargs):
        super().__init__(autocast=False, **kwargs)
        if kind not in POSITIONS:
            raise ValueError(f"position is {kind!r}, expected one of {POSITIONS}: choose one of these.")
        self.kind = kind
        self.num_positions = num_positions
        self.seed = seed

    def build(self, input_shape):
        self.width = input_shape[-1]
        if self.kind == "learned":
            shape = (self.num_positions, self.width)
            self.table = self.add_weight(
                shape=shape, initializer=SeededNormal(0.02, self.seed), autocast=False, name="table"
            )
        else:  # the sines enter as quietly as the table does, and are as free to grow
            start = keras.initializers.Constant(0.02)
            self.strength = self.add_weight(shape=(), initializer=start, autocast=False, name="strength")

    def initial_state(self, batch_size):
        """The position of the next token: 0."""
        return {"position": ops.zeros((batch_size,), "int32")}

    def call(self, x, state=None, resets=None, mask=None):
        """T tokens: x [B, T, D], resets and mask [B, T] bool or None; returns (y [B, T, D], state)."""
        if state is None:
            state = self.initial_state(ops.shape(x)[0])
        positions, position = document_positions(state["position"], resets, mask, num_tokens=x.shape[1])
        return x + self._codes(positions), {"position": position}

    def step(self, x_t, state):
        """One token: x_t [B, D]; returns (y_t [B, D], state)."""
        return x_t + self._codes(state["position"]), {"position": state["position"] + 1}

    def _codes(self, positions):
        if self.kind == "learned":
            return ops.take(self.table.value, ops.minimum(positions, self.num_positions - 1), axis=0)
        return self.strength * sinusoids(positions, self.width)

    def get_config(self):
        names = ("kind", "num_positions", "seed")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}
