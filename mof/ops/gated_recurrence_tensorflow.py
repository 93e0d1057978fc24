"""The minimal GRU on TensorFlow: gates and recurrence in two compiled loops, forward and backward, shared by
all layers."""

import tensorflow as tf

from mof.ops.compilation_tensorflow import compiled


def _loop(retain, update, hidden, reverse):
    """h = retain_t * h + update_t over the first axis; every h. retain, update [T, B, R]; hidden [B, R]."""
    num_tokens = retain.shape[0]
    outputs = tf.TensorArray(tf.float32, size=num_tokens, element_shape=hidden.shape)

    def body(i, hidden, outputs):
        t = num_tokens - 1 - i if reverse else i
        hidden = retain[t] * hidden + update[t]
        return i + 1, hidden, outputs.write(t, hidden)

    _, _, outputs = tf.while_loop(
        lambda i, *_: i < num_tokens, body, (0, hidden, outputs), maximum_iterations=num_tokens
    )
    return outputs.stack()


def _time_first(x):
    return tf.transpose(x, (1, 0, 2))


@compiled
def _forward(retain, update, hidden):
    return _time_first(_loop(_time_first(retain), _time_first(update), hidden, reverse=False))


@compiled
def _backward(retain, y, hidden, dy):
    retain_next = tf.concat(
        [retain[:, 1:], tf.zeros_like(retain[:, :1])], axis=1
    )  # nothing comes after the last
    before = tf.concat([hidden[:, None], y[:, :-1]], axis=1)  # h_{t-1}
    g = _time_first(_loop(_time_first(retain_next), _time_first(dy), tf.zeros_like(hidden), reverse=True))
    return g * before, g, retain[:, 0] * g[:, 0]


@tf.custom_gradient
def _states(retain, update, hidden):
    y = _forward(retain, update, hidden)
    return y, lambda dy: _backward(retain, y, hidden, dy)


def gated_recurrence_compiled(retain, update, hidden):
    """`gated_recurrence_recurrent` as a compiled loop with the hand-written gradient of its module
    docstring."""
    y = _states(retain, update, hidden)
    return y, y[:, -1]
