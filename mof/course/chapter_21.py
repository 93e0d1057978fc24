"""The exercises of chapter 21, the four-day training: their words and their checks."""

from mof.course.chapter_21_answers import (
    best_seconds,
    better_recipe,
    run_left,
    run_tokens,
    stage_tokens,
    time_left,
    wrong_left,
    wrong_recipe,
    wrong_seconds,
    wrong_tokens,
)
from mof.course.exercise import Exercise, WrongAnswer
from mof.course.quantities import describe
from mof.course.translation import _, marked
from mof.course.values import expect_values
from mof.course.verdict import Wrong

SECONDS_CASES = ((3.0, 24.0), (0.2, 8.0), (40.0, 2.0))  # of saving, hours between two ends
TOKENS_CASES = (  # tokens a second, hours, tokens of the dialogues
    (390.0, 96.0, 14e6),
    (390.0, 24.0, 14e6),
    (1742.0, 96.0, 14e6),
    (1742.0, 8.0, 1e6),
)
# made up: looks at (tokens, bits per byte), tokens a second
LARGE_OR_SMALL = {
    "large": ([1e6, 1e7, 1e8], [3.0, 2.0, 1.4], 400.0),
    "small": ([1e6, 1e7, 1e8, 1e9], [2.8, 2.2, 1.7, 1.5], 2000.0),
}
TWO_OF_ONE_SPEED = {
    "large": ([1e6, 1e7, 1e8], [2.7, 2.5, 2.0], 1000.0),
    "small": ([1e6, 1e7, 1e8], [2.8, 2.2, 1.6], 1000.0),
}
RECIPE_CASES = (
    (LARGE_OR_SMALL, 2.0),
    (LARGE_OR_SMALL, 20.0),
    (LARGE_OR_SMALL, 25.0),
    (LARGE_OR_SMALL, 30.0),
    (LARGE_OR_SMALL, 40.0),
    (LARGE_OR_SMALL, 69.0),
    (TWO_OF_ONE_SPEED, 10.0),
)
LEFT_CASES = (
    ([40.0, 42.0, 38.0, 41.0, 39.0], 20),
    ([40.0, 42.0, 38.0], 4),
    ([10.0, 10.5, 9.0, 12.0, 10.0, 9.5, 10.5, 10.0], 100),
)

SECONDS_MISTAKES = (
    WrongAnswer(
        wrong_seconds(half=False),
        marked(
            "You let each end cost a whole stretch. It may come at any moment of it, so on average half "
            "of it is lost: c / 2."
        ),
    ),
    WrongAnswer(
        wrong_seconds(hour=1.0),
        marked(
            "Your number is 60 times too small: hours taken for seconds (an hour has 3,600), or the result "
            "told in minutes?"
        ),
    ),
    WrongAnswer(
        wrong_seconds(hour=60.0),
        marked("An hour has 3,600 seconds. You take the minutes."),
    ),
    WrongAnswer(
        wrong_seconds(root=False),
        marked("That is the square of what is asked: take the root."),
    ),
    WrongAnswer(
        wrong_seconds(turned=True),
        marked("The dearer a checkpoint is, the rarer it should be. Yours become more frequent."),
    ),
    WrongAnswer(
        lambda save_seconds, hours: 100.0 * save_seconds,
        marked(
            "You spend a hundredth of the time on saving, whatever the power does. Weigh it against what "
            "an end costs: the answer depends on `hours`."
        ),
    ),
)
TOKENS_MISTAKES = (
    WrongAnswer(wrong_tokens(hour=60.0), marked("An hour has 3,600 seconds. You take the minutes.")),
    WrongAnswer(
        wrong_tokens(chat="passes"),
        marked(
            "Where the hours are few, your chat takes more than a third of them: it gets twice its text, "
            "but a third of all tokens at most."
        ),
    ),
    WrongAnswer(
        wrong_tokens(chat="share"),
        marked("Your chat always takes a third. Where its text is short, it is read twice and no more."),
    ),
    WrongAnswer(
        wrong_tokens(chat="most"),
        marked("You take the larger of the two limits. Both hold, so the smaller one decides: `min`."),
    ),
    WrongAnswer(wrong_tokens(chat="once"), marked("The dialogues are read twice, not once.")),
    WrongAnswer(
        wrong_tokens(subtracts=False),
        marked(
            "Your pre-training takes all tokens, and the chat comes on top. It should fit into the hours."
        ),
    ),
    WrongAnswer(
        wrong_tokens(swapped=True),
        marked("The two are in the other order: the pre-training first."),
    ),
)
RECIPE_MISTAKES = (
    WrongAnswer(
        wrong_recipe(at="end"),
        marked(
            "You compare the ends of both curves. They were reached after different hours: ask both at the "
            "hours that come in."
        ),
    ),
    WrongAnswer(
        wrong_recipe(at="tokens"),
        marked(
            "You compare at equal tokens. In equal hours the faster one reads more: each has a speed of its "
            "own."
        ),
    ),
    WrongAnswer(wrong_recipe(chooses=max), marked("You choose the most bits per byte. Fewer are better.")),
    WrongAnswer(
        wrong_recipe(scale="tokens"),
        marked(
            "Your line between two looks runs over the tokens. A loss falls by equal steps for equal "
            "factors: let it run over their logarithm."
        ),
    ),
    WrongAnswer(
        wrong_recipe(scale="none"),
        marked("You take the last look before those hours. Go on to the next one along a line."),
    ),
    WrongAnswer(
        wrong_recipe(scale="nearest"),
        marked("You take the look that is nearest to those hours. Between two looks a line tells more."),
    ),
    WrongAnswer(
        wrong_recipe(hour=1.0),
        marked("Your hours are taken for seconds: an hour has 3,600 of them."),
    ),
)
LEFT_MISTAKES = (
    WrongAnswer(
        wrong_left(past=False),
        marked(
            "You know the mean of the future stretches as if it were certain. It was taken from a few of the "
            "past, and its error counts for each stretch to come."
        ),
    ),
    WrongAnswer(
        wrong_left(future=False),
        marked("Your doubt is that of the mean alone. The stretches to come waver too: s √k."),
    ),
    WrongAnswer(
        wrong_left(grows="number", past=False),
        marked("You let all stretches to come err the same way. They waver by themselves: s √k, not s k."),
    ),
    WrongAnswer(
        wrong_left(doubled=True),
        marked("Two independent doubts add up by their squares: the root of the sum of the squares."),
    ),
    WrongAnswer(
        wrong_left(freedom=0),
        marked("Your spread divides by n. The mean was taken from the same stretches: n - 1 (`ddof=1`)."),
    ),
    WrongAnswer(
        wrong_left(quantile=1.96),
        marked("1.96 is for an interval of 95%. This one is of 80%: 1.28."),
    ),
    WrongAnswer(
        wrong_left(quantile=0.0),
        marked(
            "Both ends are the middle. Take the doubt away for the lower one, and add it for the upper one."
        ),
    ),
)

CHOICES = ("calm", "spike", "diverged", "slow")
HAPPENED = {"a": "slow", "b": "calm", "c": "spike", "d": "diverged"}
_LOG_MESSAGES = {
    ("a", "calm"): marked("The loss of log a is calm. Now look at its seconds."),
    ("a", "spike"): marked("Log a has no jump in its loss. What jumped are its seconds, and they stay up."),
    ("a", "diverged"): marked(
        "The loss of log a falls to its end. Something else happened: look at the seconds."
    ),
    ("b", "slow"): marked("The seconds of log b are as they were all along. Look at its loss again."),
    ("b", "spike"): marked(
        "In log b nothing jumps up. The loss leaves its line downwards: good news, or the plan."
    ),
    ("b", "diverged"): marked(
        "Diverging goes up. In log b the loss falls faster from about update 170 on: there the step size "
        "begins to fall."
    ),
    ("c", "calm"): marked("Look at log c about update 120."),
    ("c", "diverged"): marked("In log c the loss comes back after four updates. What diverges stays up."),
    ("c", "slow"): marked("The seconds of log c are as they were all along. Look at its loss."),
    ("d", "spike"): marked("In log d the loss does not come back: eighty updates later it is still up."),
    ("d", "calm"): marked("Look at log d from update 160 on."),
    ("d", "slow"): marked("The seconds of log d are as they were all along. Look at its loss."),
}
LOG_MISTAKES = tuple(
    WrongAnswer({**HAPPENED, name: word}, message) for (name, word), message in _LOG_MESSAGES.items()
)


def check_seconds(attempt):
    """21.1: how often to save."""
    expect_values(attempt, best_seconds, SECONDS_CASES, SECONDS_MISTAKES, what=_("Your number of seconds"))
    return _("Right. At the best point saving and losing cost the same: with 3 s and 24 hours, 0.4% each.")


def check_tokens(attempt):
    """21.2: the tokens of a plan."""
    expect_values(attempt, stage_tokens, TOKENS_CASES, TOKENS_MISTAKES, run=run_tokens)
    return _("Right. A plan takes off a little more, for checkpoints and looks at held-out text.")


def check_recipe(attempt):
    """21.3: which recipe for these hours."""
    right = [better_recipe(*case) for case in RECIPE_CASES]
    found = [attempt(*case) for case in RECIPE_CASES]
    for (recipes, _hours), name in zip(RECIPE_CASES, found, strict=True):
        if not isinstance(name, str) or name not in recipes:
            raise Wrong(
                _("Return the name of a recipe, one of {names}; what came is {came}.").format(
                    names=", ".join(recipes), came=describe(name)
                )
            )
    if found == right:
        return _(
            "Right. The large one needs more hours to show what it is worth; below them, take the small one."
        )
    for mistake in RECIPE_MISTAKES:
        if found == [mistake.answer(*case) for case in RECIPE_CASES]:
            raise Wrong(_(mistake.message))
    hours, name, expected = next(
        (case[1], came, good)
        for case, came, good in zip(RECIPE_CASES, found, right, strict=True)
        if came != good
    )
    raise Wrong(
        _("After {hours} hours you say {found}, expected {right}. What has each read by then?").format(
            hours=f"{hours:g}", found=name, right=expected
        )
    )


def check_logs(answer):
    """21.4: what happened to four trainings."""
    if not isinstance(answer, dict) or set(answer) != set(HAPPENED):
        raise Wrong(
            _("Answer with a word for each log, {form}; what came is {came}.").format(
                form='{"a": "calm", "b": ..., "c": ..., "d": ...}', came=describe(answer)
            )
        )
    for name, right in HAPPENED.items():
        came = answer[name]
        word = came.strip().lower() if isinstance(came, str) else None
        if word == right:
            continue
        if word not in CHOICES:
            raise Wrong(
                _("For log {name} choose one of {choices}; what came is {came}.").format(
                    name=name, choices=", ".join(CHOICES), came=describe(came)
                )
            )
        raise Wrong(_(_LOG_MESSAGES[name, word]))
    return _("Right. The slow one needs air or its processor back, the one that diverged smaller steps.")


def check_left(attempt):
    """21.5: the time left, with an interval."""
    expect_values(attempt, time_left, LEFT_CASES, LEFT_MISTAKES, run=run_left)
    return _(
        "Right. Far from the end the doubt about the mean is the larger one, near it that of the stretches."
    )


EXERCISES = (
    Exercise(
        id="21.1",
        title=marked("how often to save"),
        kind="build",
        minutes=10,
        name="my_seconds",
        arguments=("save_seconds", "hours"),
        hints=(
            marked("Write the cost as a function of c: save_seconds / c + c / (2 · 3600 · hours)."),
            marked("Where it is least, its derivative is 0: save_seconds / c² = 1 / (2 · 3600 · hours)."),
            marked("So c = √(2 · save_seconds · 3600 · hours)."),
        ),
        wrong_answers=SECONDS_MISTAKES,
        checker=check_seconds,
    ),
    Exercise(
        id="21.2",
        title=marked("the tokens of a plan"),
        kind="predict",
        minutes=5,
        name="my_tokens",
        arguments=("tokens_per_second", "hours", "dialogue_tokens"),
        hints=(
            marked("How many tokens do the hours buy in all?"),
            marked("The chat takes the smaller of two numbers: twice its text, a third of all."),
            marked("The pre-training has what is left."),
        ),
        wrong_answers=TOKENS_MISTAKES,
        checker=check_tokens,
    ),
    Exercise(
        id="21.3",
        title=marked("which recipe for these hours?"),
        kind="build",
        minutes=10,
        name="my_recipe",
        arguments=("recipes", "hours"),
        hints=(
            marked("Tokens that a recipe has read by then: 3600 · hours · its speed."),
            marked("`np.interp(np.log(wanted), np.log(tokens), bits)` is a line over the logarithm."),
            marked("`min(found, key=found.get)` is the name with the fewest."),
        ),
        wrong_answers=RECIPE_MISTAKES,
        checker=check_recipe,
    ),
    Exercise(
        id="21.4",
        title=marked("read four logs"),
        kind="predict",
        minutes=5,
        name="answer",
        arguments=(),
        hints=(
            marked("Each log has two curves in the menu. Look at both before you decide."),
            marked(
                "What comes back is a spike. What stays up has diverged. What leaves downwards is no trouble."
            ),
        ),
        wrong_answers=LOG_MISTAKES,
        checker=check_logs,
    ),
    Exercise(
        id="21.5",
        title=marked("the time left, and how surely"),
        kind="build",
        minutes=15,
        name="my_left",
        arguments=("seconds", "num_left"),
        hints=(
            marked("The middle is num_left times the mean. `s = np.std(seconds, ddof=1)` is the spread."),
            marked("Stretches to come waver: s √k. The mean that you use errs: s / √n, for each of k."),
            marked("half = 1.28 · s · √(k + k² / n)"),
        ),
        wrong_answers=LEFT_MISTAKES,
        checker=check_left,
    ),
)
