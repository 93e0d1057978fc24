"""The matrix products of one forward pass, counted from a model's config: what a training step must compute.

    operations of a product [m, k] x [k, n] = 2 m k n        one step = 3 x forward

The backward pass computes two products for each one of the forward pass, so forward and backward are three
times the forward. Counted: every product with weights, the head, the recurrent products of a true GRU, and
the products of chunked attention (scores, their sums of values, what a chunk leaves, what it reads). Not
counted: looking up embeddings, element-wise work, the optimiser, anything computed twice to save memory, and
running sums that happen to be computed by products (mean of the thought space, decays, carried memories): a
model flops utilisation made from this count is the cautious one. Source of the measure: Chowdhery et al.
2022, "PaLM", appendix B. Book: chapter 11.
"""

from typing import NamedTuple

from mof.config import ModelConfig

FORWARD_AND_BACKWARD = 3  # products of a training step for each product of the forward pass


class Product(NamedTuple):
    """`count` products [rows, inner] x [inner, columns] of the same kind.

    part: where in the model, such as "transformer feed-forward".
    """

    part: str
    count: int
    rows: int
    inner: int
    columns: int

    @property
    def flops(self):
        """Floating-point operations of all of them: a multiplication and an addition count as two."""
        return 2 * self.count * self.rows * self.inner * self.columns


def forward_products(config: ModelConfig, batch_size: int, num_tokens: int) -> list[Product]:
    """All matrix products of a forward pass over a batch, head included.

    Args:
        config: ModelConfig with window 0.
        batch_size: B, rows. num_tokens: T, tokens of each row.

    Returns:
        list of Product.

    Raises:
        ValueError: for a window, whose products are not counted here.

    Example:
        >>> config = ModelConfig(experts=("recurrent",), recurrent_layers=1, width=8, recurrent_width=4,
        ...                      vocabulary_size=10)
        >>> [(p.part, p.flops) for p in forward_products(config, 1, 1)]
        [('recurrent inputs', 192), ('recurrent outputs', 64), ('output projection', 128), ('head', 160)]
    """
    if config.window:
        raise ValueError(f"window is {config.window}, expected 0: windowed attention is not counted here.")
    tokens, width = batch_size * num_tokens, config.width
    products = []
    for kind in config.experts:
        if kind == "recurrent":
            layers, hidden = config.recurrent_layers, config.recurrent_width
            gate = int(config.recurrent_output_gate)
            products += _recurrence(
                "recurrent", config.recurrence, layers, batch_size, num_tokens, width, hidden, width, gate
            )
        else:
            products += _transformer(config, batch_size, num_tokens)
    if len(config.experts) > 1:
        narrow = config.router_width
        products.append(Product("router narrow", 1, tokens, width, narrow))
        products += _recurrence(
            "router", config.router_recurrence, 1, batch_size, num_tokens, narrow, narrow, narrow, 0
        )
        products.append(Product("router choice", 1, tokens, narrow, len(config.experts)))
    products.append(Product("output projection", 1, tokens, width, width))
    products.append(Product("head", 1, tokens, width, config.vocabulary_size))
    return products


def training_flops(config: ModelConfig, batch_size: int, num_tokens: int) -> int:
    """Operations in the products of one forward and backward pass; arguments as `forward_products`."""
    return FORWARD_AND_BACKWARD * sum(p.flops for p in forward_products(config, batch_size, num_tokens))


def _recurrence(part, kind, layers, batch_size, num_tokens, inputs, hidden, outputs, gate):
    num_read = 3 if kind == "gru" else 2  # z, r, n of a GRU; gate and candidate of a minimal one
    tokens = batch_size * num_tokens
    products = [
        Product(f"{part} inputs", layers, tokens, inputs, (num_read + gate) * hidden),
        Product(f"{part} outputs", layers, tokens, hidden, outputs),
    ]
    if kind == "gru":  # token by token: each step needs the one before
        products.append(Product(f"{part} hidden", layers * num_tokens, batch_size, hidden, 3 * hidden))
    return products


def _transformer(config, batch_size, num_tokens):
    layers, width, tokens = config.transformer_layers, config.width, batch_size * num_tokens
    read = (3 + int(config.attention_output_gate)) * width
    read += config.num_heads if config.attention_decay == "input" else 0
    head_width = width // config.num_heads
    chunk = min(config.chunk_length, num_tokens)
    chunks = layers * batch_size * config.num_heads * -(-num_tokens // chunk)
    products = [
        Product("attention inputs", layers, tokens, width, read),
        Product("attention scores", chunks, chunk, head_width, chunk),
        Product("attention values", chunks, chunk, chunk, head_width),
        Product("attention memory", chunks, head_width, chunk, head_width),
        Product("attention recall", chunks, chunk, head_width, head_width),
        Product("attention outputs", layers, tokens, width, width),
    ]
    inner = config.thought_width
    if inner:
        products.append(Product("thought inner", layers, tokens, width, inner))
        products.append(Product("thought outer", layers, tokens, inner, width))
    inner = config.feed_forward_width
    products.append(Product("feed-forward inner", layers, tokens, width, inner))
    products.append(Product("feed-forward outer", layers, tokens, inner, width))
    return products
