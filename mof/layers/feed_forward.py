"""Feed-forward layer: y = act(x w_in) w_out, for each token alone. Book: chapter 07."""

import keras

from mof.layers.initialization import derive_seed
from mof.layers.projection import Projection
from mof.ops.activations import squared_relu, tanh_gelu
from mof.ops.products import project
from mof.ops.recomputation import recomputed

ACTIVATIONS = {"gelu": tanh_gelu, "squared_relu": squared_relu}


class FeedForward(keras.layers.Layer):
    """Two products with an activation between them.

    Args:
        inner_width: F.
        activation: "gelu" or "squared_relu".
        recompute: compute the activation again in the backward pass; see `recomputed`.
        output_gain: gain of the second matrix at the start; see `Projection`.
        seed: int.
    """

    def __init__(
        self, inner_width, activation="squared_relu", recompute=False, output_gain=1.0, seed=0, **kwargs
    ):
        super().__init__(autocast=False, **kwargs)
        if activation not in ACTIVATIONS:
            raise ValueError(
                f"activation is {activation!r}, expected one of {sorted(ACTIVATIONS)}: choose one of these."
            )
        self.inner_width = inner_width
        self.activation = activation
        self.recompute = recompute
        self.outergain = output_gain
        self.seed = seed

    def build(self, input_shape):
        width = input_shape[-1]
        self.inner = Projection(
            self.inner_width, seed=derive_seed(self.seed, "inner"), dtype=self.dtype_policy, name="inner"
        )
        self.outer = Projection(
            width,
            gain=self.outergain,
            seed=derive_seed(self.seed, "outer"),
            dtype=self.dtype_policy,
            name="outer",
        )
        self.inner.build(input_shape)
        self.outer.build((None, None, self.inner_width))

    def call(self, x):
        """[..., D] float32 to [..., D] float32."""
        return self._finish(self.inner(x))

    def _finish(self, inner):
        activation = ACTIVATIONS[self.activation]
        if not self.recompute:
            return self.outer(activation(inner))
        dtype = self.outer.compute_dtype

        def activate_and_project(inner, kernel):
            return project(activation(inner), kernel, None, dtype)

        return recomputed(activate_and_project)(inner, self.outer.kernel.value)

    def get_config(self):
        config = {
            "inner_width": self.inner_width,
            "activation": self.activation,
            "recompute": self.recompute,
            "output_gain": self.outergain,
            "seed": self.seed,
        }
        return {**super().get_config(), **config}
