"""Bijections, over all of a small domain or over any index of a large one."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mof.tasks.enumeration import arrangement, draw, pair, scatter, split


def test_split_counts_like_an_odometer():
    expected = [[a, b, c] for c in range(4) for b in range(3) for a in range(2)]
    assert [split(index, 2, 3, 4) for index in range(24)] == expected


@pytest.mark.parametrize("size", [1, 2, 97, 5_040, 12_144])
def test_scatter_permutes(size):
    assert sorted(scatter(index, size) for index in range(size)) == list(range(size))


def test_pair_lists_triangle_row_by_row():
    expected = [(low, high) for high in range(60) for low in range(high + 1)]
    assert [pair(index) for index in range(len(expected))] == expected


@given(st.integers(0, 10**12))
def test_pair_of_any_index(index):
    low, high = pair(index)
    assert 0 <= low <= high
    assert sum((high * (high + 1) // 2, low)) == index


@pytest.mark.parametrize("count", [1, 2, 4])
def test_arrangement_gives_each_list_once(count):
    found = {tuple(arrangement(index, "甲乙丙丁", count)) for index in range(math.perm(4, count))}
    assert found == set(itertools.permutations("甲乙丙丁", count))


def test_draw_is_even_and_salt_makes_it_independent():
    pairs = [(draw(index, 4), draw(index, 4, salt=1)) for index in range(16_000)]
    counts = [pairs.count((a, b)) for a in range(4) for b in range(4)]
    assert min(counts) > 850 and max(counts) < 1_150  # 1,000 each, standard deviation 31
