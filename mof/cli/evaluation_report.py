"""Figures of an evaluation as text for a terminal."""

import numpy as np


def held_out_table(result):
    """A HeldOutLoss in a few lines.

    Args:
        result: HeldOutLoss.

    Returns:
        str.
    """
    lines = [
        f"bits per byte    {result.bits_per_byte:.4f}",
        f"nats per token   {result.nats_per_token:.4f}",
        f"text             {result.num_tokens:,} targets, {result.num_bytes:,} bytes",
        "router           " + ", ".join(f"expert {i} {share:.1%}" for i, share in enumerate(result.route_weights)),
        "loss by position in the document (nats per token):",
    ]
    block = result.position_block
    for i, nats in enumerate(result.nats_by_position):
        if np.isfinite(nats) and (i < 8 or i % 8 == 7):
            lines.append(f"  {i * block:>6,} to {(i + 1) * block - 1:>6,}  {nats:.3f}")
    return "\n".join(lines)
