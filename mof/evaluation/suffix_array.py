"""The suffix array of a stream of symbols, by prefix doubling.

Positions sorted by their first few symbols are refined to twice the depth by one sort of (rank, rank `depth`
symbols later), and only where ties are left.

Sources: suffix arrays and prefix doubling, Manber & Myers 1993, "Suffix arrays: a new method for on-line
string searches", SIAM J. Comput. 22(5), 935-948; sorting only the ties, Larsson & Sadakane 2007, "Faster
suffix sorting", Theor. Comput. Sci. 387(3), 258-272.
"""

from collections.abc import Callable

import numpy as np


def suffix_array(symbols: np.ndarray, num_symbols: int, report: Callable[[str], None]) -> np.ndarray:
    """Starts of all suffixes in lexicographic order, int32 [N]."""
    num_suffixes = len(symbols)
    bits = num_symbols.bit_length()
    depth = 64 // bits  # as many characters as fit in one key
    keys = np.zeros(num_suffixes, np.uint64)
    for offset in range(depth):
        keys <<= np.uint64(bits)
        keys[: max(num_suffixes - offset, 0)] |= symbols[offset:]
    suffixes = np.argsort(keys).astype(np.int32)
    keys = keys[suffixes]
    # The rank of a group of equal suffixes is its first place: right while other groups are refined.
    ranks = np.empty(num_suffixes, np.int32)
    is_new = np.ones(num_suffixes, bool)
    is_new[1:] = keys[1:] != keys[:-1]
    del keys
    ranks[suffixes] = _group_starts(is_new, np.arange(num_suffixes, dtype=np.int32))
    ties = _ties(is_new, np.arange(num_suffixes, dtype=np.int32))
    while len(ties):
        report(f"sorted by {depth} characters, {len(ties):,} ties left")
        members = suffixes[ties]
        later = members.astype(np.int64) + depth
        keys = ranks[members].astype(np.uint64) << np.uint64(32)
        # A suffix that ends just before `later` is the smallest of its group: 0, below 1 + any rank.
        keys |= np.where(later < num_suffixes, ranks[np.minimum(later, num_suffixes - 1)] + 1, 0).astype(
            np.uint64
        )
        del later
        by_key = np.argsort(keys)
        members, keys = members[by_key], keys[by_key]
        del by_key
        suffixes[ties] = members
        is_new = np.ones(len(ties), bool)
        is_new[1:] = keys[1:] != keys[:-1]
        del keys
        ranks[members] = _group_starts(is_new, ties)
        ties = _ties(is_new, ties)
        depth *= 2
    report(f"sorted {num_suffixes:,} suffixes")
    return suffixes


def _group_starts(is_new: np.ndarray, places: np.ndarray) -> np.ndarray:
    """For each sorted suffix the place of the first one of its group."""
    return places[is_new][np.cumsum(is_new) - 1]


def _ties(is_new: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Places of the suffixes in groups of two or more."""
    is_last = np.append(is_new[1:], True)
    return places[~(is_new & is_last)]
