"""The definitions that answers to chapter 08 are compared with, against the package's and against others."""

import numpy as np
import pytest
from keras import ops

from mof.course.chapter_08_answers import (
    choices,
    expert,
    expert_case,
    mixture,
    mixture_case,
    package_mixture,
    random_weights,
    share_at,
    specialisation,
)
from mof.course.checking import judge
from mof.course.registry import find_exercise
from mof.course.verdict import RIGHT
from mof.lessons import router_measures
from mof.ops.constants import NORM_EPSILON
from mof.ops.routing import hold_recurrent, routing_memory
from mof.viz.block_figure import choices_by_block
from mof.viz.route_figure import heated

PATIENCE_SECONDS = 120.0  # a busy machine is no endless loop


def test_the_share_is_the_figures():
    for share in (0.2, 0.7):
        for temperature in (0.5, 1.0, 3.0):
            expected = heated(np.array([[share, 1 - share]]), temperature)[0, 0]
            assert share_at(share, temperature) == pytest.approx(expected)


def test_the_mixture_is_the_packages():
    from mof.course.chapter_08_answers import EPSILON

    assert EPSILON == NORM_EPSILON
    case = mixture_case(0, 3, 5, 4)
    found = ops.convert_to_numpy(package_mixture(*map(ops.convert_to_tensor, case)))
    np.testing.assert_allclose(mixture(*case), found, atol=1e-4)


def test_specialisation_is_the_packages():
    for weights in (random_weights(1, 9, 3), np.eye(2, dtype="float32")[[0, 1, 1]]):
        assert specialisation(weights) == pytest.approx(router_measures.specialisation(weights), abs=1e-6)


@pytest.mark.parametrize("length", [1, 2, 3, 9])
def test_the_choices_are_those_of_the_packages_blocks(length):
    weights = random_weights(2, 8, 3)
    known = np.concatenate([[[1.0, 0.0, 0.0]], weights[:-1]]).astype("float32")[None]  # the first is 0
    held, _memory = hold_recurrent(known, routing_memory(1, 3), length)
    expected = np.asarray(held)[0].argmax(axis=-1)
    np.testing.assert_array_equal(choices(weights, length, 0), expected)
    np.testing.assert_array_equal(choices_by_block(weights, length), expected)


def test_the_expert_adds_neighbours_of_one_document():
    x, starts, before = expert_case(3, 6, 2)
    y, last = expert(x, starts, before)
    for t in range(6):
        left = before if t == 0 else x[t - 1]
        np.testing.assert_allclose(y[t], x[t] + (0 if starts[t] else left))
    np.testing.assert_array_equal(last, x[-1])


def test_an_unknown_share_shows_its_case():
    verdict = judge(find_exercise("08.1"), lambda share, temperature: share / (1 + temperature))
    assert "For the share 0.3 at the temperature 0.5 you say 0.2" in verdict.message


def test_a_list_of_whole_numbers_is_as_good_as_an_array():
    def listed(route_weights, block_length, first):
        return [int(expert) for expert in choices(route_weights, block_length, first)]

    verdict = judge(find_exercise("08.4"), listed, PATIENCE_SECONDS)
    assert verdict.state == RIGHT, str(verdict)


def test_choices_that_know_too_much_are_told_so():
    def every_second(route_weights, block_length, first):
        block = np.arange(len(route_weights)) // block_length
        best = np.array([route_weights[block == b][-2:].mean(axis=0).argmax() for b in block])
        return np.where(block == 0, first, best)

    verdict = judge(find_exercise("08.4"), every_second, PATIENCE_SECONDS)
    assert "at the start of that block this is not known yet" in str(verdict)
