"""The peers' step size at its corners."""

import pytest
from step_size import cosine_share


def test_it_rises_then_falls_to_a_tenth():
    assert cosine_share(0.0, 0.0) == 1.0
    assert cosine_share(0.05, 0.1) == pytest.approx(0.5)
    assert cosine_share(0.1, 0.1) == 1.0
    assert cosine_share(0.55, 0.1) == pytest.approx(0.55)  # half-way: the mean of 1 and 0.1
    assert cosine_share(1.0, 0.1) == cosine_share(1.2, 0.1) == pytest.approx(0.1)


def test_the_first_update_moves():
    assert cosine_share(0.0, 0.1) > 0
