"""The article's Transformer expert: position table, crop, post-norm blocks with a thought space.

    x <- x + position_table[0..T-1];  x <- x[:, start_index:, :]     start_index = max(0, T - trans_window)
    each block:  y = LN(x + Dense(attention(x)));  y = thought_space(y);  x = LN(y + W4 gelu(W3 y))
    output = Dense(x)                                                [B, min(T, trans_window), R]

Source: the article, 核心技术创新, 1. 思维空间 and 3. 训练策略创新; the order of norms and the feed-forward
layer are those of its package. The block's Dense follows the attention's own output projection, as there.
"""

import keras
from keras import ops

from mof.published.attention import LinearMultiHeadAttention
from mof.shapes import check_shape

BLOCK_NORM_EPSILON = 1e-6
INITIAL_ALPHA = 0.3  # of the article's package; the article calls alpha trainable and prints no start


@keras.saving.register_keras_serializable(package="mof.published")
class ThoughtSpace(keras.layers.Layer):
    """x + alpha * W2 gelu(W1 mean_t(x_t)), the mean over the whole sequence.

    Faults:
        1. It sees the future: GlobalAveragePooling1D averages all T positions, and each receives the mean.
        2. As printed, `inputs + alpha * thought_vector` adds [B, D] to [B, T, D]: it fails unless B is 1 or
           T, and for B = T gives sequence b's thought to position b of every sequence. An axis is added
           here, as the printed comment and the article's package intend.
    Sound: the mean over the past of the document, position by position (`mof.layers.thought_space`).

    Args:
        width: D, width of input and output.
        initial_alpha: start of the trained coefficient, clipped to [0, 1] in use (by the package).
    """

    def __init__(self, width, initial_alpha=INITIAL_ALPHA, **kwargs):
        super().__init__(**kwargs)
        self.context_extractor = keras.layers.GlobalAveragePooling1D()
        self.thought_processor = keras.Sequential(
            [keras.layers.Dense(width, activation="gelu"), keras.layers.Dense(width)]
        )
        self.alpha = self.add_weight(
            shape=(), initializer=keras.initializers.Constant(initial_alpha), name="alpha"
        )

    def build(self, input_shape):
        self.thought_processor.build((input_shape[0], input_shape[-1]))

    def call(self, inputs):
        """Map [B, T, D] float32 to [B, T, D] float32."""
        check_shape(inputs, "B T D", "inputs")
        context = self.context_extractor(inputs)  # [B, D]
        thought_vector = self.thought_processor(context)  # [B, D]
        return inputs + ops.clip(self.alpha, 0.0, 1.0) * thought_vector[:, None, :]


@keras.saving.register_keras_serializable(package="mof.published")
class TransformerBlock(keras.layers.Layer):
    """Attention, thought space and a feed-forward layer of multiple 1, normed after the sums (post-norm).

    Fault: at initialisation a block erases the difference between positions. The attention adds the same
    vector to all of them, T values strong, and the norm then shrinks what told them apart to the order of 1
    part in T. Each block repeats that, so after a few the expert's output is one vector at all positions.
    Sound: attention that averages, norm before the sub-layer and an untouched residual path
    (`mof.experts.transformer_expert`).

    Args:
        width: D, width of input, feed-forward layer and output.
        num_heads: H.
    """

    def __init__(self, width, num_heads, **kwargs):
        super().__init__(**kwargs)
        self.attention = LinearMultiHeadAttention(width, num_heads)
        self.attention_dense = keras.layers.Dense(width)
        self.attention_norm = keras.layers.LayerNormalization(epsilon=BLOCK_NORM_EPSILON)
        self.thought_space = ThoughtSpace(width)
        self.feed_forward = keras.Sequential(
            [keras.layers.Dense(width, activation="gelu"), keras.layers.Dense(width)]
        )
        self.feed_forward_norm = keras.layers.LayerNormalization(epsilon=BLOCK_NORM_EPSILON)

    def build(self, input_shape):
        for layer in (self.attention, self.attention_dense, self.attention_norm, self.thought_space):
            layer.build(input_shape)
        for layer in (self.feed_forward, self.feed_forward_norm):
            layer.build(input_shape)

    def call(self, inputs):
        """Map [B, T, D] float32 to [B, T, D] float32."""
        y = self.attention_norm(inputs + self.attention_dense(self.attention(inputs)))
        y = self.thought_space(y)
        return self.feed_forward_norm(y + self.feed_forward(y))


@keras.saving.register_keras_serializable(package="mof.published")
class TransformerExpert(keras.layers.Layer):
    """Learned positions, crop to the last `trans_window` positions, blocks, projection D to R.

    Faults:
        1. The crop returns fewer positions than came in; `mof.published.mixture.pad_at_end` then puts them
           in the wrong place.
        2. A crop of the input is right for the last position only: every earlier one should have a window
           of its own, and the first T - trans_window have no output at all.
        3. Positions count from the start of the fed text and are added before the crop, so the same last
           `trans_window` tokens look different after a longer prompt; a text longer than the table cannot
           be read.
        4. It is blind to position at initialisation (`TransformerBlock`): reading the window backwards
           gives the same output.
    Sound: each layer's memory covers the window that ends at its own position
    (`mof.experts.transformer_expert`).

    Args:
        width: D, width of the input and of the blocks; a multiple of `num_heads`.
        output_width: R, width of the output.
        num_blocks: number of blocks (23 in the article's package).
        num_heads: H.
        trans_window: number of positions kept by the crop (130 there).
        num_positions: rows of the position table (4,096 there).

    Raises:
        ValueError: if `trans_window` is below 1, or more than `num_positions` tokens come in.
    """

    def __init__(self, width, output_width, num_blocks, num_heads, trans_window, num_positions, **kwargs):
        super().__init__(**kwargs)
        if trans_window < 1:
            raise ValueError(f"trans_window is {trans_window}: keep at least 1 position.")
        self.trans_window = trans_window
        self.num_positions = num_positions
        self.position_table = keras.layers.Embedding(num_positions, width)
        self.blocks = [TransformerBlock(width, num_heads) for _ in range(num_blocks)]
        self.output_dense = keras.layers.Dense(output_width)

    def build(self, input_shape):
        self.position_table.build((input_shape[1],))
        for layer in (*self.blocks, self.output_dense):
            layer.build(input_shape)

    def call(self, inputs):
        """Map [B, T, D] float32 to [B, min(T, trans_window), R] float32."""
        check_shape(inputs, "B T D", "inputs")
        num_tokens = inputs.shape[1]
        if num_tokens > self.num_positions:
            raise ValueError(
                f"{num_tokens} tokens came, but the position table has {self.num_positions} rows: "
                f"feed a shorter text or raise num_positions."
            )
        x = inputs + self.position_table(ops.arange(num_tokens))  # [B, T, D]
        start_index = max(0, num_tokens - self.trans_window)
        x = x[:, start_index:, :]
        for block in self.blocks:
            x = block(x)
        return self.output_dense(x)
