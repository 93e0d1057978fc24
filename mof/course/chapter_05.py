"""The exercises of chapter 05, linear attention: their words and their checks."""

import numpy as np

from mof.course.cases import lengths_around
from mof.course.causality import expect_causal, expect_reads_itself
from mof.course.chapter_05_answers import (
    attend,
    attend_in_chunks,
    package_attend,
    run_on_tensors,
    run_token_by_token,
    step,
    tokens,
    wrong_attend,
    wrong_chunks,
    wrong_step,
)
from mof.course.exercise import Exercise, WrongAnswer
from mof.course.gradients import expect_gradients
from mof.course.monotone import expect_depends_on
from mof.course.quantities import as_array, as_number
from mof.course.translation import _, marked
from mof.course.values import expect_values
from mof.course.verdict import Wrong

HEAD_WIDTHS = (16, 32, 64)
DECAYS = (0.8, 0.5)

CROSSOVER_MISTAKES = (
    WrongAnswer(
        lambda k: k**2,
        marked(
            "That is the size of the memory, not a number of tokens. A factor of T K stands in both counts "
            "and cancels: what is left of 2 T T K and 2 T K K?"
        ),
    ),
    WrongAnswer(
        lambda k: 2 * k,
        marked(
            "You count one product for softmax attention and two for the memory. Softmax attention needs "
            "two as well: scores, then values."
        ),
    ),
    WrongAnswer(
        lambda k: k / 2,
        marked(
            "You count two products for softmax attention and one for the memory. The memory needs two as "
            "well: write, then read."
        ),
    ),
    WrongAnswer(
        lambda k: k + 1,
        marked("One too many: at that T the memory is ahead already. At which T are both counts equal?"),
    ),
)
ATTEND_MISTAKES = (
    WrongAnswer(
        wrong_attend(keep="all"),
        marked("Every token reads the whole text, its future too. Set the scores above the diagonal to 0."),
    ),
    WrongAnswer(
        wrong_attend(keep="future"),
        marked("The triangle is upside down: your tokens read their future and not their past."),
    ),
    WrongAnswer(
        wrong_attend(keep="before"), marked("Your tokens cannot read themselves: keep the diagonal.")
    ),
    WrongAnswer(
        wrong_attend(divide="not"),
        marked("The weights do not sum to 1: divide by the sum of each row's scores."),
    ),
    WrongAnswer(
        wrong_attend(divide="all"),
        marked("You divide by the sum of all scores, those of the future among them: sum after the cut."),
    ),
    WrongAnswer(
        wrong_attend(weigh="exponentials"),
        marked("That is softmax attention. Here the scores themselves are the weights: no exponential."),
    ),
)
STEP_MISTAKES = (
    WrongAnswer(
        wrong_step(grow=False),
        marked(
            "Your memory does not grow: each token reads itself alone. Return `S` + key value^T, and `z` + "
            "key."
        ),
    ),
    WrongAnswer(
        wrong_step(read="old"),
        marked("Your tokens cannot read themselves: write into the memory first, then read it."),
    ),
    WrongAnswer(
        wrong_step(divide="nothing"),
        marked("The weights do not sum to 1: divide what you read by `query @ z`."),
    ),
    WrongAnswer(
        wrong_step(featured=True),
        marked("You apply `features`. Query and key are positive here already: take them as they are."),
    ),
    WrongAnswer(
        wrong_step(divide="z"),
        marked(
            "You divide by the sum of the keys alone. The weight of a token is its key times the query, so "
            "the sum of the weights is `query @ z`."
        ),
    ),
)
DECAY_MISTAKES = (
    WrongAnswer(
        wrong_step(decays="nothing"),
        marked("Nothing fades yet: multiply `S` and `z` by the decay before you add to them."),
    ),
    WrongAnswer(
        wrong_step(decays="S"),
        marked("`S` fades and `z` does not, so the weights no longer sum to 1: decay both."),
    ),
    WrongAnswer(
        wrong_step(decays="z"),
        marked("`z` fades and `S` does not, so the weights no longer sum to 1: decay both."),
    ),
    WrongAnswer(
        wrong_step(late=True),
        marked("The new token has faded already: multiply the old memory by the decay, not the sum."),
    ),
    WrongAnswer(
        wrong_step(divide="nothing"),
        marked("Both fade, but the weights do not sum to 1: divide what you read by `query @ z`."),
    ),
    WrongAnswer(
        wrong_step(read="old"),
        marked("A token reads the memory before it is written into: write, then read."),
    ),
    WrongAnswer(
        wrong_step(grow=False),
        marked("Your memory forgets everything at once: add the new token to the faded memory."),
    ),
)
CHUNK_MISTAKES = (
    WrongAnswer(
        wrong_chunks(carry=False),
        marked(
            "The second chunk has forgotten the first: add what its queries read from the memory that the "
            "first one left."
        ),
    ),
    WrongAnswer(
        wrong_chunks(keep=False),
        marked("From the third chunk on the first is forgotten: add to `S` and `z`, as in `S = S + ...`."),
    ),
    WrongAnswer(
        wrong_chunks(total="each"),
        marked(
            "You divide the two parts by their own sums, so each counts as a whole text. Add both above the "
            "line and both below it, and divide once."
        ),
    ),
    WrongAnswer(
        wrong_chunks(mask=False),
        marked("Inside a chunk your tokens see the future: cut the scores above the diagonal."),
    ),
    WrongAnswer(
        wrong_chunks(early=True),
        marked("Each chunk counts twice: read the memory before the chunk is written into it."),
    ),
    WrongAnswer(
        wrong_chunks(total="inside"),
        marked("The sum of the weights leaves out what was carried: add `q @ z` too."),
    ),
    WrongAnswer(
        wrong_chunks(total="nothing"),
        marked("The weights do not sum to 1: divide by the sum of the scores inside plus `q @ z`."),
    ),
)


def check_crossover(attempt):
    """05.1: the number of tokens at which both need as many multiplications."""
    found = [as_number(attempt(width), _("The number of tokens")) for width in HEAD_WIDTHS]
    for mistake in CROSSOVER_MISTAKES:
        if np.allclose(found, [mistake.answer(width) for width in HEAD_WIDTHS]):
            raise Wrong(_(mistake.message))
    expect_depends_on(found, "head_width", _("K stands in one count once and in the other squared."))
    for width, number in zip(HEAD_WIDTHS, found, strict=True):
        if not np.isclose(number, width):
            words = _(
                "For K = {width} you say {number}. Count: scores T T K and values T T K; write T K K, read "
                "T K K."
            )
            raise Wrong(words.format(width=width, number=f"{number:g}"))
    return _("Right: at T = K both need the same. From there on the memory wins, and its lead grows with T.")


def check_attend(attempt):
    """05.2: all tokens at once."""
    cases = [tokens(seed, *shape) for seed, shape in enumerate(((1, 2, 3), (2, 3, 2), (7, 3, 2), (9, 4, 5)))]
    what = _("Your attention")
    expect_values(
        attempt,
        attend,
        cases,
        ATTEND_MISTAKES,
        (
            lambda: expect_causal(attempt, cases[2], what, run_on_tensors),
            lambda: expect_reads_itself(attempt, cases[2], what=what, run=run_on_tensors),
        ),
        run=run_on_tensors,
    )
    expect_causal(attempt, cases[2], what, run_on_tensors)
    expect_gradients(attempt, package_attend, cases[2], attempt.names)
    return _(
        "Right: values and gradients are the package's, and changing a token changes no output before it."
    )


def check_step(attempt):
    """05.3: one token at a time."""
    cases = [tokens(seed, *shape) for seed, shape in enumerate(((1, 2, 3), (7, 3, 2)), start=10)]
    _expect_steps(attempt, cases, STEP_MISTAKES)
    return _("Right: a fixed memory gives the same numbers as the whole triangle of scores.")


def check_decay(attempt):
    """05.5: one token at a time, with a decay."""
    shapes = ((1, 2, 3), (7, 3, 2))
    cases = [
        (*tokens(seed, *shape), decay)
        for seed, (shape, decay) in enumerate(zip(shapes, DECAYS[::-1], strict=True), start=20)
    ]
    _expect_steps(attempt, cases, DECAY_MISTAKES)
    return _("Right. With d = 0.8 a token counts half as much after three tokens.")


def _expect_steps(attempt, cases, mistakes):
    longest, more = cases[-1][:3], cases[-1][3:]

    def run(function, inputs):
        return run_token_by_token(function, (*inputs, *more))

    def reads_itself():
        return expect_reads_itself(attempt, longest, what=_("Your step"), run=run)

    expect_values(attempt, step, cases, mistakes, (reads_itself,), run=run_token_by_token)


def check_chunks(attempt):
    """05.4: in chunks, of any length, for texts of any length."""
    start = tokens(30, 5, 3, 2)
    if as_array(attempt(*start, 4), None, _("Your result")).shape[:1] == (4,):
        raise Wrong(
            _("5 tokens went in and 4 came out: the last chunk is lost where it is shorter than the others.")
        )
    cases = [
        (*tokens(31 + length, num_tokens, 3, 2), length)
        for length in (1, 4)
        for num_tokens in lengths_around(length)
    ]
    cases.append((*tokens(50, 3, 2, 4), 8))  # a chunk longer than the text
    text = tokens(51, 7, 3, 2)

    def causal():
        expect_causal(lambda *inputs: attempt(*inputs, 3), text, _("Your attention"))

    expect_values(attempt, attend_in_chunks, cases, CHUNK_MISTAKES, (causal,))
    return _("Right, for chunks of 1, 4 and 8: products inside the chunks, one small memory between them.")


EXERCISES = (
    Exercise(
        id="05.1",
        title=marked("when does the memory win?"),
        kind="predict",
        minutes=5,
        name="crossover",
        arguments=("head_width",),
        hints=(
            marked("Write both counts for the whole text, one below the other, and set them equal."),
            marked("The same factor stands on both sides. Cancel it."),
            marked("2 T T K = 2 T K K: divide both sides by 2 T K."),
        ),
        wrong_answers=(
            *CROSSOVER_MISTAKES,
            WrongAnswer(lambda k: 32, "You say 32 whatever head_width is"),
        ),
        checker=check_crossover,
    ),
    Exercise(
        id="05.2",
        title=marked("all tokens at once"),
        kind="build",
        minutes=10,
        name="my_attend",
        arguments=("queries", "keys", "values"),
        hints=(
            marked("Make the square of scores, cut the future away, and only then sum each row."),
            marked("`ops.tril` keeps the lower triangle, the diagonal with it."),
            marked("The result is `scores @ values` divided by `ops.sum(scores, axis=1, keepdims=True)`."),
        ),
        wrong_answers=(*ATTEND_MISTAKES, WrongAnswer(wrong_attend(flow=False), "no gradient")),
        checker=check_attend,
    ),
    Exercise(
        id="05.3",
        title=marked("one token at a time"),
        kind="build",
        minutes=10,
        name="my_step",
        arguments=("query", "key", "value", "memory"),
        hints=(
            marked("Write first, then read: a token may read itself."),
            marked("`np.outer(key, value)` is the table to add to `S`. To `z` goes the key alone."),
            marked("`y` is `query @ S`, divided by the sum of the weights, which is `query @ z`."),
        ),
        wrong_answers=STEP_MISTAKES,
        checker=check_step,
    ),
    Exercise(
        id="05.4",
        title=marked("chunks"),
        kind="build",
        minutes=20,
        name="my_chunks",
        arguments=("queries", "keys", "values", "length"),
        hints=(
            marked(
                "For each chunk: the scores inside, cut at the diagonal, plus what its queries read from "
                "`S` and `z`."
            ),
            marked("Only when the chunk has been read are its keys and values added to `S` and `z`."),
            marked("Numerator: `scores @ v + q @ S`. Sum of the weights: `scores.sum(axis=1) + q @ z`."),
            marked("For the whole chunk at once, `S` grows by `k.T @ v` and `z` by `k.sum(axis=0)`."),
        ),
        wrong_answers=(
            *CHUNK_MISTAKES,
            WrongAnswer(wrong_chunks(rest=False), "the last chunk is lost"),
        ),
        checker=check_chunks,
    ),
    Exercise(
        id="05.5",
        title=marked("let it forget"),
        kind="change",
        minutes=5,
        name="my_decaying_step",
        arguments=("query", "key", "value", "memory", "decay"),
        hints=(
            marked("`S` and `z` were both written in the past."),
            marked("Fade the old memory first; the new token comes in unfaded."),
            marked("`S` becomes `decay * S + np.outer(key, value)`. And `z`?"),
        ),
        wrong_answers=DECAY_MISTAKES,
        checker=check_decay,
    ),
)
