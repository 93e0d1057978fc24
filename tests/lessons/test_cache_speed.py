"""The chain in blocks: the same numbers for every block. No test of speed."""

import numpy as np
import pytest

from mof.lessons.cache_speed import BLOCK_NUMBERS, NUM_NUMBERS, chain_in_blocks, time_blocks


@pytest.mark.parametrize("block", [1, 7, 99, 100, 101, 1000])
def test_blocks_change_no_number(block):
    x = np.random.default_rng(0).normal(size=100).astype("float32")
    out = np.full_like(x, np.nan)
    chain_in_blocks(x, out, block)
    np.testing.assert_allclose(out, np.sqrt(x.astype("float64") ** 2 + 1) - x, rtol=1e-5)


def test_a_time_for_each_block():
    found = time_blocks(num_numbers=64, block_numbers=(4, 64), num_turns=1)
    assert list(found) == ["16", "256"] and min(found.values()) > 0


def test_the_last_block_is_the_whole_array():
    assert BLOCK_NUMBERS[-1] == NUM_NUMBERS and 4 * NUM_NUMBERS == 64 * 2**20
    assert 4 * BLOCK_NUMBERS[0] == 1024
