"""`mof.layers.thought_space` in the graphs: the mean of the past, thought over, added back. Its memory is
"sum" [B, D]; the count is that of all tokens."""

import numpy as np

from mof.inference.elementwise import normalize, tanh_gelu
from mof.inference.products import project


def think(b, x, tokens, name, weights, config):
    """x [B, D] or [B, T, D] to the same.

    Args:
        b: GraphBuilder. tokens: StepTokens or PieceTokens.
        name: of the memory. weights: path of the layer's weights. config: ModelConfig.
    """
    width = config.width
    read, before = normalize(b, x, width), b.before(f"{name}/sum", width)
    if tokens.is_step:
        total = after = b.node("Add", before, read)
    else:
        read = b.node("Mul", read, tokens.real)
        row = b.node("Unsqueeze", before, np.array([1]))
        total = b.node("Add", b.node("MatMul", tokens.lower, read), row)  # [B, T, D]
        after = b.node("Add", before, b.node("ReduceSum", read, np.array([1]), keepdims=0))
    b.after(f"{name}/sum", after, width)
    mean = b.node("Div", total, tokens.num_read)
    inner = project(b, mean, f"{weights}/processor/inner/kernel", width, config.thought_width)
    inner = b.node("Mul", tanh_gelu(b, inner), b.weight(f"{weights}/alpha"))
    return b.node(
        "Add", x, project(b, inner, f"{weights}/processor/outer/kernel", config.thought_width, width)
    )
