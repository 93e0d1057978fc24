"""The exercises of chapter 08, the router and the mixture: their words and their checks."""

import numpy as np

from mof.course.causality import expect_causal, expect_reset
from mof.course.chapter_08_answers import (
    choices,
    expect_choice_before_block,
    expert,
    expert_case,
    favourites,
    mixture,
    mixture_case,
    package_mixture,
    random_weights,
    run_choices,
    run_expert,
    run_on_tensors,
    share_at,
    specialisation,
    wrong_choices,
    wrong_expert,
    wrong_mixture,
    wrong_specialisation,
)
from mof.course.exercise import Exercise, WrongAnswer
from mof.course.forms import expect_carries_on
from mof.course.gradients import expect_gradients
from mof.course.quantities import as_number
from mof.course.translation import _, marked
from mof.course.values import expect_values
from mof.course.verdict import Wrong

HEATED = tuple((share, heat) for share in (0.3, 0.5, 0.7, 0.9) for heat in (0.5, 1.0, 2.0, 10.0))

SHARE_MISTAKES = (
    WrongAnswer(
        lambda p, t: p ** (1 / t),
        marked("The two shares do not sum to 1 any more: divide by the sum of both."),
    ),
    WrongAnswer(
        lambda p, t: share_at(p, 1 / t),
        marked("Upside down: a high temperature makes the shares alike, a low one drives them apart."),
    ),
    WrongAnswer(
        lambda p, t: p / t,
        marked("You divide the share. It is the logit that is divided, and the share is e to its power."),
    ),
    WrongAnswer(
        lambda p, t: 1 / (1 + np.exp((1 - 2 * p) / t)),
        marked("You take the shares for logits. A logit is the logarithm of a share, up to a constant."),
    ),
    WrongAnswer(
        lambda p, t: p + 0 * t,
        marked("A temperature of 1 changes nothing; any other one has to."),
    ),
)
MIXTURE_MISTAKES = (
    WrongAnswer(
        wrong_mixture(norms="never"),
        marked(
            "The louder expert drowns the other, whatever its weight: divide each expert's vectors by their "
            "root mean square first."
        ),
    ),
    WrongAnswer(
        wrong_mixture(weighs="before"),
        marked(
            "The weight goes into the norm, and the norm divides it out again: norm first, then multiply by "
            "the weight."
        ),
    ),
    WrongAnswer(
        wrong_mixture(norms="sum"),
        marked("You norm the sum. By then the louder expert has won: norm each expert before it is weighed."),
    ),
    WrongAnswer(
        wrong_mixture(norms="length"),
        marked("You divide by the root of the sum of squares. Take their mean: the sum over the width."),
    ),
    WrongAnswer(
        wrong_mixture(weighs="equal"),
        marked("Every expert counts the same: multiply by the router's weights."),
    ),
    WrongAnswer(
        wrong_mixture(order="reversed"),
        marked("Each expert gets another one's weight: column e of `route_weights` belongs to `outputs[e]`."),
    ),
    WrongAnswer(
        wrong_mixture(norms="centred"),
        marked("You take the mean off as well, as layer norm does. Here only the size is divided out."),
    ),
    WrongAnswer(
        wrong_mixture(norms="time"),
        marked("You norm over the tokens, so a token's size depends on later ones. Norm each vector alone."),
    ),
)
SPECIALISATION_MISTAKES = (
    WrongAnswer(
        wrong_specialisation(part="mean"),
        marked(
            "That is how evenly the text as a whole is shared. A router that says half and half at each "
            "token gets full marks there: take off what a single token leaves open."
        ),
    ),
    WrongAnswer(
        wrong_specialisation(part="each"),
        marked("That is how undecided a single token is. Take it off from the entropy of the mean weights."),
    ),
    WrongAnswer(
        wrong_specialisation(part="term"),
        marked(
            "Your second mean is over experts and tokens alike: sum each token's entropy over the experts, "
            "then take the mean over the tokens."
        ),
    ),
    WrongAnswer(
        wrong_specialisation(sign=-1),
        marked("The sign is wrong: the mean weights are never more decided than the tokens are."),
    ),
    WrongAnswer(
        wrong_specialisation(log=np.log2),
        marked("Those are bits: for nats take the natural logarithm, `np.log`."),
    ),
    WrongAnswer(
        wrong_specialisation(axis=1),
        marked("The mean goes over the wrong axis: rows are tokens, and the mean is over them."),
    ),
    WrongAnswer(
        wrong_specialisation(skips_zeros=False),
        marked("A share of 0 gives 0 times minus infinity. It should add 0: leave such shares out."),
    ),
    WrongAnswer(
        wrong_specialisation(part="numbers"),
        marked("You subtract numbers of experts. Subtract the entropies themselves."),
    ),
)
CHOICE_MISTAKES = (
    WrongAnswer(
        wrong_choices(looks="last"),
        marked("You choose by the last token of the block itself: all tokens before it then know of it."),
    ),
    WrongAnswer(
        wrong_choices(looks="mean"),
        marked("You choose by the mean of the block itself, so its first token depends on its last."),
    ),
    WrongAnswer(
        wrong_choices(looks="first"),
        marked(
            "You choose when the block's first token has been read. The choice has to stand before that: "
            "which expert should have read it?"
        ),
    ),
    WrongAnswer(
        favourites,
        marked(
            "Your experts pick their favourites from the whole text: whether a token is picked depends on "
            "all others, the later ones too."
        ),
    ),
    WrongAnswer(
        wrong_choices(looks="token"),
        marked("You choose anew for each token: one choice holds for a whole block."),
    ),
    WrongAnswer(
        wrong_choices(counts_from=-1),
        marked("You look one token too early: the last token of the block before is at `opener - 1`."),
    ),
    WrongAnswer(
        wrong_choices(uses_first=False),
        marked("The first block has no block before it: it goes to `first`."),
    ),
    WrongAnswer(
        wrong_choices(picks="smallest"),
        marked("You take the expert with the smallest weight."),
    ),
)
EXPERT_MISTAKES = (
    WrongAnswer(
        wrong_expert(begins="nothing"),
        marked("Your row starts from nothing: its first token is preceded by `before`."),
    ),
    WrongAnswer(
        wrong_expert(direction="circle", at_start="goes on"),
        marked(
            "Your row goes round in a circle, as `roll` does it: its last token stands before its first. Put "
            "`before` there, and nothing where a document starts."
        ),
    ),
    WrongAnswer(
        wrong_expert(direction="future"),
        marked("Your expert adds the token that comes next. It has to be the one before."),
    ),
    WrongAnswer(
        wrong_expert(at_start="goes on"),
        marked("The old document goes on into the new one: where one starts, nothing stands before."),
    ),
    WrongAnswer(
        wrong_expert(at_start="drops"),
        marked("The first token of each document is lost: only what stands before it is left out."),
    ),
    WrongAnswer(
        wrong_expert(itself=False),
        marked("The token itself is missing from the sum."),
    ),
    WrongAnswer(
        wrong_expert(hands_on="nothing"),
        marked("You hand on zeros: the next row would know nothing of this one."),
    ),
    WrongAnswer(
        wrong_expert(hands_on="output"),
        marked("You hand on a sum of two tokens: the next row needs the last token alone."),
    ),
    WrongAnswer(
        wrong_expert(hands_on="first"),
        marked("You hand on the row's first token: the next row goes on from its last."),
    ),
    WrongAnswer(
        wrong_expert(hands_on="before"),
        marked("You hand on what you were given: the next row goes on from the last token of this one."),
    ),
)


def check_share(attempt):
    """08.1: what a temperature makes of a share."""
    found = [as_number(attempt(*case), _("The share")) for case in HEATED]
    for mistake in SHARE_MISTAKES:
        if np.allclose(found, [mistake.answer(*case) for case in HEATED]):
            raise Wrong(_(mistake.message))
    for (share, heat), number in zip(HEATED, found, strict=True):
        if not np.isclose(number, share_at(share, heat)):
            words = _(
                "For the share {share} at the temperature {heat} you say {number}. The logits are the "
                "logarithms of the two shares: divide both, and take the softmax again."
            )
            raise Wrong(words.format(share=f"{share:g}", heat=f"{heat:g}", number=f"{number:.4g}"))
    return _("Right: at a temperature of 1/2 the shares are squared, and then made to sum to 1 again.")


def check_mixture(attempt):
    """08.2: norm, weigh, sum."""
    cases = [mixture_case(seed, *shape) for seed, shape in enumerate(((2, 1, 3), (2, 5, 4), (3, 4, 2)), 10)]
    expect_values(attempt, mixture, cases, MIXTURE_MISTAKES, run=run_on_tensors)
    expect_gradients(attempt, package_mixture, cases[1], attempt.names)
    return _("Right: values and gradients are the package's, for two experts and for three.")


def check_specialisation(attempt):
    """08.3: how much the weights depend on the token."""
    one_hot = np.eye(2, dtype="float32")[[0, 1, 1, 0, 1]]
    cases = [(random_weights(seed, 7, experts),) for seed, experts in ((20, 2), (21, 3))]
    cases += [(one_hot,), (np.full((4, 2), 0.5, "float32"),)]
    expect_values(attempt, specialisation, cases, SPECIALISATION_MISTAKES, what=_("Your specialisation"))
    return _("Right. Half and half at each token gives 0, and so does the same expert at each token.")


def check_choices(attempt):
    """08.4: one expert for a block, chosen before it."""
    shapes = ((5, 2, 2, 1), (11, 3, 3, 2), (12, 4, 2, 1), (9, 1, 2, 1), (3, 8, 2, 1))  # T, block, E, first
    cases = [
        (random_weights(seed, length, experts), block, first)
        for seed, (length, block, experts, first) in enumerate(shapes, 30)
    ]

    def early():
        expect_choice_before_block(attempt)

    expect_values(attempt, choices, cases, CHOICE_MISTAKES, (early,), run=run_choices)
    early()
    return _("Right: each choice stands before the block's first token, and nothing later can move it.")


def check_expert(attempt):
    """08.5: an expert with a memory of one token."""
    cases = [expert_case(seed, *shape) for seed, shape in enumerate(((1, 2), (7, 3), (8, 2), (5, 4)), 40)]
    x, starts, before = cases[1]
    what = _("Your expert")

    def run(function, inputs):
        return run_expert(function, (inputs[0], inputs[1] if len(inputs) > 1 else starts, before))

    def causal():
        expect_causal(attempt, (x,), what, run)

    def resets():
        expect_reset(attempt, (x,), starts, what, run)

    expect_values(attempt, expert, cases, EXPERT_MISTAKES, (causal, resets), run=run_expert)
    causal()
    resets()
    expect_carries_on(attempt, (x, starts), before)
    return _("Right: it looks at the past alone, ends with the document, and a cut changes nothing.")


EXERCISES = (
    Exercise(
        id="08.1",
        title=marked("what does a temperature do?"),
        kind="predict",
        minutes=5,
        name="my_share",
        arguments=("share", "temperature"),
        hints=(
            marked("Try 0.7 and 0.3 at a temperature of 1/2 on paper, from the logits ln 0.7 and ln 0.3."),
            marked("e to the power ln(p) / temperature is p to the power 1 / temperature."),
            marked("Raise both shares to that power, and divide the first by the sum of the two."),
        ),
        wrong_answers=SHARE_MISTAKES,
        checker=check_share,
    ),
    Exercise(
        id="08.2",
        title=marked("the mixture"),
        kind="build",
        minutes=8,
        name="my_mixture",
        arguments=("outputs", "route_weights"),
        hints=(
            marked("One expert after the other: norm it, weigh it, add it."),
            marked(
                "The root mean square of each vector: `ops.sqrt(ops.mean(y * y, axis=-1, keepdims=True))`."
            ),
            marked("The weights of expert e as a column: `route_weights[:, e, None]`."),
        ),
        wrong_answers=(*MIXTURE_MISTAKES, WrongAnswer(wrong_mixture(flow=False), "no gradient")),
        checker=check_mixture,
    ),
    Exercise(
        id="08.3",
        title=marked("does it specialise?"),
        kind="build",
        minutes=8,
        name="my_specialisation",
        arguments=("route_weights",),
        hints=(
            marked("Two entropies: one of the mean of all rows, one of each row."),
            marked("The second is averaged over the rows. The first less the second is the answer."),
            marked("Where a share is 0, put 1 into the logarithm: `np.log(np.where(p > 0, p, 1))`."),
        ),
        wrong_answers=SPECIALISATION_MISTAKES,
        checker=check_specialisation,
    ),
    Exercise(
        id="08.4",
        title=marked("one expert for a block"),
        kind="change",
        minutes=10,
        name="my_choices",
        arguments=("route_weights", "block_length", "first"),
        hints=(
            marked("For token t, which token opens its block? And which one was read before that?"),
            marked("`t // block_length * block_length` opens the block of token t."),
            marked("The expert is `route_weights[opener - 1].argmax()`, and `first` where opener is 0."),
        ),
        wrong_answers=CHOICE_MISTAKES,
        checker=check_choices,
    ),
    Exercise(
        id="08.5",
        title=marked("an expert of your own"),
        kind="build",
        minutes=10,
        name="my_expert",
        arguments=("x", "starts", "before"),
        hints=(
            marked("Lay the row and the row shifted by one token side by side, and add them."),
            marked("The shifted row begins with `before`, and is 0 where a document starts."),
            marked("`np.vstack([before[None], x[:-1]])`, then `np.where(starts[:, None], 0, ...)`."),
        ),
        wrong_answers=EXPERT_MISTAKES,
        checker=check_expert,
    ),
)
