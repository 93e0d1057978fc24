"""The Transformer expert: deep and narrow, linear attention, thought space, feed-forward.

For each block, norms first, so that a deep stack trains:

    a = x + attention(convolution(norm(x)))      b = thought_space(a)      y = b + feed_forward(norm(b))

The article's block (section "Core techniques") has the same parts with the norms last and a feed-forward no
wider than the model. Book: chapter 07.
"""

import keras
from keras import ops

from mof.experts.interface import Expert
from mof.layers.feed_forward import FeedForward
from mof.layers.linear_attention import LinearAttention
from mof.layers.normalization import RootMeanSquareNorm
from mof.layers.position import Position
from mof.layers.seeds import derive_seed
from mof.layers.short_convolution import ShortConvolution, Source
from mof.layers.thought_space import ThoughtSpace


class TransformerBlock(keras.layers.Layer):
    """One block. Arguments: those of `TransformerExpert` that concern a block."""

    def __init__(self, expert, index, **kwargs):
        super().__init__(autocast=False, **kwargs)
        seed, policy = derive_seed(expert.seed, "block", index), expert.dtype_policy
        self.recompute = expert.recompute
        self.recompute_products = expert.recompute_products
        gain = (2 * expert.num_layers) ** -0.5  # each block adds two terms to the residual stream
        self.attention_norm = RootMeanSquareNorm(name="attention_norm")
        self.convolution = ShortConvolution(
            expert.convolution_length,
            seed=derive_seed(seed, "convolution"),
            dtype=policy,
            name="convolution",
        )
        self.attention = LinearAttention(
            expert.num_heads,
            expert.decay,
            expert.normalizer,
            expert.output_gate,
            expert.window,
            expert.chunk_length,
            expert.recompute,
            output_gain=gain,
            seed=derive_seed(seed, "attention"),
            dtype=policy,
            name="attention",
        )
        self.thought_space = None
        if expert.thought_width:
            self.thought_space = expert.thought_space_class(
                expert.thought_width,
                expert.thought_alpha,
                expert.window,
                expert.chunk_length,
                expert.recompute,
                seed=derive_seed(seed, "thought"),
                dtype=policy,
                name="thought_space",
            )
        self.feed_forward_norm = RootMeanSquareNorm(name="feed_forward_norm")
        self.feed_forward = FeedForward(
            expert.feed_forward_width,
            expert.activation,
            expert.recompute,
            expert.recompute_products,
            output_gain=gain,
            seed=derive_seed(seed, "feed_forward"),
            dtype=policy,
            name="feed_forward",
        )

    def build(self, input_shape):
        for layer in self._flatten_layers(include_self=False, recursive=False):
            layer.build(input_shape)

    def initial_state(self, batch_size):
        """The memories of the block's parts."""
        state = {
            "convolution": self.convolution.initial_state(batch_size),
            "attention": self.attention.initial_state(batch_size),
        }
        if self.thought_space is not None:
            state["thought_space"] = self.thought_space.initial_state(batch_size)
        return state

    def call(self, x, state, resets=None, mask=None):
        """T tokens: x [B, T, D]; returns (y [B, T, D], state)."""
        after = {}
        if self.recompute_products:
            source = Source(self.attention_norm, self.convolution, state["convolution"])
            y, after["attention"], after["convolution"] = self.attention(
                x, state["attention"], resets, mask, source=source
            )
        else:
            projected, after["convolution"] = self.convolution(
                x,
                state["convolution"],
                resets,
                mask,
                norm=self.attention_norm,
                projection=self.attention.inputs,
                recompute=self.recompute,
            )
            y, after["attention"] = self.attention(
                projected, state["attention"], resets, mask, is_projected=True
            )
        x = x + y
        if self.thought_space is not None:
            x, after["thought_space"] = self.thought_space(x, state["thought_space"], resets, mask)
        return x + self.feed_forward(x, norm=self.feed_forward_norm), after

    def read_attention(self, x, state):
        """Queries, keys and log decay of the block's attention for x [B, T, D]; see
        `LinearAttention.read_heads`."""
        read, _ = self.convolution(x, state["convolution"], norm=self.attention_norm)
        return self.attention.read_heads(read)

    def step(self, x_t, state):
        """One token: x_t [B, D]; returns (y_t [B, D], state)."""
        after = {}
        read, after["convolution"] = self.convolution.step(
            x_t, state["convolution"], norm=self.attention_norm
        )
        y, after["attention"] = self.attention.step(read, state["attention"])
        x_t = x_t + y
        if self.thought_space is not None:
            x_t, after["thought_space"] = self.thought_space.step(x_t, state["thought_space"])
        return x_t + self.feed_forward(x_t, norm=self.feed_forward_norm), after


class TransformerExpert(Expert):
    """A stack of blocks.

    Args:
        num_layers: depth.
        num_heads: H; must divide the width.
        feed_forward_width: F.
        activation: "squared_relu" or "gelu".
        decay, normalizer, output_gate, window, chunk_length: see `LinearAttention`.
        thought_width: inner width of each block's thought space; 0 leaves it out.
        thought_alpha: first value of its trained factor.
        convolution_length: tokens that the short convolution before each attention sees; 1 turns it off.
        position: "none", "learned" (the article) or "sinusoidal".
        num_positions: rows of the learned table.
        recompute: compute cheap parts again in the backward pass; see `recomputed`.
        recompute_products: the first product of attention and feed-forward too.
        seed: int.
    """

    thought_space_class = ThoughtSpace  # chapter 06 puts others in its place

    def __init__(
        self,
        num_layers,
        num_heads,
        feed_forward_width,
        activation="squared_relu",
        decay="input",
        normalizer="head_norm",
        output_gate=True,
        window=0,
        chunk_length=64,
        thought_width=64,
        thought_alpha=0.3,
        convolution_length=4,
        position="none",
        num_positions=4096,
        recompute=False,
        recompute_products=False,
        seed=0,
        **kwargs,
    ):
        super().__init__(**kwargs)
        if num_layers < 1:
            raise ValueError(f"num_layers is {num_layers}, expected at least 1.")
        self.num_layers = num_layers
        self.num_heads = num_heads
        self.feed_forward_width = feed_forward_width
        self.activation = activation
        self.decay = decay
        self.normalizer = normalizer
        self.output_gate = output_gate
        self.window = window
        self.chunk_length = chunk_length
        self.thought_width = thought_width
        self.thought_alpha = thought_alpha
        self.convolution_length = convolution_length
        self.position_kind = position
        self.num_positions = num_positions
        self.recompute = recompute
        self.recompute_products = recompute_products
        self.seed = seed
        self.blocks = [TransformerBlock(self, i, name=f"block_{i}") for i in range(num_layers)]
        self.position = None
        if position != "none":
            self.position = Position(
                position, num_positions, seed=derive_seed(seed, "position"), name="position"
            )

    def build(self, input_shape):
        for layer in self._flatten_layers(include_self=False, recursive=False):
            layer.build(input_shape)

    def initial_state(self, batch_size):
        """The memories of all blocks, and the position where one is counted."""
        state = {f"block_{i}": block.initial_state(batch_size) for i, block in enumerate(self.blocks)}
        if self.position is not None:
            state["position"] = self.position.initial_state(batch_size)
        return state

    def call(self, x, state=None, resets=None, mask=None):
        """See `Expert.call`."""
        if state is None:
            state = self.initial_state(ops.shape(x)[0])
        after = {}
        if self.position is not None:
            x, after["position"] = self.position(x, state["position"], resets, mask)
        for i, block in enumerate(self.blocks):
            x, after[f"block_{i}"] = block(x, state[f"block_{i}"], resets, mask)
        return x, after

    def step(self, x_t, state):
        """See `Expert.step`."""
        after = {}
        if self.position is not None:
            x_t, after["position"] = self.position.step(x_t, state["position"])
        for i, block in enumerate(self.blocks):
            x_t, after[f"block_{i}"] = block.step(x_t, state[f"block_{i}"])
        return x_t, after

    def thought_alphas(self):
        """The trained factors of the thought spaces, block by block: a list of floats, empty without thought
        space."""
        spaces = (block.thought_space for block in self.blocks)
        return [float(ops.convert_to_numpy(space.alpha.value)) for space in spaces if space is not None]

    def get_config(self):
        names = (
            "num_layers",
            "num_heads",
            "feed_forward_width",
            "activation",
            "decay",
            "normalizer",
            "output_gate",
            "window",
            "chunk_length",
            "thought_width",
            "thought_alpha",
            "convolution_length",
            "num_positions",
            "recompute",
            "recompute_products",
            "seed",
        )
        config = {name: getattr(self, name) for name in names}
        return {**super().get_config(), **config, "position": self.position_kind}
