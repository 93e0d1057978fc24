"""Student's t above the table, against the integral of its density."""

import math

import numpy as np
import pytest

from mof.evaluation.student_t import NORMAL_QUANTILE, T_QUANTILES, t_quantile


@pytest.mark.parametrize("freedom", [31, 39, 60, 119, 1000])
def test_above_the_table_a_fortieth_of_the_density_is_left_on_each_side(freedom):
    t = np.linspace(-t_quantile(freedom), t_quantile(freedom), 200_001)
    scale = math.exp(math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2)) / math.sqrt(freedom * math.pi)
    density = scale * (1 + t**2 / freedom) ** (-(freedom + 1) / 2)
    assert np.trapezoid(density, t) == pytest.approx(0.95, abs=2e-5)


def test_it_falls_from_the_table_to_the_normal_one():
    found = [t_quantile(n) for n in (*T_QUANTILES, 31, 40, 100, 10**4, 10**9)]
    assert found == sorted(found, reverse=True) and found[-1] == pytest.approx(NORMAL_QUANTILE, abs=1e-6)
