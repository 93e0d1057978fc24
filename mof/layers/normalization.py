"""Root-mean-square norm with a trained scale (`mof.ops.normalization`). Book: chapter 04."""

import keras

from mof.ops.fusion import fused
from mof.ops.normalization import rms_normalize


class RootMeanSquareNorm(keras.layers.Layer):
    """Each token's vector divided by its root mean square, times a scale that starts at 1.

    Its scale, as all weights of the model, is made with autocast=False. Keras rounds what a layer of mixed
    precision reads where no other layer is called around it, as in `step`; here the product alone rounds
    (`mof.ops.products.project`).
    """

    def __init__(self, **kwargs):
        super().__init__(autocast=False, **kwargs)

    def build(self, input_shape):
        self.scale = self.add_weight(
            shape=(input_shape[-1],), initializer="ones", autocast=False, name="scale"
        )

    def call(self, x):
        """[..., D] float32 to [..., D] float32."""
        return fused(rms_normalize)(x, self.scale.value)
