"""Counts of all n-grams of a stream of symbols; `mof.evaluation.ngram_baseline` has the equations.

Each k-gram is a 64-bit key, (index of its first k - 1 symbols among the (k-1)-grams) << 21 | last symbol, so
nothing is hashed and nothing is pruned.
"""

from collections.abc import Callable

import numpy as np

SYMBOL_BITS = 21  # room for every Unicode character beside the index of a context
NO_KEY = np.uint64(2**64 - 1)


def count_ngrams(
    symbols: np.ndarray, is_first: np.ndarray, order: int, num_symbols: int, report: Callable[[str], None]
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Keys and counts c_k of the orders 1 to `order`; one sort of all positions for each."""
    all_keys = [np.arange(num_symbols, dtype=np.uint64)]
    all_counts = []
    occurrences = np.bincount(symbols[~is_first], minlength=num_symbols)
    num_starting = 0  # k-grams that start a document: boundary is symbol 0, so they sort first
    grams = symbols  # for each position, the index of the k-gram that ends there
    for k in range(2, order + 1):
        contexts = contexts_before(grams, is_first, len(all_keys[-1]))
        keys = gram_keys(contexts, symbols)
        keys[contexts == len(all_keys[-1])] = NO_KEY  # fewer than k symbols since the document started
        del contexts
        by_key = np.argsort(keys)
        by_key = by_key[: len(keys) - np.count_nonzero(keys == NO_KEY)]
        keys = keys[by_key]
        is_new = np.ones(len(keys), bool)
        is_new[1:] = keys[1:] != keys[:-1]
        first_places = np.flatnonzero(is_new)
        keys = keys[first_places]
        # One k-gram of each kind, seen from its last k - 1 symbols: that many distinct symbols came before.
        extensions = np.bincount(grams[by_key[first_places]], minlength=len(all_keys[-1]))
        extensions[:num_starting] = occurrences[:num_starting]
        all_counts.append(extensions)
        occurrences = np.diff(first_places, append=len(by_key))
        num_starting = int(np.searchsorted(keys, np.uint64(max(num_starting, 1) << SYMBOL_BITS)))
        grams = np.full(len(symbols), len(keys), np.uint32)
        grams[by_key] = np.cumsum(is_new) - 1
        all_keys.append(keys)
        report(f"counted {len(keys):,} distinct {k}-grams")
    return list(zip(all_keys, [*all_counts, occurrences], strict=True))


def contexts_before(grams: np.ndarray | None, is_first: np.ndarray, absent: int = 0) -> np.ndarray:
    """The (k-1)-gram that ends just before each position; `absent` where a document starts."""
    contexts = np.zeros(len(is_first), np.int64)
    if grams is not None:
        contexts[1:] = grams[:-1]
        contexts[is_first] = absent
    return contexts


def gram_keys(contexts: np.ndarray, symbols: np.ndarray) -> np.ndarray:
    """The keys of the k-grams (context, symbol): uint64, in the order of the arguments."""
    return (contexts.astype(np.uint64) << np.uint64(SYMBOL_BITS)) | symbols
