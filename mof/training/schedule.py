"""What changes over a run: the step size and the length of the rows. Functions of the update's number alone.
Book: chapter 10."""

import math

import numpy as np

from mof.seeds import derive_seed


def warmup_factor(update, warmup_updates):
    """Rises from 1 / warmup_updates to 1 over the first updates."""
    return min(1.0, (update + 1) / warmup_updates) if warmup_updates else 1.0


def cosine_factor(update, num_updates, warmup_updates, final_share):
    """Warm-up, then half a cosine down to `final_share`. Source: Loshchilov and Hutter 2017, "SGDR", equation
    5.

    Args:
        update: number of the update, from 0.
        num_updates: length of the run.
        warmup_updates: length of the warm-up.
        final_share: factor at the end.

    Returns:
        float in (0, 1].
    """
    if update < warmup_updates:
        return warmup_factor(update, warmup_updates)
    progress = min(1.0, (update - warmup_updates) / max(1, num_updates - warmup_updates))
    return final_share + (1.0 - final_share) * 0.5 * (1.0 + math.cos(math.pi * progress))


def warmup_stable_decay_factor(update, num_updates, warmup_updates, decay_share, final_share):
    """Warm-up, a plateau, then a fall over the last `decay_share` of the run, by 1 - sqrt of the progress.

    Source: Hu et al. 2024, "MiniCPM", section 4.2 for the plateau; Hägele et al. 2024, "Scaling Laws and
    Compute-Optimal Training Beyond Fixed Training Durations", section 4 for the shape of the fall. Arguments
    as `cosine_factor`.
    """
    if update < warmup_updates:
        return warmup_factor(update, warmup_updates)
    decay_updates = max(1, round(decay_share * num_updates))
    progress = min(1.0, max(0.0, (update - (num_updates - decay_updates)) / decay_updates))
    return final_share + (1.0 - final_share) * (1.0 - math.sqrt(progress))


def schedule_factor(config, update, num_updates):
    """The factor on every step size at this update, as a TrainingConfig asks.

    Args:
        config: TrainingConfig.
        update: number of the update, from 0.
        num_updates: length of the run, or None while it is not known yet: the warm-up does not depend on it.

    Returns:
        float in (0, 1].
    """
    if num_updates is None:
        return warmup_factor(update, config.warmup_updates)
    if config.schedule == "cosine":
        return cosine_factor(update, num_updates, config.warmup_updates, config.final_share)
    return warmup_stable_decay_factor(
        update, num_updates, config.warmup_updates, config.decay_share, config.final_share
    )


def draw_length(config, update, num_updates):
    """Tokens of the rows of this update: the shortest at first, then any of the set, as (seed, update) draws.

    Arguments as `schedule_factor`.
    """
    lengths = sorted(config.lengths)
    if num_updates is None or update < config.short_share * num_updates:
        return lengths[0]
    draw = np.random.Generator(np.random.Philox(derive_seed(config.seed, "length", update)))
    return lengths[int(draw.integers(len(lengths)))]
