"""Causal linear attention with heads: projections, features, memory, normaliser, output
(`mof.ops.linear_attention`).

Switches, each to be taken out and measured: a decay per head, a norm per head in place of the denominator, an
output gate, a window (the article's crop). Source of the gate and the norm per head: Sun et al. 2023,
"Retentive Network", equation 8; of a decay computed from the input: Dao and Gu 2024, "Transformers are SSMs",
section 7. Book: chapter 05, the window in chapter 07.
"""

import dataclasses

import keras
import numpy as np
from keras import ops

from mof.layers.projection import Projection
from mof.layers.seeds import derive_seed
from mof.ops.activations import gate_with_silu
from mof.ops.fusion import fused
from mof.ops.linear_attention import (
    chunk_operands,
    chunk_products,
    join_chunks,
    linear_attention_memory,
    linear_attention_step,
    normalize_by_denominator,
    positive_features,
)
from mof.ops.normalization import rms_normalize
from mof.ops.products import project
from mof.ops.recomputation import recomputed
from mof.ops.short_convolution import convolve_and_project
from mof.ops.windowed_attention import windowed_attention, windowed_attention_memory, windowed_attention_step

DECAYS = ("none", "fixed", "learned", "input")
NORMALIZERS = ("denominator", "head_norm")
SHORTEST_SPAN_TOKENS, LONGEST_SPAN_TOKENS = 8.0, 2048.0  # over which the heads forget at the start


@dataclasses.dataclass(frozen=True)
class AttentionSettings:
    """How projected tokens become attention: see the arguments of `LinearAttention`."""

    num_heads: int
    head_width: int
    decay: str
    normalizer: str
    output_gate: bool
    is_windowed: bool
    product_dtype: str


def attend(projected, decay_rate, state, resets, mask, settings, chunk_length):
    """From projected tokens to normalised, gated attention: all that lies between the two products.

    Args:
        projected: [B, T, P], float32 or the products' dtype: queries, keys, values, then the gate and the
            decay's logits where there are such.
        decay_rate: [H] float32, or None without decay.
        state, resets, mask: as in `LinearAttention.call`.
        settings: AttentionSettings.
        chunk_length: C.

    Returns:
        (y [B, T, D] in the products' dtype, state).
    """
    if settings.is_windowed:
        queries, keys, values, gate, log_decay = fused(_read)(projected, decay_rate, settings)
        numerator, denominator, state = windowed_attention(
            queries, keys, values, state, log_decay, resets, mask, chunk_length
        )
        return fused(_write)(numerator, denominator, gate, settings), state
    operands, gate = fused(_read_chunks)(projected, decay_rate, resets, mask, settings, chunk_length)
    numerator, denominator, state = chunk_products(operands, state)
    if settings.normalizer != "denominator":
        denominator = None  # nobody divides by it: no gradient of zeros goes back through its sums
    return fused(_write_chunks)(numerator, denominator, gate, settings, projected.shape[1]), state


def attend_and_project(projected, decay_rate, matrix, state, resets, mask, settings, chunk_length):
    """`attend`, then the product with matrix [D, D]; returns (y [B, T, D] float32, state)."""
    y, state = attend(projected, decay_rate, state, resets, mask, settings, chunk_length)
    return project(y, matrix, None, settings.product_dtype), state


def project_and_attend(source, *arguments):
    """`convolve_and_project` of source, a tuple of its arguments, then `attend_and_project`.

    Returns:
        (y [B, T, D] float32, state, state of the convolution).
    """
    projected, source_state = convolve_and_project(*source)
    return *attend_and_project(projected, *arguments), source_state


def attend_step(projected, decay_rate, state, settings):
    """One token of `attend`: projected [B, P]; returns (y [B, D], state)."""
    query, key, value, gate, log_decay = _read(projected, decay_rate, settings)
    form = windowed_attention_step if settings.is_windowed else linear_attention_step
    numerator, denominator, state = form(query, key, value, state, log_decay)
    return _write(numerator, denominator, gate, settings), state


def _read(projected, decay_rate, settings):
    """Queries, keys, values [..., H, K], the gate [..., D] or None, and log decay [..., H] or None."""
    heads = tuple(ops.shape(projected)[:-1]) + (settings.num_heads, settings.head_width)
    width = settings.num_heads * settings.head_width
    projected = ops.cast(projected, "float32")
    num_wide = 4 if settings.output_gate else 3  # queries, keys, values, gate; the decay's logits come last
    num_boundaries = num_wide if settings.decay == "input" else num_wide - 1
    parts = ops.split(projected, [(i + 1) * width for i in range(num_boundaries)], axis=-1)
    queries, keys, values = (ops.reshape(part, heads) for part in parts[:3])
    gate = parts[3] if settings.output_gate else None
    log_decay = None
    if settings.decay == "input":
        log_decay = -ops.sigmoid(parts[-1] + decay_rate)
    elif settings.decay != "none":
        log_decay = -ops.sigmoid(decay_rate) * ops.ones_like(queries[..., 0])
    return positive_features(queries), positive_features(keys), values, gate, log_decay


def _read_chunks(projected, decay_rate, resets, mask, settings, chunk_length):
    queries, keys, values, gate, log_decay = _read(projected, decay_rate, settings)
    return chunk_operands(queries, keys, values, log_decay, resets, mask, chunk_length), gate


def _write_chunks(numerator, denominator, gate, settings, num_tokens):
    if settings.normalizer == "denominator":
        denominator = join_chunks(denominator[..., None], num_tokens)[..., 0]
    return _write(join_chunks(numerator, num_tokens), denominator, gate, settings)


def _write(numerator, denominator, gate, settings):
    if settings.normalizer == "denominator":
        y = normalize_by_denominator(numerator, denominator)
    else:
        y = rms_normalize(numerator)
    y = ops.reshape(y, tuple(ops.shape(y)[:-2]) + (settings.num_heads * settings.head_width,))
    if settings.output_gate:
        y = gate_with_silu(y, gate)
    return ops.cast(y, settings.product_dtype)


class LinearAttention(keras.layers.Layer):
    """Attention over the past of the document, or over a window of it, with a memory of fixed size.

    Args:
        num_heads: H; must divide the width D. Keys and values have D / H channels.
        decay: "none" (the article); "fixed", one rate per head; "learned", trained rates; "input", rates
            computed from each token.
        normalizer: "denominator" (the article), or "head_norm": each head's output divided by its root mean
            square.
        output_gate: multiply by silu of a projection of the input before the way out.
        window: 0 for the whole past, else the memory of token t covers (t - window, t].
        chunk_length: C of the chunked form; speed alone depends on it.
        recompute: keep the projected tokens alone for the backward pass, and compute the attention again; see
            `recomputed`.
        output_gain: gain of the output matrix at the start; see `Projection`.
        seed: int.
    """

    def __init__(
        self,
        num_heads,
        decay="none",
        normalizer="denominator",
        output_gate=False,
        window=0,
        chunk_length=64,
        recompute=False,
        output_gain=1.0,
        seed=0,
        **kwargs,
    ):
        super().__init__(autocast=False, **kwargs)
        for name, value, allowed in (("decay", decay, DECAYS), ("normalizer", normalizer, NORMALIZERS)):
            if value not in allowed:
                raise ValueError(f"{name} is {value!r}, expected one of {allowed}: choose one of these.")
        if window < 0:
            raise ValueError(f"window is {window}, expected 0 for the whole past, or a number of tokens.")
        self.num_heads = num_heads
        self.decay = decay
        self.normalizer = normalizer
        self.output_gate = output_gate
        self.window = window
        self.chunk_length = chunk_length
        self.recompute = recompute
        self.output_gain = output_gain
        self.seed = seed

    def build(self, input_shape):
        self.width = input_shape[-1]
        if self.width % self.num_heads:
            raise ValueError(
                f"width {self.width} is no multiple of num_heads {self.num_heads}: "
                "choose a number of heads that divides it."
            )
        self.head_width = self.width // self.num_heads
        policy, seed = self.dtype_policy, self.seed
        self._parts = [self.width] * (4 if self.output_gate else 3)  # queries, keys, values, gate
        if self.decay == "input":
            self._parts.append(self.num_heads)
        self.inputs = Projection(
            sum(self._parts),
            parts=self._parts,
            widen=False,
            seed=derive_seed(seed, "inputs"),
            dtype=policy,
            name="inputs",
        )
        self.inputs.build(input_shape)
        self.outputs = Projection(
            self.width, gain=self.output_gain, seed=derive_seed(seed, "outputs"), dtype=policy, name="outputs"
        )
        self.outputs.build(input_shape)
        if self.decay != "none":
            spans = np.geomspace(SHORTEST_SPAN_TOKENS, LONGEST_SPAN_TOKENS, self.num_heads)
            rates = -np.log(spans - 1.0).astype("float32")  # sigmoid of it is 1 / span
            self.decay_rate = self.add_weight(
                shape=(self.num_heads,),
                initializer=lambda shape, dtype=None: ops.convert_to_tensor(rates, dtype),
                trainable=self.decay != "fixed",
                autocast=False,
                name="decay_rate",
            )

    def initial_state(self, batch_size):
        """An empty memory; its size does not depend on the length of the text."""
        if self.window:
            return windowed_attention_memory(
                batch_size, self.window, self.num_heads, self.head_width, self.head_width
            )
        return linear_attention_memory(batch_size, self.num_heads, self.head_width, self.head_width)

    def call(self, x, state=None, resets=None, mask=None, is_projected=False, source=None):
        """T tokens: x [B, T, D], or what `inputs` gives for it; resets and mask [B, T] bool or None; returns
        (y [B, T, D], state). With `source`, a `Source` that x goes through first, all is computed again in
        the backward pass, and the state of its convolution comes third."""
        if state is None:
            state = self.initial_state(ops.shape(x)[0])
        matrix, settings = self.outputs.kernel.value, self._settings()
        arguments = self._rate(), matrix, state, resets, mask, settings, self.chunk_length
        if source is not None:
            before = source.arguments(x, resets, mask, self.inputs, self.compute_dtype)
            return recomputed(project_and_attend)(before, *arguments)
        projected = x if is_projected else self.inputs(x)
        form = recomputed(attend_and_project) if self.recompute else attend_and_project
        return form(projected, *arguments)

    def step(self, x_t, state):
        """One token: x_t [B, D]; returns (y_t [B, D], state)."""
        y, state = attend_step(self.inputs(x_t), self._rate(), state, self._settings())
        return self.outputs(y), state

    def read_heads(self, x):
        """For a look at the attention of x [B, T, D]: (queries and keys through phi [B, T, H, K], log decay
        [B, T, H] or None)."""
        queries, keys, _, _, log_decay = _read(self.inputs(x), self._rate(), self._settings())
        return queries, keys, log_decay

    def _rate(self):
        return None if self.decay == "none" else self.decay_rate.value

    def _settings(self):
        return AttentionSettings(
            self.num_heads,
            self.head_width,
            self.decay,
            self.normalizer,
            self.output_gate,
            self.window > 0,
            self.compute_dtype,
        )

    def get_config(self):
        names = (
            "num_heads",
            "decay",
            "normalizer",
            "output_gate",
            "window",
            "chunk_length",
            "recompute",
            "output_gain",
            "seed",
        )
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}
