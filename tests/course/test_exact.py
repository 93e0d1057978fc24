"""Answers that must be equal: what a difference, a known mistake and a wrong type are told."""

import numpy as np
import pytest

from mof.course.attempt import Attempt
from mof.course.exact import as_ids, expect_exact
from mof.course.exercise import WrongAnswer
from mof.course.quantities import describe
from mof.course.verdict import Wrong

CASES = [([1, 2],), ([3],), ([],)]
BACKWARDS = WrongAnswer(lambda tokens: tokens[::-1], "That is backwards.")


def doubled(tokens):
    return [2 * token for token in tokens]


def told(function, mistakes=()):
    with pytest.raises(Wrong) as caught:
        expect_exact(Attempt(function, ("tokens",)), doubled, CASES, mistakes)
    return caught.value.message


@pytest.mark.parametrize(
    "right",
    [
        doubled,
        lambda tokens: tuple(doubled(tokens)),
        lambda tokens: np.array(doubled(tokens), "int32"),
        lambda tokens: [np.int64(token) for token in doubled(tokens)],
        lambda tokens: range(2, 5, 2) if len(tokens) == 2 else doubled(tokens),
    ],
)
def test_lists_tuples_ranges_and_arrays_are_right(right):
    expect_exact(Attempt(right, ("tokens",)), doubled, CASES, (BACKWARDS,))


def test_the_first_difference_is_shown():
    assert told(lambda tokens: doubled(tokens)[:1]) == "For [1, 2] you give [2], expected [2, 4]."
    assert told(lambda tokens: [2, 4]) == "For [3] you give [2, 4], expected [6]."


def test_arguments_are_named_where_a_case_holds_them():
    def of_two(run=None):
        with pytest.raises(Wrong) as caught:
            attempt = Attempt(lambda a, b: [a], ("first", "second"))
            expect_exact(attempt, lambda a, b: [b], [(1, 2)], (), run)
        return caught.value.message

    assert of_two() == "For first = 1, second = 2 you give [1], expected [2]."
    assert of_two(lambda function, case: function(*case)) == "For 1, 2 you give [1], expected [2]."


def test_a_known_mistake_is_named_and_only_that():
    assert told(BACKWARDS.answer, (BACKWARDS,)) == "That is backwards."
    assert "you give" in told(lambda tokens: tokens, (BACKWARDS,))


def test_a_mistake_that_fails_is_no_match():
    fails = WrongAnswer(lambda tokens: tokens[5], "Too far.")
    assert "you give" in told(lambda tokens: tokens, (fails,))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("12", "Your result is the text '12', expected a list of ids."),
        (5, "Your result is the number 5, expected a list of ids."),
        ([1, "a"], "Your result holds the text 'a' at place 1, expected an id, a whole number."),
        ([1.0], "Your result holds the number 1 at place 0"),
        ([True], "Your result holds True at place 0"),
        (np.zeros((2, 2)), "Your result is an array [2, 2], expected a list of ids."),
        (np.zeros(2), "Your result holds the number 0 at place 0"),
    ],
)
def test_what_is_no_list_of_ids_is_described(value, words):
    with pytest.raises(Wrong) as caught:
        as_ids(value, "Your result")
    assert words in caught.value.message


def test_long_values_are_cut_in_messages():
    message = told(lambda tokens: list(range(100)))
    assert "…" in message and len(message) < 200


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (b"", "no bytes"),
        ("热".encode()[:2], "the bytes E7 83"),
        (b"123456789", "the bytes 31 32 33 34 35 36 37 38 …"),
        ({}, "a dict of 0 entries"),
        ({"a": 1}, "a dict of 1 entry"),
        ([1, 2], "a list of 2 things"),
    ],
)
def test_values_in_words(value, words):
    assert describe(value) == words
