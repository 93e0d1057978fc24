"""A matrix with its product: y = x w + b, over the last axis (`mof.ops.products`). Book: chapter 03."""

import keras

from mof.layers.initialization import SeededNormal
from mof.ops.products import project


class Projection(keras.layers.Layer):
    """`keras.layers.Dense`, with the leading axes flattened before the product: twice as fast on a CPU.

    Args:
        num_outputs: width of the result.
        use_bias: whether b is there; it starts at 0.
        gain: the weights start with standard deviation gain / sqrt(inputs). 0 starts them at zero.
        parts: widths of the matrices that stand side by side in this one, summing to num_outputs; an
            optimiser that works on whole matrices (Muon) takes each alone. None for one part.
        widen: give float32 back; if False, the product's dtype, for a reader that widens it itself.
        seed: int, the initial weights' own.
        dtype: Keras dtype policy. Under "mixed_bfloat16" the product alone runs in bfloat16.
    """

    def __init__(self, num_outputs, use_bias=False, gain=1.0, parts=None, widen=True, seed=0, **kwargs):
        super().__init__(autocast=False, **kwargs)
        self.num_outputs = num_outputs
        self.use_bias = use_bias
        self.gain = gain
        self.parts = tuple(parts or (num_outputs,))
        if sum(self.parts) != num_outputs:
            raise ValueError(
                f"parts {self.parts} sum to {sum(self.parts)}, expected num_outputs {num_outputs}."
            )
        self.widen = widen
        self.seed = seed

    def build(self, input_shape):
        num_inputs = input_shape[-1]
        start = SeededNormal(self.gain * num_inputs**-0.5, self.seed)
        self.kernel = self.add_weight(
            shape=(num_inputs, self.num_outputs), initializer=start, autocast=False, name="kernel"
        )
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                shape=(self.num_outputs,), initializer="zeros", autocast=False, name="bias"
            )

    def call(self, x):
        """[..., K] to [..., N]; see `mof.ops.products.project`."""
        bias = None if self.bias is None else self.bias.value
        result_dtype = "float32" if self.widen else self.compute_dtype
        return project(x, self.kernel.value, bias, self.compute_dtype, result_dtype)

    def get_config(self):
        names = ("num_outputs", "use_bias", "gain", "parts", "widen", "seed")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}
