"""Numbers turned into facts by bijections, so that no two indices of a family give the same fact.

Every reasoning family calls these in its `slots`. They take a microsecond or so, and hold no state.
"""

import math

_PRIME = 2_654_435_761  # divides no size in use, so multiplying by it permutes range(size)
_MASK = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15  # the odd constants of splitmix64
_MIXER = 0xBF58476D1CE4E5B9


def split(index, *sizes):
    """`index` in mixed radix, one number below each size, the first changing fastest.

    Example:
        >>> split(23, 10, 5)
        [3, 2]
    """
    parts = []
    for size in sizes:
        index, part = divmod(index, size)
        parts.append(part)
    return parts


def scatter(index, size):
    """A permutation of range(size): a family that takes the first few thousand gets them from all over."""
    return index * _PRIME % size


def pair(index):
    """Number `index` of the pairs (low, high) with 0 <= low <= high, ordered by high.

    Example:
        >>> [pair(index) for index in range(4)]
        [(0, 0), (0, 1), (1, 1), (0, 2)]
    """
    high = (math.isqrt(8 * index + 1) - 1) // 2
    return index - high * (high + 1) // 2, high


def arrangement(index, items, count):
    """`count` different items in an order, number `index` of all such lists (`math.perm` says how many)."""
    rest, chosen = list(items), []
    for _ in range(count):
        index, place = divmod(index, len(rest))
        chosen.append(rest.pop(place))
    return chosen


def draw(index, size, salt=0):
    """A number below `size` that looks random, for what does not tell two facts apart: a name, an order.

    `salt` makes several draws for one index independent.
    """
    mixed = (index + 1 + (salt << 40)) * _GOLDEN & _MASK
    mixed = (mixed ^ mixed >> 29) * _MIXER & _MASK
    return (mixed ^ mixed >> 32) % size
