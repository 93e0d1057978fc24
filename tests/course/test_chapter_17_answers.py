"""The definitions behind the exercises of chapter 17, beside those of the package."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mof.course.chapter_17 import SIZE_CASES, SLOPE_CASES, coefficient_cases
from mof.course.chapter_17_answers import (
    aligned_move,
    counted_tokens,
    law_coefficients,
    log_slope,
    searched_size,
    wrong_coefficients,
    wrong_size,
    wrong_slope,
    wrong_tokens,
)
from mof.lessons.coordinate_check import slope
from mof.planning.scaling_law import Law, effective_tokens

EXPONENT = st.floats(0.1, 1.0)


@given(st.integers(1, 300), st.floats(1e-4, 1.0))
def test_moves_add_up(width, step):
    assert aligned_move(width, step) == pytest.approx(width * step)


@given(st.lists(st.floats(0.1, 100.0), min_size=3, max_size=6))
def test_slopes_are_the_packages(values):
    widths = 2.0 ** np.arange(1, len(values) + 1)
    assert log_slope(widths, values) == pytest.approx(slope(widths, values), abs=1e-9)
    assert wrong_slope(widths, values) == pytest.approx(slope(widths, values), abs=1e-9)


@given(st.floats(0.1, 50.0), st.floats(1.0, 30.0))
def test_tokens_are_the_packages(passes, worth):
    expected = effective_tokens(passes * 10, 10, worth)
    assert counted_tokens(passes * 10, 10, worth) == pytest.approx(expected, rel=1e-6)
    assert wrong_tokens(passes * 10, 10, worth) == pytest.approx(expected)


def test_coefficients_by_two_ways():
    for case in coefficient_cases():
        np.testing.assert_allclose(law_coefficients(*case), wrong_coefficients(*case), rtol=1e-6)


@settings(deadline=None)
@given(st.floats(0.01, 1e5), st.tuples(st.floats(0.1, 5), EXPONENT, st.floats(0.1, 5), EXPONENT))
def test_searched_and_solved_sizes_are_the_same(product, law):
    solved = wrong_size(product, *law)
    assert solved == pytest.approx(Law(0.0, *law).best_size(6e12 * product) / 1e6)
    if math.exp(-15) < solved < math.exp(15):
        assert searched_size(product, *law) == pytest.approx(solved, rel=1e-4)


def test_the_cases_differ_enough():
    assert len({round(searched_size(*case), 3) for case in SIZE_CASES}) == len(SIZE_CASES)
    assert len({round(log_slope(*case), 3) for case in SLOPE_CASES}) == len(SLOPE_CASES)
