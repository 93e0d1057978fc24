"""The exercises of chapter 11, where the time goes: their words and their checks."""

import math

import numpy as np

from mof.course.chapter_11_answers import (
    blocked_norm,
    enough_rows,
    expect_small_room,
    gain,
    intensity,
    utilisation,
    wrong_norm,
    wrong_rows,
)
from mof.course.exercise import Exercise, WrongAnswer
from mof.course.quantities import as_number
from mof.course.translation import _, marked
from mof.course.values import expect_values
from mof.course.verdict import Wrong

INTENSITY_CASES = ((1, 1000, 1000, 4), (2048, 256, 512, 4), (64, 300, 70, 2))
ROWS_CASES = (  # inner, columns, peak, bandwidth
    (256, 512, 3e11, 3e10),
    (1024, 256, 2e11, 1.7e10),
    (256, 8192, 1e11, 4e10),
    (2, 3, 2e11, 2e10),
    (64, 64, 4e11, 1.5e10),
    (512, 512, 2e10, 5e10),
)
UTILISATION_CASES = (
    (((4, 2048, 256, 512), (1, 2048, 256, 8192)), 0.5, 3e11),
    (((2, 100, 20, 30), (3, 100, 30, 20), (1, 100, 30, 50)), 2e-4, 5e10),
)
GAIN_CASES = ((0.5, 2.0), (0.25, 4.0), (0.9, 10.0), (0.3, 1e12))
BLOCK_CASES = ((12, 5, 4), (11, 3, 4), (3, 2, 8), (5, 4, 1))  # rows, width, rows of a block
LARGE = (4096, 64, 16)
WIDE = (64, 16384, 1)  # so few rows that a block of a size of one's own holds them all

INTENSITY_MISTAKES = (
    WrongAnswer(
        lambda rows, inner, columns, number_bytes: intensity(rows, inner, columns, number_bytes) / 2,
        marked("Each multiplication is followed by an addition: count two operations for it."),
    ),
    WrongAnswer(
        lambda rows, inner, columns, number_bytes: intensity(rows, inner, columns, 1),
        marked("Those are operations for each number. A number has `number_bytes` bytes."),
    ),
    WrongAnswer(
        lambda rows, inner, columns, number_bytes: (
            2 * rows * inner * columns / (number_bytes * (rows * inner + inner * columns))
        ),
        marked("You leave the result out: it is written, and passes through memory too."),
    ),
    WrongAnswer(
        lambda rows, inner, columns, number_bytes: 2 * rows / number_bytes,
        marked("You count the bytes of the matrix alone. The rows are read too, and the result is written."),
    ),
    WrongAnswer(
        lambda rows, inner, columns, number_bytes: 1 / intensity(rows, inner, columns, number_bytes),
        marked("That is upside down: bytes for each operation."),
    ),
)
ROWS_MISTAKES = (
    WrongAnswer(
        wrong_rows(bytes_of="matrix"),
        marked(
            "You count the bytes of the matrix alone. Each further row brings its own numbers, and those of "
            "its result."
        ),
    ),
    WrongAnswer(
        wrong_rows(limit=False),
        marked(
            "For a small matrix your number of rows is below 0 or no number: there, no number of rows is "
            "enough. Return `math.inf`."
        ),
    ),
    WrongAnswer(
        wrong_rows(rounding=math.floor),
        marked("One row too few: rounded down, the intensity stays just left of the ridge. Round up."),
    ),
    WrongAnswer(
        wrong_rows(rounding=lambda number: number),
        marked("There are no parts of a row: round up to a whole number."),
    ),
    WrongAnswer(
        wrong_rows(number_bytes=1),
        marked("You take a number for a byte. A float32 number has 4."),
    ),
)
UTILISATION_MISTAKES = (
    WrongAnswer(
        lambda products, seconds, peak: utilisation(products, seconds, peak) / 3,
        marked("You count the way forward alone. The gradients by rows and by matrix are two products more."),
    ),
    WrongAnswer(
        lambda products, seconds, peak: utilisation(products, seconds, peak) / 2,
        marked("Each multiplication is followed by an addition: count two operations for it."),
    ),
    WrongAnswer(
        lambda products, seconds, peak: utilisation([(1, *sizes) for _n, *sizes in products], seconds, peak),
        marked("You count each kind of product once. `count` says how often it stands in the model."),
    ),
    WrongAnswer(
        lambda products, seconds, peak: utilisation(products, seconds, 1.0),
        marked("Those are operations a second. Divide by what the machine reaches at best, `peak`."),
    ),
    WrongAnswer(
        lambda products, seconds, peak: 1 / utilisation(products, seconds, peak),
        marked("That is upside down: it says how many such machines would fit into yours."),
    ),
)
GAIN_MISTAKES = (
    WrongAnswer(
        lambda share, factor: 1 - share + share / factor,
        marked("That is the time that is left. How many times as fast is the whole then?"),
    ),
    WrongAnswer(
        lambda share, factor: 1 / (1 - share + share * factor),
        marked("Your part gets slower: `factor` times as fast takes 1 / `factor` of the time."),
    ),
    WrongAnswer(
        lambda share, factor: factor,
        marked("That is what the part gains. The rest takes as long as before."),
    ),
    WrongAnswer(
        lambda share, factor: 1 - share + share * factor,
        marked("That is a mean of the speeds. Add up times, not speeds."),
    ),
    WrongAnswer(
        lambda share, factor: factor / share,
        marked("A part that is hardly there would speed up the whole without end. Add up the times."),
    ),
)
NORM_MISTAKES = (
    WrongAnswer(
        wrong_norm(blocks="whole"),
        marked("The last rows are 0: a block that is shorter than the others is a block too."),
    ),
    WrongAnswer(
        wrong_norm(blocks="first"),
        marked("Every block holds the first one's numbers: it should begin at its own `start`."),
    ),
    WrongAnswer(
        wrong_norm(over="block"),
        marked("Your mean runs over all rows of a block. Each row has its own: `axis=1, keepdims=True`."),
    ),
    WrongAnswer(
        wrong_norm(root=False),
        marked("You divide by the mean square. Divide by its root."),
    ),
    WrongAnswer(
        wrong_norm(scaled=False),
        marked("The norm is right, but nothing multiplies it by `scale`."),
    ),
    WrongAnswer(
        wrong_norm(epsilon=False),
        marked("A row of zeros is divided by 0: add the small number to the mean square."),
    ),
)


def check_intensity(attempt):
    """11.1: operations for each byte."""
    what = _("Your number of operations a byte")
    expect_values(attempt, intensity, INTENSITY_CASES, INTENSITY_MISTAKES, what=what)
    return _(
        "Right. With one row, in float32, it is about half an operation a byte, however large the matrix."
    )


def check_rows(attempt):
    """11.2: from how many rows on arithmetic decides."""
    right = [enough_rows(*case) for case in ROWS_CASES]
    found = [as_number(attempt(*case), _("The number of rows")) for case in ROWS_CASES]
    if found == right:
        return _(
            "Right. A small matrix on a quick processor never gets there: it should be part of a larger one."
        )
    for mistake in ROWS_MISTAKES:
        if _same(found, mistake.answer):
            raise Wrong(_(mistake.message))
    number = next(i for i, pair in enumerate(zip(found, right, strict=True)) if pair[0] != pair[1])
    inner, columns, peak, bandwidth = ROWS_CASES[number]
    raise Wrong(
        _(
            "For a matrix of {inner} × {columns}, {peak} operations and {bandwidth} bytes a second you say "
            "{found} rows, expected {right}."
        ).format(
            inner=inner,
            columns=columns,
            peak=f"{peak:g}",
            bandwidth=f"{bandwidth:g}",
            found=f"{found[number]:g}",
            right=f"{right[number]:g}",
        )
    )


def check_utilisation(attempt):
    """11.3: the share of the peak that a training reaches."""
    cases = [(list(products), seconds, peak) for products, seconds, peak in UTILISATION_CASES]
    expect_values(attempt, utilisation, cases, UTILISATION_MISTAKES, what=_("Your share"))
    return _("Right: what the model asks for, over what the machine could have done in that time.")


def check_gain(attempt):
    """11.4: what the whole gains when a part does."""
    expect_values(attempt, gain, GAIN_CASES, GAIN_MISTAKES, what=_("Your gain"))
    return _("Right. Three tenths of the time, gone altogether, make the whole 1.43 times as fast.")


def check_norm(attempt):
    """11.5: a norm in blocks of rows, holding no more than it needs."""
    random = np.random.default_rng(0)
    cases = []
    for rows, width, block_rows in BLOCK_CASES:
        x = random.normal(size=(rows, width)).astype("float32")
        x[rows // 2] = 0.0
        cases.append((x, random.uniform(0.5, 1.5, width).astype("float32"), block_rows))
    expect_values(attempt, blocked_norm, cases, NORM_MISTAKES, what=_("Your norm"))
    for rows, width, block_rows in (LARGE, WIDE):
        x = random.normal(size=(rows, width)).astype("float32")
        expect_small_room(attempt, x, np.ones(width, "float32"), block_rows)
    return _("Right, and between x and the result there is never more than a few blocks.")


def _same(found, answer):
    """Whether a stored wrong answer gives these very numbers."""
    try:
        return bool(np.allclose(found, [answer(*case) for case in ROWS_CASES]))
    except (ArithmeticError, ValueError):
        return False


EXERCISES = (
    Exercise(
        id="11.1",
        title=marked("operations for each byte"),
        kind="predict",
        minutes=5,
        name="my_intensity",
        arguments=("rows", "inner", "columns", "number_bytes"),
        hints=(
            marked("How many numbers are read on the left, how many on the right, how many are written?"),
            marked("2 · rows · inner · columns operations, over `number_bytes` for each number moved."),
        ),
        wrong_answers=INTENSITY_MISTAKES,
        checker=check_intensity,
    ),
    Exercise(
        id="11.2",
        title=marked("enough rows"),
        kind="build",
        minutes=15,
        name="my_rows",
        arguments=("inner", "columns", "peak", "bandwidth"),
        hints=(
            marked("At the ridge the intensity is `peak / bandwidth`. Which number of rows gives it?"),
            marked("Multiply out: m (2 k n - 4 I (k + n)) = 4 I k n, with I = peak / bandwidth."),
            marked("If the bracket is 0 or less, no m will do: `math.inf`. Else divide, and `math.ceil`."),
        ),
        wrong_answers=(*ROWS_MISTAKES, WrongAnswer(lambda *_sizes: 33, "you say 33 rows, expected")),
        checker=check_rows,
    ),
    Exercise(
        id="11.3",
        title=marked("how busy is the machine?"),
        kind="build",
        minutes=5,
        name="my_utilisation",
        arguments=("products", "seconds", "peak"),
        hints=(
            marked("A kind of product takes count · 2 · rows · inner · columns operations forward."),
            marked("Training does it three times. Divide by the seconds, then by the peak."),
        ),
        wrong_answers=UTILISATION_MISTAKES,
        checker=check_utilisation,
    ),
    Exercise(
        id="11.4",
        title=marked("what the whole gains"),
        kind="predict",
        minutes=5,
        name="my_gain",
        arguments=("share", "factor"),
        hints=(
            marked("Let the whole take 1. How long does the rest take, and how long the part afterwards?"),
            marked(
                "The time left is 1 - share + share / factor. As fast as what it was before: turn it over."
            ),
        ),
        wrong_answers=GAIN_MISTAKES,
        checker=check_gain,
    ),
    Exercise(
        id="11.5",
        title=marked("a norm in blocks"),
        kind="change",
        minutes=10,
        name="my_norm",
        arguments=("x", "scale", "block_rows"),
        hints=(
            marked("Make the result first, `y = np.empty_like(x)`, and fill it block by block."),
            marked("`for start in range(0, len(x), block_rows)`: slices may reach beyond the end."),
            marked("For a block: `part / np.sqrt(np.mean(part**2, axis=1, keepdims=True) + 1e-6) * scale`."),
        ),
        wrong_answers=(*NORM_MISTAKES, WrongAnswer(wrong_norm(blocks="none"), "your function holds arrays")),
        checker=check_norm,
    ),
)
