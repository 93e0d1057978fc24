"""The exercises of chapter 00, the machine: their words and their checks."""

import statistics

from mof.course.chapter_00_answers import (
    PRESETS,
    choice,
    product_seconds,
    roof,
    sum_bandwidth,
    wrong_choice,
)
from mof.course.exercise import Exercise, WrongAnswer
from mof.course.quantities import describe
from mof.course.translation import _, marked
from mof.course.values import expect_values
from mof.course.verdict import Wrong

PRODUCT_CASES = ((2048, 1024, 4096, 1e9), (512, 4096, 64, 2e8), (1000, 10, 30, 5e5))
SUM_CASES = ((10**7, (0.02, 0.01, 0.012)), (3 * 10**6, (0.003, 0.0031, 0.009, 0.0032)))
ROOF_CASES = ((0.25, 2e11, 1e10), (4.0, 2e11, 1e10), (100.0, 2e11, 1e10), (30.0, 1e12, 5e10))
CHOICE_CASES = (  # hours, free bytes
    (96.0, 16e9),
    (22.0, 16e9),
    (96.0, 2.6e9),
    (5000.0, 64e9),
    (600_000.0, 64e9),
    (96.0, 2.0e9),
)

PRODUCT_MISTAKES = (
    WrongAnswer(
        lambda rows, inner, columns, rate: rows * inner * columns / rate,
        marked("Each multiplication is followed by an addition: count two operations for it."),
    ),
    WrongAnswer(
        lambda rows, inner, columns, rate: rows * (2 * inner - 1) * columns / rate,
        marked(
            "You leave out the addition to nothing at the start of each sum, which is exact. The custom, "
            "which this book follows, counts two operations for every multiplication."
        ),
    ),
    WrongAnswer(
        lambda rows, inner, columns, rate: rate / (2 * rows * inner * columns),
        marked("That is upside down: a faster machine would need longer. Divide the operations by the rate."),
    ),
    WrongAnswer(
        lambda rows, inner, columns, rate: 2 * rows * columns / rate,
        marked("You count one multiplication for each number of the result. It takes `inner` of them."),
    ),
    WrongAnswer(
        lambda rows, inner, columns, rate: 2 * rows * inner * columns / (rate * 1e9),
        marked("The rate is given in operations a second, not in billions of them."),
    ),
)
SUM_MISTAKES = (
    WrongAnswer(
        lambda num_numbers, seconds: 2 * 4 * num_numbers / min(seconds),
        marked("Two rows are moved in a copy. A sum reads two rows and writes a third."),
    ),
    WrongAnswer(
        lambda num_numbers, seconds: 4 * num_numbers / min(seconds),
        marked("You count the row that is written alone. The two that are read pass through memory too."),
    ),
    WrongAnswer(
        lambda num_numbers, seconds: 3 * 4 * num_numbers * len(seconds) / sum(seconds),
        marked(
            "That is the average over all tries. What disturbs a try makes it slower, never faster: take the "
            "fastest."
        ),
    ),
    WrongAnswer(
        lambda num_numbers, seconds: 3 * 4 * num_numbers / statistics.median(seconds),
        marked(
            "That is the try in the middle. It is good against one bad try; but what disturbs a try makes it "
            "slower, never faster: take the fastest."
        ),
    ),
    WrongAnswer(
        lambda num_numbers, seconds: 3 * 4 * num_numbers / max(seconds),
        marked("You take the slowest try, the one that was disturbed most."),
    ),
    WrongAnswer(
        lambda num_numbers, seconds: 3 * num_numbers / min(seconds),
        marked("Those are numbers a second. A float32 number has 4 bytes."),
    ),
    WrongAnswer(
        lambda num_numbers, seconds: 3 * 8 * num_numbers / min(seconds),
        marked("Those are numbers of 8 bytes, float64. A float32 number has 4."),
    ),
)
ROOF_MISTAKES = (
    WrongAnswer(
        lambda intensity, peak, bandwidth: max(peak, bandwidth * intensity),
        marked("The larger of the two is no limit: whichever is smaller holds the work up."),
    ),
    WrongAnswer(
        lambda intensity, peak, bandwidth: bandwidth * intensity,
        marked("Far to the right your roof rises without end. The arithmetic has a limit too: `peak`."),
    ),
    WrongAnswer(
        lambda intensity, peak, bandwidth: peak,
        marked("Where little is done with each byte, the memory is too slow for that."),
    ),
    WrongAnswer(
        lambda intensity, peak, bandwidth: min(peak, bandwidth / intensity),
        marked(
            "With more work on each byte the machine would be slower. Bytes a second times operations a "
            "byte are operations a second."
        ),
    ),
)
CHOICE_MISTAKES = (
    WrongAnswer(
        wrong_choice(memory="all"),
        marked("You choose a preset that does not fit into the free memory: leave those out first."),
    ),
    WrongAnswer(
        wrong_choice(memory="no rest"),
        marked("It fits only if it takes all the free memory. Leave a tenth to the system."),
    ),
    WrongAnswer(
        wrong_choice(distance="difference"),
        marked(
            "You take the smallest difference to 20. But 2 is a tenth of 20, and 45 little more than twice "
            "20: compare ratios, by their logarithm."
        ),
    ),
    WrongAnswer(
        wrong_choice(distance="largest"),
        marked("The largest that fits may read next to nothing in the hours there are."),
    ),
    WrongAnswer(
        wrong_choice(distance="fastest"),
        marked("The fastest is the smallest, and may be full long before the hours are over."),
    ),
    WrongAnswer(
        wrong_choice(seconds_an_hour=1.0),
        marked("The speed is in tokens a second, the time in hours: an hour has 3,600 seconds."),
    ),
)


def check_product(attempt):
    """00.1: seconds of a product."""
    expect_values(attempt, product_seconds, PRODUCT_CASES, PRODUCT_MISTAKES, what=_("Your number of seconds"))
    return _(
        "Right. That is the whole method: count, measure a rate, divide. Chapter 01 does it for four days."
    )


def check_sum(attempt):
    """00.2: bytes a second of a sum."""
    expect_values(attempt, sum_bandwidth, SUM_CASES, SUM_MISTAKES, what=_("Your bandwidth"))
    return _("Right: three rows of 4 bytes a number, over the fastest try.")


def check_roof(attempt):
    """00.3: the roof."""
    expect_values(attempt, roof, ROOF_CASES, ROOF_MISTAKES, what=_("Your roof"))
    return _("Right. Left of the corner memory decides, right of it arithmetic.")


def check_choice(attempt):
    """00.4: a preset for the hours and the memory there are."""
    names = [name for name, *_rest in PRESETS]
    found = []
    for hours, free_bytes in CHOICE_CASES:
        answer = attempt(list(PRESETS), hours, free_bytes)
        if not isinstance(answer, str) or answer not in names:
            raise Wrong(
                _("Return the name of a preset, one of {names}; what came is {came}.").format(
                    names=", ".join(names), came=describe(answer)
                )
            )
        found.append(answer)
    right = [choice(PRESETS, *case) for case in CHOICE_CASES]
    if found == right:
        return _("Right. The doctor chooses by this rule, with its own measurements.")
    for mistake in CHOICE_MISTAKES:
        if found == [mistake.answer(PRESETS, *case) for case in CHOICE_CASES]:
            raise Wrong(_(mistake.message))
    number = next(i for i, pair in enumerate(zip(found, right, strict=True)) if pair[0] != pair[1])
    hours, free_bytes = CHOICE_CASES[number]
    raise Wrong(
        _("With {hours} hours and {memory} GB of free memory you choose {found}, expected {right}.").format(
            hours=f"{hours:g}", memory=f"{free_bytes / 1e9:g}", found=found[number], right=right[number]
        )
    )


EXERCISES = (
    Exercise(
        id="00.1",
        title=marked("how long will it take?"),
        kind="predict",
        minutes=5,
        name="product_seconds",
        arguments=("rows", "inner", "columns", "rate"),
        hints=(
            marked("How many numbers has the result, and how many multiplications does each take?"),
            marked(
                "2 · rows · inner · columns operations. And the rate tells how many there are in a second."
            ),
        ),
        wrong_answers=PRODUCT_MISTAKES,
        checker=check_product,
    ),
    Exercise(
        id="00.2",
        title=marked("from a copy to a sum"),
        kind="change",
        minutes=5,
        name="sum_bandwidth",
        arguments=("num_numbers", "seconds"),
        hints=(
            marked("Which rows does c = a + b touch? Each number of each has 4 bytes."),
            marked("`seconds` holds several tries. Which of them was disturbed least?"),
        ),
        wrong_answers=SUM_MISTAKES,
        checker=check_sum,
    ),
    Exercise(
        id="00.3",
        title=marked("the roof"),
        kind="build",
        minutes=5,
        name="my_roof",
        arguments=("intensity", "peak", "bandwidth"),
        hints=(
            marked("Two limits hold at once. What does each allow?"),
            marked("Memory allows `bandwidth * intensity` operations a second, arithmetic `peak`."),
        ),
        wrong_answers=ROOF_MISTAKES,
        checker=check_roof,
    ),
    Exercise(
        id="00.4",
        title=marked("which preset?"),
        kind="build",
        minutes=15,
        name="my_choice",
        arguments=("presets", "hours", "free_bytes"),
        hints=(
            marked("First leave out what needs more than 0.9 of `free_bytes`."),
            marked("Tokens in the hours: tokens a second · 3600 · hours. Divide by the parameters."),
            marked(
                "Nearest to 20 as a ratio: the smallest `abs(math.log(found / 20))`; `min` takes a `key`."
            ),
        ),
        wrong_answers=CHOICE_MISTAKES,
        checker=check_choice,
    ),
)
