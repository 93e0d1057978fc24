"""The exercises of chapter 04, the RNN expert: their words and their checks."""

import math

import numpy as np

from mof.course.cases import random_resets, random_tokens
from mof.course.causality import expect_causal, expect_reads_itself, expect_reset
from mof.course.chapter_04_answers import (
    combine,
    gates,
    gates_with_starts,
    num_rounds,
    package_states,
    row,
    run_combine,
    run_gates,
    run_row,
    run_steps,
    scan_with,
    step,
    wrong_combine,
    wrong_gates,
    wrong_row,
    wrong_step,
)
from mof.course.exercise import Exercise, WrongAnswer
from mof.course.forms import expect_carries_on
from mof.course.gradients import expect_gradients
from mof.course.monotone import expect_depends_on
from mof.course.quantities import as_number
from mof.course.translation import _, marked
from mof.course.values import expect_values
from mof.course.verdict import Wrong

TEXT_LENGTHS = (1, 2, 4, 5, 8, 100, 512)

ROUND_MISTAKES = (
    WrongAnswer(
        lambda n: n - 1,
        marked(
            "That is the loop: one combination after the other. In a round, all tokens combine at once, and "
            "what they cover doubles."
        ),
    ),
    WrongAnswer(
        lambda n: n // 2,
        marked("You add two tokens a round. Each round doubles what a token covers: 1, 2, 4, 8 tokens."),
    ),
    WrongAnswer(
        math.log2,
        marked("There is no part of a round: round up, with `math.ceil`."),
    ),
    WrongAnswer(
        lambda n: int(math.log2(n)),
        marked("You round down: after 2 rounds a token covers 4, so the fifth of 5 tokens is not done."),
    ),
    WrongAnswer(
        lambda n: int(n).bit_length(),
        marked("One too many where the length is a power of two: 4 tokens are done after 2 rounds."),
    ),
    WrongAnswer(
        lambda n: n * math.ceil(math.log2(n)),
        marked("You count combinations, and the question is about rounds, in which many of them happen."),
    ),
)
STEP_MISTAKES = (
    WrongAnswer(
        wrong_step(keep="z", write="1 - z"),
        marked("Keep and write are swapped: z is the share of the candidate, 1 - z that of the old state."),
    ),
    WrongAnswer(
        wrong_step(is_share=False),
        marked("The logit is no share yet: z is its sigmoid, `1 / (1 + np.exp(-gate_logit))`."),
    ),
    WrongAnswer(
        wrong_step(keep="1"),
        marked("Nothing is forgotten: multiply the old state by 1 - z before you add to it."),
    ),
    WrongAnswer(
        wrong_step(write="1"),
        marked("The candidate comes in whole: multiply it by z, so that keep and write sum to 1."),
    ),
    WrongAnswer(
        wrong_step(keep="0"),
        marked("The old state is lost at once: add `(1 - z) * hidden`."),
    ),
    WrongAnswer(
        wrong_step(squash=True),
        marked("The candidate of the minimal GRU goes in as it is: no tanh."),
    ),
)
COMBINE_MISTAKES = (
    WrongAnswer(
        wrong_combine(passes="nothing"),
        marked(
            "What the earlier step added still has to pass the later one: multiply the earlier `b` by the "
            "later `a`."
        ),
    ),
    WrongAnswer(
        wrong_combine(order="reversed"),
        marked("You let the later step act first. Start with a h + b of the earlier one."),
    ),
    WrongAnswer(
        wrong_combine(kept="sum"),
        marked("What two steps keep of h is a share of a share: multiply the two `a`, do not add them."),
    ),
    WrongAnswer(
        wrong_combine(kept="later"),
        marked("The earlier `a` is lost: h passes both steps, so both factors stand before it."),
    ),
    WrongAnswer(
        wrong_combine(kept="earlier"),
        marked("The later `a` is lost: h passes both steps, so both factors stand before it."),
    ),
    WrongAnswer(
        wrong_combine(passes="both"),
        marked("The earlier `b` fades once too often: it was added after its own step's `a`."),
    ),
    WrongAnswer(
        wrong_combine(adds=False),
        marked("What the later step adds is lost: put its `b` in."),
    ),
)
START_MISTAKES = (
    WrongAnswer(
        wrong_gates(forgets="nothing"),
        marked("A start changes nothing yet: the old document goes on into the new one."),
    ),
    WrongAnswer(
        wrong_gates(forgets="both"),
        marked("The first token of each document is lost: at a start only `retain` has to be 0."),
    ),
    WrongAnswer(
        wrong_gates(forgets="update"),
        marked("At a start you drop the new token and keep the old memory. It is `retain` that has to be 0."),
    ),
    WrongAnswer(
        wrong_gates(writes="whole"),
        marked(
            "At a start you add the candidate whole. What to add is z c there as elsewhere: `retain` changes."
        ),
    ),
    WrongAnswer(
        wrong_gates(shift=-1),
        marked("You forget one token too early: the last token of the old document loses its past."),
    ),
    WrongAnswer(
        wrong_gates(shift=1),
        marked("You forget one token too late: the first token of a document still finds the old memory."),
    ),
    WrongAnswer(
        wrong_gates(inverted=True),
        marked("The flags are upside down: you keep the memory at a start and drop it everywhere else."),
    ),
)
ROW_MISTAKES = (
    WrongAnswer(
        wrong_row(begins="nothing"),
        marked("Your row starts from nothing: the state that it is given changes no output."),
    ),
    WrongAnswer(
        wrong_row(begins="whole"),
        marked("The old state does not fade: by token t, the product of all `retain` up to t is left of it."),
    ),
    WrongAnswer(
        wrong_row(begins="once"),
        marked("The old state comes back at each token: it has faded by all `retain` so far, not by one."),
    ),
    WrongAnswer(
        wrong_row(begins="unfaded"),
        marked("The first token keeps the old state whole: it too multiplies by its `retain`."),
    ),
    WrongAnswer(
        wrong_row(hands_on="first"),
        marked("You hand on the state after the first token: the next row goes on from the last one."),
    ),
    WrongAnswer(
        wrong_row(hands_on="old"),
        marked("You hand on the state that you were given: hand on the one after the last token."),
    ),
    WrongAnswer(
        wrong_row(hands_on="nothing"),
        marked("You hand on zeros: the next row would know nothing of this one."),
    ),
)


def check_rounds(attempt):
    """04.1: how many rounds doubling needs."""
    found = [as_number(attempt(length), _("The number of rounds")) for length in TEXT_LENGTHS]
    for mistake in ROUND_MISTAKES:
        if np.allclose(found, [mistake.answer(length) for length in TEXT_LENGTHS]):
            raise Wrong(_(mistake.message))
    expect_depends_on(found, "num_tokens")
    for length, number in zip(TEXT_LENGTHS, found, strict=True):
        if not np.isclose(number, num_rounds(length)):
            if length == 1:
                said = _("For a text of one token you say {number}. It is done before any round: 0.")
                raise Wrong(said.format(number=f"{number:g}"))
            words = _(
                "For {length} tokens you say {number}. Try it on paper: after one round a token covers 2 "
                "tokens, after two rounds 4. When does the last token cover all {length}?"
            )
            raise Wrong(words.format(length=length, number=f"{number:g}"))
    return _("Right: 512 tokens take 9 rounds, and 1,024 take one more.")


def check_step(attempt):
    """04.2: one token of the minimal GRU."""
    cases = [tuple(random_tokens(seed, *shape)) for seed, shape in enumerate(((1, 2, 2), (7, 3, 3)), 40)]
    what = _("Your step")
    expect_values(
        attempt,
        step,
        cases,
        STEP_MISTAKES,
        (lambda: expect_reads_itself(attempt, cases[1], what=what, run=run_steps),),
        run=run_steps,
    )
    return _("Right: a weighted mean of what was and what comes, each unit with a weight of its own.")


def check_combine(attempt):
    """04.3: two steps as one."""
    cases = []
    for seed, width in ((50, 1), (51, 4)):
        (keep, add), (later_keep, later_add) = gates(seed, 1, width), gates(seed + 10, 1, width)
        cases.append(((keep[0], add[0]), (later_keep[0], later_add[0])))
    expect_values(attempt, combine, cases, COMBINE_MISTAKES, run=run_combine)
    for length in (5, 8):
        expect_gradients(scan_with(attempt), package_states, gates(60 + length, length, 3), ("a", "b"))
    return _("Right. A scan built on it has the gradients of the package's definition.")


def check_starts(attempt):
    """04.4: nothing is kept where a document starts."""
    cases = [
        (*random_tokens(seed, length, width, width), random_resets(seed, length))
        for seed, (length, width) in enumerate(((1, 2), (6, 1), (11, 3)), 80)
    ]
    logits, candidates, starts = cases[-1]
    what = _("Your memory")

    def leaks():
        expect_reset(attempt, (logits, candidates), starts, what, run_gates)

    def causal():
        expect_causal(
            attempt, (logits, candidates), what, lambda function, x: run_gates(function, (*x, starts))
        )

    expect_values(attempt, gates_with_starts, cases, START_MISTAKES, (causal, leaks), run=run_gates)
    leaks()
    causal()
    return _("Right: one factor of 0, and no scan has to know of documents.")


def check_row(attempt):
    """04.5: a row that goes on from a state and hands one on."""
    cases = []
    for seed, (length, width) in enumerate(((1, 2), (5, 3), (8, 2)), 90):
        hidden = random_tokens(seed + 10, 1, width)[0][0]
        cases.append((*gates(seed, length, width), hidden))
    expect_values(attempt, row, cases, ROW_MISTAKES, run=run_row)
    retain, update, hidden = cases[1]
    expect_carries_on(attempt, (retain, update), hidden)
    return _("Right: two rows, the state handed on, give what one long row gives.")


EXERCISES = (
    Exercise(
        id="04.1",
        title=marked("how many rounds?"),
        kind="predict",
        minutes=5,
        name="rounds",
        arguments=("num_tokens",),
        hints=(
            marked("Before the first round each token covers itself. How many after one round? After two?"),
            marked("After r rounds a token covers 2^r tokens. The last token must cover them all."),
            marked("The smallest r with 2^r >= num_tokens is `math.ceil(math.log2(num_tokens))`."),
        ),
        wrong_answers=(
            *ROUND_MISTAKES,
            WrongAnswer(lambda n: 9, "You say 9 whatever num_tokens is"),
        ),
        checker=check_rounds,
    ),
    Exercise(
        id="04.2",
        title=marked("one step of the minimal GRU"),
        kind="build",
        minutes=5,
        name="my_step",
        arguments=("gate_logit", "candidate", "hidden"),
        hints=(
            marked("First make a share of the logit: z, between 0 and 1."),
            marked("The new state is a weighted mean of the old state and the candidate."),
            marked("`(1 - z) * hidden + z * candidate`, with z the sigmoid of the logit."),
        ),
        wrong_answers=STEP_MISTAKES,
        checker=check_step,
    ),
    Exercise(
        id="04.3",
        title=marked("two steps as one"),
        kind="build",
        minutes=10,
        name="my_combine",
        arguments=("earlier", "later"),
        hints=(
            marked("Write h' = a h + b for the earlier step, and put h' into the later step in place of h."),
            marked("Collect what stands before h: that is the new `a`. The rest is the new `b`."),
            marked("`a` is the product of both. In `b`, the earlier `b` is multiplied by the later `a`."),
        ),
        wrong_answers=(*COMBINE_MISTAKES, WrongAnswer(wrong_combine(flow=False), "no gradient")),
        checker=check_combine,
    ),
    Exercise(
        id="04.4",
        title=marked("a document starts"),
        kind="change",
        minutes=10,
        name="my_gates",
        arguments=("gate_logits", "candidates", "starts"),
        hints=(
            marked("What has to happen to the old state when a token begins a new document?"),
            marked("The recurrence multiplies the old state by `retain`. Which `retain` wipes it out?"),
            marked("`np.where(starts[:, None], 0.0, 1 - z)` for `retain`; `update` stays z c."),
        ),
        wrong_answers=START_MISTAKES,
        checker=check_starts,
    ),
    Exercise(
        id="04.5",
        title=marked("go on from a state"),
        kind="change",
        minutes=10,
        name="my_row",
        arguments=("retain", "update", "hidden"),
        hints=(
            marked("By token t, how much of the state from before the row is left?"),
            marked("Your `scan` gives that product already: it is the first thing that it returns."),
            marked("`kept * hidden + added` are the states; the last of them is handed on."),
        ),
        wrong_answers=ROW_MISTAKES,
        checker=check_row,
    ),
)
