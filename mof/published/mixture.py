"""The published mixture: front, two experts on the whole sequence, one pair of weights, a norm, the head.

    x = front(ids);  w = router(x)                                                       [B, T, D], [B, E]
    logits = Dense(LN(w_0 LN(recurrent_expert(x)) + w_1 pad_at_end(LN(transformer_expert(x)))))  [B, T, W]

Source: the article, 创新架构 (class MoEModel_t6); the norms, the padding and the head are those of its
package. With the sizes of its "t6_mini" and a vocabulary of 8,000 both count 82,673,953 parameters.
"""

import keras
from keras import ops

from mof.published.recurrent import Front, RecurrentExpert, SequenceRouter
from mof.published.transformer_expert import TransformerExpert
from mof.shapes import check_shape

NUM_EXPERTS = 2


def pad_at_end(outputs, num_tokens):
    """Append zeros until there are `num_tokens` positions.

    Fault: the crop kept the LAST positions, so the zeros belong in front. Put at the end, the output for
    position T - trans_window + j lands on position j, which so reads up to T - trans_window tokens ahead,
    and the last position, the only one sampled from, gets zeros: beyond the crop the Transformer expert has
    no effect on it. Sound: an expert returns one output a position, crop or not
    (`mof.experts.transformer_expert`).

    Args:
        outputs: [B, T', R] float32, T' at most `num_tokens`.
        num_tokens: T, positions wanted.

    Returns:
        [B, T, R] float32.

    Raises:
        ValueError: if there are more positions than wanted.
    """
    check_shape(outputs, "B T R", "outputs")
    num_missing = num_tokens - outputs.shape[1]
    if num_missing < 0:
        raise ValueError(f"outputs has {outputs.shape[1]} positions, more than num_tokens = {num_tokens}.")
    return ops.pad(outputs, ((0, 0), (0, num_missing), (0, 0)))


@keras.saving.register_keras_serializable(package="mof.published")
class PublishedMixture(keras.Model):
    """The article's language model as printed, small unless asked otherwise. Sound: `mof.model`.

    Faults beyond those of its parts:
        1. With a loss on every position it can read its targets: attention, thought space, router,
           BatchNorm (in training) and padding each carry later tokens to earlier positions.
        2. Beyond the crop the last position is w_0 times the recurrent expert's output, and the norm behind
           it divides w_0 out again: there the router has no effect either.
        3. Every new token costs the whole text again, as no part hands on a state.
    The number of tokens must be known when the model is traced.

    Args:
        vocabulary_size: W, number of token ids.
        width: D, of embedding, front and Transformer blocks; a multiple of `num_heads`.
        recurrent_width: R, of the RNN expert and the mixture.
        num_blocks: Transformer blocks.
        num_heads: H.
        trans_window: positions the Transformer expert keeps.
        router_width: width of the router's GRU.
        num_positions: rows of the position table, the longest text in tokens.

    Example:
        >>> model = PublishedMixture(vocabulary_size=11)
        >>> tuple(model(ops.zeros((1, 7), dtype="int32")).shape)
        (1, 7, 11)
    """

    def __init__(
        self,
        vocabulary_size,
        width=32,
        recurrent_width=48,
        num_blocks=3,
        num_heads=4,
        trans_window=16,
        router_width=8,
        num_positions=256,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.sizes = {
            "vocabulary_size": vocabulary_size,
            "width": width,
            "recurrent_width": recurrent_width,
            "num_blocks": num_blocks,
            "num_heads": num_heads,
            "trans_window": trans_window,
            "router_width": router_width,
            "num_positions": num_positions,
        }
        self.front = Front(vocabulary_size, width)
        self.recurrent_expert = RecurrentExpert(recurrent_width)
        self.transformer_expert = TransformerExpert(
            width, recurrent_width, num_blocks, num_heads, trans_window, num_positions
        )
        self.router = SequenceRouter(router_width, NUM_EXPERTS)
        self.expert_norms = [keras.layers.LayerNormalization() for _ in range(NUM_EXPERTS)]
        self.mixture_norm = keras.layers.LayerNormalization()
        self.head = keras.layers.Dense(vocabulary_size)

    def build(self, token_ids_shape):
        self.front.build(token_ids_shape)
        for layer in (self.recurrent_expert, self.transformer_expert, self.router):
            layer.build((*token_ids_shape, self.sizes["width"]))
        for layer in (*self.expert_norms, self.mixture_norm, self.head):
            layer.build((*token_ids_shape, self.sizes["recurrent_width"]))
        self.built = True

    def call(self, token_ids, training=False):
        """Map [B, T] int32 to logits [B, T, W] float32."""
        x = self.front(token_ids, training=training)  # [B, T, D]
        route_weights = self.router(x)  # [B, E], the same at every position
        mixed = 0.0
        for expert_index, expert in enumerate((self.recurrent_expert, self.transformer_expert)):
            output = pad_at_end(self.expert_norms[expert_index](expert(x)), x.shape[1])  # [B, T, R]
            mixed = mixed + route_weights[:, expert_index, None, None] * output
        return self.head(self.mixture_norm(mixed))

    def get_config(self):
        """Return the constructor's arguments; Keras records them by itself for layers, not for models."""
        return {**super().get_config(), **self.sizes}
