"""Shape checks."""

import numpy as np
import pytest

from mof.shapes import check_shape


@pytest.mark.parametrize("letters", ["B T D", "2 T 4", "B 3 4"])
def test_a_shape_that_fits_comes_back(letters):
    x = np.zeros((2, 3, 4))
    assert check_shape(x, letters, "x") is x


@pytest.mark.parametrize(
    "letters, expected", [("B T", r"\[B, T\]"), ("B T 5", r"\[B, T, 5\]"), ("B T H K", r"\[B, T, H, K\]")]
)
def test_a_shape_that_does_not_fit(letters, expected):
    with pytest.raises(
        ValueError, match=rf"keys has shape \[2, 3, 4\], expected {expected}: check the order"
    ):
        check_shape(np.zeros((2, 3, 4)), letters, "keys")


def test_the_way_out_may_be_told():
    with pytest.raises(ValueError, match=r"ids has shape \[3\], expected \[B, T\]: write ids\[None\]\.$"):
        check_shape(np.zeros(3), "B T", "ids", "write ids[None]")


def test_an_unknown_size_fits_any_number():
    class Dynamic:
        shape = (None, 4)

    check_shape(Dynamic(), "3 4", "x")
