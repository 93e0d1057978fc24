"""The exercises of chapter 06, thought space: their words and their checks."""

import math

import numpy as np

from mof.course.cases import random_resets, random_tokens
from mof.course.causality import expect_causal, expect_reads_itself, expect_reset
from mof.course.chapter_05_answers import run_on_tensors
from mof.course.chapter_06_answers import (
    NUM_TOKENS,
    VIEWS,
    meeting_point,
    package_think,
    package_window_means,
    run_steps,
    run_window,
    step,
    think,
    thought_case,
    window_means,
    wrong_look,
    wrong_step,
    wrong_thought,
    wrong_window,
)
from mof.course.exercise import Exercise, WrongAnswer
from mof.course.gradients import expect_gradients
from mof.course.monotone import expect_depends_on
from mof.course.quantities import as_number
from mof.course.translation import _, marked
from mof.course.values import expect_values
from mof.course.verdict import Wrong

DECAYS = (0.5, 0.9, 0.99)

MEETING_MISTAKES = (
    WrongAnswer(
        lambda d: -1.0 / math.log(d),
        marked(
            "That is the span of chapter 05, after which 37% of a voice is left. Here the newest token's own "
            "share is asked for: 1 / t on one side, 1 - d on the other."
        ),
    ),
    WrongAnswer(
        lambda d: 1.0 - d,
        marked("That is the share of the newest token, not the number of tokens at which both have it."),
    ),
    WrongAnswer(
        lambda d: 1.0 / d,
        marked("d is what is kept of the old mean. The newest token gets the rest, 1 - d."),
    ),
    WrongAnswer(
        lambda d: d / (1.0 - d),
        marked("One too few: you count the tokens before the newest. Solve 1 / t = 1 - d for t."),
    ),
    WrongAnswer(
        lambda d: math.log(0.5) / math.log(d),
        marked(
            "That is a half-life. No power of d is needed here, for only the newest token is asked about."
        ),
    ),
)
WINDOW_MISTAKES = (
    WrongAnswer(
        wrong_window("centred"),
        marked(
            "Your window is centred on its token, as moving averages are often drawn: half of it is the "
            "future. Let it end at the token."
        ),
    ),
    WrongAnswer(
        wrong_window("ahead"),
        marked("Your window begins at the token and reaches into its future. Let it end there."),
    ),
    WrongAnswer(
        wrong_window("before"),
        marked("Your window ends before the token: the newest of the averaged tokens is the token itself."),
    ),
    WrongAnswer(
        wrong_window("longer"),
        marked("Your window holds one token too many: `window` of them, the token itself among them."),
    ),
    WrongAnswer(
        wrong_window("shorter"),
        marked("Your window holds one token too few: `window` of them, the token itself among them."),
    ),
    WrongAnswer(
        wrong_window("all"),
        marked("That is the mean of all that was read: your tokens never leave the window."),
    ),
    WrongAnswer(
        wrong_window(divide="window"),
        marked(
            "At the start of the text you divide by too much: the first token's window holds one token, "
            "the second's two."
        ),
    ),
    WrongAnswer(
        wrong_window(divide="not"),
        marked("These are sums, not means: divide each by the number of tokens in its window."),
    ),
)
STEP_MISTAKES = (
    WrongAnswer(
        wrong_step(empties="nothing"),
        marked("A start changes nothing yet: the mean of the old document goes on into the new one."),
    ),
    WrongAnswer(
        wrong_step(empties="total"),
        marked("At a start you empty the total and go on counting: the new mean is divided by too much."),
    ),
    WrongAnswer(
        wrong_step(empties="count"),
        marked("At a start you count anew, but the old document is still in the total."),
    ),
    WrongAnswer(
        wrong_step(when="after"),
        marked(
            "You empty the memory one line too late: the first token of a document is averaged with the old "
            "document, and then forgotten."
        ),
    ),
    WrongAnswer(
        wrong_step(when="instead"),
        marked("The first token of each document is lost: empty the memory, then take the token in."),
    ),
    WrongAnswer(
        wrong_step(when="told"),
        marked(
            "The first token of a document is its mean, right, but the memory forgets it: hand on its total "
            "and a count of 1."
        ),
    ),
    WrongAnswer(
        wrong_step(divide="not"),
        marked("What you return is the total: divide it by the count."),
    ),
    WrongAnswer(
        wrong_step(grow=False),
        marked("Your count stays behind: each token adds 1 to it."),
    ),
)
LOOK_MISTAKES = (
    WrongAnswer(
        wrong_look(tokens="last"),
        marked("You change the last token alone. A leak may sit between any two: change each token in turn."),
    ),
    WrongAnswer(
        wrong_look(outputs="first"),
        marked("You look at the first output alone. A leak may sit in any: look at all before the change."),
    ),
    WrongAnswer(
        wrong_look(least=0.01),
        marked(
            "A faint leak escapes you: a thousandth of a mean is enough for training to build on. In these "
            "functions an output that does not see a token stays the same to the last bit."
        ),
    ),
    WrongAnswer(
        wrong_look(size=0.001),
        marked(
            "Your changes are so small that a function which listens to large numbers alone does not move. "
            "Change by 10, say."
        ),
    ),
    WrongAnswer(
        wrong_look(past=True),
        marked(
            "You count outputs that come after the changed token. They may move: only those before it "
            "see the future."
        ),
    ),
    WrongAnswer(
        wrong_look(nearest=True),
        marked("You tell the nearest leak. How far does the function see at most?"),
    ),
    WrongAnswer(
        wrong_look(in_place=True),
        marked(
            "You change `x` itself, so earlier changes are still there when the next one is tried. Change a "
            "copy: `changed = x.copy()`."
        ),
    ),
    WrongAnswer(
        wrong_look(off=1),
        marked("One too many: an output that moves with its own token sees 0 tokens ahead."),
    ),
)
THOUGHT_MISTAKES = (
    WrongAnswer(
        wrong_thought("all"),
        marked("It still leaks: the mean is the whole text's. Give each token the mean up to itself."),
    ),
    WrongAnswer(
        wrong_thought("future"),
        marked("The mean runs the wrong way: it averages the token and all that comes after it."),
    ),
    WrongAnswer(
        wrong_thought("before"),
        marked("No leak any more, but a token is missing in its own mean."),
    ),
    WrongAnswer(
        wrong_thought(residual=False),
        marked("The token itself is gone: add what came in, `x + ...`."),
    ),
    WrongAnswer(
        wrong_thought(activate=False),
        marked("Without GELU the two layers are one: put it between the two products."),
    ),
    WrongAnswer(
        wrong_thought(scale="both"),
        marked("alpha multiplies the thought alone, not the token that it is added to."),
    ),
    WrongAnswer(
        wrong_thought(scale="blend"),
        marked("You take 1 - alpha of the token. It stays whole: x + alpha * thought."),
    ),
    WrongAnswer(
        wrong_thought(divide="length"),
        marked("You divide every sum by the length of the text: token t has the sum of t tokens."),
    ),
    WrongAnswer(
        wrong_thought(scale="nothing"),
        marked("alpha has no effect: multiply the thought by it."),
    ),
)


def check_meeting(attempt):
    """06.1: the number of tokens at which a running mean listens no more than a fading one."""
    found = [as_number(attempt(decay), _("The number of tokens")) for decay in DECAYS]
    for mistake in MEETING_MISTAKES:
        if np.allclose(found, [mistake.answer(decay) for decay in DECAYS], rtol=1e-3):
            raise Wrong(_(mistake.message))
    expect_depends_on(found, "decay", _("The newest token's share of the fading mean is 1 - d."))
    for decay, number in zip(DECAYS, found, strict=True):
        if not np.isclose(number, meeting_point(decay), rtol=1e-3):
            words = _(
                "For d = {decay} you say {number}. The newest of t tokens counts 1 / t in the running mean, "
                "and 1 - d in the fading one."
            )
            raise Wrong(words.format(decay=decay, number=f"{number:g}"))
    return _(
        "Right: with d = 0.99 both listen alike at token 100. From there on the running mean is the harder "
        "of hearing, and it goes on so."
    )


def check_window(attempt):
    """06.2: the mean of the last few tokens, all at once."""
    shapes = (((1, 2), 3), ((2, 3), 1), ((7, 3), 3), ((9, 2), 4), ((5, 2), 8))
    cases = [(*random_tokens(seed, *shape), window) for seed, (shape, window) in enumerate(shapes)]
    what = _("Your mean")
    x, window = cases[2]

    def read(tokens):
        return attempt(tokens, window)

    expect_values(
        attempt,
        window_means,
        cases,
        WINDOW_MISTAKES,
        (
            lambda: expect_causal(read, (x,), what, run_on_tensors),
            lambda: expect_reads_itself(read, (x,), what=what, run=run_on_tensors),
        ),
        run=run_window,
    )
    expect_causal(read, (x,), what, run_on_tensors)
    expect_gradients(read, lambda tokens: package_window_means(tokens, window), (x,), ("x",))
    return _("Right: values and gradients are the package's, and no token sees its future.")


def check_step(attempt):
    """06.3: one token at a time, with documents that start."""
    cases = [
        (*random_tokens(10 + seed, *shape), random_resets(seed, shape[0]))
        for seed, shape in enumerate(((1, 2), (8, 3), (12, 2)))
    ]
    x, starts = cases[1]

    def forgets():
        expect_reset(attempt, (x,), starts, _("Your mean"), run_steps)

    expect_values(attempt, step, cases, STEP_MISTAKES, (forgets,), run=run_steps)
    return _("Right: a start empties both numbers, and then takes its own token in.")


def check_look(attempt):
    """06.4: how far ahead a function sees."""
    (x,) = random_tokens(20, NUM_TOKENS, 3)
    functions = [function for _words, function, _ahead in VIEWS]
    found = []
    for function in functions:
        result = attempt(function, x.copy())
        if isinstance(result, bool | np.bool_):
            raise Wrong(_("You say whether there is a leak. Say how far it reaches: a number of tokens."))
        found.append(as_number(result, _("Your result")))
    if found == [ahead for _words, _function, ahead in VIEWS]:
        return _(
            "Right, for {number} functions: no alarm where there is no leak, and a faint one, a lonely one "
            "and one that sleeps until a number is large have all been found."
        ).format(number=len(VIEWS))
    for mistake in LOOK_MISTAKES:
        if found == [mistake.answer(function, x.copy()) for function in functions]:
            raise Wrong(_(mistake.message))
    for (words, _function, ahead), number in zip(VIEWS, found, strict=True):
        if number != ahead:
            sentence = _("For a function {words} you say {number}; it sees {ahead} tokens ahead.")
            raise Wrong(sentence.format(words=_(words), number=f"{number:g}", ahead=ahead))
    raise AssertionError("a result differs, and none does")


def check_thought(attempt):
    """06.5: the article's thought space, mended."""
    cases = [thought_case(seed, *shape) for seed, shape in enumerate(((1, 2, 3), (2, 3, 2), (7, 3, 4)))]
    x, *weights = cases[2]
    what = _("Your thought space")

    def causal():
        expect_causal(lambda tokens: attempt(tokens, *weights), (x,), what, run_on_tensors)

    expect_values(attempt, think, cases, THOUGHT_MISTAKES, (causal,), run=run_on_tensors)
    causal()
    expect_gradients(attempt, package_think, cases[2], attempt.names)
    return _("Right, in values and gradients, and changing a token changes no output before it. Mended.")


EXERCISES = (
    Exercise(
        id="06.1",
        title=marked("when does a mean stop listening?"),
        kind="predict",
        minutes=5,
        name="stops_listening",
        arguments=("decay",),
        hints=(
            marked("How much does the newest of t tokens count in a running mean?"),
            marked("In the fading mean the newest token counts 1 - d, after any number of tokens."),
            marked("1 / t = 1 - d. Solve it for t."),
        ),
        wrong_answers=(
            *MEETING_MISTAKES,
            WrongAnswer(lambda d: 100, "You say 100 whatever decay is"),
        ),
        checker=check_meeting,
    ),
    Exercise(
        id="06.2",
        title=marked("only the last few"),
        kind="change",
        minutes=10,
        name="my_window_means",
        arguments=("x", "window"),
        hints=(
            marked("Which tokens does token t average? Write the rule down as an inequality in t and j."),
            marked(
                "Chapter 05 looked at all pairs in a square and kept its lower triangle. Here only a band "
                "along the diagonal stays."
            ),
            marked("`ago = places[:, None] - places[None, :]`; keep `(ago >= 0) & (ago < window)`."),
            marked("As float32, each row divided by its own sum, and then `ops.matmul(weights, x)`."),
        ),
        wrong_answers=(*WINDOW_MISTAKES, WrongAnswer(wrong_window(flow=False), "no gradient")),
        checker=check_window,
    ),
    Exercise(
        id="06.3",
        title=marked("a document starts"),
        kind="change",
        minutes=5,
        name="my_step",
        arguments=("token", "starts", "memory"),
        hints=(
            marked("What should the mean be after the first token of a new document?"),
            marked("Before that token comes in, the memory is what it was at the very beginning."),
            marked("`if starts: total, count = 0 * total, 0`, then as usual."),
        ),
        wrong_answers=STEP_MISTAKES,
        checker=check_step,
    ),
    Exercise(
        id="06.4",
        title=marked("a test for leaks"),
        kind="build",
        minutes=20,
        name="my_test",
        arguments=("function", "x"),
        hints=(
            marked("Two loops: over the token t that you change, and over the outputs before it."),
            marked("Compare with the outputs of the unchanged text: `function(x)`, computed once."),
            marked("If output i moved and i < t, the function sees t - i tokens ahead. Keep the largest."),
            marked("Change a copy, and by much: `changed = x.copy(); changed[t] += 10`."),
        ),
        wrong_answers=(
            *LOOK_MISTAKES,
            WrongAnswer(wrong_look(says="whether"), "Say how far it reaches"),
        ),
        checker=check_look,
    ),
    Exercise(
        id="06.5",
        title=marked("mend it"),
        kind="change",
        minutes=10,
        name="my_thought",
        arguments=("x", "inner", "outer", "alpha"),
        hints=(
            marked("Only one line of the article's layer is wrong, the one with the mean."),
            marked("`text_means` has the mean that you need: one row for each token."),
            marked("`x + alpha * (ops.gelu(mean @ inner, approximate=True) @ outer)` for that mean."),
        ),
        wrong_answers=(*THOUGHT_MISTAKES, WrongAnswer(wrong_thought(flow=False), "no gradient")),
        checker=check_thought,
    ),
)
