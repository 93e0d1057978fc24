"""The matrix products of a model, counted from its config: how much arithmetic one token costs.

A product of a row of K numbers with a matrix of K x N takes K N multiplications and as many additions: 2 K N
operations a token. Training does it three times: once forward, once for the gradient of the row, once for the
gradient of the matrix. What `recompute` does again in the backward pass is a fourth time. So

    operations of a training token = sum over products of (3 or 4) * 2 K N

and, as every weight stands in one product, about 6 operations a weight; the embedding counts once, as head.
Products of attention have no weights, and are counted by their shapes. One list, `model_products`, with two
sums over it:

- `training_operations`: all that a machine does. The doctor reckons with it.
- `training_flops`: what the model asks for. It leaves out what is computed twice to save memory, and running
  sums that happen to be computed by products (the mean of the thought space, memories carried from chunk to
  chunk). A model flops utilisation made from it is the cautious one. Source of that measure: Chowdhery et al.
  2022, "PaLM", appendix B.

Neither counts look-ups, element-wise work, nor the sums over short triangles inside the chunks, below 1%.
tests/machine/test_product_counts.py counts the products of a running model and of a traced graph.

Letters: D width, R recurrent width, H heads, K = D / H, C chunk, T tokens of a row, W vocabulary. Used by
`mof.machine`, `mof.lessons` and `benchmarks/`. Book: chapters 01 and 11.
"""

from typing import NamedTuple

from mof.config import ModelConfig

FORWARD_AND_BACKWARD = 3  # products of a training step for each product of the forward pass
NEWTON_SCHULZ_STEPS = 4  # as `mof.training.optimizer`, which this file does not import: it needs Keras
# how a batch computes a product: for all tokens at once, token by token, chunk by chunk, or chunk by chunk
# with the tokens as what is summed over
TOKENS, STEPS, CHUNKS, SUMMED_CHUNKS = "tokens", "steps", "chunks", "summed chunks"


class Product(NamedTuple):
    """One kind of product in a model, as a token sees it.

    part: where it stands, in words. num_inputs, num_outputs: K and N for every token. count: how often it
    stands in the model. weight_parts: widths of the matrices side by side in it, each of which Muon takes
    alone; () for a product without weights, or whose weights AdamW trains. is_repeated: done again in the
    backward pass. is_attention: small products in batches, far below the speed of large ones.
    is_running_sum: adds up what was read, which needs no product. way: TOKENS, STEPS, CHUNKS or
    SUMMED_CHUNKS.
    """

    part: str
    num_inputs: float
    num_outputs: float
    count: int = 1
    weight_parts: tuple = ()
    is_repeated: bool = False
    is_attention: bool = False
    is_running_sum: bool = False
    way: str = TOKENS

    @property
    def forward_operations(self):
        """Floating-point operations a token, forward, of all `count` products."""
        return 2.0 * self.num_inputs * self.num_outputs * self.count

    @property
    def training_operations(self):
        """The same, forward and backward."""
        return (FORWARD_AND_BACKWARD + int(self.is_repeated)) * self.forward_operations


class BatchProduct(NamedTuple):
    """`count` products [rows, inner] x [inner, columns] of the same kind, as a batch computes them.

    part: as in `Product`.
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


def model_products(config: ModelConfig, row_length: int = 256) -> list[Product]:
    """Every product of a model.

    Args:
        config: ModelConfig.
        row_length: T, tokens of a row in training; the carry between chunks depends on it.

    Returns:
        list of Product. The sum of their `forward_operations` is what a token costs forward.
    """
    products = []
    for kind in config.experts:
        products += (_recurrent if kind == "recurrent" else _transformer)(config, row_length)
    if len(config.experts) > 1:
        products += _router(config)
    width = config.width
    products.append(Product("output", width, width, weight_parts=(width,)))
    products.append(Product("head", width, config.vocabulary_size))
    return products


def forward_products(config: ModelConfig, batch_size: int, num_tokens: int) -> list[BatchProduct]:
    """The same products with the shapes that a batch computes, but for running sums.

    Args:
        config: ModelConfig with window 0.
        batch_size: B, rows. num_tokens: T, tokens of each row. The last chunk of a row is filled up.

    Returns:
        list of BatchProduct.

    Raises:
        ValueError: for a window, whose products have other shapes.

    Example:
        >>> config = ModelConfig(experts=("recurrent",), recurrent_layers=1, width=8, recurrent_width=4,
        ...                      vocabulary_size=10)
        >>> [(p.part, p.flops) for p in forward_products(config, 1, 1)]
        [('recurrent: into the layer', 192), ('recurrent: out of it', 64), ('output', 128), ('head', 160)]
    """
    if config.window:
        raise ValueError(f"window is {config.window}, expected 0: windowed attention is not counted here.")
    chunk = min(config.chunk_length, num_tokens)
    num_chunks = batch_size * -(-num_tokens // chunk)
    products = []
    for part, inputs, outputs, count, *_, is_running_sum, way in model_products(config, num_tokens):
        if is_running_sum:
            continue
        count, rows, inner, columns = {
            TOKENS: (count, batch_size * num_tokens, inputs, outputs),
            STEPS: (count * num_tokens, batch_size, inputs, outputs),
            CHUNKS: (count * num_chunks, chunk, inputs, outputs),
            SUMMED_CHUNKS: (count * num_chunks, inputs, chunk, outputs),
        }[way]
        products.append(BatchProduct(part, count, rows, inner, columns))
    return products


def forward_operations(config, row_length=256):
    """Operations of a token forward: what generating one costs in products."""
    return sum(product.forward_operations for product in model_products(config, row_length))


def training_operations(config, row_length=256):
    """Operations of a token in training, the optimiser apart; recomputed products and running sums count."""
    return sum(product.training_operations for product in model_products(config, row_length))


def training_flops(config: ModelConfig, batch_size: int, num_tokens: int) -> int:
    """Operations of one forward and backward pass of a batch, without recomputed products and running sums;
    arguments as `forward_products`."""
    return FORWARD_AND_BACKWARD * sum(p.flops for p in forward_products(config, batch_size, num_tokens))


def update_operations(config, optimizer="muon"):
    """Operations in products of one update of all weights.

    Args:
        config: ModelConfig. optimizer: "muon" or "adamw"; the latter has none.

    Returns:
        float: all Newton-Schulz steps for each matrix of M rows and N columns.
    """
    if optimizer != "muon":
        return 0.0
    return sum(
        product.count * orthogonalization_operations(product.num_inputs, columns)
        for product in model_products(config)
        for columns in product.weight_parts
    )


def orthogonalization_operations(num_rows, num_columns):
    """Operations of `mof.training.optimizer.orthogonalize`: each step X X^T, its square, and their product
    with X, for X of m x n with m <= n: 2 m m n + 2 m m m + 2 m m n.
    """
    small, large = sorted((num_rows, num_columns))
    return NEWTON_SCHULZ_STEPS * (4.0 * small**2 * large + 2.0 * small**3)


def _recurrent(config, row_length):
    width, hidden, layers = config.width, config.recurrent_width, config.recurrent_layers
    num_parts = (3 if config.recurrence == "gru" else 2) + int(config.recurrent_output_gate)
    parts = (hidden,) * num_parts
    products = [
        Product("recurrent: into the layer", width, num_parts * hidden, layers, parts),
        Product("recurrent: out of it", hidden, width, layers, (width,)),
    ]
    if config.recurrence == "gru":  # token by token: each step needs the one before
        again = config.recompute
        products.append(
            Product(
                "recurrent: from the last state", hidden, 3 * hidden, layers, is_repeated=again, way=STEPS
            )
        )
    return products


def _transformer(config, row_length):
    width, heads, layers = config.width, config.num_heads, config.transformer_layers
    parts = (width,) * (4 if config.attention_output_gate else 3)
    parts += (heads,) if config.attention_decay == "input" else ()
    products = [
        Product("attention: queries, keys, values, gate", width, sum(parts), layers, parts),
        *_memory_products("attention: memory", config, row_length, heads, width // heads, width // heads),
        Product("attention: out of it", width, width, layers, (width,)),
    ]
    if config.thought_width:
        inner = config.thought_width
        mean = _memory_products("thought space: mean", config, row_length, 1, 1, width)
        products += [product._replace(is_running_sum=True) for product in mean]
        products.append(Product("thought space: in", width, inner, layers, (inner,)))
        products.append(Product("thought space: out", inner, width, layers, (width,)))
    inner = config.feed_forward_width
    products.append(Product("feed-forward: in", width, inner, layers, (inner,)))
    products.append(Product("feed-forward: out", inner, width, layers, (width,)))
    return products


def _memory_products(part, config, row_length, heads, key_width, value_width):
    """The chunked memory of `mof.ops.linear_attention`, or its window: per token and head."""
    chunk = min(config.chunk_length, row_length)
    shared = {
        "count": config.transformer_layers * heads,
        "is_repeated": config.recompute,
        "is_attention": True,
        "way": CHUNKS,
    }
    if config.window:
        num_keys = chunk + config.window - 1
        return [
            Product(part + ": scores", key_width, num_keys, **shared),
            Product(part + ": values", num_keys, value_width, **shared),
        ]
    num_chunks = -(-row_length // chunk)
    carried = (num_chunks + 1) ** 2 / row_length  # a square of places for the whole row, shared by its tokens
    return [
        Product(part + ": scores in the chunk", key_width, chunk, **shared),
        Product(part + ": values in the chunk", chunk, value_width, **shared),
        Product(part + ": written", key_width, value_width, **{**shared, "way": SUMMED_CHUNKS}),
        Product(part + ": carried on", carried, key_width * value_width, **shared, is_running_sum=True),
        Product(part + ": read", key_width, value_width, **shared),
    ]


def _router(config):
    width, hidden = config.width, config.router_width
    num_parts = 3 if config.router_recurrence == "gru" else 2
    products = [
        Product("router: narrow", width, hidden, weight_parts=(hidden,)),
        Product("router: into its layer", hidden, num_parts * hidden, weight_parts=(hidden,) * num_parts),
        Product("router: out of it", hidden, hidden, weight_parts=(hidden,)),
        Product("router: choice", hidden, len(config.experts), weight_parts=(len(config.experts),)),
    ]
    if config.router_recurrence == "gru":
        products.append(Product("router: from the last state", hidden, 3 * hidden, way=STEPS))
    return products
