"""Feed-forward layer: y = act(x w_in) w_out, for each token alone. Book: chapter 07."""

import keras
from keras import ops

from mof.layers.projection import Projection
from mof.layers.seeds import derive_seed
from mof.ops.activations import squared_relu, tanh_gelu
from mof.ops.fusion import fused
from mof.ops.normalization import rms_normalize
from mof.ops.products import project
from mof.ops.recomputation import recomputed

ACTIVATIONS = {"gelu": tanh_gelu, "squared_relu": squared_relu}


def normalize_and_project(x, norm_scale, kernel, product_dtype):
    """[..., D] float32 to [..., F] in product_dtype: the norm, where there is one, and the first product."""
    if norm_scale is not None:
        x = fused(rms_normalize)(x, norm_scale)
    return project(x, kernel, None, product_dtype, product_dtype)


def activate(inner, factor, activation, result_dtype):
    """The activation of that name times factor, a scalar or None, in float32, rounded to result_dtype."""
    y = ACTIVATIONS[activation](ops.cast(inner, "float32"))
    return ops.cast(y if factor is None else factor * y, result_dtype)


def activate_and_project(inner, factor, kernel, activation, product_dtype):
    """[..., F] to [..., D] float32: the activation, times factor, and the second product."""
    return project(fused(activate)(inner, factor, activation, product_dtype), kernel, None, product_dtype)


def feed_forward(x, norm_scale, inner_kernel, outer_kernel, activation, product_dtype):
    """[..., D] float32 to [..., D] float32: norm, product, activation, product."""
    inner = normalize_and_project(x, norm_scale, inner_kernel, product_dtype)
    return activate_and_project(inner, None, outer_kernel, activation, product_dtype)


class FeedForward(keras.layers.Layer):
    """Two products with an activation between them.

    Args:
        inner_width: F.
        activation: "gelu" or "squared_relu".
        recompute: compute norm and activation again in the backward pass; see `recomputed`.
        recompute_products: the first product too, where x comes through `call`.
        output_gain: gain of the second matrix at the start; see `Projection`.
        seed: int.
    """

    def __init__(
        self,
        inner_width,
        activation="squared_relu",
        recompute=False,
        recompute_products=False,
        output_gain=1.0,
        seed=0,
        **kwargs,
    ):
        super().__init__(autocast=False, **kwargs)
        if activation not in ACTIVATIONS:
            raise ValueError(
                f"activation is {activation!r}, expected one of {sorted(ACTIVATIONS)}: choose one of these."
            )
        self.inner_width = inner_width
        self.activation = activation
        self.recompute = recompute
        self.recompute_products = recompute_products
        self.output_gain = output_gain
        self.seed = seed

    def build(self, input_shape):
        width = input_shape[-1]
        self.inner = Projection(
            self.inner_width,
            widen=False,
            seed=derive_seed(self.seed, "inner"),
            dtype=self.dtype_policy,
            name="inner",
        )
        self.outer = Projection(
            width,
            gain=self.output_gain,
            seed=derive_seed(self.seed, "outer"),
            dtype=self.dtype_policy,
            name="outer",
        )
        self.inner.build(input_shape)
        self.outer.build((None, None, self.inner_width))

    def call(self, x, norm=None):
        """[..., D] float32 to [..., D] float32; with `norm`, a `RootMeanSquareNorm`, x goes through it
        first."""
        scale = None if norm is None else norm.scale.value
        if self.recompute_products:
            kernels = self.inner.kernel.value, self.outer.kernel.value
            return recomputed(feed_forward)(x, scale, *kernels, self.activation, self.compute_dtype)
        form = recomputed(normalize_and_project) if self.recompute else normalize_and_project
        return self.from_projected(form(x, scale, self.inner.kernel.value, self.compute_dtype))

    def from_projected(self, inner, factor=None):
        """The second half, from the first product [..., F]; its result is multiplied by factor, a scalar."""
        form = recomputed(activate_and_project) if self.recompute else activate_and_project
        return form(inner, factor, self.outer.kernel.value, self.activation, self.compute_dtype)

    def get_config(self):
        config = {
            "inner_width": self.inner_width,
            "activation": self.activation,
            "recompute": self.recompute,
            "recompute_products": self.recompute_products,
            "output_gain": self.output_gain,
            "seed": self.seed,
        }
        return {**super().get_config(), **config}
