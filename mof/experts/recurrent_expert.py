"""The RNN expert: shallow and wide, a few recurrent layers with residuals.

For each layer, with e the embedded token and q in [0, 1] (the article's `embedded * q + inputs * (1 - q)`,
section "Training", 2):

    y = x + recurrence(convolution(norm(q e + (1 - q) x)))

Book: chapter 04.
"""

import keras
import numpy as np
from keras import ops

from mof.experts.interface import Expert
from mof.layers.gated_recurrence import make_recurrence
from mof.layers.normalization import RootMeanSquareNorm
from mof.layers.seeds import derive_seed
from mof.layers.short_convolution import ShortConvolution, Source
from mof.ops.fusion import fused


def blend(x, embedded, share):
    """share * embedded + (1 - share) * x."""
    return share * embedded + (1.0 - share) * x


class EmbeddingResidual(keras.layers.Layer):
    """q * embedded + (1 - q) * x with q = sigmoid(logit), trained unless it starts at exactly 0 or 1.

    Args:
        start: first q, in [0, 1]. 0 leaves x alone, 1 reads the embedding alone; both are then kept.
    """

    def __init__(self, start, **kwargs):
        super().__init__(autocast=False, **kwargs)
        if not 0.0 <= start <= 1.0:
            raise ValueError(f"embedding residual starts at {start}, expected a share between 0 and 1.")
        self.start = start

    def build(self, input_shape):
        self.logit = None
        if 0.0 < self.start < 1.0:
            logit = float(np.log(self.start) - np.log1p(-self.start))
            self.logit = self.add_weight(
                shape=(), initializer=keras.initializers.Constant(logit), autocast=False, name="logit"
            )

    def share(self):
        """q, a float or a scalar tensor."""
        return self.start if self.logit is None else ops.sigmoid(self.logit.value)

    def call(self, x, embedded):
        """x, embedded [..., D]; returns [..., D]."""
        return x if self.start == 0.0 else fused(blend)(x, embedded, self.share())

    def get_config(self):
        return {**super().get_config(), "start": self.start}


class RecurrentExpert(Expert):
    """A few wide recurrent layers.

    Args:
        num_layers: depth.
        hidden_width: R.
        recurrence: "minimal_gru" or "gru".
        output_gate: see `Recurrence`.
        embedding_residual: first q of every layer after the first; 0 turns the idea off.
        convolution_length: tokens that the short convolution before each recurrence sees; 1 turns it off.
        recompute: compute cheap parts again in the backward pass; see `recomputed`.
        recompute_products: each layer's first product too.
        seed: int.
    """

    def __init__(
        self,
        num_layers,
        hidden_width,
        recurrence="minimal_gru",
        output_gate=True,
        embedding_residual=0.4,
        convolution_length=4,
        recompute=False,
        recompute_products=False,
        seed=0,
        **kwargs,
    ):
        super().__init__(**kwargs)
        if num_layers < 1:
            raise ValueError(f"num_layers is {num_layers}, expected at least 1.")
        self.num_layers = num_layers
        self.hidden_width = hidden_width
        self.recurrence = recurrence
        self.output_gate = output_gate
        self.embedding_residual = embedding_residual
        self.convolution_length = convolution_length
        self.recompute = recompute
        self.recompute_products = recompute_products
        self.seed = seed

    def build(self, input_shape):
        self.residuals, self.norms, self.convolutions, self.recurrences = [], [], [], []
        for i in range(self.num_layers):
            share = self.embedding_residual if i else 0.0  # the first layer reads the embedding itself
            self.residuals.append(EmbeddingResidual(share, name=f"embedding_residual_{i}"))
            self.norms.append(RootMeanSquareNorm(name=f"norm_{i}"))
            seed = derive_seed(self.seed, "convolution", i)
            self.convolutions.append(
                ShortConvolution(
                    self.convolution_length, seed=seed, dtype=self.dtype_policy, name=f"convolution_{i}"
                )
            )
            self.recurrences.append(
                make_recurrence(
                    self.recurrence,
                    self.hidden_width,
                    output_gate=self.output_gate,
                    recompute=self.recompute,
                    output_gain=self.num_layers**-0.5,
                    seed=derive_seed(self.seed, "recurrence", i),
                    dtype=self.dtype_policy,
                    name=f"recurrence_{i}",
                )
            )
        for layer in self.residuals + self.norms + self.convolutions + self.recurrences:
            layer.build(input_shape)

    def initial_state(self, batch_size):
        """One hidden state and one short history for each layer."""
        return {
            f"layer_{i}": {
                "convolution": self.convolutions[i].initial_state(batch_size),
                "recurrence": self.recurrences[i].initial_state(batch_size),
            }
            for i in range(self.num_layers)
        }

    def call(self, x, state=None, resets=None, mask=None):
        """See `Expert.call`."""
        if state is None:
            state = self.initial_state(ops.shape(x)[0])
        embedded, after = x, {}
        for i in range(self.num_layers):
            before, read = state[f"layer_{i}"], self.residuals[i](x, embedded)
            if self.recompute_products:
                source = Source(self.norms[i], self.convolutions[i], before["convolution"])
                y, recurrence, convolution = self.recurrences[i](
                    read, before["recurrence"], resets, mask, source=source
                )
            else:
                projected, convolution = self.convolutions[i](
                    read,
                    before["convolution"],
                    resets,
                    mask,
                    norm=self.norms[i],
                    projection=self.recurrences[i].inputs,
                    recompute=self.recompute,
                )
                y, recurrence = self.recurrences[i](
                    projected, before["recurrence"], resets, mask, is_projected=True
                )
            x = x + y
            after[f"layer_{i}"] = {"convolution": convolution, "recurrence": recurrence}
        return x, after

    def step(self, x_t, state):
        """See `Expert.step`."""
        embedded, after = x_t, {}
        for i in range(self.num_layers):
            before = state[f"layer_{i}"]
            read, convolution = self.convolutions[i].step(
                self.residuals[i](x_t, embedded), before["convolution"], norm=self.norms[i]
            )
            y, recurrence = self.recurrences[i].step(read, before["recurrence"])
            x_t = x_t + y
            after[f"layer_{i}"] = {"convolution": convolution, "recurrence": recurrence}
        return x_t, after

    def get_config(self):
        names = (
            "num_layers",
            "hidden_width",
            "recurrence",
            "output_gate",
            "embedding_residual",
            "convolution_length",
            "recompute",
            "recompute_products",
            "seed",
        )
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}
