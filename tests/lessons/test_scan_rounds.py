"""The rounds of a scan against steps taken one by one."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mof.lessons.scan_rounds import scan_rounds

SHARES = st.floats(0.0, 1.0)
NUMBERS = st.floats(-5.0, 5.0)


def taken_one_by_one(steps, h):
    for a, b in steps:
        h = a * h + b
    return h


@given(st.lists(st.tuples(SHARES, NUMBERS), min_size=1, max_size=19))
def test_in_each_round_a_token_stands_for_the_steps_that_it_covers(steps):
    retained, updated = scan_rounds(*zip(*steps, strict=True))
    assert len(retained) == len(updated) == 1 + math.ceil(math.log2(len(steps)))
    for number, (a, b) in enumerate(zip(retained, updated, strict=True)):
        for t in range(len(steps)):
            span = steps[max(0, t - 2**number + 1) : t + 1]
            for h in (0.0, 3.0):
                np.testing.assert_allclose(a[t] * h + b[t], taken_one_by_one(span, h), atol=1e-9)


def test_after_the_last_round_b_is_the_state():
    retained, updated = scan_rounds([0.5, 0.25, 0.5, 1.0], [2, 6, 1, 0])
    assert updated[-1].tolist() == [2.0, 6.5, 4.25, 4.25] and retained[-1][-1] == 1 / 16
    assert retained[0].tolist() == [0.5, 0.25, 0.5, 1.0]


@pytest.mark.parametrize(("retain", "update"), [([], []), ([0.5], [1.0, 2.0]), ([[0.5]], [[1.0]])])
def test_what_are_no_two_rows_is_told(retain, update):
    with pytest.raises(ValueError, match=r"expected \[T\] for both"):
        scan_rounds(retain, update)
