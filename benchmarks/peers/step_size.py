"""The peers' step size over a run: half a cosine over the time, as minimind's training does."""

import math

FINAL_SHARE = 0.1  # minimind's learning rate ends at a tenth of its top


def cosine_share(share, warmup_share):
    """Factor on the step size at a share of the time, in [0, 1]."""
    if share < warmup_share:
        return max(share / warmup_share, 1e-3)
    progress = min(1.0, (share - warmup_share) / (1.0 - warmup_share))
    return FINAL_SHARE + (1.0 - FINAL_SHARE) * 0.5 * (1.0 + math.cos(math.pi * progress))
