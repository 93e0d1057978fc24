"""What a model asks of an expert: a whole-sequence layer of width D with a memory.

A model takes any number and kind of experts. Each one offers `initial_state(batch_size)`, `call(x, state,
resets, mask)` for T tokens and `step(x_t, state)` for one, equal on outputs, state and gradients, and changes
no output before a token when that token changes.
"""

import keras


class Expert(keras.layers.Layer):
    """Abstract. A subclass builds from an input shape [B, T, D] and keeps the three methods below."""

    def __init__(self, **kwargs):
        super().__init__(autocast=False, **kwargs)

    def initial_state(self, batch_size):
        """The memory before the first token: a nested dict of tensors, batch first, of a size that T does not
        change."""
        raise NotImplementedError(f"{type(self).__name__} must give its initial state.")

    def call(self, x, state=None, resets=None, mask=None):
        """T tokens at once.

        Args:
            x: [B, T, D] float32, the embedded tokens.
            state: as `initial_state` gives, or None for an empty one.
            resets: [B, T] bool, True where a token starts a document: the memory is emptied before it. Or
                None.
            mask: [B, T] bool, False where a token is padding, which leaves the memory as it was. Or None.

        Returns:
            (y [B, T, D] float32, state).
        """
        raise NotImplementedError(f"{type(self).__name__} must say how it reads T tokens.")

    def step(self, x_t, state):
        """One token: x_t [B, D]; returns (y_t [B, D], state)."""
        raise NotImplementedError(f"{type(self).__name__} must say how it reads one token.")
