"""The exercises of chapter 07, the Transformer expert: their words and their checks."""

import itertools

import numpy as np

from mof.course.cases import random_tokens
from mof.course.causality import expect_causal, expect_reads_itself
from mof.course.chapter_07_answers import (
    BLOCK_WIDTH,
    attend_in_window,
    block,
    blocks_at_half_width,
    convolve,
    make_parts,
    package_convolve,
    package_window,
    run_block,
    run_on_tensors,
    tokens,
    view,
    wrong_block,
    wrong_convolve,
    wrong_window,
)
from mof.course.exercise import Exercise, WrongAnswer
from mof.course.gradients import expect_gradients
from mof.course.monotone import expect_depends_on
from mof.course.quantities import as_number
from mof.course.translation import _, marked
from mof.course.values import expect_values
from mof.course.verdict import Wrong

NUM_BLOCKS = (1, 2, 4, 23)
SHAPES = tuple(itertools.product((1, 4, 23), (2, 5, 130), (1, 4), (False, True)))

CONVOLVE_MISTAKES = (
    WrongAnswer(
        wrong_convolve(direction="future"),
        marked("Your filter looks ahead: shift the text the other way, so that token t meets token t - j."),
    ),
    WrongAnswer(
        wrong_convolve(order="oldest first"),
        marked("The kernel is upside down: its row 0 is for the token itself, row 1 for the one before."),
    ),
    WrongAnswer(
        wrong_convolve(itself=False), marked("A token does not see itself: row 0 of the kernel is missing.")
    ),
    WrongAnswer(
        wrong_convolve(wraps=True),
        marked(
            "The text goes round in a circle: your first tokens read the last ones, as `roll` does it. "
            "Before the first token there is nothing, so put zeros there."
        ),
    ),
    WrongAnswer(
        wrong_convolve(one_filter=True),
        marked("All channels use the filter of the first: each of the D numbers has a column of its own."),
    ),
)
BLOCK_MISTAKES = (
    WrongAnswer(
        wrong_block(norms="behind"),
        marked(
            "That is the article's order, norms behind the sums. Here a norm stands before each part, and "
            "what it has normed goes into the part alone."
        ),
    ),
    WrongAnswer(
        wrong_block(attends="replaces"),
        marked("What came in is lost behind the attention: add its result to `x`."),
    ),
    WrongAnswer(
        wrong_block(feeds="replaces"),
        marked("The feed-forward layer replaces the token: add its result to what it read."),
    ),
    WrongAnswer(
        wrong_block(thinks="twice"),
        marked("The token counts twice: the thought space has its residual connection inside already."),
    ),
    WrongAnswer(wrong_block(thinks="never"), marked("The thought space is missing.")),
    WrongAnswer(
        wrong_block(norms="kept"),
        marked(
            "What is normed goes on in place of the token. The way straight through carries `x` as it came; "
            "the norm goes into the part alone."
        ),
    ),
    WrongAnswer(
        wrong_block(norms="never"),
        marked(
            "The feed-forward layer reads numbers that no norm has tamed: `feed_forward_norm` is missing."
        ),
    ),
    WrongAnswer(
        wrong_block(reads="before"),
        marked(
            "The feed-forward layer reads the block's input: let it read what attention and thought made."
        ),
    ),
    WrongAnswer(
        wrong_block(convolves="nothing"),
        marked("The convolution is missing: it stands between the first norm and the attention."),
    ),
    WrongAnswer(
        wrong_block(convolves="raw"),
        marked("You convolve and norm afterwards: norm first, then convolve."),
    ),
)
HALF_WIDTH_MISTAKES = (
    WrongAnswer(
        lambda n: 2 * n,
        marked("Half the width is half the rows and half the columns: what is left of a matrix?"),
    ),
    WrongAnswer(lambda n: n, marked("With as many blocks as before you would have far fewer weights.")),
    WrongAnswer(lambda n: 8 * n, marked("A matrix has two edges, not three.")),
    WrongAnswer(
        lambda n: n / 4, marked("The other way round: narrower blocks are smaller, so more of them fit.")
    ),
)
WINDOW_MISTAKES = (
    WrongAnswer(
        wrong_window(sees="crop"),
        marked(
            "That is the article's crop: one window for all, the last tokens of the text. It is right for "
            "the last token alone; every other needs a window that ends at itself."
        ),
    ),
    WrongAnswer(
        wrong_window(sees="past"),
        marked("Your window has no end: a token still reads its whole past."),
    ),
    WrongAnswer(
        wrong_window(longer=1),
        marked("One token too many: the window counts the token itself, so t - window is out of sight."),
    ),
    WrongAnswer(
        wrong_window(longer=-1),
        marked("One token too few: the token itself, and window - 1 before it."),
    ),
    WrongAnswer(
        wrong_window(softmax=True),
        marked("That is softmax attention. Here the scores are weights already: divide them by their sum."),
    ),
    WrongAnswer(
        wrong_window(sees="piece"),
        marked(
            "You cut the text into pieces: the first token of a piece has no past at all. The window moves "
            "along with the token."
        ),
    ),
    WrongAnswer(
        wrong_window(sees="both"), marked("Your window opens both ways: cut off the future as well.")
    ),
    WrongAnswer(
        wrong_window(divides=False),
        marked("The weights do not sum to 1: divide by the sum of each row's scores."),
    ),
)
VIEW_MISTAKES = (
    WrongAnswer(
        lambda n, w, j, thought: view(n, w, j, thought) - 1,
        marked("The token itself is missing from your count."),
    ),
    WrongAnswer(
        lambda n, w, j, thought: 1 + n * (w * (2 if thought else 1) + j - 1),
        marked("A window of w tokens adds w - 1: it overlaps with what is in sight already by one."),
    ),
    WrongAnswer(
        lambda n, w, j, thought: 1 + n * ((w - 1) * (2 if thought else 1) + j),
        marked("A convolution of length J adds J - 1: it counts the token itself as well."),
    ),
    WrongAnswer(
        lambda n, w, j, thought: 1 + n * (w - 1),
        marked("That is attention alone: convolution and thought space look back as well."),
    ),
    WrongAnswer(
        lambda n, w, j, thought: 1 + n * (w - 1 + j - 1),
        marked("The thought space has a window too, and adds as much as the attention."),
    ),
    WrongAnswer(
        lambda n, w, j, thought: 1 + n * (w - 1) * (2 if thought else 1),
        marked("The convolution is missing: it stands before the attention in each block."),
    ),
    WrongAnswer(
        lambda n, w, j, thought: view(1, w, j, thought),
        marked("That is one block. The next one reads tokens that have read already."),
    ),
    WrongAnswer(
        lambda n, w, j, thought: n * view(1, w, j, thought),
        marked("You count the token itself once a block. It is in sight once."),
    ),
)


def check_convolve(attempt):
    """07.1: a filter for each channel, over the last few tokens."""
    shapes = ((1, 2, 3), (2, 3, 2), (7, 4, 3), (9, 2, 4))  # T, D, J
    cases = []
    for seed, (num_tokens, width, length) in enumerate(shapes):
        (x,), (kernel,) = random_tokens(seed, num_tokens, width), random_tokens(seed + 50, length, width)
        cases.append((x, kernel))
    text, kernel = cases[2]
    what = _("Your convolution")

    def run(function, inputs):
        return run_on_tensors(function, (*inputs, kernel))

    def causal():
        expect_causal(attempt, (text,), what, run)

    def reads_itself():
        expect_reads_itself(attempt, (text,), what=what, run=run)

    explanations = (causal, reads_itself)
    expect_values(attempt, convolve, cases, CONVOLVE_MISTAKES, explanations, run=run_on_tensors)
    causal()
    expect_gradients(attempt, package_convolve, cases[2], attempt.names)
    return _("Right: values and gradients are the package's, and nothing looks ahead.")


def check_block(attempt):
    """07.2: the parts of a block, in their order."""
    cases = []
    for seed, num_tokens in enumerate((1, 5, 8)):
        (x,) = random_tokens(seed, num_tokens, BLOCK_WIDTH)
        cases.append((x, seed))
    text, what = cases[1][0], _("Your block")

    def causal():
        expect_causal(attempt, (text,), what, run_block)

    expect_values(attempt, block, cases, BLOCK_MISTAKES, (causal,), run=run_block)
    causal()
    parts = make_parts(1)
    expect_gradients(lambda x: attempt(x, parts), lambda x: block(x, parts), (text,), ("x",))
    return _("Right: two sums, and a way straight through for the token and for the gradient.")


def check_half_width(attempt):
    """07.3: as many weights at half the width."""
    found = [as_number(attempt(number), _("The number of blocks")) for number in NUM_BLOCKS]
    for mistake in HALF_WIDTH_MISTAKES:
        if np.allclose(found, [mistake.answer(number) for number in NUM_BLOCKS]):
            raise Wrong(_(mistake.message))
    expect_depends_on(found, "num_blocks", _("More blocks before are more blocks after."))
    for before, after in zip(NUM_BLOCKS, found, strict=True):
        if not np.isclose(after, blocks_at_half_width(before)):
            words = _(
                "For {before} blocks you say {after}. A matrix of D x D, at D/2: how many numbers are left?"
            )
            raise Wrong(words.format(before=before, after=f"{after:g}"))
    return _(
        "Right: a matrix of half the edge has a quarter of the numbers, so four times as many blocks fit."
    )


def check_window(attempt):
    """07.4: a window that ends at each token."""
    shapes = ((1, 2, 3, 2), (5, 3, 2, 8), (7, 3, 2, 3), (9, 2, 2, 2), (6, 2, 3, 1))  # T, K, V, window
    cases = [(*tokens(seed, *shape[:3]), shape[3]) for seed, shape in enumerate(shapes)]
    *text, window = cases[2]
    what = _("Your attention")

    def run(function, inputs):
        return run_on_tensors(function, (*inputs, window))

    def causal():
        expect_causal(attempt, tuple(text), what, run)

    expect_values(attempt, attend_in_window, cases, WINDOW_MISTAKES, (causal,), run=run_on_tensors)
    causal()
    expect_gradients(lambda *x: attempt(*x, window), package_window(window), tuple(text), attempt.names[:3])
    return _("Right: values and gradients are the package's, and every token has a window of its own.")


def check_view(attempt):
    """07.5: tokens in sight of the last one."""
    found = [as_number(attempt(*shape), _("The number of tokens")) for shape in SHAPES]
    for mistake in VIEW_MISTAKES:
        if np.allclose(found, [mistake.answer(*shape) for shape in SHAPES]):
            raise Wrong(_(mistake.message))
    expect_depends_on(found, "depth", _("Each block lengthens the view."))
    for shape, number in zip(SHAPES, found, strict=True):
        if not np.isclose(number, view(*shape)):
            depth, window, length, has_thought = shape
            words = _(
                "For depth {depth}, window {window}, a convolution of length {length} and {thought} you say "
                "{number}. Start at the last token and count what each part of each block adds."
            )
            thought = _("a thought space") if has_thought else _("no thought space")
            words = words.format(
                depth=depth, window=window, length=length, thought=thought, number=f"{number:g}"
            )
            raise Wrong(words)
    return _(
        "Right. It is a border: nothing beyond it can matter. How much matters inside is another question."
    )


EXERCISES = (
    Exercise(
        id="07.1",
        title=marked("a short convolution"),
        kind="build",
        minutes=10,
        name="my_convolution",
        arguments=("x", "kernel"),
        hints=(
            marked("Make a copy of the text for each row of the kernel, shifted j tokens into the past."),
            marked(
                "Shifted by j: j rows of zeros, then `x` without its last j rows. Mind a text shorter than j."
            ),
            marked("`ops.pad(x, ((j, 0), (0, 0)))[: x.shape[0]]` does both. Add up `kernel[j]` times that."),
        ),
        wrong_answers=(*CONVOLVE_MISTAKES, WrongAnswer(wrong_convolve(flow=False), "no gradient")),
        checker=check_convolve,
    ),
    Exercise(
        id="07.2",
        title=marked("a block of its parts"),
        kind="build",
        minutes=10,
        name="my_block",
        arguments=("x", "parts"),
        hints=(
            marked("Three lines, one for each thing that is done to the stream of tokens."),
            marked("A norm makes a copy for one part to read. The stream itself is never normed."),
            marked("First line: `x = x + parts.attention(parts.convolution(parts.attention_norm(x)))`."),
        ),
        wrong_answers=BLOCK_MISTAKES,
        checker=check_block,
    ),
    Exercise(
        id="07.3",
        title=marked("half as wide, how deep?"),
        kind="predict",
        minutes=3,
        name="my_depth",
        arguments=("num_blocks",),
        hints=(
            marked("Every large matrix of a block has D rows and a multiple of D columns."),
            marked("How many numbers has a matrix of D/2 rows and D/2 columns, beside one of D and D?"),
        ),
        wrong_answers=(
            *HALF_WIDTH_MISTAKES,
            WrongAnswer(lambda n: 16, "You say 16 whatever num_blocks is"),
        ),
        checker=check_half_width,
    ),
    Exercise(
        id="07.4",
        title=marked("a window for each token"),
        kind="change",
        minutes=10,
        name="my_window",
        arguments=("queries", "keys", "values", "window"),
        hints=(
            marked("Begin with all pairs, as in chapter 05, and keep a band instead of a triangle."),
            marked("Token t keeps token j where j <= t and t - j < window."),
            marked("`np.arange(T)[:, None] - np.arange(T)` is t - j for all pairs. Make a mask of it."),
        ),
        wrong_answers=(*WINDOW_MISTAKES, WrongAnswer(wrong_window(flow=False), "no gradient")),
        checker=check_window,
    ),
    Exercise(
        id="07.5",
        title=marked("how far does it see?"),
        kind="predict",
        minutes=10,
        name="my_view",
        arguments=("depth", "window", "convolution_length", "has_thought_space"),
        hints=(
            marked("Start with one block and attention alone: how many tokens are in sight?"),
            marked(
                "The parts of a block stand one behind the other, so what they add adds up. So do blocks."
            ),
            marked("Attention adds window - 1, a thought space the same, a convolution its length less one."),
        ),
        wrong_answers=VIEW_MISTAKES,
        checker=check_view,
    ),
)
