"""The four made-up logs: each shows what it is said to show, whatever wavers in it."""

import numpy as np
import pytest

from mof.course import chapter_21
from mof.lessons.four_logs import HAPPENED, NUM_UPDATES, four_logs, log_quantities, package_says


@pytest.mark.parametrize("seed", range(12))
def test_the_panels_signals_find_what_happened(seed):
    assert {name: package_says(log) for name, log in four_logs(seed).items()} == HAPPENED


def test_the_exercise_asks_for_the_same():
    assert chapter_21.HAPPENED == HAPPENED and set(HAPPENED.values()) == set(chapter_21.CHOICES)


def test_one_thing_happens_to_each():
    logs = four_logs()
    usual = np.median(logs["b"].seconds)
    assert np.median(logs["a"].seconds[-50:]) > 2 * usual
    for name in "bcd":
        assert np.abs(logs[name].seconds - usual).max() < 1
    falls = logs["a"].losses[-50:].mean() - logs["b"].losses[-50:].mean()
    assert 0.3 < falls < 0.8 and logs["b"].losses.max() < 8
    assert logs["c"].losses[120] > logs["a"].losses[120] + 2
    assert abs(logs["c"].losses[-50:].mean() - logs["a"].losses[-50:].mean()) < 0.1
    assert logs["d"].losses[-50:].min() > logs["a"].losses[-50:].max() + 1


def test_two_curves_of_each():
    quantities = log_quantities(four_logs())
    assert len(quantities) == 8 and len({quantity.title for quantity in quantities}) == 8
    assert all(len(quantity.lines[0].x) == NUM_UPDATES for quantity in quantities)
    assert [quantity.starts_at_zero for quantity in quantities] == [False, True] * 4
