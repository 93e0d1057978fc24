"""The exercises of chapter 01, the budget: their words and their checks."""

import math

from mof.course.chapter_01_answers import (
    best_size,
    break_even_share,
    tokens_per_parameter,
    training_bytes,
    training_operations,
)
from mof.course.exercise import Exercise, WrongAnswer
from mof.course.translation import _, marked
from mof.course.values import expect_values

MATRIX_CASES = ((2, 3), (256, 1536), (1, 1))
BUDGET_CASES = ((6e6, 1.2e11, 96.0), (27e6, 1.2e11, 96.0), (1e6, 5e9, 2.0))
SIZE_CASES = ((4e16, 20.0), (4e16, 5.0), (6e12, 100.0))
MEMORY_CASES = ((80e6, 2, 2048, 500_000), (6e6, 1, 4096, 90_000), (1000, 0, 3, 70))
SHARE_CASES = ((4.3e16, 5e14, 3.0, 0.05), (1e18, 1e14, 2.0, 1.5), (3.6e15, 1e12, 1.0, 4.0))

MATRIX_MISTAKES = (
    WrongAnswer(
        lambda k, n: 2 * k * n,
        marked("That is the way forward alone. Training goes back as well, and twice: for row and matrix."),
    ),
    WrongAnswer(
        lambda k, n: 4 * k * n,
        marked("The way back takes two products, not one: one for the row's gradient, one for the matrix's."),
    ),
    WrongAnswer(
        lambda k, n: 3 * k * n,
        marked("Three products, yes. But each multiplication has its addition: two operations."),
    ),
    WrongAnswer(
        lambda k, n: k * n,
        marked("That is the number of weights. How often is each of them used, on the way there and back?"),
    ),
    WrongAnswer(
        lambda k, n: 6 * (k + n),
        marked("Every input meets every output: their numbers multiply, they do not add up."),
    ),
)
BUDGET_MISTAKES = (
    WrongAnswer(
        lambda parameters, rate, hours: rate * 3600 * hours / (6 * parameters),
        marked("That is the number of tokens. Divide once more by the parameters: tokens for each of them."),
    ),
    WrongAnswer(
        lambda parameters, rate, hours: rate * 3600 * hours / (2 * parameters**2),
        marked("2 N is what a token costs forward. In training it costs three times that."),
    ),
    WrongAnswer(
        lambda parameters, rate, hours: rate * hours / (6 * parameters**2),
        marked("The rate counts operations in a second, and you give it hours: 3,600 seconds each."),
    ),
    WrongAnswer(
        lambda parameters, rate, hours: rate * 60 * hours / (6 * parameters**2),
        marked("60 makes minutes of hours. The rate is by the second."),
    ),
    WrongAnswer(
        lambda parameters, rate, hours: rate * 3600 * hours / parameters**2,
        marked("A token costs 6 operations for each parameter, not one."),
    ),
)
SIZE_MISTAKES = (
    WrongAnswer(
        lambda operations, mark: operations / (6 * mark),
        marked("That is the square of the size: tokens grow with N, so the operations grow with N squared."),
    ),
    WrongAnswer(
        lambda operations, mark: math.sqrt(operations / 120),
        marked("120 is 6 times 20. With another `mark` it is another number."),
    ),
    WrongAnswer(
        lambda operations, mark: math.sqrt(operations / mark),
        marked("A token costs 6 operations for each parameter. Where is the 6?"),
    ),
    WrongAnswer(
        lambda operations, mark: math.sqrt(operations * mark / 6),
        marked("That is the number of tokens. The parameters are that number divided by `mark`."),
    ),
    WrongAnswer(
        lambda operations, mark: math.sqrt(operations) / (6 * mark),
        marked("The root belongs around all of it: N squared is the operations divided by 6 times the mark."),
    ),
)
MEMORY_MISTAKES = (
    WrongAnswer(
        lambda parameters, slots, tokens, kept: 4 * parameters * (1 + slots) + tokens * kept,
        marked("Between the way back and the update the gradients lie in memory: a number for each weight."),
    ),
    WrongAnswer(
        lambda parameters, slots, tokens, kept: 4 * parameters * (3 + slots) + tokens * kept,
        marked(
            "You count the gradients twice. This training updates after each batch, so it keeps no sum of "
            "them."
        ),
    ),
    WrongAnswer(
        lambda parameters, slots, tokens, kept: 4 * parameters * (2 + slots) + kept,
        marked("You keep the numbers of one token. A batch keeps those of all its tokens."),
    ),
    WrongAnswer(
        lambda parameters, slots, tokens, kept: 4 * parameters * (2 + slots),
        marked(
            "What the way back needs is missing: every token of the batch leaves its intermediate results."
        ),
    ),
    WrongAnswer(
        lambda parameters, slots, tokens, kept: parameters * (2 + slots) + tokens * kept,
        marked("Those are numbers and bytes in one sum. A float32 number has 4 bytes."),
    ),
    WrongAnswer(
        lambda parameters, slots, tokens, kept: 4 * parameters * 2 + tokens * kept,
        marked("The optimiser keeps numbers too: `optimizer_numbers` for each weight."),
    ),
)
SHARE_MISTAKES = (
    WrongAnswer(
        lambda operations, gpu_rate, rent, laptop_cost: operations / gpu_rate * rent / laptop_cost,
        marked("Operations over the rate are seconds, and the rent is by the hour."),
    ),
    WrongAnswer(
        lambda operations, gpu_rate, rent, laptop_cost: laptop_cost * gpu_rate * 3600 / (operations * rent),
        marked(
            "That is upside down: with a higher rent the GPU would have to be used less well. What does it "
            "cost at its full rate, as a share of what the laptop costs?"
        ),
    ),
    WrongAnswer(
        lambda operations, gpu_rate, rent, laptop_cost: (
            100 * operations / gpu_rate / 3600 * rent / laptop_cost
        ),
        marked("That is in percent. Give the share itself: 0.1, not 10."),
    ),
    WrongAnswer(
        lambda operations, gpu_rate, rent, laptop_cost: operations / gpu_rate / 3600 * rent,
        marked("That is the rent at the full rate. Compare it with what the laptop costs."),
    ),
)


def check_matrix(attempt):
    """01.1: operations of a training token in one product."""
    expect_values(attempt, training_operations, MATRIX_CASES, MATRIX_MISTAKES, what=_("Your count"))
    return _("Right: 6 operations for each weight, 2 forward and 4 back.")


def check_budget(attempt):
    """01.2: tokens for each parameter."""
    expect_values(
        attempt, tokens_per_parameter, BUDGET_CASES, BUDGET_MISTAKES, what=_("Your number of tokens")
    )
    return _("Right. The parameters come in squared: twice the size leaves a quarter of the tokens for each.")


def check_size(attempt):
    """01.3: the size for a number of operations."""
    expect_values(attempt, best_size, SIZE_CASES, SIZE_MISTAKES, what=_("Your size"))
    return _("Right. Four times the hours buy a model of twice the size.")


def check_memory(attempt):
    """01.4: bytes of a training."""
    expect_values(attempt, training_bytes, MEMORY_CASES, MEMORY_MISTAKES, what=_("Your number of bytes"))
    return _("Right. The first part depends on the model alone, the second on the batch.")


def check_share(attempt):
    """01.5: where laptop and GPU cost the same."""
    expect_values(attempt, break_even_share, SHARE_CASES, SHARE_MISTAKES, what=_("Your share"))
    return _("Right. Below that share the laptop is cheaper, above it the GPU.")


EXERCISES = (
    Exercise(
        id="01.1",
        title=marked("a matrix in training"),
        kind="predict",
        minutes=5,
        name="matrix_operations",
        arguments=("num_inputs", "num_outputs"),
        hints=(
            marked("Forward, each weight is multiplied once and added once."),
            marked("Back there are two products of the same size: one for the row, one for the matrix."),
        ),
        wrong_answers=MATRIX_MISTAKES,
        checker=check_matrix,
    ),
    Exercise(
        id="01.2",
        title=marked("tokens for each parameter"),
        kind="build",
        minutes=10,
        name="my_budget",
        arguments=("parameters", "rate", "hours"),
        hints=(
            marked("Operations that there are: the rate times the seconds."),
            marked("Operations that a token costs: 6 for each parameter."),
            marked("Tokens are the one divided by the other. Then divide by the parameters once more."),
        ),
        wrong_answers=BUDGET_MISTAKES,
        checker=check_budget,
    ),
    Exercise(
        id="01.3",
        title=marked("another mark"),
        kind="change",
        minutes=5,
        name="my_size",
        arguments=("operations", "mark"),
        hints=(
            marked("Put `mark` times N in place of 20 N, and solve for N again."),
            marked("operations = 6 · N · (mark · N)."),
        ),
        wrong_answers=SIZE_MISTAKES,
        checker=check_size,
    ),
    Exercise(
        id="01.4",
        title=marked("will it fit?"),
        kind="build",
        minutes=10,
        name="my_bytes",
        arguments=("parameters", "optimizer_numbers", "batch_tokens", "kept_bytes"),
        hints=(
            marked("For each weight: itself, its gradient, and what the optimiser keeps."),
            marked("`kept_bytes` are bytes already; the others are float32 numbers of 4 bytes."),
        ),
        wrong_answers=MEMORY_MISTAKES,
        checker=check_memory,
    ),
    Exercise(
        id="01.5",
        title=marked("break even"),
        kind="build",
        minutes=15,
        name="my_share",
        arguments=("operations", "gpu_rate", "rent", "laptop_cost"),
        hints=(
            marked("How many hours would the GPU take at its full rate, and what would they cost?"),
            marked("At half the rate it takes twice as long and costs twice as much."),
            marked("At the share s it costs (cost at the full rate) / s. Set that equal to `laptop_cost`."),
        ),
        wrong_answers=SHARE_MISTAKES,
        checker=check_share,
    ),
)
