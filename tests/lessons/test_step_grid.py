"""The best step size is found with few trainings, and how it moves is told rightly."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mof.lessons.step_grid import (
    MOST_EXPONENT,
    best_exponent,
    between_steps,
    drift,
    mean_losses,
    next_exponent,
)


def search(loss):
    """All that `next_exponent` asks for, tried."""
    losses = {}
    while (exponent := next_exponent(losses)) is not None:
        losses[exponent] = loss(exponent)
    return losses


@given(st.floats(-8, 8), st.floats(0.01, 5.0), st.booleans())
def test_a_valley_is_found_with_few_trainings(lowest, steepness, diverges):
    def loss(exponent):
        beyond = diverges and exponent > lowest + 1
        return math.inf if beyond else 3 + steepness * (exponent - lowest) ** 2

    losses = search(loss)
    grid = range(-MOST_EXPONENT, MOST_EXPONENT + 1)
    assert losses[best_exponent(losses)] == min(loss(exponent) for exponent in grid)
    assert len(losses) <= abs(round(lowest)) + 4


def test_the_grid_ends():
    assert min(search(lambda exponent: exponent)) == -MOST_EXPONENT
    assert len(search(lambda exponent: -exponent)) <= MOST_EXPONENT + 2


@given(st.floats(-2.4, 2.4), st.floats(0.1, 3.0))
def test_between_the_steps_of_a_parabola_lies_its_lowest_point(lowest, steepness):
    losses = search(lambda exponent: steepness * (exponent - lowest) ** 2)
    assert between_steps(losses) == pytest.approx(lowest, abs=1e-6)


def test_where_a_neighbour_diverged_the_best_stays():
    assert between_steps({-1: 2.0, 0: 1.0, 1: math.inf}) == 0.0
    assert between_steps({0: 1.0, 1: 1.5}) == 0.0


def row(width, exponent, seed, nats, rule="r"):
    return {"rule": rule, "width": width, "exponent": exponent, "seed": seed, "nats": nats}


def test_means_are_over_what_all_seeds_have_tried():
    rows = [row(32, 0, 0, 2.0), row(32, 0, 1, 4.0), row(32, 1, 0, 1.0), row(64, 0, 0, 9.0)]
    assert mean_losses(rows, "r", 32) == {0: 3.0}
    assert mean_losses([*rows, row(32, 1, 1, None)], "r", 32) == {0: 3.0, 1: math.inf}
    assert mean_losses(rows, "another", 32) == {}


def test_a_best_that_moves_more_than_a_step_does_not_hold():
    def rows(places):
        return [
            row(width, exponent, 0, float((exponent - best) ** 2))
            for width, best in places.items()
            for exponent in range(-3, 4)
        ]

    assert drift(rows({32: 0, 64: 0, 256: -1}), "r") == {
        "best": {32: 0, 64: 0, 256: -1},
        "between": {32: 0.0, 64: 0.0, 256: -1.0},
        "steps": 1,
        "holds": True,
    }
    moved = drift(rows({32: 1, 64: 0, 256: -1}), "r")
    assert (moved["steps"], moved["holds"]) == (2, False)
