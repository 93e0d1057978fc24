"""The published mixture with each fault left in or mended: same weights, other arithmetic. Chapter 09.

    two indices         the attention sums keys and values apart          mended: one index
    no mask             the attention sums over the whole row             mended: up to the token itself
    mean of the row     the thought space averages the whole row          mended: up to the token itself
    one pair of weights the router weighs the row by its last state       mended: by the state at each token
    batch norm          a norm over batch and time                        mended: over the token's own numbers
    crop                the last `trans_window` tokens, padded at the end mended: a window for each token

With all six it is `mof.published.mixture.PublishedMixture`, with none a sound language model. A weight has
the same meaning in both, so those of a trained one can be read by the other.
"""

import keras
import numpy as np
from keras import ops

from mof.ops.linear_attention import positive_features
from mof.published.attention import elu_plus_one, linear_attention_as_printed
from mof.published.mixture import PublishedMixture, pad_at_end

INDEX, MASK, THOUGHT, ROUTER, NORM, CROP = FAULTS = (
    "two indices",
    "no mask",
    "mean of the row",
    "one pair of weights",
    "batch norm",
    "crop",
)


def attend(query, key, value, seen, has_two_indices=False, epsilon=1e-6):
    """Linear attention of which token sees which, with one index or, as printed, with two.

    Args:
        query, key: [B, H, T, K] float32, features at least 0. value: [B, H, T, V] float32.
        seen: [T, T] float32: at (t, i), 1 where token t sees token i, else 0.
        has_two_indices: keys and values are summed apart. epsilon: added to the denominator.

    Returns:
        [B, H, T, V] float32.
    """
    if has_two_indices:
        scores = ops.sum(query * ops.matmul(seen, key), axis=-1, keepdims=True)  # [B, H, T, 1]
        return scores * ops.matmul(seen, value) / (scores + epsilon)
    scores = ops.matmul(query, ops.swapaxes(key, 2, 3)) * seen  # [B, H, T, T]
    return ops.matmul(scores, value) / (ops.sum(scores, axis=-1, keepdims=True) + epsilon)


def seen_tokens(num_tokens, is_causal=True, window=None):
    """Which token sees which.

    Args:
        num_tokens: T. is_causal: no token sees a later one.
        window: each sees the last so many, itself among them; None for all. Only where it is causal.

    Returns:
        [T, T] float32 of 0 and 1.
    """
    places = np.arange(num_tokens)
    ago = places[:, None] - places[None, :]
    if not is_causal:
        return np.ones_like(ago, dtype="float32")
    return ((ago >= 0) & (ago < (window or num_tokens))).astype("float32")


class MendedMixture(keras.Model):
    """A PublishedMixture read with some of its faults mended.

    Args:
        published: PublishedMixture; its weights are the only ones.
        faults: those left in, names in FAULTS.

    Raises:
        ValueError: for another name.

    Example:
        >>> model = MendedMixture(PublishedMixture(vocabulary_size=11))
        >>> tuple(model(ops.zeros((1, 7), dtype="int32")).shape)
        (1, 7, 11)
    """

    def __init__(self, published, faults=(), **kwargs):
        super().__init__(**kwargs)
        unknown = sorted(set(faults) - set(FAULTS))
        if unknown:
            raise ValueError(f"faults are {unknown}, expected names among {FAULTS}.")
        self.published = published
        self.fault_names = tuple(fault for fault in FAULTS if fault in faults)
        # the router's own cell, asked for the state at every token
        self.router_states = keras.layers.RNN(published.router.router_gru.cell, return_sequences=True)

    def has(self, fault):
        """Whether it is left in."""
        return fault in self.fault_names

    def build(self, token_ids_shape):
        if not self.published.built:
            self.published.build(token_ids_shape)
        self.router_states.build((*token_ids_shape, self.published.sizes["width"]))
        self.built = True

    def call(self, token_ids, training=False):
        """Map [B, T] int32 to logits [B, T, W] float32."""
        model = self.published
        x = self.front(token_ids, training)  # [B, T, D]
        weights = self.route(x)  # [B, T, E], or [B, 1, E] with the fault
        mixed = 0.0
        for i, output in enumerate((model.recurrent_expert(x), self.transformer_expert(x))):
            output = pad_at_end(model.expert_norms[i](output), x.shape[1])  # [B, T, R]
            mixed = mixed + weights[..., i : i + 1] * output
        return model.head(model.mixture_norm(mixed))

    def front(self, token_ids, training=False):
        """[B, T] int32 to [B, T, D] float32."""
        front = self.published.front
        if self.has(NORM):
            return front(token_ids, training=training)
        embedded = front.embedding(token_ids)
        hidden, norm = front.dense(front.recurrence(embedded)), front.batch_norm
        centred = hidden - ops.mean(hidden, axis=-1, keepdims=True)
        variance = ops.mean(ops.square(centred), axis=-1, keepdims=True)
        return embedded + centred / ops.sqrt(variance + norm.epsilon) * norm.gamma + norm.beta

    def route(self, x):
        """[B, T, D] to weights of the experts: [B, T, E], or [B, 1, E] with the fault."""
        router = self.published.router
        if self.has(ROUTER):
            return router(x)[:, None]
        return router.router_dense(router.router_norm(self.router_states(x)))

    def transformer_expert(self, x):
        """[B, T, D] to [B, T, R], or, with the crop, [B, min(T, trans_window), R]."""
        expert = self.published.transformer_expert
        num_tokens, window = x.shape[1], expert.trans_window
        x = x + expert.position_table(ops.arange(num_tokens))
        if self.has(CROP):
            x, window = x[:, max(0, num_tokens - window) :], None
        for block in expert.blocks:
            x = self.block(block, x, window)
        return expert.output_dense(x)

    def block(self, block, x, window=None):
        """One block on [B, T, D]; window: of the attention, in tokens, or None."""
        y = block.attention_norm(x + block.attention_dense(self.attention(block.attention, x, window)))
        y = self.thought_space(block.thought_space, y)
        return block.feed_forward_norm(y + block.feed_forward(y))

    def attention(self, layer, x, window=None):
        """One LinearMultiHeadAttention on [B, T, D]; window as in `block`."""
        projections = layer.query_projection, layer.key_projection, layer.value_projection
        query, key, value = (layer.split_heads(projection(x)) for projection in projections)
        if self.has(INDEX) and self.has(MASK):
            heads = linear_attention_as_printed(elu_plus_one(query), elu_plus_one(key), value, layer.epsilon)
        else:
            seen = seen_tokens(x.shape[1], not self.has(MASK), window)
            query, key = positive_features(query), positive_features(key)
            heads = attend(query, key, value, seen, self.has(INDEX), layer.epsilon)
        return layer.output_projection(layer.merge_heads(heads))

    def thought_space(self, layer, x):
        """One ThoughtSpace on [B, T, D]."""
        if self.has(THOUGHT):
            return layer(x)
        counts = ops.arange(1, x.shape[1] + 1, dtype="float32")[:, None]
        thought = ops.cumsum(x, axis=1) / counts  # the mean so far, [B, T, D]
        for dense in layer.thought_processor.layers:
            thought = dense(thought)
        return x + ops.clip(layer.alpha, 0.0, 1.0) * thought


def make_mixture(vocabulary_size, faults=FAULTS, seed=0, **sizes):
    """A small untrained mixture; the same seed gives the same weights, whatever the faults.

    Args:
        vocabulary_size: W. faults: those left in.
        seed: int, of the initial weights; Keras's global one is set.
        sizes: of `PublishedMixture`.

    Returns:
        MendedMixture, built.
    """
    keras.utils.set_random_seed(seed)
    model = MendedMixture(PublishedMixture(vocabulary_size, **sizes), faults)
    model.build((None, None))
    return model
