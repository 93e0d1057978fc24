"""The two recurrences of the RNN expert: a minimal GRU, parallel over time, and the true GRU.

Both read width D, keep a hidden state of width R, and write width D: y_t = (gate(x_t) * h_t) w_out. The
hidden state is their whole memory: {"hidden": [B, R]} float32. Equations: `mof.ops.gated_recurrence`,
`mof.ops.gru`. Book: chapter 04.
"""

import keras
from keras import ops

from mof.layers.initialization import SeededNormal
from mof.layers.projection import Projection
from mof.layers.seeds import derive_seed
from mof.ops.activations import gate_with_silu
from mof.ops.fusion import fused
from mof.ops.gated_recurrence import gated_recurrence, minimal_gru_gates
from mof.ops.gru import gru, gru_step
from mof.ops.products import project
from mof.ops.recomputation import recomputed
from mof.ops.short_convolution import convolve_and_project

LONGEST_MEMORY_TOKENS = 500.0  # slowest units at the start; longer spans are learned


def gated_output(y, gate, result_dtype):
    """y times silu of the gate, where there is one, in result_dtype."""
    if gate is not None:
        y = gate_with_silu(y, ops.cast(gate, "float32"))
    return ops.cast(y, result_dtype)


def split_output_gate(projected, width, output_gate):
    """(first `width` of the last axis, the output gate's logits or None) of what the input product gave."""
    return ops.split(projected, [width], axis=-1) if output_gate else (projected, None)


def read_minimal_gru(projected, gate_bias, output_gate, resets=None, mask=None):
    """`minimal_gru_gates` of the gates' logits, then the candidates, of [..., 2 R] or [..., 3 R]; the third
    result are the output gate's logits, or None."""
    read, gate = split_output_gate(projected, 2 * gate_bias.shape[0], output_gate)
    gate_logits, candidate = ops.split(ops.cast(read, "float32"), 2, axis=-1)
    return *minimal_gru_gates(gate_logits, candidate, gate_bias, resets, mask), gate


class Recurrence(keras.layers.Layer):
    """What both recurrences share: input projections in one product, an output gate, the way back to width D.

    Args:
        hidden_width: R.
        output_gate: multiply h by silu of a projection of the input before the way out.
        recompute: compute what lies between the two products again in the backward pass; see `recomputed`.
        output_gain: gain of the output matrix at the start; see `Projection`.
        seed: int.
    """

    num_input_parts = None  # how many vectors of width R the recurrence takes from each token

    def __init__(self, hidden_width, output_gate=True, recompute=False, output_gain=1.0, seed=0, **kwargs):
        super().__init__(autocast=False, **kwargs)
        if hidden_width < 1:
            raise ValueError(f"hidden_width is {hidden_width}, expected at least 1.")
        self.hidden_width = hidden_width
        self.output_gate = output_gate
        self.recompute = recompute
        self.output_gain = output_gain
        self.seed = seed

    def build(self, input_shape):
        num_parts = self.num_input_parts + int(self.output_gate)
        self.inputs = Projection(
            num_parts * self.hidden_width,
            parts=(self.hidden_width,) * num_parts,
            seed=derive_seed(self.seed, "inputs"),
            widen=False,
            dtype=self.dtype_policy,
            name="inputs",
        )
        self.outputs = Projection(
            input_shape[-1],
            gain=self.output_gain,
            seed=derive_seed(self.seed, "outputs"),
            dtype=self.dtype_policy,
            name="outputs",
        )
        self.inputs.build(input_shape)
        self.outputs.build((None, None, self.hidden_width))

    def initial_state(self, batch_size):
        """A hidden state of zeros."""
        return {"hidden": ops.zeros((batch_size, self.hidden_width), "float32")}

    def call(self, x, state=None, resets=None, mask=None, is_projected=False, source=None):
        """T tokens: x [B, T, D], or what `inputs` gives for it; resets and mask [B, T] bool or None; returns
        (y [B, T, D], state). With `source`, a `Source` that x goes through first, all is computed again in
        the backward pass, and the state of its convolution comes third."""
        if state is None:
            state = self.initial_state(ops.shape(x)[0])
        arguments = self.parameters(), self.outputs.kernel.value, state["hidden"], resets, mask
        if source is not None:
            before = source.arguments(x, resets, mask, self.inputs, self.compute_dtype)
            y, hidden, source_state = recomputed(self._project_and_recur)(before, *arguments)
            return y, {"hidden": hidden}, source_state
        projected = x if is_projected else self.inputs(x)
        form = recomputed(self._recur_and_write) if self.recompute else self._recur_and_write
        y, hidden = form(projected, *arguments)
        return y, {"hidden": hidden}

    def step(self, x_t, state):
        """One token: x_t [B, D]; returns (y_t [B, D], state)."""
        hidden, gate = self.recur_step(self.inputs(x_t), self.parameters(), state["hidden"])
        return self.outputs(gated_output(hidden, gate, self.compute_dtype)), {"hidden": hidden}

    def _project_and_recur(self, source, *arguments):
        projected, source_state = convolve_and_project(*source)
        return *self._recur_and_write(projected, *arguments), source_state

    def _recur_and_write(self, projected, parameters, output_kernel, hidden, resets, mask):
        y, hidden, gate = self.recur(projected, parameters, hidden, resets, mask)
        y = fused(gated_output)(y, gate, self.compute_dtype)
        return project(y, output_kernel, None, self.compute_dtype), hidden

    def get_config(self):
        config = {
            "hidden_width": self.hidden_width,
            "output_gate": self.output_gate,
            "recompute": self.recompute,
            "output_gain": self.output_gain,
            "seed": self.seed,
        }
        return {**super().get_config(), **config}


class MinimalGRU(Recurrence):
    """Gates from the input alone, so that the whole sequence is one linear recurrence.

    The gate's bias starts so that the units forget over spans from 1 to 500 tokens, evenly in the logarithm.
    """

    num_input_parts = 2  # gate logits, candidate

    def build(self, input_shape):
        super().build(input_shape)
        spans = LONGEST_MEMORY_TOKENS ** (
            (ops.arange(self.hidden_width, dtype="float32") + 0.5) / self.hidden_width
        )
        logits = -ops.log(spans)  # z near 1 / span: sigmoid(-log s) = 1 / (1 + s)
        self.gate_bias = self.add_weight(
            shape=(self.hidden_width,),
            initializer=lambda shape, dtype=None: ops.cast(logits, dtype),
            autocast=False,
            name="gate_bias",
        )

    def parameters(self):
        return {"gate_bias": self.gate_bias.value}

    def recur(self, projected, parameters, hidden, resets, mask):
        """What `inputs` gives, cut and turned into gates in one pass: (y [B, T, R], hidden, gate)."""
        arguments = projected, parameters["gate_bias"], self.output_gate, resets, mask
        retain, update, gate = fused(read_minimal_gru)(*arguments)
        return *gated_recurrence(retain, update, hidden), gate

    def recur_step(self, projected, parameters, hidden):
        """One token: (hidden [B, R], gate)."""
        retain, update, gate = read_minimal_gru(projected, parameters["gate_bias"], self.output_gate)
        return retain * hidden + update, gate


class GRU(Recurrence):
    """The true GRU. One small product a token: slow on a CPU, here to be taught and measured against."""

    num_input_parts = 3  # z, r, n

    def build(self, input_shape):
        super().build(input_shape)
        self.recurrent_kernel = self.add_weight(
            shape=(self.hidden_width, 3 * self.hidden_width),
            initializer=SeededNormal(self.hidden_width**-0.5, derive_seed(self.seed, "recurrent")),
            autocast=False,
            name="recurrent_kernel",
        )
        self.input_bias = self.add_weight(
            shape=(3 * self.hidden_width,), initializer="zeros", autocast=False, name="input_bias"
        )
        self.recurrent_bias = self.add_weight(
            shape=(3 * self.hidden_width,), initializer="zeros", autocast=False, name="recurrent_bias"
        )

    def parameters(self):
        return {
            "recurrent_kernel": self.recurrent_kernel.value,
            "input_bias": self.input_bias.value,
            "recurrent_bias": self.recurrent_bias.value,
        }

    def recur(self, projected, parameters, hidden, resets, mask):
        """(y [B, T, R], hidden, gate)."""
        inputs, gate = self._read(projected, parameters)
        kernel, bias = parameters["recurrent_kernel"], parameters["recurrent_bias"]
        return *gru(inputs, kernel, bias, hidden, resets, mask), gate

    def recur_step(self, projected, parameters, hidden):
        """One token: (hidden [B, R], gate)."""
        inputs, gate = self._read(projected, parameters)
        return gru_step(inputs, parameters["recurrent_kernel"], parameters["recurrent_bias"], hidden), gate

    def _read(self, projected, parameters):
        read, gate = split_output_gate(projected, 3 * self.hidden_width, self.output_gate)
        return ops.cast(read, "float32") + parameters["input_bias"], gate


RECURRENCES = {"minimal_gru": MinimalGRU, "gru": GRU}


def make_recurrence(kind, *args, **kwargs):
    """The recurrence of that name ("minimal_gru" or "gru"); other arguments go to it.

    Raises:
        ValueError: for another name.
    """
    if kind not in RECURRENCES:
        raise ValueError(
            f"recurrence is {kind!r}, expected one of {sorted(RECURRENCES)}: choose one of these."
        )
    return RECURRENCES[kind](*args, **kwargs)
