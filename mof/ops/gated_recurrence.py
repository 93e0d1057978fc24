"""Gated linear recurrence: h_t = retain_t * h_{t-1} + update_t, element by element.

With retain = 1 - z and update = z * c, both computed from the input alone, this is the minimal GRU (Feng,
Tung, Ahmed, Bengio and Hajimirsadeghi 2024, "Were RNNs All We Needed?", section 3.1.3). Because neither gate
looks at h, the whole sequence is one linear recurrence, and its gradient is the same recurrence run
backwards:

    g_t = dy_t + retain_{t+1} * g_{t+1},    d update_t = g_t,    d retain_t = g_t * h_{t-1}.

Shapes: retain, update [B, T, R]; hidden [B, R]. Book: chapter 04.
"""

import keras
from keras import ops


def minimal_gru_gates(gate_logits, candidate, gate_bias, resets=None, mask=None):
    """The pair (retain, update) of a minimal GRU, with document starts and padding folded in.

    A reset zeroes `retain`, so nothing from before reaches the token. Padding sets retain = 1 and update = 0,
    so the hidden state passes through unchanged.

    Args:
        gate_logits: [..., R] float32; z = sigmoid(gate_logits + gate_bias) is how much of the candidate is
            written.
        candidate: [..., R] float32, the value to write.
        gate_bias: [R] float32.
        resets: [B, T] bool, True where a token starts a document; None for no start.
        mask: [B, T] bool, False where a token is padding; None for no padding.

    Returns:
        (retain, update), both [..., R] float32.
    """
    gate_logits = gate_logits + gate_bias
    retain = ops.sigmoid(-gate_logits)  # 1 - z, exact where z rounds to 1
    update = ops.sigmoid(gate_logits) * candidate
    if mask is not None:
        real = ops.cast(mask, "float32")[..., None]
        retain = retain * real + (1.0 - real)
        update = update * real
    if resets is not None:  # after the mask: a document may start at padding
        retain = retain * (1.0 - ops.cast(resets, "float32")[..., None])
    return retain, update


def gated_recurrence_recurrent(retain, update, hidden):
    """The definition: a loop over time.

    Args:
        retain: [B, T, R] float32, in [0, 1].
        update: [B, T, R] float32.
        hidden: [B, R] float32, the state before the first token.

    Returns:
        (y [B, T, R], hidden [B, R]): the state after every token, and after the last.
    """
    outputs = []
    for t in range(retain.shape[1]):
        hidden = retain[:, t] * hidden + update[:, t]
        outputs.append(hidden)
    return ops.stack(outputs, axis=1), hidden


def gated_recurrence_parallel(retain, update, hidden):
    """The same by a log-depth scan: the pairs (a, b) of h -> a h + b compose associatively.

    Arguments and results are those of `gated_recurrence_recurrent`.
    """

    def compose(earlier, later):
        earlier_retain, earlier_update = earlier
        later_retain, later_update = later
        return earlier_retain * later_retain, later_retain * earlier_update + later_update

    all_retained, from_updates = ops.associative_scan(compose, (retain, update), axis=1)
    y = from_updates + all_retained * hidden[:, None]
    return y, y[:, -1]


def gated_recurrence(retain, update, hidden):
    """The form used for training: on TensorFlow a compiled loop with the gradient above, elsewhere the
    log-depth scan.

    Arguments and results are those of `gated_recurrence_recurrent`.
    """
    if keras.backend.backend() == "tensorflow":
        from mof.ops.gated_recurrence_tensorflow import gated_recurrence_compiled

        return gated_recurrence_compiled(retain, update, hidden)
    return gated_recurrence_parallel(retain, update, hidden)
