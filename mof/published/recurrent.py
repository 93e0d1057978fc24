"""The three parts of the published form that hold a GRU: the front, the RNN expert and the router.

    front        h = embedding[id];  x = h + BatchNorm(relu(W GRU(h) + b))      [B, T, D]
    RNN expert   LN(GRU(x))                                                     [B, T, R]
    router       softmax(W LN(last state of GRU(x)) + b)                        [B, E]

Source: the article, 创新架构 (RNN expert, router). The front, both layer norms and the missing residual of
the RNN expert (the article names one) are those of its package. Every GRU is the Keras default (reset after
the product).
"""

import keras

from mof.shapes import check_shape

RECURRENT_NORM_EPSILON = 1e-6


@keras.saving.register_keras_serializable(package="mof.published")
class Front(keras.layers.Layer):
    """Token embedding plus what a GRU of the same width makes of it, batch-normalised.

    Fault: in training BatchNorm takes its mean and variance over batch and time. So a position's output
    depends on later tokens of its own text and on the other texts of the batch; at inference the moving
    averages stand in, and the model computes another function than the one trained. Sound: a norm per token
    (`mof.ops.normalization`).

    Args:
        vocabulary_size: W, number of token ids.
        width: D, width of the embedding, the GRU and the output.
    """

    def __init__(self, vocabulary_size, width, **kwargs):
        super().__init__(**kwargs)
        self.width = width
        self.embedding = keras.layers.Embedding(vocabulary_size, width)
        self.recurrence = keras.layers.GRU(width, return_sequences=True)
        self.dense = keras.layers.Dense(width, activation="relu")
        self.batch_norm = keras.layers.BatchNormalization()

    def build(self, token_ids_shape):
        self.embedding.build(token_ids_shape)
        for layer in (self.recurrence, self.dense, self.batch_norm):
            layer.build((*token_ids_shape, self.width))

    def call(self, token_ids, training=False):
        """Map [B, T] int32 to [B, T, D] float32."""
        check_shape(token_ids, "B T", "token_ids")
        embedded = self.embedding(token_ids)  # [B, T, D]
        return embedded + self.batch_norm(self.dense(self.recurrence(embedded)), training=training)


@keras.saving.register_keras_serializable(package="mof.published")
class RecurrentExpert(keras.layers.Layer):
    """One wide GRU and a layer norm. Causal: the only part whose output has no fault.

    Fault: its cost. The article's package keeps no state between calls, so each new character reads the
    whole text again. Sound: `mof.experts.recurrent_expert`, which hands its state on.

    Args:
        recurrent_width: R, width of the GRU and of the output.
    """

    def __init__(self, recurrent_width, **kwargs):
        super().__init__(**kwargs)
        self.recurrence = keras.layers.GRU(recurrent_width, return_sequences=True)
        self.norm = keras.layers.LayerNormalization(epsilon=RECURRENT_NORM_EPSILON)

    def build(self, input_shape):
        self.recurrence.build(input_shape)
        self.norm.build((*input_shape[:2], self.recurrence.units))

    def call(self, inputs):
        """Map [B, T, D] float32 to [B, T, R] float32."""
        return self.norm(self.recurrence(inputs))


@keras.saving.register_keras_serializable(package="mof.published")
class SequenceRouter(keras.layers.Layer):
    """One weight per expert and sequence, from the router GRU's state after the last token.

    Fault: the same weights serve all positions, the first included, so every position sees the whole text.
    And a text gets one mixture, where the article's idea (knowledge to one expert, reasoning to the other)
    wants one a token.
    Sound: weights from the router's state at each position (`mof.layers.router`).

    Args:
        router_width: width of the router's GRU.
        num_experts: E.
    """

    def __init__(self, router_width, num_experts, **kwargs):
        super().__init__(**kwargs)
        self.router_gru = keras.layers.GRU(router_width)  # the final state only
        self.router_norm = keras.layers.LayerNormalization()
        self.router_dense = keras.layers.Dense(num_experts, activation="softmax")

    def build(self, input_shape):
        self.router_gru.build(input_shape)
        for layer in (self.router_norm, self.router_dense):
            layer.build((input_shape[0], self.router_gru.units))

    def call(self, inputs):
        """Map [B, T, D] float32 to [B, E] float32, at least 0, summing to 1."""
        return self.router_dense(self.router_norm(self.router_gru(inputs)))
