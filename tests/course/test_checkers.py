"""The checkers that chapters share: each passes what holds, and says in words what does not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mof.course.cases import changed_at, lengths_around, random_resets, random_tokens
from mof.course.causality import expect_causal, expect_reads_itself, expect_reset
from mof.course.distribution import expect_distribution
from mof.course.exercise import WrongAnswer
from mof.course.forms import expect_carries_on, expect_same_forms
from mof.course.gradients import compare_gradients, expect_gradient_function, numerical_gradient
from mof.course.monotone import expect_depends_on, expect_monotone, expect_repeatable
from mof.course.predictions import expect_choice, expect_number
from mof.course.round_trip import expect_round_trip
from mof.course.state import expect_constant_state
from mof.course.values import expect_values
from mof.course.verdict import Wrong

TEXT = random_tokens(0, 7, 3)


def told(check, *arguments, **settings):
    """What a checker says, or None where it is content."""
    try:
        check(*arguments, **settings)
    except Wrong as wrong:
        return wrong.message
    return None


def running_sum(x):
    return np.cumsum(x, axis=0)


def shifted(by):
    """Reads the token that stands `by` later, and past the end nothing."""
    return lambda x: np.concatenate([x[by:], np.zeros_like(x[:by])])


# --- inputs


@given(st.integers(1, 70))
def test_lengths_lie_around_a_chunk(chunk):
    lengths = lengths_around(chunk)
    assert lengths == sorted(set(lengths)) and lengths[0] == 1
    assert {chunk, chunk + 1} <= set(lengths)
    assert chunk == 1 or any(length > chunk and length % chunk for length in lengths)


@given(st.integers(0, 1000), st.integers(1, 30))
def test_resets_start_with_the_text_and_once_more(seed, num_tokens):
    starts = random_resets(seed, num_tokens)
    assert starts[0] and starts.shape == (num_tokens,) and (num_tokens == 1 or starts[1:].any())
    assert (starts == random_resets(seed, num_tokens)).all()


@pytest.mark.parametrize("dtype", ["float32", "int64", "bool"])
def test_one_token_is_changed_and_no_other(dtype):
    array = (np.arange(10).reshape(5, 2) % 2).astype(dtype)
    changed = changed_at(array, 3)
    assert changed.dtype == array.dtype and (changed[3] != array[3]).all()
    assert (np.delete(changed, 3, axis=0) == np.delete(array, 3, axis=0)).all()


# --- values


def test_values_name_the_first_mistake_that_fits_with_its_evidence():
    mistakes = (
        WrongAnswer(lambda x: 1 / 0, "fails"),
        WrongAnswer(lambda x: x * 2, "doubles"),
        WrongAnswer(lambda x: x + x, "doubles too"),
    )

    def complaint():
        raise Wrong("the evidence")

    with pytest.raises(Wrong) as caught:
        expect_values(lambda x: 2 * x, lambda x: x, [(np.ones(2),)], mistakes, (lambda: None, complaint))
    assert (caught.value.message, caught.value.evidence) == ("doubles", "the evidence")
    assert (
        told(expect_values, lambda x: 3 * x, lambda x: x, [(np.ones(2),)], mistakes, (complaint,))
        == "the evidence"
    )


def test_a_mistake_must_fit_every_case():
    cases = [(np.array([2.0]),), (np.array([3.0]),)]
    mistakes = (WrongAnswer(lambda x: x * 2, "doubles"), WrongAnswer(lambda x: x**2, "squares"))
    assert told(expect_values, lambda x: x**2, lambda x: x, cases, mistakes) == "squares"


def test_nan_matches_the_nan_of_a_mistake():
    def half(x):
        with np.errstate(invalid="ignore"):
            return np.where(x > 0, x, np.nan)

    mistakes = (WrongAnswer(half, "NaN below 0"),)
    assert told(expect_values, half, lambda x: x, [(np.array([1.0, -1.0]),)], mistakes) == "NaN below 0"


def test_several_results_are_told_by_name():
    def run(function, case):
        return dict(zip(("y", "S"), function(*case), strict=True))

    right = (lambda x: (x, 2 * x), lambda x: (x, 2 * x + np.eye(2)))
    words = told(expect_values, right[1], right[0], [(np.ones((2, 2)),)], run=run)
    assert words == "S differs from the definition: 3.0000 at [0, 0], expected 2.0000."


@pytest.mark.parametrize(
    ("number", "words"),
    [(0.25, "0.2500"), (1.2e10, "1.2e+10"), (1.5e-5, "1.5e-05"), (-3.0, "-3.0000"), (0.0, "0.0000")],
)
def test_numbers_are_told_in_digits_that_show_them(number, words):
    said = told(expect_values, lambda: np.float64(number), lambda: np.float64(2 * number + 1), [()])
    assert said.startswith(f"Your result differs from the definition: {words}, expected ")


# --- causality


def test_a_sum_over_the_past_is_causal():
    assert told(expect_causal, running_sum, TEXT) is None
    assert told(expect_reads_itself, running_sum, TEXT) is None


@pytest.mark.parametrize("by", [1, 2, 3])
def test_a_look_ahead_is_told_with_its_distance(by):
    words = told(expect_causal, shifted(by), TEXT, "Your attention")
    assert words.startswith(f"Your attention sees position t + {by}: changing token {by} changed output 0")


def test_a_leak_through_a_statistic_of_the_whole_text_is_seen():
    assert "sees position t + 1: changing token 1 changed output 0" in told(
        expect_causal, lambda x: x - x.mean(axis=0), TEXT
    )


def test_a_token_that_does_not_read_itself_is_told():
    def before_itself(x):
        return np.cumsum(x, axis=0) - x

    assert "changing token 1 left output 1 as it was" in told(expect_reads_itself, before_itself, TEXT)


def sum_by_document(x, starts):
    outputs, total = [], np.zeros(x.shape[1])
    for row, start in zip(x, starts, strict=True):
        total = row if start else total + row
        outputs.append(total)
    return np.array(outputs)


def test_what_survives_a_reset_is_told():
    starts = np.array([True, False, False, True, False, True, False])
    assert told(expect_reset, sum_by_document, TEXT, starts) is None
    words = told(expect_reset, lambda x, starts: running_sum(x), TEXT, starts)
    assert "a new one starts at token 3, but changing token 0 changed output 3" in words


# --- forms and state


def sum_step(row, total):
    return total + row, total + row


def test_two_forms_that_agree():
    assert told(expect_same_forms, running_sum, sum_step, TEXT, np.zeros(3)) is None


def test_forms_that_part_are_told_where():
    def late(row, state):
        total, count = state
        return total + row * (1 if count < 3 else 0.5), (total + row, count + 1)

    words = told(expect_same_forms, running_sum, late, TEXT, (np.zeros(3), 0))
    assert "agree up to token 2 and part at token 3" in words
    assert "from the first token on" in told(
        expect_same_forms, running_sum, lambda row, t: (t, t + row), TEXT, np.zeros(3)
    )
    assert "Return two things" in told(
        expect_same_forms, running_sum, lambda row, t: t + row, TEXT, np.zeros(3)
    )


def sum_from(x, state):
    outputs = np.cumsum(x, axis=0) + state
    return outputs, outputs[-1]


def test_a_text_in_two_pieces():
    assert told(expect_carries_on, sum_from, TEXT, np.zeros(3)) is None
    forgetful = told(expect_carries_on, lambda x, s: (np.cumsum(x, axis=0), s), TEXT, np.zeros(3))
    assert "Cut before token" in forgetful and "is the state handed on" in forgetful
    extra = told(
        expect_carries_on, lambda x, s: (np.cumsum(x, axis=0) * 0, s + len(x) ** 2), TEXT, np.zeros(3)
    )
    assert "the states at the end do not" in extra


def test_a_state_that_grows():
    def token(t):
        return (np.ones(3) * t,)

    assert told(expect_constant_state, sum_step, token, np.zeros(3)) is None
    grows = told(expect_constant_state, lambda row, past: (row, [*past, row]), token, [])
    assert "3 numbers after 1 token, 36 after 12. It keeps the past itself" in grows
    shrinks = told(expect_constant_state, lambda row, past: (row, past[1:]), token, np.zeros(20))
    assert "changes its size" in shrinks


# --- shares, order, repetition


def test_distributions():
    rows = np.array([[0.25, 0.75], [0.5, 0.5]])
    assert told(expect_distribution, rows) is None
    assert "row 1 sums to 0.8, expected 1" in told(expect_distribution, np.array([[0.5, 0.5], [0.4, 0.4]]))
    assert "columns that sum to 1" in told(expect_distribution, np.array([[0.2, 0.5, 0.1], [0.8, 0.5, 0.9]]))
    assert "as a whole" in told(expect_distribution, np.full((2, 2), 0.25))
    assert "holds -0.5: a share cannot be below 0" in told(expect_distribution, np.array([1.5, -0.5]))
    assert "NaN" in told(expect_distribution, np.array([np.nan, 1.0]))
    assert "a list of 2 things, expected an array" in told(expect_distribution, [0.5, 0.5])


def test_rises_and_falls():
    assert told(expect_monotone, lambda x: x**2, (1, 2, 3), True, "length", "the cost") is None
    words = told(expect_monotone, lambda x: -x, (1, 2), True, "length", "the cost")
    assert words == "From length 1 to 2, the cost goes from -1 to -2; expected a rise."
    words = told(expect_monotone, lambda x: 5.0, (1, 2), False, "length", "the cost")
    assert words.endswith("goes from 5 to 5; expected a fall.")


def test_an_answer_that_depends_on_nothing():
    assert told(expect_depends_on, [1.0, 2.0], "n") is None
    assert told(expect_depends_on, [3.0, 3.0], "n", "Why?").startswith("You say 3 whatever n is")


def test_random_numbers_outside_the_seed():
    assert told(expect_repeatable, lambda seed: np.random.default_rng(seed).normal(), 1) is None
    random = np.random.default_rng(0)
    assert "Two calls with the same arguments differ" in told(
        expect_repeatable, lambda seed: random.normal(), 1
    )


def test_there_and_back():
    texts = ["abc", "猫喝水"]
    assert told(expect_round_trip, str.encode, bytes.decode, texts) is None
    lossy = told(expect_round_trip, lambda t: t.encode("ascii", "replace"), bytes.decode, texts)
    assert lossy == "'猫喝水' comes back as '???': they part at character 0 (counted from 0)."
    assert "'ab': they part at character 2" in told(expect_round_trip, lambda t: t[:-1], str, ["abc"])
    assert "Decoding gives None, expected text." in told(expect_round_trip, str, lambda t: None, texts)


# --- numbers and choices


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (40.0, None),
        (40.5, None),
        (20, "Half of it"),
        (5, "5 is too low. It is off by a factor of 8: bits and bytes?"),
        (40_000, "40000 is too high. It is off by a factor of 1000: a thousand lost or gained?"),
        (40 * np.log(2), "27.7259 is too low. It is off by a factor of 1.443: bits and nats?"),
        (-40, "-40 is too low. Look at the sign."),
        (41.5, "41.5 is too high."),
        (float("nan"), "Your answer is nan, expected a finite number."),
        ("40", "Your answer is the text '40', expected a number. Write it without quotation marks."),
        (len, "Your answer is a function, expected a number. Call it, and give what it returns."),
    ],
)
def test_predicted_numbers(value, words):
    assert told(expect_number, value, 40.0, mistakes=(WrongAnswer(20.0, "Half of it"),)) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("b", None),
        (" B ", None),
        ("a", "No: a is slow."),
        ("d", 'Choose one of "a", "b", "c"; what came is the text \'d\'.'),
        (2, 'Choose one of "a", "b", "c"; what came is the number 2.'),
    ],
)
def test_choices(value, words):
    mistakes = (WrongAnswer("a", "No: a is slow."), WrongAnswer("c", "No: c is wrong."))
    assert told(expect_choice, value, "b", mistakes) == words


# --- gradients by hand


def product(x, y):
    return x * y**2


def product_gradient(x, y, mixture):
    return mixture * y**2, mixture * 2 * x * y


INPUTS = (np.array([1.0, -2.0, 3.0]), np.array([0.5, 2.0, -1.0]))


def test_a_gradient_by_hand():
    names = ("x", "y")
    assert told(expect_gradient_function, product_gradient, product, INPUTS, names) is None
    mixture = np.ones(3)
    for index in range(2):
        expected = product_gradient(*INPUTS, mixture)[index]
        np.testing.assert_allclose(
            numerical_gradient(product, list(INPUTS), index, mixture), expected, atol=1e-7
        )


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda x, y, m: (m * y**2, m * x * y), "The gradient by y is"),
        (lambda x, y, m: (m * y**2, m * x * y), "All of them are 0.5 times the right ones."),
        (lambda x, y, m: (-m * y**2, 2 * m * x * y), "Only the sign is wrong."),
        (lambda x, y, m: (m * y**2, 0 * x), "No gradient reaches y"),
        (lambda x, y, m: (m * y**2, x * np.nan), "The gradient by y is not finite"),
        (lambda x, y, m: m * y**2, "Return one gradient for each of x, y"),
        (lambda x, y, m: (m * y**2, np.ones(2)), "The gradient by y has the shape [2], expected [3]."),
    ],
)
def test_wrong_gradients_by_hand(wrong, words):
    assert words in told(expect_gradient_function, wrong, product, INPUTS, ("x", "y"))


def test_gradients_that_are_all_zero_do_not_flow():
    zeros = [np.zeros(2), np.zeros(2)]
    assert "no gradient reaches x, y" in told(compare_gradients, zeros, [np.ones(2)] * 2, ("x", "y"), 1e-3)
    assert told(compare_gradients, zeros, zeros, ("x", "y"), 1e-3) is None
