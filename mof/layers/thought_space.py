"""Thought space: what has been read so far, averaged, thought over by two dense layers, and added back.

    m_t = mean of norm(x) over the document up to t        y_t = x_t + W_2 (alpha * gelu(W_1 m_t))

The article's "Thought Space" (MoF, section "Core techniques", 1) takes the mean over the whole sequence,
which lets every token see the future; the mean over the past is the sound form. alpha is trained and starts
at 0.3, as in the article. Book: chapter 06.
"""

import keras
from keras import ops

from mof.layers.feed_forward import FeedForward
from mof.layers.seeds import derive_seed
from mof.ops.fusion import fused
from mof.ops.normalization import rms_normalize
from mof.ops.products import project
from mof.ops.recomputation import recomputed
from mof.ops.running_mean import (
    mean_of_chunks,
    running_mean_memory,
    running_mean_operands,
    running_mean_products,
    running_mean_step,
)
from mof.ops.windowed_attention import windowed_attention, windowed_attention_memory, windowed_attention_step


def running_thought(x, state, resets, mask, chunk_length, result_dtype):
    """The mean of norm(x) over the document's past; a mean of unnormalised tokens would be the loudest
    token's.

    Args:
        x: [B, T, D] float32. state: as `running_mean_memory` gives. result_dtype: of the mean. Others as in
            `running_mean_chunked`.

    Returns:
        (mean [B, T, D], state).
    """
    operands = fused(_read)(x, resets, mask, chunk_length)
    total, count, state = running_mean_products(operands, state)
    return fused(_mean)(total, count, x.shape[1], result_dtype), state


def think_of_past(past, matrix, *arguments):
    """The mean that `past` gives, and its product with matrix [D, I]; returns (inner [B, T, I], state)."""
    mean, state = past(*arguments)
    product_dtype = arguments[-1]
    return project(mean, matrix, None, product_dtype, product_dtype), state


def _read(x, resets, mask, chunk_length):
    return running_mean_operands(rms_normalize(x), resets, mask, chunk_length)


def _mean(total, count, num_tokens, result_dtype):
    return ops.cast(mean_of_chunks(total, count, num_tokens), result_dtype)


def windowed_thought(x, state, resets, mask, chunk_length, result_dtype):
    """The same over the last tokens alone: a mean is attention in which every query and key is 1."""
    ones = ops.ones_like(x[:, :, None, :1])
    values = rms_normalize(x)[:, :, None]
    total, count, state = windowed_attention(ones, ones, values, state, None, resets, mask, chunk_length)
    return ops.cast(total[:, :, 0] / ops.maximum(count, 1.0), result_dtype), state


class ThoughtSpace(keras.layers.Layer):
    """The running mean of the input, through two dense layers, times alpha, added to the input.

    Args:
        inner_width: width between the two dense layers.
        alpha_start: first value of the trained factor.
        window: 0 for the mean over the document's past, else over its last `window` tokens.
        chunk_length: C of the chunked form; speed alone depends on it.
        recompute: compute mean and activation again in the backward pass; see `recomputed`.
        seed: int.
    """

    def __init__(
        self, inner_width, alpha_start=0.3, window=0, chunk_length=64, recompute=False, seed=0, **kwargs
    ):
        super().__init__(autocast=False, **kwargs)
        self.inner_width = inner_width
        self.alpha_start = alpha_start
        self.window = window
        self.chunk_length = chunk_length
        self.recompute = recompute
        self.seed = seed

    def build(self, input_shape):
        self.width = input_shape[-1]
        self.processor = FeedForward(
            self.inner_width,
            "gelu",
            recompute=self.recompute,
            seed=derive_seed(self.seed, "processor"),
            dtype=self.dtype_policy,
            name="processor",
        )
        self.processor.build(input_shape)
        start = keras.initializers.Constant(self.alpha_start)
        self.alpha = self.add_weight(shape=(), initializer=start, autocast=False, name="alpha")

    def initial_state(self, batch_size):
        """An empty mean."""
        if self.window:
            return windowed_attention_memory(batch_size, self.window, 1, 1, self.width)
        return running_mean_memory(batch_size, self.width)

    def call(self, x, state=None, resets=None, mask=None):
        """T tokens: x [B, T, D], resets and mask [B, T] bool or None; returns (y [B, T, D], state)."""
        if state is None:
            state = self.initial_state(ops.shape(x)[0])
        past = windowed_thought if self.window else running_thought
        form = recomputed(think_of_past) if self.recompute else think_of_past
        matrix = self.processor.inner.kernel.value
        inner, state = form(past, matrix, x, state, resets, mask, self.chunk_length, self.compute_dtype)
        return x + self.processor.from_projected(inner, self.alpha.value), state

    def step(self, x_t, state):
        """One token: x_t [B, D]; returns (y_t [B, D], state)."""
        read = rms_normalize(x_t)
        if self.window:
            one = ops.ones_like(x_t[:, None, :1])
            total, count, state = windowed_attention_step(one, one, read[:, None], state)
            mean = total[:, 0] / count
        else:
            mean, state = running_mean_step(read, state)
        inner = self.processor.inner(mean)
        return x_t + self.processor.from_projected(inner, self.alpha.value), state

    def get_config(self):
        names = ("inner_width", "alpha_start", "window", "chunk_length", "recompute", "seed")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}
