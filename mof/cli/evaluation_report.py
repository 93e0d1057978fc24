"""Figures of an evaluation: as text for a terminal, and as JSON."""

import math

import numpy as np

from mof.experts.names import expert_names

NO_ROUTER = "not told: an exported model gives out no weights of its router. Judge the run that it came from."


def held_out_table(result, experts):
    """A HeldOutLoss in a few lines.

    Args:
        result: HeldOutLoss.
        experts: ModelConfig.experts.

    Returns:
        str.
    """
    router = NO_ROUTER if len(experts) > 1 else "none: the model has one expert"
    if result.route_weights is not None:
        shares = zip(expert_names(experts), result.route_weights, strict=True)
        router = ", ".join(f"{name} {share:.1%}" for name, share in shares)
    lines = [
        f"bits per byte    {result.bits_per_byte:.4f}",
        f"nats per token   {result.nats_per_token:.4f}",
        f"text             {result.num_tokens:,} targets, {result.num_bytes:,} bytes",
        f"router           {router}",
        "nats per token by position in the document:",
    ]
    block, last = result.position_block, len(result.nats_by_position) - 1
    for i, nats in enumerate(result.nats_by_position):
        if np.isfinite(nats) and (i < 8 or i % 8 == 7 or i == last):
            end = "on" if i == last else f"to {(i + 1) * block - 1:,}"
            lines.append(f"  {i * block:>6,} {end:<9} {nats:.3f}")
    return "\n".join(lines)


def held_out_figures(result):
    """A HeldOutLoss as plain JSON values; a block of positions without targets is None."""
    figures = {}
    for name, value in result._asdict().items():
        if isinstance(value, np.ndarray):
            figures[name] = [number if math.isfinite(number) else None for number in value.tolist()]
        else:
            figures[name] = value
    return figures
