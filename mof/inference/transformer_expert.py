"""`mof.experts.transformer_expert` in the graphs."""

import numpy as np

from mof.inference.elementwise import ACTIVATIONS, normalize
from mof.inference.linear_attention import attend
from mof.inference.products import project
from mof.inference.short_convolution import convolve
from mof.inference.thought_space import think
from mof.ops.constants import sinusoid_frequencies


def transformer_expert(b, x, tokens, config, name):
    """[B, D] or [B, T, D] to the same.

    Args:
        b: GraphBuilder. x: the tokens' vectors. tokens: StepTokens or PieceTokens.
        config: ModelConfig. name: "expert_0" and so on.
    """
    weights = f"mof/{name}"
    x = _add_positions(b, x, tokens, f"{weights}/position", config)
    for i in range(config.transformer_layers):
        x = _block(b, x, tokens, f"{name}/block_{i}", f"{weights}/block_{i}", config)
    return x


def _block(b, x, tokens, name, weights, config):
    width = config.width
    read = normalize(b, x, width, b.weight(f"{weights}/attention_norm/scale", width))
    read = convolve(b, read, tokens, f"{name}/convolution", f"{weights}/convolution/kernel", config)
    x = b.node("Add", x, attend(b, read, tokens, f"{name}/attention", f"{weights}/attention", config))
    if config.thought_width:
        x = think(b, x, tokens, f"{name}/thought_space", f"{weights}/thought_space", config)
    read = normalize(b, x, width, b.weight(f"{weights}/feed_forward_norm/scale", width))
    inner = project(b, read, f"{weights}/feed_forward/inner/kernel", width, config.feed_forward_width)
    inner = ACTIVATIONS[config.activation](b, inner)
    y = project(b, inner, f"{weights}/feed_forward/outer/kernel", config.feed_forward_width, width)
    return b.node("Add", x, y)


def _add_positions(b, x, tokens, weights, config):
    """`mof.layers.position`: x + p[position in the document]."""
    if config.position == "none":
        return x
    if config.position == "learned":
        table = b.weight(f"{weights}/table", config.num_positions, config.width)
        row = b.node("Min", tokens.places, np.array(config.num_positions - 1))
        return b.node("Add", x, b.node("Gather", table, row, axis=0))
    place = b.node("Unsqueeze", b.cast(tokens.places, "float32"), np.array([-1]))
    angles = b.node("Mul", place, sinusoid_frequencies(config.width))
    waves = b.node("Concat", b.node("Sin", angles), b.node("Cos", angles), axis=-1)
    return b.node("Add", x, b.node("Mul", waves, b.weight(f"{weights}/strength")))
