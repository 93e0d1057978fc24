"""One order of a modified Kneser-Ney model; `mof.evaluation.ngram_baseline` has the equations."""

import numpy as np

from mof.evaluation.ngram_counting import NO_KEY, SYMBOL_BITS, gram_keys

FALLBACK_DISCOUNTS = (0.0, 0.5, 1.0, 1.5)  # the fallback of KenLM


class SmoothedOrder:
    """The k-grams of one order: their counts, and what the equations need of each context, a (k-1)-gram.

    Each array has one place more than there are k-grams or contexts. It stands for all that never came, with
    the values that turn the equation into p_k = p_{k-1}: count 0, total 1, back-off weight 1.
    """

    def __init__(self, keys: np.ndarray, counts: np.ndarray, num_contexts: int):
        self.keys = np.append(keys, NO_KEY)
        self.counts = np.append(counts, 0).astype(np.int32)
        self.discounts = estimate_discounts(counts)
        contexts = (keys >> np.uint64(SYMBOL_BITS)).astype(np.int64)
        # Sums of integers: exact in float64.
        totals = np.bincount(contexts, weights=counts, minlength=num_contexts + 1)
        reserved = np.bincount(
            contexts, weights=self.discounts[np.minimum(counts, 3)], minlength=num_contexts + 1
        )
        self.totals = np.maximum(totals, 1.0)
        self.back_off = np.where(totals > 0, reserved / self.totals, 1.0)

    def find(self, contexts: np.ndarray, symbols: np.ndarray) -> np.ndarray:
        """Index of each k-gram (context, symbol); the number of k-grams for one that never came."""
        wanted = gram_keys(contexts, symbols)
        place = np.searchsorted(self.keys, wanted)
        return np.where(self.keys[place] == wanted, place, len(self.keys) - 1)

    def interpolate(
        self, contexts: np.ndarray, symbols: np.ndarray, lower: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """The index of each k-gram, and p_k(w | h) from `lower`, the p_{k-1}(w | h')."""
        grams = self.find(contexts, symbols)
        counts = self.counts[grams]
        own = (counts - self.discounts[np.minimum(counts, 3)]) / self.totals[contexts]
        return grams, own + self.back_off[contexts] * lower


def estimate_discounts(counts: np.ndarray) -> np.ndarray:
    """D(0), D(1), D(2) and D(3+) of one order from its counts c_k: float64 [4]."""
    n1, n2, n3, n4 = np.bincount(np.minimum(counts, 5), minlength=6)[1:5].astype(np.float64)
    if n1 and n2 and n3:
        y = n1 / (n1 + 2 * n2)
        discounts = np.array([0.0, 1 - 2 * y * n2 / n1, 2 - 3 * y * n3 / n2, 3 - 4 * y * n4 / n3])
        if (discounts[1:] > 0).all():  # each is at most i by its equation
            return discounts
    return np.array(FALLBACK_DISCOUNTS)
