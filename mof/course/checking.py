"""Judges an answer: runs the exercise's check against the clock, and turns whatever happens into words."""

import contextlib
import warnings

import numpy as np

from mof.course.attempt import Attempt, ReaderError
from mof.course.failures import stopped
from mof.course.quantities import describe
from mof.course.time_limit import OutOfTime, run_within
from mof.course.translation import _
from mof.course.verdict import OPEN, RIGHT, WRONG, Unwritten, Verdict, Wrong

LIMIT_SECONDS = 10.0  # in the reader's own code; the checks call it for milliseconds


def judge(exercise, answer, limit_seconds=LIMIT_SECONDS):
    """Judge an answer.

    Args:
        exercise: Exercise.
        answer: the reader's function, number or choice.
        limit_seconds: float, for all calls of the reader's function together.

    Returns:
        Verdict. A wrong answer raises nothing: a page with a stub on it must still build.
    """
    if answer is Ellipsis or (answer is None and not exercise.arguments):
        return Verdict(OPEN, _("Not answered yet: put your answer in place of the three dots."))
    if not exercise.arguments:
        return _outcome(lambda: exercise.checker(answer))
    if not callable(answer):
        message = _("This check wants your function itself, but what came is {came}.")
        return Verdict(
            WRONG,
            message.format(came=describe(answer)),
            _("Write {call}, without calling the function.").format(
                call=f'`check("{exercise.id}", {exercise.name})`'
            ),
        )
    attempt = Attempt(answer, exercise.arguments)
    verdict = _outcome(lambda: _judge_function(exercise, attempt, limit_seconds))
    return verdict.with_remarks(*attempt.remarks()) if verdict.state != OPEN else verdict


def _judge_function(exercise, attempt, limit_seconds):
    def job():
        with np.errstate(all="ignore"):  # NaN and infinity are told in words
            return exercise.checker(attempt)

    with contextlib.redirect_stdout(attempt.printed), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return run_within(job, limit_seconds, attempt.seconds)


def _outcome(job):
    try:
        return Verdict(RIGHT, job())
    except Unwritten:
        return Verdict(OPEN, _("Not written yet: replace the line that raises NotImplementedError."))
    except ReaderError as error:
        return _wrong(stopped(error))
    except Wrong as wrong:
        return _wrong(wrong)
    except OutOfTime as late:
        message = _(
            "Your function was still running after {seconds} seconds. Does each of its loops come to an end?"
        )
        message = message.format(seconds=f"{late.limit_seconds:g}")
        left = _("It could not be stopped: restart the kernel (menu Kernel, Restart), or this Python.")
        return Verdict(WRONG, message, "" if late.is_ended else left)
    except Exception as error:  # an answer that no check foresaw
        message = _("The check itself stopped with {error}. It did not foresee such an answer.")
        return Verdict(WRONG, message.format(error=f"{type(error).__name__}: {error}"))


def _wrong(wrong):
    return Verdict(WRONG, wrong.message, wrong.evidence, wrong.code)
