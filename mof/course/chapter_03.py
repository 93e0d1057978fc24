"""The exercises of chapter 03, a first language model: their words and their checks."""

import math

from mof.course.chapter_03_answers import (
    LOSSES,
    TABLES,
    gru_inputs,
    random_counts,
    random_shares,
    reset_first,
    run_step_on_tensors,
    run_two_numbers,
    stopping_point,
    table,
    top_p,
    uniform,
    wrong_reset_first,
    wrong_stopping_point,
    wrong_table,
    wrong_top_p,
)
from mof.course.distribution import expect_distribution
from mof.course.exercise import Exercise, WrongAnswer
from mof.course.gradients import expect_gradients
from mof.course.translation import _, marked
from mof.course.values import expect_values

UNIFORM_CASES = ((4, 5, 12), (2048, 100, 290), (256, 30, 30))  # vocabulary, tokens, bytes
SHARES_CASES = ((0, 5, 0.5), (1, 9, 0.9), (2, 30, 0.8), (3, 6, 1.0))  # seed, tokens, p

UNIFORM_MISTAKES = (
    WrongAnswer(
        lambda w, t, b: (math.log2(w), t * math.log2(w) / b),
        marked(
            "Your first number is the bits of a token. The perplexity is 2 to that power: how many equal "
            "choices it stands for."
        ),
    ),
    WrongAnswer(
        lambda w, t, b: (w, t * math.log(w) / b),
        marked("Your second number is in nats: bits want `math.log2`."),
    ),
    WrongAnswer(
        lambda w, t, b: (w, math.log2(w)),
        marked(
            "Your second number is bits per token. Multiply by the tokens and divide by the bytes that they "
            "write."
        ),
    ),
    WrongAnswer(
        lambda w, t, b: (w, b * math.log2(w) / t),
        marked(
            "Tokens and bytes are exchanged: there is one loss for each token, and it is shared by bytes."
        ),
    ),
    WrongAnswer(
        lambda w, t, b: (1 / w, t * math.log2(w) / b),
        marked("Your first number is the probability of a token. The perplexity is 1 over that."),
    ),
)
TABLE_MISTAKES = (
    WrongAnswer(
        wrong_table(top=False, bottom="nothing"),
        marked(
            "Nothing is smoothed yet: an unseen pair gets 0, and a token that nothing followed gives 0 / 0. "
            "Add `k` to every count first."
        ),
    ),
    WrongAnswer(
        wrong_table(bottom="nothing"),
        marked(
            "You add `k` to the counts but divide by the old sums, so the rows sum to more than 1. Sum after "
            "you have added."
        ),
    ),
    WrongAnswer(
        wrong_table(bottom="k"),
        marked("You add `k` to a row's sum once, but its W counts have each got one: it grows by W k."),
    ),
    WrongAnswer(
        wrong_table(shape="columns"),
        marked(
            "Your columns sum to 1: that says what came before a token. Sum along the rows, with `axis=1`."
        ),
    ),
    WrongAnswer(
        wrong_table(shape="all"),
        marked(
            "Your whole table sums to 1: that is how likely a pair is. Each row has to sum to 1, for each is "
            "a question of its own: what follows this token?"
        ),
    ),
    WrongAnswer(
        wrong_table(k=1.0),
        marked("You add 1 whatever `k` is asked for."),
    ),
)
TOP_P_MISTAKES = (
    WrongAnswer(
        wrong_top_p(scale=False),
        marked("What you keep does not sum to 1: divide it by its sum."),
    ),
    WrongAnswer(
        wrong_top_p(crossing=False),
        marked(
            "You leave out the token with which the sum crosses p, so what is kept may hold less than p, or "
            "nothing at all. Look at the sum before each token."
        ),
    ),
    WrongAnswer(
        wrong_top_p(order="as they stand"),
        marked("You add the tokens up as they stand in the vocabulary. Begin with the likeliest."),
    ),
    WrongAnswer(
        wrong_top_p(order="unlikeliest"),
        marked("You begin with the unlikeliest: `np.argsort` rises, so sort `-shares`."),
    ),
    WrongAnswer(
        wrong_top_p(place=False),
        marked("Your shares are sorted: put each back where its token stands."),
    ),
    WrongAnswer(
        wrong_top_p(rule="each"),
        marked(
            "You compare each share with p. It is their sum, from the likeliest down, that has to reach p."
        ),
    ),
)
RESET_MISTAKES = (
    WrongAnswer(
        wrong_reset_first(reset="after"),
        marked("That is the step from above: `r` acts after the product. Multiply the state by it first."),
    ),
    WrongAnswer(
        wrong_reset_first(reset="never"),
        marked("Your candidate never uses `r`: it reads the whole state."),
    ),
    WrongAnswer(
        wrong_reset_first(swap=True),
        marked("`z` and `r` are exchanged: the order in `inputs`, `kernel` and `bias` is z, r, n."),
    ),
    WrongAnswer(
        wrong_reset_first(update="write"),
        marked(
            "Your `z` says how much is written. Here it says how much is kept: `z * hidden + (1 - z) * n`."
        ),
    ),
    WrongAnswer(
        wrong_reset_first(squash="sigmoid"),
        marked("Your candidate goes through a sigmoid, so the state can never fall below 0: use `ops.tanh`."),
    ),
)
STOPPING_MISTAKES = (
    WrongAnswer(
        wrong_stopping_point(keep="stopped"),
        marked(
            "That is the look at which you stopped. By then the model is worse: go back to the best look."
        ),
    ),
    WrongAnswer(
        wrong_stopping_point(see="all"),
        marked(
            "You take the best of all looks. When your patience ends, the later ones have not happened: "
            "there is no way to know that they are better."
        ),
    ),
    WrongAnswer(
        wrong_stopping_point(see="end"),
        marked("You never stop: that is the last look, whatever the losses are."),
    ),
    WrongAnswer(
        wrong_stopping_point(wait="never"),
        marked("You stop at the first look that is no better, whatever the patience is."),
    ),
    WrongAnswer(
        wrong_stopping_point(wait="in a row"),
        marked(
            "You compare each look with the one before. A curve that wavers above its best never rises often "
            "in a row: count the looks since the best one."
        ),
    ),
    WrongAnswer(
        wrong_stopping_point(late=1),
        marked("You wait one look too long: stop when `patience` looks have brought nothing better."),
    ),
    WrongAnswer(
        wrong_stopping_point(ties="later"),
        marked(
            "You take a look that is only as good as the best one for a better one. It has brought nothing: "
            "keep the earlier, and go on counting (`<`, not `<=`)."
        ),
    ),
)


def check_uniform(attempt):
    """03.1: what a model that knows nothing scores."""
    expect_values(attempt, uniform, UNIFORM_CASES, UNIFORM_MISTAKES, run=run_two_numbers)
    return _(
        "Right: a perplexity of W. Any model that has learnt something is below it, and a perplexity of 20 "
        "reads: as unsure as among 20 equal choices."
    )


def check_table(attempt):
    """03.2: probabilities from counts."""
    cases = [(random_counts(seed, size), k) for seed, (size, k) in enumerate(TABLES)]
    what = _("Your table")
    expect_values(
        attempt,
        table,
        cases,
        TABLE_MISTAKES,
        (lambda: expect_distribution(attempt(*cases[0]), what),),
        what=what,
    )
    return _("Right: every row sums to 1, and no pair is impossible.")


def check_top_p(attempt):
    """03.3: the nucleus."""
    cases = [(random_shares(seed, size), p) for seed, size, p in SHARES_CASES]
    what = _("Your result")
    expect_values(
        attempt,
        top_p,
        cases,
        TOP_P_MISTAKES,
        (lambda: expect_distribution(attempt(*cases[1]), what),),
        what=what,
    )
    return _("Right: the fewest tokens that reach p, as shares of their sum, each in its place.")


def check_reset_first(attempt):
    """03.4: the reset gate before the product."""
    cases = [gru_inputs(seed, width) for seed, width in enumerate((2, 5))]
    expect_values(attempt, reset_first, cases, RESET_MISTAKES, run=run_step_on_tensors)
    expect_gradients(attempt, reset_first, cases[1], attempt.names)
    return _(
        "Right, values and gradients. This form needs `r` before it can begin its second product, so it "
        "makes two small ones where the other makes one large one."
    )


def check_stopping_point(attempt):
    """03.5: when to stop, and what to keep."""
    expect_values(attempt, stopping_point, LOSSES, STOPPING_MISTAKES, what=_("Your look"))
    return _("Right: you stop without knowing the future, and keep the best you have seen.")


EXERCISES = (
    Exercise(
        id="03.1",
        title=marked("a model that knows nothing"),
        kind="predict",
        minutes=5,
        name="know_nothing",
        arguments=("vocabulary_size", "num_tokens", "num_bytes"),
        hints=(
            marked("Every token gets the probability 1 / W. How many bits is that?"),
            marked("-log2(1 / W) is log2 W. The perplexity is 2 to the power of the bits of one token."),
            marked("Bits per byte: `num_tokens * math.log2(vocabulary_size) / num_bytes`."),
        ),
        wrong_answers=UNIFORM_MISTAKES,
        checker=check_uniform,
    ),
    Exercise(
        id="03.2",
        title=marked("from counts to probabilities"),
        kind="build",
        minutes=10,
        name="my_table",
        arguments=("counts", "k"),
        hints=(
            marked("First add k everywhere, then make each row sum to 1."),
            marked("`sum(axis=1, keepdims=True)` gives one sum for each row, shaped to divide by."),
            marked("With `padded = counts + k`, return `padded / padded.sum(axis=1, keepdims=True)`."),
        ),
        wrong_answers=TABLE_MISTAKES,
        checker=check_table,
    ),
    Exercise(
        id="03.3",
        title=marked("top-p"),
        kind="build",
        minutes=15,
        name="my_top_p",
        arguments=("shares", "p"),
        hints=(
            marked("Sort the tokens, the likeliest first, and add their shares up."),
            marked("Keep a token as long as the sum before it is still below p."),
            marked(
                "`order = np.argsort(-shares)`; the sums before each are `np.cumsum(shares[order]) - "
                "shares[order]`."
            ),
            marked("Write what you keep into zeros at `order[...]`, and divide by its sum."),
        ),
        wrong_answers=TOP_P_MISTAKES,
        checker=check_top_p,
    ),
    Exercise(
        id="03.4",
        title=marked("reset first"),
        kind="change",
        minutes=15,
        name="my_step",
        arguments=("inputs", "kernel", "bias", "hidden"),
        hints=(
            marked(
                "`z` and `r` stay as they are. Only the candidate's product changes: it reads `r * hidden`."
            ),
            marked("So its part of the kernel has to be multiplied by itself, after `r` is known."),
            marked(
                "`ops.split(kernel, 3, axis=1)` gives the three parts. The candidate is `ops.tanh(a_n + "
                "ops.matmul(r * hidden, U_n) + b_n)`."
            ),
        ),
        wrong_answers=(*RESET_MISTAKES, WrongAnswer(wrong_reset_first(flow=False), "no gradient reaches")),
        checker=check_reset_first,
    ),
    Exercise(
        id="03.5",
        title=marked("stop in time"),
        kind="change",
        minutes=10,
        name="my_stopping_point",
        arguments=("losses", "patience"),
        hints=(
            marked("Go through the looks in order, and remember the index of the best one so far."),
            marked("At each look that is no better: how many looks ago was the best?"),
            marked("If `i - best >= patience`, stop, and return `best`."),
        ),
        wrong_answers=STOPPING_MISTAKES,
        checker=check_stopping_point,
    ),
)
