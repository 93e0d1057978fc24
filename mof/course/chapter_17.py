"""The exercises of chapter 17, predicting before paying: their words and their checks."""

import math

import numpy as np

from mof.course.chapter_17_answers import (
    aligned_move,
    counted_tokens,
    law_coefficients,
    log_slope,
    searched_size,
    wrong_coefficients,
    wrong_size,
    wrong_slope,
    wrong_tokens,
)
from mof.course.exercise import Exercise, WrongAnswer
from mof.course.translation import _, marked
from mof.course.values import expect_values

MOVE_CASES = ((64, 0.01), (512, 0.01), (100, 0.002))  # width, step
SLOPE_CASES = (
    (np.array([32.0, 64.0, 128.0, 256.0]), np.array([0.11, 0.16, 0.21, 0.32])),
    (np.array([10.0, 20.0, 50.0]), np.array([4.0, 3.9, 1.2])),
)
# tokens, unique, worth
TOKEN_CASES = ((10.0, 20.0, 15.0), (100.0, 10.0, 15.0), (40.0, 10.0, 4.0), (25.0, 10.0, 15.0))
SIZE_CASES = (  # product, size_scale, size_exponent, token_scale, token_exponent
    (100.0, 1.0, 0.5, 2.0, 0.3),
    (9e3, 0.4, 0.3, 0.9, 0.4),
    (1.0, 2.0, 0.4, 2.0, 0.2),
)


def coefficient_cases():
    """(sizes, tokens, bits, size_exponent, token_exponent): a grid of made-up trainings, with noise."""
    random = np.random.default_rng(0)
    cases = []
    for floor, size_scale, size_exponent, token_scale, token_exponent in (
        (1.0, 0.5, 0.4, 1.5, 0.3),
        (0.3, 2.0, 0.2, 0.7, 0.6),
    ):
        sizes, tokens = (axis.ravel() for axis in np.meshgrid([0.3, 1.0, 4.0], [0.5, 2.0, 8.0]))
        bits = floor + size_scale * sizes**-size_exponent + token_scale * tokens**-token_exponent
        bits = bits + 0.05 * random.normal(size=bits.shape)
        cases.append((sizes, tokens, bits, size_exponent, token_exponent))
    return cases


MOVE_MISTAKES = (
    WrongAnswer(
        lambda width, step: step * math.sqrt(width),
        marked(
            "That is what D numbers with signs of chance make. These all point one way: they add up, and "
            "nothing cancels."
        ),
    ),
    WrongAnswer(
        lambda width, step: step,
        marked("One number of the vector moves so far. The logit is a sum over all D of them."),
    ),
    WrongAnswer(
        lambda width, step: step / width,
        marked("A product of two vectors is a sum, and no mean: do not divide by D."),
    ),
    WrongAnswer(
        lambda width, step: step * width**2,
        marked("The hidden state's numbers stay near 1. Only the number of terms grows, once."),
    ),
)
SLOPE_MISTAKES = (
    WrongAnswer(
        lambda widths, values: wrong_slope(widths, values, logs="none"),
        marked("That is the slope of the values themselves. Take the logarithm of both axes first."),
    ),
    WrongAnswer(
        lambda widths, values: wrong_slope(widths, values, logs="values"),
        marked("You take the logarithm of the values alone. The widths need it too."),
    ),
    WrongAnswer(
        lambda widths, values: wrong_slope(widths, values, upside_down=True),
        marked("You have the axes the wrong way round: the widths are x, the values are y."),
    ),
    WrongAnswer(
        lambda widths, values: wrong_slope(widths, values, through="origin"),
        marked("Your line is forced through the origin. Let it have a constant of its own."),
    ),
    WrongAnswer(
        lambda widths, values: wrong_slope(widths, values, through="ends"),
        marked("You look at the first and the last point alone. Those between them count as well."),
    ),
)
TOKEN_MISTAKES = (
    WrongAnswer(
        lambda tokens, unique, worth: wrong_tokens(tokens, unique, worth, repeats="all"),
        marked("You count the first pass as a repeat. Repeats are the passes after the first."),
    ),
    WrongAnswer(
        lambda tokens, unique, worth: wrong_tokens(tokens, unique, worth, repeats="all", guard=False),
        marked("You count the first pass as a repeat: r is the number of passes less one."),
    ),
    WrongAnswer(
        lambda tokens, unique, worth: wrong_tokens(max(tokens, unique), unique, worth),
        marked(
            "Where the text is not read to its end, only the tokens that were read count: return `tokens`."
        ),
    ),
    WrongAnswer(
        lambda tokens, unique, worth: wrong_tokens(tokens, unique, worth, first=False),
        marked("The first pass is missing: it counts in full, before any repeat."),
    ),
    WrongAnswer(
        lambda tokens, unique, worth: wrong_tokens(tokens, unique, worth, guard=False),
        marked("Where the text is not read to its end, nothing is repeated: every token counts once."),
    ),
    WrongAnswer(
        lambda tokens, unique, worth: float(tokens),
        marked("You count repeats like fresh text. Each further pass is worth less than the one before."),
    ),
    WrongAnswer(
        lambda tokens, unique, worth: float(min(tokens, unique)),
        marked("You count repeats as nothing. The second pass is worth nearly as much as the first."),
    ),
    WrongAnswer(
        lambda tokens, unique, worth: wrong_tokens(tokens, unique, worth, repeats="whole"),
        marked("You count whole repeats alone. A part of a pass counts too: divide by `/`, not by `//`."),
    ),
)
COEFFICIENT_MISTAKES = (
    WrongAnswer(
        lambda *case: wrong_coefficients(*case, power=0.0),
        marked("You take the differences as they are. Divide each of them by its bits before it is squared."),
    ),
    WrongAnswer(
        lambda *case: wrong_coefficients(*case, power=0.5),
        marked("You divide the squares by the bits. Divide the differences, and square then."),
    ),
    WrongAnswer(
        lambda *case: wrong_coefficients(*case, power=2.0),
        marked("You divide twice by the bits. Once is enough: the squares come afterwards."),
    ),
    WrongAnswer(
        lambda *case: wrong_coefficients(*case, divided="matrix"),
        marked("You divide the matrix alone. The numbers on the right have to be divided by their bits too."),
    ),
    WrongAnswer(
        lambda *case: wrong_coefficients(*case, divided="right"),
        marked("You divide the right side alone. Each row of the matrix has to be divided by its bits too."),
    ),
    WrongAnswer(
        lambda *case: wrong_coefficients(*case, power=0.0, floor=False),
        marked("You take the differences as they are, and there is no floor in your fit."),
    ),
    WrongAnswer(
        lambda *case: wrong_coefficients(*case, floor=False),
        marked("There is no floor in your fit. Give the matrix a column of ones."),
    ),
    WrongAnswer(
        lambda *case: wrong_coefficients(*case, sign=1),
        marked("Your terms grow. The law divides by the powers: give the exponents a minus."),
    ),
    WrongAnswer(
        lambda *case: wrong_coefficients(*case, swapped=True),
        marked("The exponents are swapped: sizes got the one of the tokens."),
    ),
    WrongAnswer(
        lambda *case: wrong_coefficients(*case, order=(0, 2, 1)),
        marked("The two scales stand in the other order: size before token."),
    ),
    WrongAnswer(
        lambda *case: wrong_coefficients(*case, order=(1, 2, 0)),
        marked("The numbers are right, in another order: floor first, then size scale, then token scale."),
    ),
)
SIZE_MISTAKES = (
    WrongAnswer(
        lambda product, *law: math.sqrt(product),
        marked("You give size and tokens equal halves. That is best only where both terms fall alike."),
    ),
    WrongAnswer(
        lambda product, *law: math.sqrt(product / 20),
        marked("That is the rule of 20 tokens for each parameter. Here the law decides."),
    ),
    WrongAnswer(
        lambda *case: wrong_size(*case, factors=False),
        marked("You set the two terms equal. Their slopes must be equal: each exponent is a factor too."),
    ),
    WrongAnswer(
        lambda *case: wrong_size(*case, text=True),
        marked("Those are the tokens. The size is the product divided by them."),
    ),
    WrongAnswer(
        lambda *case: wrong_size(*case, both=False),
        marked("The size stands in both terms, so the root is of the sum of both exponents."),
    ),
)


def check_move(attempt):
    """17.2: how far a logit moves."""
    expect_values(attempt, aligned_move, MOVE_CASES, MOVE_MISTAKES, what=_("Your distance"))
    return _("Right: twice as wide, twice as far, though each single number moved no further.")


def check_slope(attempt):
    """17.3: the slope in a doubly logarithmic picture."""
    expect_values(attempt, log_slope, SLOPE_CASES, SLOPE_MISTAKES, what=_("Your slope"))
    return _("Right. A slope of 1 means: in proportion to the width. A slope of 0 means: flat.")


def check_tokens(attempt):
    """17.4: what repeats are worth."""
    expect_values(attempt, counted_tokens, TOKEN_CASES, TOKEN_MISTAKES, what=_("Your number of tokens"))
    return _("Right. However often it is read, a text is never worth more than 1 + worth passes of it.")


def check_coefficients(attempt):
    """17.1: the linear part of the fit."""
    expect_values(
        attempt,
        law_coefficients,
        coefficient_cases(),
        COEFFICIENT_MISTAKES,
        what=_("Your array of three numbers"),
    )
    return _("Right. Only two numbers are left to be searched for, and two can be tried on a grid.")


def check_size(attempt):
    """17.5: the best size for given work."""
    expect_values(attempt, searched_size, SIZE_CASES, SIZE_MISTAKES, what=_("Your size"))
    return _("Right: there, a little more size would win as much as the tokens that it costs would lose.")


EXERCISES = (
    Exercise(
        id="17.1",
        title=marked("three numbers at once"),
        kind="build",
        minutes=10,
        name="my_numbers",
        arguments=("sizes", "tokens", "bits", "size_exponent", "token_exponent"),
        hints=(
            marked("With the exponents given, bits is a sum of three known columns times three numbers."),
            marked("The columns are ones, `sizes**-size_exponent` and `tokens**-token_exponent`."),
            marked(
                "(law - bits) / bits: divide each row of the matrix, and the number on its right, by its "
                "bits. The right side becomes ones."
            ),
            marked("`np.linalg.lstsq(np.stack(columns, axis=1) / bits[:, None], np.ones(len(bits)))[0]`"),
        ),
        wrong_answers=COEFFICIENT_MISTAKES,
        checker=check_coefficients,
    ),
    Exercise(
        id="17.2",
        title=marked("how far does a logit move?"),
        kind="predict",
        minutes=5,
        name="my_move",
        arguments=("width", "step"),
        hints=(
            marked("Write the logit as a sum: h_1 e_1 + h_2 e_2 + ... By how much does each term change?"),
            marked("Each of the D terms changes by |h_i| times the step, and |h_i| is 1. All have one sign."),
        ),
        wrong_answers=MOVE_MISTAKES,
        checker=check_move,
    ),
    Exercise(
        id="17.3",
        title=marked("the slope of a picture"),
        kind="build",
        minutes=5,
        name="my_slope",
        arguments=("widths", "values"),
        hints=(
            marked("If values = a · widths^b, what is the logarithm of the values?"),
            marked("A straight line in log widths: `np.polyfit(x, y, 1)` gives its slope first."),
        ),
        wrong_answers=SLOPE_MISTAKES,
        checker=check_slope,
    ),
    Exercise(
        id="17.4",
        title=marked("what repeats are worth"),
        kind="change",
        minutes=10,
        name="my_tokens",
        arguments=("tokens", "unique", "worth"),
        hints=(
            marked("With r repeats behind it, a further token is worth e^(-r / worth). Add up from 0 to r."),
            marked("The repeats alone are worth `unique * worth * (1 - np.exp(-repeats / worth))`."),
            marked("`repeats = tokens / unique - 1`; where that is below 0, return `tokens`."),
        ),
        wrong_answers=TOKEN_MISTAKES,
        checker=check_tokens,
    ),
    Exercise(
        id="17.5",
        title=marked("the best size for given work"),
        kind="build",
        minutes=15,
        name="my_best_size",
        arguments=("product", "size_scale", "size_exponent", "token_scale", "token_exponent"),
        hints=(
            marked("Put D = product / N into the law. Then only N is left."),
            marked("Set the derivative to 0: a A / N^a = b B / D^b. The exponents become factors."),
            marked("N^(a + b) = (a A) / (b B) · product^b. Take the root."),
        ),
        wrong_answers=SIZE_MISTAKES,
        checker=check_size,
    ),
)
