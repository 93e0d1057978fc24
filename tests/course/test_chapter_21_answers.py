"""The definitions behind the exercises of chapter 21, beside independent ones."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mof.course.chapter_21 import (
    HAPPENED,
    LEFT_CASES,
    LEFT_MISTAKES,
    RECIPE_CASES,
    RECIPE_MISTAKES,
    SECONDS_CASES,
    SECONDS_MISTAKES,
    TOKENS_CASES,
    TOKENS_MISTAKES,
    check_logs,
)
from mof.course.chapter_21_answers import (
    best_seconds,
    better_recipe,
    cost_of_saving,
    stage_tokens,
    time_left,
    wrong_left,
    wrong_recipe,
    wrong_seconds,
    wrong_tokens,
)
from mof.course.checking import judge
from mof.course.registry import find_exercise
from mof.course.verdict import Wrong


@given(st.floats(0.01, 100.0), st.floats(0.1, 1000.0))
def test_the_searched_point_is_the_root_and_both_costs_are_equal_there(save_seconds, hours):
    found = best_seconds(save_seconds, hours)
    assert found == pytest.approx(wrong_seconds()(save_seconds, hours), rel=1e-5)
    assert save_seconds / found == pytest.approx(found / 2 / (3600 * hours), rel=1e-4)
    assert cost_of_saving(found, save_seconds, hours) <= cost_of_saving(1.01 * found, save_seconds, hours)


def test_half_and_double_cost_a_quarter_more():
    best = best_seconds(3.0, 24.0)
    assert best == pytest.approx(720.0, rel=1e-5)
    least = cost_of_saving(best, 3.0, 24.0)
    for factor in (0.5, 2.0):
        assert cost_of_saving(factor * best, 3.0, 24.0) == pytest.approx(1.25 * least, rel=1e-6)


@given(st.floats(100, 1e5), st.floats(0.1, 200), st.floats(1e3, 1e9))
def test_the_stages_are_the_plans(speed, hours, dialogues):
    first, chat = stage_tokens(speed, hours, dialogues)
    assert first + chat == pytest.approx(3600 * hours * speed)
    assert chat <= 2 * dialogues * (1 + 1e-9) and 2 * chat <= first * (1 + 1e-9)
    assert wrong_tokens()(speed, hours, dialogues) == pytest.approx((first, chat))


def test_the_better_recipe_by_hand():
    expected = ["small", "small", "small", "large", "large", "large", "small"]
    assert [better_recipe(*case) for case in RECIPE_CASES] == expected
    assert [wrong_recipe()(*case) for case in RECIPE_CASES] == [better_recipe(*case) for case in RECIPE_CASES]


def test_the_interval_holds_four_fifths_of_played_futures():
    """With many stretches behind, the spread is known well, and 1.28 is the right quantile."""
    random, inside, count = np.random.default_rng(0), 0, 2000
    for _ in range(count):
        past, future = random.normal(40.0, 2.0, 60), random.normal(40.0, 2.0, 30)
        low, high = time_left(past, 30)
        inside += low <= future.sum() <= high
    assert 0.77 < inside / count < 0.83
    assert wrong_left()(past, 30) == pytest.approx((low, high))


@pytest.mark.parametrize(
    ("definition", "cases", "mistakes"),
    [
        (best_seconds, SECONDS_CASES, SECONDS_MISTAKES),
        (stage_tokens, TOKENS_CASES, TOKENS_MISTAKES),
        (time_left, LEFT_CASES, LEFT_MISTAKES),
    ],
)
def test_the_cases_tell_the_mistakes_apart(definition, cases, mistakes):
    answers = [definition, *(mistake.answer for mistake in mistakes)]
    found = [np.ravel([answer(*case) for case in cases]) for answer in answers]
    for i, one in enumerate(found):
        assert not any(np.allclose(one, other, rtol=1e-3) for other in found[:i])


def test_the_recipes_tell_the_mistakes_apart():
    answers = [better_recipe, *(mistake.answer for mistake in RECIPE_MISTAKES)]
    found = [tuple(answer(*case) for case in RECIPE_CASES) for answer in answers]
    assert len(set(found)) == len(found)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("slow", "Answer with a word for each log"),
        ({"a": "slow"}, "Answer with a word for each log"),
        ({"a": "hot", "b": "calm", "c": "spike", "d": "diverged"}, "For log a choose one of calm, spike"),
        ({"a": np.arange(2), "b": 0, "c": 0, "d": 0}, "For log a choose one of .*what came is an array"),
    ],
)
def test_what_is_no_answer_is_told(answer, words):
    with pytest.raises(Wrong, match=words):
        check_logs(answer)


def test_words_for_the_logs_may_be_capitals_with_spaces_about_them():
    assert check_logs({name: f" {word.title()} " for name, word in HAPPENED.items()}).startswith("Right.")


@pytest.mark.parametrize("came", [["small"], {"small": 1}, np.arange(2), 3])
def test_a_recipe_that_is_no_name_is_told(came):
    message = judge(find_exercise("21.3"), lambda recipes, hours: came, 60.0).message
    assert message.startswith("Return the name of a recipe, one of large, small; what came is ")


def test_the_definition_needs_no_numbers_of_numpy():
    low, high = time_left([40.0, 42.0, 38.0], 4)
    half = 1.28 * 2.0 * math.sqrt(4 + 16 / 3)
    assert (low, high) == pytest.approx((160 - half, 160 + half))
