"""Least times from counts, and the rows at which arithmetic takes over."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mof.machine.roofline import (
    Work,
    elementwise_work,
    least_seconds,
    product_work,
    rows_at_ridge,
)

SIZES = st.integers(1, 3000)
LIMITS = st.floats(1.0, 1e3)


def test_products_by_hand():
    assert product_work(3, 2, 3) == Work(36.0, 84.0)
    assert product_work(1, 2, 3, number_bytes=2) == Work(12.0, 22.0)
    assert product_work(6, 20, 30).intensity == 2.0


def test_an_element_wise_piece_by_hand():
    work = elementwise_work(9, 9, operations_each=2)
    assert work == Work(18.0, 72.0) and work.intensity == 0.25


def test_the_slower_limit_decides():
    assert least_seconds(product_work(1, 2, 3), peak=8, bandwidth=4) == 11
    assert least_seconds(product_work(6, 20, 30), peak=8, bandwidth=4) == 900
    assert least_seconds(product_work(60, 200, 300), peak=8, bandwidth=4) == 2 * 60 * 200 * 300 / 8


def test_rows_by_hand():
    assert rows_at_ridge(20, 30, peak=8, bandwidth=4) == 6
    assert rows_at_ridge(2, 3, peak=8, bandwidth=4) == math.inf
    assert rows_at_ridge(2, 3, peak=2.4, bandwidth=4) == math.inf  # at 0.6 the denominator is 0


@given(SIZES, SIZES, LIMITS, st.sampled_from([1, 2, 4]))
def test_so_many_rows_reach_the_ridge_and_one_less_does_not(inner, columns, peak, number_bytes):
    rows = rows_at_ridge(inner, columns, peak, 1.0, number_bytes)
    near = 1 - 1e-9  # rounding of the quotient
    if rows == math.inf:
        assert product_work(10**15, inner, columns, number_bytes).intensity <= peak * (1 + 1e-9)
        return
    assert product_work(rows, inner, columns, number_bytes).intensity >= peak * near
    if rows > 1:
        assert product_work(rows - 1, inner, columns, number_bytes).intensity * near < peak


@pytest.mark.parametrize("place", range(5))
def test_what_is_not_above_0_is_refused(place):
    arguments = [20, 30, 8.0, 4.0, 4]
    arguments[place] = 0
    with pytest.raises(ValueError, match="expected each above 0"):
        rows_at_ridge(*arguments)
