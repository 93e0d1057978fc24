"""The article's linear attention, as printed: every position receives the same vector, the sum of all values.

    kv = einsum('b h i d, b h j v -> b h d v', key, value)           printed
    numerator = einsum('b h s d, b h d v -> b h s v', query, kv)     printed
    output = numerator / (query . sum_i key_i + epsilon)             the article's package

Shapes: query, key, value [B, H, T, K]; kv [B, H, K, K].
Source: the article, 核心技术创新, 2. 线性注意力优化. What it meant to print: Katharopoulos et al. 2020,
"Transformers are RNNs", equations 5 (whole sequence) and 9 to 12 (causal).
"""

import keras
from keras import ops

from mof.shapes import check_shape

ATTENTION_EPSILON = 1e-6  # of the article's package


def elu_plus_one(u):
    """The feature map as printed: elu(u) + 1, computed by that addition.

    Fault: for u < 0 the exact value is exp(u), but elu(u) = exp(u) - 1 is rounded near -1 first. In float32
    the digits of exp(u) are lost one after the other as u falls, and below about -17.3 the result is
    exactly 0: such a feature contributes nothing. Sound: take u + 1 for u > 0 and exp(u) otherwise
    (`mof.ops.linear_attention`).

    Args:
        u: [...] float32.

    Returns:
        [...] float32, at least 0.

    Example:
        >>> [float(elu_plus_one(u)) for u in (2.0, 0.0, -18.0)]
        [3.0, 1.0, 0.0]
    """
    return ops.elu(u) + 1.0


def linear_attention_as_printed(query, key, value, epsilon=ATTENTION_EPSILON):
    """The printed products and the package's division, on features already mapped.

    Faults:
        1. It is no attention. The key has the index i and the value the index j, so each is summed by itself:
           kv = (sum_i key_i) (sum_j value_j)^T. The factor query_s . sum_i key_i stands in the numerator
           and in the denominator and cancels: every position s gets sum_j value_j. Query and key have no
           effect and no gradient.
        2. It is a sum, not a mean: the scale grows with T; attention stays within the range of the values.
        3. It sees the future: no mask, the sums run over all T positions.
    Sound: one index, and sums that stop at the position itself (`mof.ops.linear_attention`):
        S_t = sum_{i<=t} key_i value_i^T,  z_t = sum_{i<=t} key_i
        y_t = query_t S_t / (query_t . z_t + epsilon)

    Args:
        query: [B, H, T, K] float32, features at least 0.
        key: [B, H, T, K] float32, features at least 0.
        value: [B, H, T, V] float32.
        epsilon: added to the denominator.

    Returns:
        [B, H, T, V] float32.

    Raises:
        ValueError: if an argument has not four axes.
    """
    for name, tensor in (("query", query), ("key", key), ("value", value)):
        check_shape(tensor, "B H T K", name)
    kv = ops.einsum("bhid,bhjv->bhdv", key, value)  # [B, H, K, V]; two indices, i and j: fault 1
    numerator = ops.einsum("bhsd,bhdv->bhsv", query, kv)  # [B, H, T, V]
    denominator = ops.einsum("bhsd,bhd->bhs", query, ops.sum(key, axis=2))  # [B, H, T]
    return numerator / (denominator[..., None] + epsilon)


@keras.saving.register_keras_serializable(package="mof.published")
class LinearMultiHeadAttention(keras.layers.Layer):
    """Projections, elu + 1 on query and key, the printed products, output projection.

    Faults: those of `linear_attention_as_printed` and `elu_plus_one`.
    Sound: `mof.layers.linear_attention`.

    Args:
        width: D, width of input and output; a multiple of `num_heads`.
        num_heads: H.
        epsilon: added to the denominator.

    Raises:
        ValueError: if `width` is no multiple of `num_heads`, or the input has not three axes.

    Example:
        >>> layer = LinearMultiHeadAttention(width=8, num_heads=2)
        >>> tuple(layer(keras.random.normal((1, 5, 8))).shape)
        (1, 5, 8)
    """

    def __init__(self, width, num_heads, epsilon=ATTENTION_EPSILON, **kwargs):
        super().__init__(**kwargs)
        if num_heads < 1 or width % num_heads:
            raise ValueError(
                f"width is {width} and num_heads {num_heads}, but the width is divided among the heads: "
                f"choose a positive num_heads that divides width."
            )
        self.num_heads = num_heads
        self.epsilon = epsilon
        self.query_projection = keras.layers.Dense(width)
        self.key_projection = keras.layers.Dense(width)
        self.value_projection = keras.layers.Dense(width)
        self.output_projection = keras.layers.Dense(width)

    def build(self, input_shape):
        for projection in (self.query_projection, self.key_projection, self.value_projection):
            projection.build(input_shape)
        self.output_projection.build(input_shape)

    def split_heads(self, x):
        """Map [B, T, D] to [B, H, T, K]."""
        batch_size, num_tokens, width = ops.shape(x)
        x = ops.reshape(x, (batch_size, num_tokens, self.num_heads, width // self.num_heads))
        return ops.transpose(x, (0, 2, 1, 3))  # [B, H, T, K]

    def merge_heads(self, heads):
        """Map [B, H, T, K] to [B, T, D]."""
        batch_size, num_heads, num_tokens, head_width = ops.shape(heads)
        return ops.reshape(
            ops.transpose(heads, (0, 2, 1, 3)), (batch_size, num_tokens, num_heads * head_width)
        )

    def call(self, inputs):
        """Map [B, T, D] float32 to [B, T, D] float32."""
        check_shape(inputs, "B T D", "inputs")
        query = elu_plus_one(self.split_heads(self.query_projection(inputs)))
        key = elu_plus_one(self.split_heads(self.key_projection(inputs)))
        value = self.split_heads(self.value_projection(inputs))
        heads = linear_attention_as_printed(query, key, value, self.epsilon)  # [B, H, T, K]
        return self.output_projection(self.merge_heads(heads))
