"""Short causal convolution with a memory of the tokens before (`mof.ops.short_convolution`). Book: chapter
07."""

import dataclasses

import keras

from mof.layers.initialization import SeededNormal
from mof.ops.fusion import fused
from mof.ops.recomputation import recomputed
from mof.ops.short_convolution import (
    convolve_and_project,
    normalized_convolution,
    short_convolution_memory,
    short_convolution_step,
)


@dataclasses.dataclass(frozen=True)  # Keras would take a tuple apart
class Source:
    """What a layer's input goes through before its first product, where that product is computed again in the
    backward pass: a `RootMeanSquareNorm`, a `ShortConvolution`, and the state of the latter."""

    norm: object
    convolution: object
    state: dict

    def arguments(self, x, resets, mask, projection, product_dtype):
        """The arguments of `mof.ops.short_convolution.convolve_and_project`."""
        scale, kernel = self.norm.scale.value, self.convolution.kernel.value
        return x, scale, kernel, self.state, resets, mask, projection.kernel.value, product_dtype


class ShortConvolution(keras.layers.Layer):
    """One filter per channel over the last few tokens of the document.

    Args:
        kernel_length: tokens that a filter sees, itself included; at least 1.
        seed: int.
    """

    def __init__(self, kernel_length=4, seed=0, **kwargs):
        super().__init__(autocast=False, **kwargs)
        if kernel_length < 1:
            raise ValueError(f"kernel_length is {kernel_length}, expected at least 1: the token itself.")
        self.kernel_length = kernel_length
        self.seed = seed

    def build(self, input_shape):
        self.width = input_shape[-1]
        # one tap alone mixes no tokens: it starts by changing nothing
        start = SeededNormal(self.kernel_length**-0.5, self.seed) if self.kernel_length > 1 else "ones"
        self.kernel = self.add_weight(
            shape=(self.kernel_length, self.width), initializer=start, autocast=False, name="kernel"
        )

    def initial_state(self, batch_size):
        """The empty history."""
        return short_convolution_memory(batch_size, self.kernel_length, self.width)

    def call(self, x, state=None, resets=None, mask=None, norm=None, projection=None, recompute=False):
        """T tokens through the filters, and what stands before and behind them.

        Args:
            x: [B, T, D]. state, resets, mask: as for all layers with a memory.
            norm: a `RootMeanSquareNorm` that x goes through first, in the same compiled piece; or None.
            projection: a `Projection` without bias whose matrix the result is multiplied by; or None.
            recompute: keep x alone for the gradient, and compute norm and filters again; see `recomputed`.

        Returns:
            (y [B, T, D], or [B, T, N] behind a projection, in the dtype of products; state).
        """
        if state is None:
            state = self.initial_state(keras.ops.shape(x)[0])
        scale = None if norm is None else norm.scale.value
        form, arguments = fused(normalized_convolution), (x, scale, self.kernel.value, state, resets, mask)
        if projection is not None:
            form, arguments = convolve_and_project, (*arguments, projection.kernel.value)
        return (recomputed(form) if recompute else form)(*arguments, self.compute_dtype)

    def step(self, x_t, state, norm=None):
        """One token: x_t [B, D]; returns (y_t [B, D], state)."""
        if norm is not None:
            x_t = norm(x_t)
        return short_convolution_step(x_t, self.kernel.value, state)

    def get_config(self):
        return {**super().get_config(), "kernel_length": self.kernel_length, "seed": self.seed}
