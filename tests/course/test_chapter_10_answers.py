"""The definitions that answers to chapter 10 are compared with, against the package's and by hand."""

import numpy as np
import pytest

from mof.course.cases import random_tokens
from mof.course.chapter_10_answers import adamw, clip, factor, interval, run_adamw, share_left
from mof.evaluation.student_t import T_QUANTILES
from mof.lessons.paired_results import estimate
from mof.lessons.update_cost import counted_share
from mof.training.optimizer import UpdateScalars, adamw_update
from mof.training.schedule import warmup_stable_decay_factor


@pytest.mark.parametrize(("frozen", "blocks"), [(0, 3), (1, 2), (6, 6)])
def test_the_share_is_the_one_that_is_counted(frozen, blocks):
    assert share_left(frozen, blocks) == pytest.approx(counted_share(frozen, blocks, below_learns=True))


def test_a_gradient_is_shortened_as_a_whole():
    found = clip([np.array([3.0]), np.array([[4.0]])], 1.0)
    assert found[0].tolist() == pytest.approx([0.6]) and found[1].tolist() == [[pytest.approx(0.8)]]
    short = [np.array([0.3]), np.array([0.4])]
    assert all((a == b).all() for a, b in zip(clip(short, 1.0), short, strict=True))


def test_adamw_is_the_packages():
    weight, *gradients = random_tokens(0, 3, 2, 2, 2, 2)
    found = run_adamw(adamw, (weight, np.stack(gradients), 0.1, 0.2))
    mean = square = np.zeros_like(weight)
    expected = weight
    for step, gradient in enumerate(gradients, start=1):
        scalars = UpdateScalars(*np.float32([1.0, 0.1, step]))
        expected, mean, square = adamw_update(expected, gradient, mean, square, scalars, 0.2, 0.9, 0.95)
    for name, value in (("weight", expected), ("mean", mean), ("square", square)):
        np.testing.assert_allclose(found[name], value, atol=1e-5)


def test_the_straight_fall_meets_the_packages_at_both_ends():
    ours = [factor(update, 100, 10, 0.4) for update in range(100)]
    theirs = [warmup_stable_decay_factor(update, 100, 10, 0.4, 0.0) for update in range(100)]
    assert ours[:61] == pytest.approx(theirs[:61]) and ours[60] == 1.0
    assert all(a > b for a, b in zip(ours[61:], theirs[61:], strict=True))
    assert ours[-1] == pytest.approx(1 / 40)


def test_the_interval_is_that_of_the_tables():
    ours, others = np.array([2.7, 2.74, 2.69]), np.array([2.71, 2.77, 2.71])
    mean, half = interval(ours, others, T_QUANTILES[2])
    assert (mean, half) == pytest.approx(estimate(list(others - ours))[:2])
