"""The exercises of chapter 09, reading the published code: their words and their checks."""

import numpy as np

from mof.course.causality import expect_causal
from mof.course.chapter_09_answers import (
    CROPS,
    MODELS,
    READERS,
    TEXT_IDS,
    as_names,
    crop_case,
    cut,
    honest_loss,
    moving_outputs,
    wrong_crop,
    wrong_loss,
    wrong_moves,
    wrong_probe,
)
from mof.course.exact import expect_exact
from mof.course.exercise import Exercise, WrongAnswer
from mof.course.predictions import expect_choice
from mof.course.quantities import as_number
from mof.course.translation import _, marked
from mof.course.values import expect_values
from mof.course.verdict import Wrong

LINE_MISTAKES = (
    WrongAnswer(
        "a",
        marked(
            "That is the printed line. i and j are two letters, so keys are summed by themselves, and values "
            "by themselves."
        ),
    ),
    WrongAnswer(
        "b",
        marked(
            "The first product keeps i, but sums d away in the key: its direction is lost. Then "
            "i and d are summed apart in the second, so all rows are one vector times a number."
        ),
    ),
    WrongAnswer(
        "d",
        marked("Here s stands on the left alone: the queries of all positions are summed into one."),
    ),
)
MOVE_MISTAKES = (
    WrongAnswer(
        wrong_moves(sees="before"),
        marked("So would a sound expert move. In the article's, an output sees all tokens of the window."),
    ),
    WrongAnswer(
        wrong_moves(place="stood"),
        marked("There the tokens stood. But the zeros come behind, so the outputs stand in front."),
    ),
    WrongAnswer(
        wrong_moves(crop=False),
        marked("You have left out the crop: the first tokens of a long text are thrown away."),
    ),
    WrongAnswer(
        wrong_moves(crop="outputs"),
        marked("A token that the crop has thrown away moves nothing at all: return an empty list for it."),
    ),
    WrongAnswer(
        lambda num_tokens, window, token: list(range(token, num_tokens)),
        marked(
            "So it would be with a causal expert: the token itself and those behind it. This one has a sum "
            "over all tokens that it is given, and every output reads it."
        ),
    ),
    WrongAnswer(
        lambda num_tokens, window, token: list(range(window)) if token >= num_tokens - window else [],
        marked("Where the text is shorter than the window, there are no more outputs than tokens."),
    ),
    WrongAnswer(
        lambda num_tokens, window, token: list(range(min(window, num_tokens))) if token >= window else [],
        marked("The crop keeps the last `window` tokens: what lies before num_tokens - window is cut away."),
    ),
    WrongAnswer(
        wrong_moves(sees="itself"),
        marked("You follow the token to its new place. But the sum that it is in goes to every output."),
    ),
)
PROBE_MISTAKES = (
    WrongAnswer(
        wrong_probe(outputs="all"),
        marked("You look at all outputs. The next token is read from the last one: look at that alone."),
    ),
    WrongAnswer(
        wrong_probe(by="zeros"),
        marked(
            "You replace parts by zeros. One that is 0 already does not change then, and a product of which "
            "zeros are left may be a case of its own: take noise."
        ),
    ),
    WrongAnswer(
        wrong_probe(by="twice"),
        marked("You double the parts. Twice 0 is 0, and a new size is not a new direction: take noise."),
    ),
    WrongAnswer(
        wrong_probe(keeps=True),
        marked(
            "A part that you have replaced stays replaced while you try the next. Change a copy: "
            "`{**parts, name: noise}`."
        ),
    ),
    WrongAnswer(
        wrong_probe(least=0.0),
        marked(
            "You take rounding for an effect: a factor that is multiplied in and divided out again leaves "
            "1e-16. Let smaller than 1e-9 count as nothing."
        ),
    ),
    WrongAnswer(
        wrong_probe(least=0.01),
        marked("A faint part escapes you: its effect is a ten-thousandth. Rounding is far smaller still."),
    ),
    WrongAnswer(
        wrong_probe(tells="loud"),
        marked("These are the parts that have an effect. The others are asked for."),
    ),
)
CROP_MISTAKES = (
    WrongAnswer(
        wrong_crop(pad="end"),
        marked(
            "So it is printed: one crop, and zeros behind it. The last token gets zeros, and the first ones "
            "get outputs of tokens that come later."
        ),
    ),
    WrongAnswer(
        wrong_crop(pad="front"),
        marked(
            "The last token is right now. But inside the crop a token still sees those behind it, and before "
            "the crop there are zeros: give each token a window of its own."
        ),
    ),
    WrongAnswer(
        wrong_crop(place="ahead"),
        marked("Your windows begin at their token and reach into its future. Let them end there."),
    ),
    WrongAnswer(
        wrong_crop(place="longer"),
        marked("Your windows hold one token too many: `window` of them, the token itself among them."),
    ),
    WrongAnswer(
        wrong_crop(place="shorter"),
        marked("Your windows hold one token too few: `window` of them, the token itself among them."),
    ),
    WrongAnswer(
        wrong_crop(place="all"),
        marked("No window is left: each token reads the text from its beginning."),
    ),
    WrongAnswer(
        wrong_crop(place="whole"),
        marked("The expert reads the whole text at once: no window, and the future is in it."),
    ),
    WrongAnswer(
        wrong_crop(takes=0),
        marked("You take the expert's first output. The token stands last in its window: take `[-1]`."),
    ),
)
LOSS_MISTAKES = (
    WrongAnswer(
        wrong_loss(reads="whole"),
        marked("The model reads the whole row at once: that is the loss that a leak makes a lie of."),
    ),
    WrongAnswer(
        wrong_loss(reads="all"),
        marked("The whole text lies there, the last token too: cut it before each token that you score."),
    ),
    WrongAnswer(
        wrong_loss(reads="answer"),
        marked("Your prefix holds the answer: to predict `ids[t]`, read `ids[:t]`."),
    ),
    WrongAnswer(
        wrong_loss(row=0),
        marked("You take the first row of the logits each time. The prefix's last token has the last row."),
    ),
    WrongAnswer(
        wrong_loss(target=-1),
        marked("You score the last token of the prefix, which the model has just read. Score the next one."),
    ),
    WrongAnswer(
        wrong_loss(scale="sum"),
        marked("That is the sum. Divide it by the number of tokens that were predicted."),
    ),
    WrongAnswer(
        wrong_loss(scale="length"),
        marked("You divide by one too many: the first token is not predicted."),
    ),
    WrongAnswer(
        wrong_loss(scale="bits"),
        marked("These are bits. Nats are asked for: the natural logarithm."),
    ),
    WrongAnswer(
        wrong_loss(normed=False),
        marked("Logits are no logarithms of probabilities yet: take softmax, then the logarithm."),
    ),
    WrongAnswer(
        wrong_loss(sign=1.0),
        marked("The sign is turned round: the loss is -log p, and never below 0."),
    ),
)
SHAPES = ((1, 2, 2, 3), (3, 2, 3, 5), (9, 3, 2, 4), (6, 3, 3, 1), (8, 2, 2, 2))


def check_line(value):
    """09.1: which line attends."""
    expect_choice(value, "c", LINE_MISTAKES)
    return _("Right: one letter for key and value, and d is summed only where query and key meet.")


def check_moves(attempt):
    """09.2: which outputs move."""
    expect_exact(attempt, moving_outputs, CROPS, MOVE_MISTAKES)
    return _(
        "Right. Before the crop a change is lost; inside it, it goes to every output, and these stand at the "
        "front of the text."
    )


def check_probe(attempt):
    """09.3: parts without effect on the last output."""
    found = [as_names(attempt(function, parts), _("Your result")) for _words, function, parts, _s in MODELS]
    if found == [silent for *_rest, silent in MODELS]:
        return _(
            "Right, for {number} models: faint is not silent, a zero may be loud, and what is divided out "
            "again does nothing."
        ).format(number=len(MODELS))
    for mistake in PROBE_MISTAKES:
        if found == [sorted(mistake.answer(function, parts)) for _words, function, parts, _s in MODELS]:
            raise Wrong(_(mistake.message))
    for (words, _function, _parts, silent), names in zip(MODELS, found, strict=True):
        if names != silent:
            sentence = _("For a model {words} you say {names}; without effect: {silent}.")
            raise Wrong(sentence.format(words=_(words), names=_joined(names), silent=_joined(silent)))
    raise AssertionError("a result differs, and none does")


def check_crop(attempt):
    """09.4: the crop, mended."""
    cases = [crop_case(seed, *shape) for seed, shape in enumerate(SHAPES)]
    x, expert, window = cases[2]
    what = _("Your crop")

    def causal():
        expect_causal(lambda tokens: attempt(tokens, expert, window), (x,), what)

    expect_values(attempt, cut, cases, CROP_MISTAKES, (causal,))
    causal()
    return _("Right: each token has a window that ends at it, and the last one has what the crop gave it.")


def check_loss(attempt):
    """09.5: the loss of a writer."""
    found = [as_number(attempt(read, TEXT_IDS), _("Your loss")) for _words, read in READERS]
    for mistake in LOSS_MISTAKES:
        if np.allclose(found, [mistake.answer(read, TEXT_IDS) for _words, read in READERS], rtol=1e-5):
            raise Wrong(_(mistake.message))
    for (words, read), number in zip(READERS, found, strict=True):
        right = honest_loss(read, TEXT_IDS)
        if not np.isclose(number, right, rtol=1e-5):
            sentence = _("For a model {words} you say {number}; from prefixes alone it is {right}.")
            raise Wrong(sentence.format(words=_(words), number=f"{number:.4f}", right=f"{right:.4f}"))
    return _("Right, for {number} models: two that leak can lend themselves nothing any more.").format(
        number=len(READERS)
    )


def _joined(names):
    return ", ".join(f"`{name}`" for name in names) or _("none")


EXERCISES = (
    Exercise(
        id="09.1",
        title=marked("which line attends?"),
        kind="predict",
        minutes=5,
        name="answer",
        arguments=(),
        hints=(
            marked("For each line write down which letters are summed, and in which product."),
            marked(
                "A key and its own value have to carry the same letter, and both have to be summed together."
            ),
            marked("The result needs a row for each s."),
        ),
        wrong_answers=LINE_MISTAKES,
        checker=check_line,
    ),
    Exercise(
        id="09.2",
        title=marked("which outputs move?"),
        kind="predict",
        minutes=8,
        name="moving_outputs",
        arguments=("num_tokens", "window", "token"),
        hints=(
            marked("Which tokens does the expert get to see at all?"),
            marked("Its attention gives the sum over these tokens to each of them. So who moves?"),
            marked("There are min(window, num_tokens) outputs, and the zeros stand behind them."),
        ),
        wrong_answers=MOVE_MISTAKES,
        checker=check_moves,
    ),
    Exercise(
        id="09.3",
        title=marked("a probe for silent parts"),
        kind="build",
        minutes=15,
        name="my_probe",
        arguments=("function", "parts"),
        hints=(
            marked("Compute the last output once with all parts as they are: `function(parts)[-1]`."),
            marked("For each name: the same with that part replaced by noise of its shape, the others kept."),
            marked("`np.random.default_rng(0).normal(size=np.shape(part))` is noise of its shape."),
            marked(
                "Silent is a part whose replacement moves no number of the last output by more than 1e-9."
            ),
        ),
        wrong_answers=PROBE_MISTAKES,
        checker=check_probe,
    ),
    Exercise(
        id="09.4",
        title=marked("mend the crop"),
        kind="change",
        minutes=10,
        name="my_crop",
        arguments=("x", "expert", "window"),
        hints=(
            marked("The printed crop is right for one token, the last. Why for that one?"),
            marked("Every token is the last one of the text that ends at it."),
            marked("`expert(x[max(0, t - window + 1) : t + 1])[-1]` for each t, stacked."),
        ),
        wrong_answers=CROP_MISTAKES,
        checker=check_crop,
    ),
    Exercise(
        id="09.5",
        title=marked("the loss of a writer"),
        kind="build",
        minutes=12,
        name="my_loss",
        arguments=("read", "ids"),
        hints=(
            marked("What may the model have read when it has to write `ids[t]`?"),
            marked("Call `read` once for each t, on `ids[:t]`, and keep the last row of what it gives."),
            marked("-log softmax(row)[ids[t]], for t from 1 on, and then the mean."),
        ),
        wrong_answers=LOSS_MISTAKES,
        checker=check_loss,
    ),
)
