"""The records of measurements: medians, spreads, and what they refuse."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mof.machine.measurements import Bandwidths, Rate, StepTimes
from tests.machine.quiet_machine import make_steps

SECONDS = st.lists(st.floats(1e-4, 100.0), min_size=1, max_size=9).map(tuple)


def test_seconds_per_token_by_hand():
    # the middle of 1, 2, 9 is 2 s for 2,048 tokens; 0.5 s of update for every 4,096
    steps = make_steps(batch_seconds=(9.0, 1.0, 2.0), update_seconds=(0.5,))
    assert steps.seconds_per_token(4096) == pytest.approx(2.0 / 2048 + 0.5 / 4096)


def test_equal_steps_have_no_spread_and_an_outlier_hardly_any():
    assert make_steps(batch_seconds=(0.5,) * 8).spread() == 0.0
    assert make_steps(batch_seconds=(0.5,) * 8 + (50.0,)).spread() == 0.0


def test_the_spread_of_normal_logarithms_is_their_standard_deviation():
    quantiles = [math.exp(0.2 * _normal_quantile((i + 0.5) / 201)) for i in range(201)]
    assert make_steps(batch_seconds=quantiles).spread() == pytest.approx(0.2, rel=0.05)


def _normal_quantile(share):
    import statistics

    return statistics.NormalDist().inv_cdf(share)


@given(SECONDS, SECONDS)
def test_steps_survive_json(batches, updates):
    steps = make_steps(batch_seconds=batches, update_seconds=updates)
    assert StepTimes.from_json(steps.to_json()) == steps


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: StepTimes(), "at least one measured step"),
        (lambda: make_steps(batch_seconds=(0.0, 1.0)), "above 0"),
        (lambda: Rate(rate=1.0, slowest_rate=2.0), "slowest"),
        (lambda: Rate(kind="produkt"), "did you mean 'product'"),
        (lambda: Bandwidths(memory_bytes_per_second=0.0), "above 0"),
    ],
)
def test_impossible_measurements_are_refused(make, words):
    with pytest.raises(ValueError, match=words):
        make()
