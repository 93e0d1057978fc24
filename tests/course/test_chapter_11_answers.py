"""The definitions behind the exercises of chapter 11, beside those of the package."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mof.course.attempt import Attempt
from mof.course.chapter_11 import GAIN_CASES, ROWS_CASES, ROWS_MISTAKES
from mof.course.chapter_11_answers import (
    blocked_norm,
    enough_rows,
    expect_small_room,
    gain,
    intensity,
    utilisation,
    wrong_norm,
    wrong_rows,
)
from mof.course.verdict import Wrong
from mof.machine.product_counts import forward_products, training_flops
from mof.machine.roofline import product_work, rows_at_ridge
from mof.presets import preset
from mof.viz.share_figure import whole_after

SIZES = st.integers(1, 2000)


@given(SIZES, SIZES, SIZES, st.sampled_from([1, 2, 4]))
def test_intensity_is_the_packages(rows, inner, columns, number_bytes):
    package = product_work(rows, inner, columns, number_bytes).intensity
    assert intensity(rows, inner, columns, number_bytes) == pytest.approx(package)


@pytest.mark.parametrize("case", ROWS_CASES)
def test_searched_and_solved_rows_are_the_same(case):
    assert enough_rows(*case) == rows_at_ridge(*case) == wrong_rows()(*case)


def test_the_cases_tell_the_mistakes_apart():
    right = [enough_rows(*case) for case in ROWS_CASES]
    assert math.inf in right and 1 in right and max(r for r in right if r < math.inf) > 20
    for mistake in ROWS_MISTAKES:
        assert not np.allclose([mistake.answer(*case) for case in ROWS_CASES], right)


def test_utilisation_is_that_of_the_counts():
    config = preset("nano").model
    products = [(p.count, p.rows, p.inner, p.columns) for p in forward_products(config, 2, 32)]
    assert utilisation(products, 0.5, 1e10) == pytest.approx(training_flops(config, 2, 32) / 0.5 / 1e10)


def test_no_case_of_the_gain_asks_for_infinity():
    """A correct `1 / (1 - share + share / factor)` may be written with a product that infinity spoils."""
    for share, factor in GAIN_CASES:
        assert gain(share, factor) == pytest.approx(factor / (factor * (1 - share) + share))


@given(st.floats(0.01, 0.99), st.floats(1.0, 100.0))
def test_the_gain_is_the_figures(share, factor):
    seconds = {"part": share, "rest": 1 - share}
    assert gain(share, factor) == pytest.approx(1 / whole_after(seconds, "part", factor))


def test_blocks_change_no_number():
    x, scale = np.random.default_rng(0).normal(size=(7, 3)), np.array([0.5, 1.0, 2.0])
    for block_rows in (1, 2, 7, 9):
        np.testing.assert_allclose(wrong_norm()(x, scale, block_rows), blocked_norm(x, scale, block_rows))
    zero = wrong_norm()(np.zeros((2, 3)), scale, 1)
    assert np.array_equal(zero, np.zeros((2, 3)))


ROOM = np.ones((2048, 32), "float32"), np.ones(32, "float32"), 8


def wide(norm, x, scale, block_rows):
    """The same in float64: the result alone is twice as large as x, and that is no waste."""
    y = np.empty(x.shape, "float64")
    for start in range(0, len(x), block_rows):
        y[start : start + block_rows] = norm(x[start : start + block_rows], scale, block_rows)
    return y


def attempt(function):
    return Attempt(function, ("x", "scale", "block_rows"))


def test_blocks_need_little_room_and_everything_at_once_does_not():
    expect_small_room(attempt(wrong_norm()), *ROOM)
    expect_small_room(attempt(lambda *case: wide(wrong_norm(), *case)), *ROOM)
    wide_rows = np.ones((64, 16384), "float32"), np.ones(16384, "float32"), 1
    expect_small_room(attempt(wrong_norm()), *wide_rows)
    with pytest.raises(Wrong, match="times as large as `x`"):  # blocks of a size of its own
        expect_small_room(attempt(lambda x, scale, rows: wrong_norm()(x, scale, 64)), *wide_rows)
    for function in (wrong_norm(blocks="none"), lambda x, scale, rows: np.concatenate([x[:9], x[9:]]) * 1.0):
        with pytest.raises(Wrong, match="times as large as `x`"):
            expect_small_room(attempt(function), *ROOM)
