"""Rates as counts over times, with a clock that is played; and that the real thing runs."""

import numpy as np
import pytest

from mof.lessons import machine_rates
from mof.lessons.machine_rates import Roof, cores_here, measure_roof, product_rate, sum_rate


@pytest.fixture
def clock(monkeypatch):
    """A clock whose readings are set: a list to fill."""
    readings = []
    monkeypatch.setattr(machine_rates.time, "perf_counter", lambda: readings.pop(0))
    return readings


def test_the_fastest_of_some_products_counts(clock):
    clock += [0.0]  # the start
    for since, until in ((1.0, 1.5), (2.0, 2.25), (3.0, 3.5)):
        clock += [since, until]
    clock += [99.0]  # time is over
    assert product_rate(10, seconds=0.0) == 2 * 1000 / 0.25


def test_the_fastest_of_some_sums_counts(clock):
    clock += [0.0, 1.0, 2.0, 2.5, 3.0, 4.0]
    assert sum_rate(num_threads=3, num_numbers=31) == 30 / 0.5  # ten for each thread


def test_all_of_it(monkeypatch):
    monkeypatch.setattr(machine_rates, "memory_bandwidth", lambda num_threads: 1e10 * num_threads)
    monkeypatch.setattr(machine_rates, "cores_here", lambda: 2)
    monkeypatch.setattr(machine_rates, "SUM_NUMBERS", 1000)
    roof = measure_roof(sizes=np.array([4, 8]), seconds_each=0.0)
    assert isinstance(roof, Roof) and roof.bandwidth == 2e10 and roof.sum_rate > 0
    assert list(roof.product_rates) == [4, 8] and min(roof.product_rates.values()) > 0


def test_at_least_one_core():
    assert cores_here() >= 1
