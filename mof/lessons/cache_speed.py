"""A chain of operations over a long array in blocks: small ones stay in the processor's cache. Chapter 11.
NumPy alone, one core."""

import numpy as np

from mof.lessons.turns import medians, time_in_turns

NUM_NUMBERS = 2**24  # float32: 67 MB, beyond the caches of laptops and of most servers
BLOCK_NUMBERS = tuple(2**n for n in range(8, 25, 2))
FLOAT32_BYTES = 4


def chain_in_blocks(x, out, block_numbers):
    """out = sqrt(x x + 1) - x, block by block; each block passes through all four operations at once.

    Args:
        x, out: [N] float32 arrays. block_numbers: int, of a block; the last one may be shorter.
    """
    room = np.empty(min(block_numbers, len(x)), x.dtype)
    for start in range(0, len(x), block_numbers):
        part = x[start : start + block_numbers]
        place = room[: len(part)]
        np.multiply(part, part, out=place)
        np.add(place, 1, out=place)
        np.sqrt(place, out=place)
        np.subtract(place, part, out=out[start : start + block_numbers])


def time_blocks(num_numbers=NUM_NUMBERS, block_numbers=BLOCK_NUMBERS, num_turns=3, seed=0):
    """Seconds of the chain by the size of a block.

    Args:
        num_numbers: of the array. block_numbers: of a block. num_turns: of which the median counts.
        seed: of the random numbers.

    Returns:
        dict from bytes of a block, as str, to seconds: JSON's own form.
    """
    x = np.random.default_rng(seed).standard_normal(num_numbers, "float32")
    out = np.empty_like(x)
    actions = {
        str(FLOAT32_BYTES * number): lambda number=number: chain_in_blocks(x, out, number)
        for number in block_numbers
    }
    return medians(time_in_turns(actions, num_turns))
