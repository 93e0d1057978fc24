"""Which preset for the hours at hand.

The rule: among the presets that fit into memory, the one whose tokens in those hours come closest, as a
ratio, to 20 for each parameter. With C floating-point operations, N parameters and T tokens, C is about
6 N T, so that the best N for given hours is sqrt(C / 120). Two cores do about 4e16 operations in 96 hours:
N near 18 million. Hoffmann et al. 2022, "Training Compute-Optimal Large Language Models" (arXiv 2203.15556),
is reported to have found about 20, on models of 70 million parameters and more and far larger texts; for ours
it is a guide, which chapter 17 tests. Called by `mof doctor`.
"""

import math
from typing import NamedTuple

TOKENS_PER_PARAMETER = 20.0
FOR_TESTS = "nano"  # recommended only where nothing else fits
MEMORY_SHARE = 0.9  # of the memory that is free now; the system and its caches want the rest


class Recommendation(NamedTuple):
    """prediction: the PresetPrediction chosen, or None where none fits. reason: one sentence. too_large:
    names of the presets that do not fit."""

    prediction: object
    reason: str
    too_large: tuple


def fits_in_memory(prediction, available_bytes):
    """True if the upper end of the predicted peak leaves a tenth of the free memory."""
    return prediction.peak_bytes_high <= MEMORY_SHARE * available_bytes


def recommend(predictions, available_bytes, hours):
    """Choose a preset, with the format of products that `mof train` takes by default.

    Args:
        predictions: PresetPredictions; those with float32 products are chosen among.
        available_bytes: memory that a new program can have.
        hours: above 0.

    Returns:
        Recommendation.

    Raises:
        ValueError: hours is not above 0, or there is no prediction to choose among.
    """
    if not hours > 0:
        raise ValueError(f"hours is {hours}, expected above 0: how long may the training take?")
    usual = [p for p in predictions if p.product_dtype == "float32"]
    if not usual:
        raise ValueError("there is no prediction with float32 products to choose among.")
    fitting = [p for p in usual if fits_in_memory(p, available_bytes)]
    too_large = tuple(p.preset for p in usual if p not in fitting)
    if not fitting:
        return Recommendation(None, "No preset fits into the memory that is free now.", too_large)
    candidates = [p for p in fitting if p.preset != FOR_TESTS] or fitting
    chosen = min(candidates, key=lambda p: distance_from_rule(p, hours))
    each = chosen.tokens_per_parameter(hours)
    give = "1 hour gives" if hours == 1 else f"{hours:g} hours give"
    reason = f"{give} it {each:.3g} tokens for each parameter; about 20 is the mark"
    reason += "" if len(candidates) > 1 else ", and no other preset fits into memory"
    return Recommendation(chosen, reason + ".", too_large)


def distance_from_rule(prediction, hours):
    """How far, as a logarithm, the tokens that the hours buy are from 20 for each parameter."""
    return abs(math.log(prediction.tokens_per_parameter(hours) / TOKENS_PER_PARAMETER))
