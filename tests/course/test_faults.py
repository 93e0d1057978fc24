"""What a reader's function may do to a check: raise, return something odd, print, write, never end."""

import copy
import sys
import threading
import time

import numpy as np
import pytest

from mof.course.attempt import Attempt
from mof.course.checking import judge
from mof.course.exercise import Exercise
from mof.course.quantities import as_array
from mof.course.time_limit import OutOfTime, run_within
from mof.course.values import expect_values
from mof.course.verdict import OPEN, RIGHT, WRONG, Wrong


def double(x):
    return 2 * x


def check_double(attempt):
    expect_values(attempt, double, [(np.arange(3.0) + 1,), (np.arange(5.0),)])
    return "Right."


def exercise(checker=check_double, arguments=("x",)):
    return Exercise("99.1", "doubling", "build", 1, "double", arguments, ("h",), (), checker)


def verdict_on(function, **settings):
    return judge(exercise(), function, **settings)


def raises(x):
    y = x.sum()
    return y / nothing_of_this_name  # noqa: F821


def helper(x):
    return x @ np.ones(7)


def raises_in_a_helper(x):
    return helper(x)


def never_returns(x):
    double(x)


def returns_a_list(x):
    return [2 * number for number in x]


def prints(x):
    print("x is", x)
    return 2 * x


def prints_and_returns_nothing(x):
    print(2 * x)


def writes(x):
    x *= 2
    return x


def loops(x):
    while True:
        x = x + 1


def loops_and_catches_everything(x):
    while True:
        try:
            time.sleep(0.01)
        except Exception:
            pass


def prints_without_end(x):
    while True:
        print("and on")


def ends_the_program(x):
    sys.exit(3)


def too_few():
    return 1


def stub(x):
    raise NotImplementedError


@pytest.mark.parametrize(
    ("function", "state", "words"),
    [
        (double, RIGHT, "Right."),
        (stub, OPEN, "Not written yet"),
        (never_returns, WRONG, "returns nothing (None). Does it end with `return`?"),
        (prints_and_returns_nothing, WRONG, "prints, but returns nothing. Put `return` in place of `print`"),
        (returns_a_list, WRONG, "Your result is a list of 3 things, expected an array [3]. `np.stack`"),
        (too_few, WRONG, "Your function takes (), and the check calls it with (x)."),
        (lambda x: "six", WRONG, "Your result is the text 'six', expected an array [3]."),
        (lambda x: 2, WRONG, "Your result has the shape [], expected [3]."),
        (lambda x: {"x": x}, WRONG, "Your result is a dict of 1 entry, expected an array [3]."),
        (lambda x: (2 * x, x), WRONG, "Your result is a tuple of 2 things, expected an array [3]."),
        (
            lambda x: (2 * x)[:, None],
            WRONG,
            "has the shape [3, 1], expected [3]. It has an axis of length 1 too",
        ),
        (lambda x: double, WRONG, "Your result is a function, expected an array [3]."),
        (lambda x: x / 0, WRONG, "infinite"),
        (lambda x: x * np.nan, WRONG, "Your result holds NaN, which is no number. Is 0 divided by 0"),
        (lambda x: -2 * x, WRONG, "Only the sign is wrong"),
        (lambda x: 3 * x, WRONG, "at [2], expected 6.0000. All of yours are 1.5 times the right ones."),
        (lambda x: 2 * x + 1, WRONG, "All of yours are off by the same 1."),
        (lambda x: 0 * x, WRONG, "All of yours are 0."),
        (ends_the_program, WRONG, "Your code stopped in line"),
        (5, WRONG, "wants your function itself, but what came is the number 5"),
        (np.arange(3.0), WRONG, "wants your function itself, but what came is an array [3]"),
        (None, WRONG, "wants your function itself, but what came is None"),
        (Ellipsis, OPEN, "Not answered yet"),
    ],
)
def test_every_answer_gets_its_sentence(function, state, words):
    verdict = verdict_on(function)
    assert verdict.state == state and words in verdict.message, str(verdict)


def test_an_exception_is_shown_as_the_readers_own_line():
    verdict = verdict_on(raises)
    number = raises.__code__.co_firstlineno + 2
    assert verdict.message.startswith(f"Your code stopped in line {number} ")
    assert "a typing error, or a cell above" in verdict.message
    assert verdict.code == "return y / nothing_of_this_name  # noqa: F821"
    assert "NameError: name 'nothing_of_this_name' is not defined" in verdict.evidence
    assert "It was called with `x` an array [3]." in verdict.evidence
    assert "Traceback" not in str(verdict)


def test_a_helpers_line_is_the_readers_own_too():
    verdict = verdict_on(raises_in_a_helper)
    assert verdict.code == "return x @ np.ones(7)" and "Two shapes do not fit together." in verdict.message


def test_what_is_printed_is_shown_after_the_verdict_and_nowhere_else(capsys):
    verdict = verdict_on(prints)
    assert verdict.state == RIGHT and "It printed: x is [1. 2. 3.]" in verdict.remarks[0]
    assert capsys.readouterr().out == ""


def test_writing_into_an_argument_is_remarked_and_spoils_no_check():
    verdict = verdict_on(writes)
    assert verdict.state == RIGHT and "writes into its argument `x`" in verdict.remarks[0]
    assert "`a = a + b`, not `a += b`" in verdict.remarks[0]


def multiplies_each(x):
    for part in x:
        part *= 2


def sets_the_first(x):
    x[0] = 7


def sets_an_entry(x):
    x["a"] = 7


def multiplies_an_entry(x):
    x["a"] *= 2


def sets_in_the_first(x):
    x[0][0] = 7


@pytest.mark.parametrize(
    ("writing", "argument", "advice"),
    [
        (multiplies_each, [np.ones(2), np.ones(3)], "x = [part.copy() for part in x]"),
        (sets_the_first, [np.ones(2), np.ones(3)], "x = list(x)"),
        (sets_the_first, [1, 2], "x = list(x)"),
        (sets_an_entry, {"a": 1}, "x = dict(x)"),
        (sets_an_entry, {"a": np.ones(2)}, "x = dict(x)"),
        (multiplies_an_entry, {"a": np.ones(2)}, "x = {key: part.copy() for key, part in x.items()}"),
        (sets_in_the_first, [[1, 2], [3]], "x = copy.deepcopy(x)"),
        (sets_in_the_first, ({0: np.ones(2)}, 3), "x = copy.deepcopy(x)"),
    ],
)
def test_the_advice_on_an_argument_that_is_written_into_helps(writing, argument, advice):
    def remarks(function):
        def answer(x):
            function(x)
            return 1

        attempt = Attempt(answer, ("x",))
        attempt(argument)
        return attempt.remarks()

    (remark,) = remarks(writing)
    assert "writes into its argument `x`" in remark and f"a copy: `{advice}`." in remark
    advised = eval(f"lambda x: {advice.removeprefix('x = ')}", {"copy": copy})
    assert remarks(lambda x: writing(advised(x))) == []


@pytest.mark.parametrize("function", [loops, loops_and_catches_everything, prints_without_end])
def test_what_runs_forever_is_ended_and_told(function):
    before = threading.active_count()
    start = time.perf_counter()
    verdict = verdict_on(function, limit_seconds=0.2)
    assert verdict.state == WRONG and "still running after 0.2 seconds" in verdict.message
    assert verdict.evidence == "" and time.perf_counter() - start < 60
    assert threading.active_count() == before
    assert len(str(verdict)) < 3000


def test_the_clock_leaves_out_what_the_check_itself_needs():
    def slow_check(attempt):
        time.sleep(0.5)
        return check_double(attempt)

    assert judge(exercise(slow_check), double, limit_seconds=0.2).state == RIGHT


def test_what_cannot_be_ended_is_told():
    release = threading.Event()

    def stubborn():
        while not release.is_set():
            try:
                time.sleep(0.01)
            except BaseException:
                pass

    with pytest.raises(OutOfTime) as late:
        run_within(stubborn, 0.05, lambda: 1.0)
    release.set()
    assert not late.value.is_ended


def test_an_error_of_the_check_itself_is_no_traceback_either():
    def broken(attempt):
        raise KeyError("x")

    verdict = judge(exercise(broken), double)
    assert verdict.state == WRONG and "The check itself stopped with KeyError" in verdict.message


def test_a_value_is_judged_without_a_thread():
    def check_six(value):
        if as_array(value, (), "Your answer") != 6:
            raise Wrong("Too low.")
        return "Right."

    ask = exercise(check_six, arguments=())
    assert judge(ask, 6).state == RIGHT and judge(ask, np.float32(6)).state == RIGHT
    assert judge(ask, 5).message == "Too low."
    assert judge(ask, "6").message.endswith("expected a number. Write it without quotation marks.")
    assert judge(ask, [6]).message == "Your answer is a list of 1 thing, expected a number."
    assert judge(ask, True).message == "Your answer is True, expected a number."
    assert judge(ask, ...).state == OPEN and judge(ask, None).state == OPEN
