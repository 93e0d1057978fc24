"""The gated recurrent unit, whose gates look at the last state, so that time cannot be computed in parallel.

    z = sigmoid(a_z + U_z h + b_z)     r = sigmoid(a_r + U_r h + b_r)
    n = tanh(a_n + r * (U_n h + b_n))  h' = z * h + (1 - z) * n

with a = W x + b computed for all tokens at once. Source: Cho et al. 2014, "Learning Phrase Representations
using RNN Encoder-Decoder", equations 5 to 8, with the reset gate applied after the product (the form of cuDNN
and of Keras).

Shapes: inputs a [B, T, 3 R] in the order z, r, n; recurrent_kernel [R, 3 R]; recurrent_bias [3 R]; hidden [B,
R]. Book: chapters 03, 04.
"""

from keras import ops


def gru_step(inputs_t, recurrent_kernel, recurrent_bias, hidden):
    """One token: inputs_t [B, 3 R]; returns the new hidden state [B, R]."""
    recurrent = ops.matmul(hidden, recurrent_kernel) + recurrent_bias
    input_z, input_r, input_n = ops.split(inputs_t, 3, axis=-1)
    recurrent_z, recurrent_r, recurrent_n = ops.split(recurrent, 3, axis=-1)
    z = ops.sigmoid(input_z + recurrent_z)
    r = ops.sigmoid(input_r + recurrent_r)
    n = ops.tanh(input_n + r * recurrent_n)
    return z * hidden + (1.0 - z) * n


def gru(inputs, recurrent_kernel, recurrent_bias, hidden, resets=None, mask=None):
    """All T tokens, one after the other.

    Args:
        inputs: [B, T, 3 R] float32. recurrent_kernel: [R, 3 R] float32. recurrent_bias: [3 R] float32.
        hidden: [B, R] float32, the state before the first token.
        resets: [B, T] bool, True where a token starts a document, or None.
        mask: [B, T] bool, False at padding, which leaves the state as it was. Or None.

    Returns:
        (y [B, T, R], hidden [B, R]): the state after every token, and after the last.
    """
    batch_and_tokens = ops.shape(inputs)[:2]
    kept = ops.ones(batch_and_tokens) if resets is None else 1.0 - ops.cast(resets, "float32")
    real = ops.ones(batch_and_tokens) if mask is None else ops.cast(mask, "float32")

    def advance(hidden, inputs_t):
        x_t, kept_t, real_t = inputs_t
        start = kept_t[:, None] * hidden
        after = gru_step(x_t, recurrent_kernel, recurrent_bias, start)
        hidden = real_t[:, None] * after + (1.0 - real_t[:, None]) * start
        return hidden, hidden

    time_first = (ops.transpose(inputs, (1, 0, 2)), ops.transpose(kept), ops.transpose(real))
    hidden, y = ops.scan(advance, hidden, time_first)
    return ops.transpose(y, (1, 0, 2)), hidden
