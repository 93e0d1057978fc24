"""The exercises of chapter 10, training well: their words and their checks."""

import math

import numpy as np

from mof.course.cases import random_tokens
from mof.course.chapter_10_answers import (
    adamw,
    clip,
    factor,
    interval,
    run_adamw,
    run_clip,
    run_interval,
    share_left,
    wrong_adamw,
    wrong_clip,
    wrong_factor,
    wrong_interval,
)
from mof.course.exercise import Exercise, WrongAnswer
from mof.course.monotone import expect_depends_on
from mof.course.quantities import as_number
from mof.course.translation import _, marked
from mof.course.values import expect_values
from mof.course.verdict import Wrong

STACKS = ((1, 2), (1, 4), (3, 4), (6, 6))  # frozen blocks, all blocks
SEEDS = (2.700, 2.740, 2.690)
T_OF_THREE = 4.303

SHARE_MISTAKES = (
    WrongAnswer(
        lambda frozen, blocks: 1 - frozen / blocks,
        marked("As if a frozen block cost nothing. It still reads forwards, and hands the gradient down."),
    ),
    WrongAnswer(
        lambda frozen, blocks: 1 - 2 * frozen / (3 * blocks),
        marked(
            "As if the whole way back were spared. What lies below still learns, so the gradient has to pass "
            "through the frozen blocks."
        ),
    ),
    WrongAnswer(
        lambda frozen, blocks: 1 - frozen / (2 * blocks),
        marked("You count two products for each matrix. There are three: one forwards, two on the way back."),
    ),
    WrongAnswer(
        lambda frozen, blocks: frozen / (3 * blocks),
        marked("That is the share that is spared. Asked is what is left."),
    ),
    WrongAnswer(
        lambda frozen, blocks: (blocks - frozen) / (3 * blocks),
        marked("You leave one product to each learning block and none to the frozen ones: they keep two."),
    ),
)
CLIP_MISTAKES = (
    WrongAnswer(
        wrong_clip(measure="each"),
        marked(
            "You shorten each array by itself, and so turn the whole gradient in another direction. Measure "
            "one length, of all together, and shorten all by one factor."
        ),
    ),
    WrongAnswer(
        wrong_clip(by="numbers"),
        marked(
            "You cut off each number by itself. That turns the gradient: its small numbers stay, its large "
            "ones do not."
        ),
    ),
    WrongAnswer(
        wrong_clip(when="always"),
        marked(
            "You make short gradients longer, too. Those within the limit stay as they are: `min(1, ...)`."
        ),
    ),
    WrongAnswer(
        wrong_clip(measure="sum"),
        marked("Lengths do not add up like that: add the squares of all numbers, then take the root."),
    ),
    WrongAnswer(
        wrong_clip(measure="squares"),
        marked("The root is missing: the length is the square root of the sum of all squares."),
    ),
    WrongAnswer(
        wrong_clip(by="turned", when="always"),
        marked("Your factor is upside down: longest / length, not length / longest."),
    ),
    WrongAnswer(
        lambda gradients, longest: [g * 1.0 for g in gradients],
        marked("Your gradients come back as they were, however long."),
    ),
)
ADAMW_MISTAKES = (
    WrongAnswer(
        wrong_adamw(keeps="corrected"),
        marked(
            "You hand on the corrected memories, so the next step corrects them once more. Keep `mean` and "
            "`square` as they are, and give the corrected ones names of their own."
        ),
    ),
    WrongAnswer(
        wrong_adamw(corrects=()),
        marked(
            "Both memories start at 0 and are too small in the first steps: divide them by 1 - 0.9^step and "
            "by 1 - 0.95^step."
        ),
    ),
    WrongAnswer(
        wrong_adamw(corrects=("mean",)),
        marked("The mean is corrected for its start at 0, the square is not."),
    ),
    WrongAnswer(
        wrong_adamw(corrects=("square",)),
        marked("The square is corrected for its start at 0, the mean is not."),
    ),
    WrongAnswer(
        wrong_adamw(decays="gradient"),
        marked(
            "Your decay goes into the gradient, and so through both memories: that is Adam with an L2 term. "
            "In AdamW it stands outside: `rate * (direction + decay * weight)`."
        ),
    ),
    WrongAnswer(
        wrong_adamw(decays="free"),
        marked("Your decay is not multiplied by the step size."),
    ),
    WrongAnswer(
        wrong_adamw(decays="nothing"),
        marked("`decay` has no effect: take rate * decay * weight away as well."),
    ),
    WrongAnswer(
        wrong_adamw(root=False),
        marked("Divide by the root of the square. Without it the step has not the size of 1."),
    ),
    WrongAnswer(
        wrong_adamw(squares=False),
        marked("The second memory averages the gradient's square, not its absolute value."),
    ),
    WrongAnswer(
        wrong_adamw(sign=1.0),
        marked("You go uphill: the gradient points to where the loss grows, so subtract the step."),
    ),
)
FACTOR_MISTAKES = (
    WrongAnswer(
        wrong_factor(place="soon"),
        marked(
            "Your fall begins an update too soon, and the last update has the factor 0, so it changes "
            "nothing. 0 comes in the update after the last."
        ),
    ),
    WrongAnswer(
        wrong_factor(start="zero"),
        marked(
            "Your first update has the factor 0: it costs its time and changes nothing. Begin with 1/warmup."
        ),
    ),
    WrongAnswer(
        wrong_factor(start="none"),
        marked("The warm-up is missing: over the first `warmup` updates the factor rises."),
    ),
    WrongAnswer(
        wrong_factor(fall="root"),
        marked("That is the package's fall, 1 - sqrt(progress). Make it a straight line."),
    ),
    WrongAnswer(
        wrong_factor(place="after"),
        marked("You have no plateau: the fall begins right after the warm-up."),
    ),
    WrongAnswer(
        wrong_factor(place="early"),
        marked(
            "Your fall begins after `decay_share` of the run. It should fill the last `decay_share` of it."
        ),
    ),
    WrongAnswer(
        wrong_factor(start="long"),
        marked(
            "Your warm-up is one update too long, and ends above 1. Its updates are 0 to `warmup` - 1: "
            "`update < warmup`."
        ),
    ),
    WrongAnswer(
        wrong_factor(rounds=float),
        marked("Your fall is no whole number of updates long: `round(decay_share * num_updates)`."),
    ),
    WrongAnswer(
        wrong_factor(rounds=int),
        marked("You cut off what you should round: 11.7 updates are 12, `round(decay_share * num_updates)`."),
    ),
    WrongAnswer(
        wrong_factor(rounds=math.ceil),
        marked("You round up always: 11.4 updates are 11, `round(decay_share * num_updates)`."),
    ),
)
INTERVAL_MISTAKES = (
    WrongAnswer(
        wrong_interval(pairs=False),
        marked(
            "You treat the two as strangers. They share their seeds: take the difference for each seed "
            "first, and the spread of those differences."
        ),
    ),
    WrongAnswer(
        wrong_interval(freedom=0),
        marked(
            "Your spread divides by n. The mean was taken from the same n differences, which brings them "
            "nearer to it than they are: divide by n - 1 (`ddof=1`)."
        ),
    ),
    WrongAnswer(
        wrong_interval(root=False),
        marked("That is the spread of one seed. The mean of n wavers less, by the root of n."),
    ),
    WrongAnswer(
        wrong_interval(turned=True),
        marked("The sign is turned: others less ours, so that a change for the worse is above 0."),
    ),
    WrongAnswer(
        wrong_interval(whole=True),
        marked("That is the whole width. Asked is half of it, what stands behind ±."),
    ),
    WrongAnswer(
        wrong_interval(quantile=1.96),
        marked(
            "1.96 is for hundreds of seeds. With a few, take the `quantile` that comes in: 4.303 for three."
        ),
    ),
)


def check_share(attempt):
    """10.4: what freezing leaves of the work."""
    found = [as_number(attempt(*stack), _("The share")) for stack in STACKS]
    if not np.allclose(found, [share_left(*stack) for stack in STACKS], atol=1e-4):
        for mistake in SHARE_MISTAKES:
            if np.allclose(found, [mistake.answer(*stack) for stack in STACKS], atol=1e-4):
                raise Wrong(_(mistake.message))
        expect_depends_on(found, "frozen", _("Each frozen block spares something."))
        words = _(
            "With {frozen} of {blocks} blocks frozen you say {number}. Count three products for each matrix: "
            "which of them does a frozen block still need?"
        )
        frozen, blocks = STACKS[0]
        raise Wrong(words.format(frozen=frozen, blocks=blocks, number=f"{found[0]:g}"))
    return _(
        "Right: even with all blocks frozen, two thirds of the work are left while anything below learns."
    )


def check_clip(attempt):
    """10.1: the whole gradient, no longer than allowed."""
    cases = [
        ([np.array([3.0], "float32"), np.array([4.0], "float32")], 1.0),
        ([np.array([[0.3, 0.0]], "float32"), np.array([-0.4], "float32")], 1.0),
        (random_tokens(1, 4, 3, 2, 5), 0.5),
        (random_tokens(2, 2, 1, 3), 2.0),
    ]
    expect_values(attempt, clip, cases, CLIP_MISTAKES, run=run_clip)
    return _("Right: (3, 4) becomes (0.6, 0.8), and a short gradient stays what it is.")


def check_adamw(attempt):
    """10.2: AdamW, three updates in a row."""
    cases = []
    for seed, (rate, decay) in enumerate(((0.1, 0.0), (0.1, 0.5), (0.02, 0.1))):
        weight, *gradients = random_tokens(seed, 3, 2, 2, 2, 2)
        cases.append(
            (
                3.0 * weight,
                np.stack(gradients) * np.array([1.0, 0.2, 3.0], "float32")[:, None, None],
                rate,
                decay,
            )
        )
    expect_values(attempt, adamw, cases, ADAMW_MISTAKES, run=run_adamw)
    return _("Right, for three updates in a row: weights and both memories are the definition's.")


def check_factor(attempt):
    """10.3: warm-up, plateau, straight fall."""
    cases = [(update, 40, 5, 0.25) for update in range(0, 40, 3)]
    cases += [(99, 100, 10, 0.5), (0, 100, 10, 0.5)]
    cases += [(4, 40, 5, 0.25), (5, 40, 5, 0.25)]  # the last of the warm-up, and the first behind it
    cases += [(28, 39, 4, 0.3), (28, 38, 4, 0.3)]  # falls of 11.7 and 11.4 updates, to be rounded
    expect_values(attempt, factor, cases, FACTOR_MISTAKES)
    return _("Right: up in a few updates, along, and down a straight line.")


def check_interval(attempt):
    """10.5: the interval of paired differences."""
    cases = [
        (np.array(SEEDS), np.array(SEEDS) + np.array([0.01, 0.03, 0.02]), T_OF_THREE),
        (np.array([2.5, 2.9]), np.array([2.4, 2.7]), 12.706),
        (np.array([1.0, 1.2, 1.1, 1.4]), np.array([1.1, 1.2, 1.3, 1.3]), 3.182),
    ]
    expect_values(attempt, interval, cases, INTERVAL_MISTAKES, run=run_interval)
    return _("Right: 0.020 ± 0.025 for the three seeds of the text, so 0 is still possible.")


EXERCISES = (
    Exercise(
        id="10.1",
        title=marked("no longer than this"),
        kind="build",
        minutes=10,
        name="my_clip",
        arguments=("gradients", "longest"),
        hints=(
            marked("Think of all arrays as one long list of numbers. How long is that vector?"),
            marked("`length = np.sqrt(sum((g ** 2).sum() for g in gradients))`"),
            marked("One factor for all: `min(1, longest / length)`."),
        ),
        wrong_answers=CLIP_MISTAKES,
        checker=check_clip,
    ),
    Exercise(
        id="10.2",
        title=marked("AdamW from memory"),
        kind="build",
        minutes=15,
        name="my_adamw",
        arguments=("weight", "gradient", "mean", "square", "step", "rate", "decay"),
        hints=(
            marked("Two memories, each an old share and a new one: 0.9 and 0.1, 0.95 and 0.05."),
            marked("Then correct each for its start at 0: divide by 1 - 0.9 ** step, by 1 - 0.95 ** step."),
            marked("The direction is the corrected mean over the root of the corrected square, plus 1e-8."),
            marked("`weight - rate * (direction + decay * weight)`"),
        ),
        wrong_answers=ADAMW_MISTAKES,
        checker=check_adamw,
    ),
    Exercise(
        id="10.3",
        title=marked("another fall"),
        kind="change",
        minutes=10,
        name="my_factor",
        arguments=("update", "num_updates", "warmup", "decay_share"),
        hints=(
            marked(
                "Three stretches: below `warmup`, the plateau, and the last round(decay_share * num_updates)."
            ),
            marked("How far is an update into the fall? (update - where it begins) / its length."),
            marked("`return min(1.0, (num_updates - update) / decay)` after the warm-up."),
        ),
        wrong_answers=FACTOR_MISTAKES,
        checker=check_factor,
    ),
    Exercise(
        id="10.4",
        title=marked("what freezing leaves"),
        kind="predict",
        minutes=5,
        name="my_share",
        arguments=("frozen", "blocks"),
        hints=(
            marked("Three products for each matrix. Which of them are for the others, which for itself?"),
            marked("A frozen block needs no gradient of its own weights. Others need all else of it."),
            marked("It is spared one product of three, so frozen / (3 * blocks) of the stack's work."),
        ),
        wrong_answers=(
            *SHARE_MISTAKES,
            WrongAnswer(lambda frozen, blocks: 0.5, "Each frozen block spares something"),
        ),
        checker=check_share,
    ),
    Exercise(
        id="10.5",
        title=marked("can they be told apart?"),
        kind="build",
        minutes=10,
        name="my_interval",
        arguments=("ours", "others", "quantile"),
        hints=(
            marked("First the difference for each seed, then everything else."),
            marked(
                "`np.std(changes, ddof=1)` is the spread of one difference. How much does a mean of n waver?"
            ),
            marked("half = quantile * spread / sqrt(n)"),
        ),
        wrong_answers=INTERVAL_MISTAKES,
        checker=check_interval,
    ),
)
