"""`mof.experts.recurrent_expert` in the graphs."""

from mof.inference.elementwise import normalize
from mof.inference.recurrence import recur
from mof.inference.short_convolution import convolve


def recurrent_expert(b, embedded, tokens, config, name):
    """[B, D] or [B, T, D] to the same.

    Args:
        b: GraphBuilder. embedded: the tokens' vectors. tokens: StepTokens or PieceTokens.
        config: ModelConfig. name: "expert_0" and so on.
    """
    x, weights = embedded, f"mof/{name}"
    for i in range(config.recurrent_layers):
        share = config.embedding_residual if i else 0.0  # the first layer reads the embedding itself
        read = _blend(b, x, embedded, share, f"{weights}/embedding_residual_{i}/logit")
        scale = b.weight(f"{weights}/norm_{i}/scale", config.width)
        read = normalize(b, read, config.width, scale)
        layer = f"{name}/layer_{i}"
        read = convolve(b, read, tokens, f"{layer}/convolution", f"{weights}/convolution_{i}/kernel", config)
        y = recur(
            b,
            read,
            tokens,
            config.recurrence,
            f"{layer}/recurrence",
            f"{weights}/recurrence_{i}",
            config.width,
            config.recurrent_width,
            config.recurrent_output_gate,
        )
        x = b.node("Add", x, y)
    return x


def _blend(b, x, embedded, start, logit):
    """q embedded + (1 - q) x; q is trained unless it started at exactly 0 or 1."""
    if start == 0.0:
        return x
    if start == 1.0:
        return embedded
    q = b.node("Sigmoid", b.weight(logit))
    return b.node("Add", b.node("Mul", q, embedded), b.node("Mul", b.node("Sub", 1.0, q), x))
