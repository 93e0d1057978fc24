"""From a machine's measurements, a corpus and hours to a plan.

    tokens of the plan = hours * tokens a second, less what checkpoints and looks at held-out text take
    chat               = the dialogues CHAT_PASSES times, but at most CHAT_SHARE of the tokens
    pre-training       = the rest

The article trained on 0.1 GB of text and then on 0.2 GB of dialogues. With the corpus that the course was
made on, 107 MB of dialogues read twice are what the article had; with another, the plan says how often each
text is read.
"""

import dataclasses
import datetime
from typing import NamedTuple

from mof.machine.parameter_counts import checkpoint_bytes
from mof.machine.prediction import TOKEN_BYTES
from mof.planning.day_hours import read_day_hours
from mof.planning.gate import WhenToTrain
from mof.planning.loss_forecast import forecast_loss
from mof.planning.plan import Expected, Head, Plan, Stage, StageText
from mof.planning.refusals import (
    check_dialogues,
    check_disk,
    check_memory,
    check_passes,
    check_text,
    check_wish,
)
from mof.training.config import TrainingConfig

CHAT_PASSES = 2.0
CHAT_SHARE = 1 / 3
# Fine-tuning at three tenths of the usual step sizes forgot what had been read (data/models/README.md: twelve
# texts went from 1.70 to 2.85 bits per byte). A tenth is our choice; it has not been compared with others.
CHAT_STEP_SHARE = 0.1
HELD_OUT_DOCUMENTS = 20  # at the least, where there are enough
# The longest training on record read its text 15.3 times, and held-out text still improved
# (benchmarks/results/accelerator_run.json). Beyond, nothing is known; far beyond, a text is learned by heart.
LONGEST_RECORD_PASSES, MOST_PASSES = 15.3, 60.0
LONGEST_RECORD_SCHEDULE = {"schedule": "warmup_stable_decay", "decay_share": 0.4, "final_share": 0.0}
LOOKS, FEWEST_LOOKS = 300, 10  # at held-out text, over a stage
LOOK_SECONDS = (10.0, 60.0)  # between two, at least: where a stage is short, and else
LOOK_SHARE = 0.02  # of the time, at most, for them
LOOK_COST = 1 / 3  # of a token in training: forward is about one of three parts, backward two
CHECKPOINT_SHARE = 0.01  # of the time, at most, for writing them
CHECKPOINT_SECONDS = (120.0, 900.0)  # between two, at least and at most: what a power cut costs
FEWEST_CHECKPOINTS, LEAST_CHECKPOINT_SECONDS = 20, 5.0  # of a stage, however short
WARMUP_UPDATES, WARMUP_SHARE = 100, 0.05
FEW_UPDATES = 100  # a stage with fewer gets smaller updates, down to one batch


class Wish(NamedTuple):
    """What a reader asks for.

    hours: of training. texts: list of paths. dialogues: list of paths; empty for no second stage.
    folder: for the runs. when: WhenToTrain. most_passes: over any text; more are refused.
    """

    hours: float
    texts: list
    dialogues: list
    folder: str
    when: WhenToTrain = WhenToTrain()
    most_passes: float = MOST_PASSES


class Made(NamedTuple):
    """A plan and what to say about it.

    plan: Plan. facts: dict from a name ("speed", "time" ...) to words. warnings: list of sentences.
    """

    plan: Plan
    facts: dict
    warnings: list


def make_plan(recipe, size, wish, report, facts, text_look, dialogue_look=None, laws=None):
    """A plan of one size.

    Args:
        recipe: "A", "B" or "own". size: Size. wish: Wish.
        report: DoctorReport of this machine. facts: MachineFacts of this moment.
        text_look: CorpusLook of the texts, with the size's tokenizer.
        dialogue_look: of the dialogues, or None.
        laws: see `forecast_loss`.

    Returns:
        Made.

    Raises:
        PlanError: it makes no sense; the message says why and what to do.
    """
    check_wish(wish)
    check_text(text_look, "texts")
    if dialogue_look is not None:
        check_dialogues(dialogue_look)
    check_memory(size, facts)
    num_tokens = wish.hours * 3600 * size.prediction.tokens_per_second
    num_chat = 0.0
    if dialogue_look is not None:
        num_chat = min(CHAT_PASSES * dialogue_look.num_tokens, CHAT_SHARE * num_tokens)
    parts = [("pretraining", wish.texts, num_tokens - num_chat, text_look)]
    if dialogue_look is not None:
        parts.append(("chat", wish.dialogues, num_chat, dialogue_look))
    for name, _, count, look in parts:
        check_passes(name, count / look.num_tokens, wish)
    plan = Plan(
        head=Head(recipe=recipe, folder=wish.folder, hours=float(wish.hours), made=_made(report)),
        preset_name=size.preset_name,
        tokenizer=size.shape.tokenizer,
        model_changes=size.model_changes,
        stages=tuple(_stage(*part, size, report) for part in parts),
        when=wish.when,
    )
    looks = [look for *_, look in parts]
    plan = dataclasses.replace(plan, expected=_expected(plan, size, looks, laws))
    check_disk(plan.expected.disk_bytes, facts.free_disk_bytes)
    passes = {
        stage.name: stage.text.tokens / look.num_tokens
        for stage, look in zip(plan.stages, looks, strict=True)
    }
    return Made(plan, _facts(plan, size, passes), _warnings(passes, report))


def _stage(name, paths, num_tokens, look, size, report):
    seconds = num_tokens / size.prediction.tokens_per_second
    usual = TrainingConfig()
    writing = checkpoint_bytes(size.shape.model) / report.bandwidths.disk_bytes_per_second
    least, most = CHECKPOINT_SECONDS
    short = max(LEAST_CHECKPOINT_SECONDS, round(seconds / FEWEST_CHECKPOINTS))
    checkpoint_seconds = min(short, most, max(least, round(writing / CHECKPOINT_SHARE)))
    short = min(LOOK_SECONDS[1], max(LOOK_SECONDS[0], round(seconds / FEWEST_LOOKS)))
    held_out = round(min(0.1, max(0.01, HELD_OUT_DOCUMENTS / look.num_documents)), 4)
    look_tokens = min(usual.evaluation_tokens, held_out * look.num_tokens)
    looking = LOOK_COST * look_tokens / size.prediction.tokens_per_second
    evaluate_seconds = max(short, round(seconds / LOOKS), round(looking / LOOK_SHARE))
    # what the hours pay for besides
    num_tokens = max(1, int(num_tokens / (1 + writing / checkpoint_seconds + looking / evaluate_seconds)))
    settings = {
        "tokens_per_update": _tokens_per_update(name, num_tokens, size.shape, usual),
        "tokens_at_once": size.shape.tokens_at_once,
        **LONGEST_RECORD_SCHEDULE,
        "checkpoint_seconds": float(checkpoint_seconds),
        "evaluate_seconds": float(evaluate_seconds),
    }
    num_updates = num_tokens // settings["tokens_per_update"]
    settings["warmup_updates"] = max(1, min(WARMUP_UPDATES, int(WARMUP_SHARE * num_updates)))
    if name == "chat":
        for step in ("learning_rate", "muon_learning_rate"):
            settings[step] = CHAT_STEP_SHARE * getattr(usual, step)
    text = StageText(corpus=tuple(map(str, paths)), tokens=num_tokens, validation_fraction=held_out)
    return Stage.make(name, text, settings)


def _tokens_per_update(name, num_tokens, shape, usual):
    """The shape's own; in a short chat stage halved as long as an update holds whole batches."""
    tokens, batch = shape.tokens_per_update, usual.num_streams * max(usual.lengths)
    while name == "chat" and num_tokens < FEW_UPDATES * tokens and tokens % (2 * batch) == 0:
        tokens //= 2
    return tokens


_BOUNDS = {"_low": "low", "": "centre", "_high": "high"}


def _expected(plan, size, looks, laws):
    prediction, first = size.prediction, plan.stages[0]
    low, speed, high = (getattr(prediction, f"tokens_per_second{end}") for end in _BOUNDS)
    loss, words = forecast_loss(
        plan.shape, looks[0].fingerprint, first.training.tokens_per_update, first.text.tokens, laws
    )
    disk = len(plan.stages) * prediction.run_disk_bytes + TOKEN_BYTES * sum(look.num_tokens for look in looks)
    bits = {}
    if loss is not None:
        bits = {f"bits_per_byte{end}": getattr(loss, name) for end, name in _BOUNDS.items()}
    hours = 3600 * plan.head.hours  # the tokens were chosen so that these come out at the predicted pace
    return Expected(
        tokens_per_second=round(speed, 2),
        tokens_per_second_low=round(low, 2),
        tokens_per_second_high=round(high, 2),
        seconds=round(hours, 1),
        seconds_low=round(hours * speed / high, 1),
        seconds_high=round(hours * speed / low, 1),
        memory_bytes=prediction.peak_bytes_high,
        disk_bytes=int(disk),
        loss_from=words,
        **bits,
    )


def _facts(plan, size, passes):
    expected, prediction = plan.expected, size.prediction
    hours = [seconds / 3600 for seconds in (expected.seconds_low, expected.seconds, expected.seconds_high)]
    how = "measured" if prediction.is_measured else "predicted"
    found = {
        "size": f"{size.label}, {prediction.num_parameters:,} parameters",
        "tokens": f"{plan.tokens:,}, {plan.tokens / prediction.num_parameters:.3g} for each parameter",
        "speed": f"{expected.tokens_per_second:,.0f} tokens a second ({expected.tokens_per_second_low:,.0f} "
        f"to {expected.tokens_per_second_high:,.0f}), {how}",
        "time": f"{hours[1]:.3g} hours of training ({hours[0]:.3g} to {hours[2]:.3g})"
        + _by_the_clock(hours[1], plan.when.day_hours),
        "memory": f"up to {expected.memory_bytes / 1e9:.1f} GB",
        "disk": f"{expected.disk_bytes / 1e9:.2f} GB",
    }
    for stage in plan.stages:
        found[stage.name] = f"{stage.text.tokens:,} tokens: its text {passes[stage.name]:.1f} times"
    if expected.bits_per_byte:
        found["loss"] = (
            f"{expected.bits_per_byte:.3f} bits per byte ({expected.bits_per_byte_low:.3f} to "
            f"{expected.bits_per_byte_high:.3f}) on held-out text, {expected.loss_from}"
        )
    else:
        found["loss"] = expected.loss_from
    return found


def _by_the_clock(hours, day_hours):
    """What the hours of the day make of it, or nothing."""
    if not day_hours:
        return ""
    return f", {hours / 24 / read_day_hours(day_hours).share():.3g} days by the clock"


def _warnings(passes, report):
    found = [
        f"The {name} reads its text {count:.0f} times. The longest training on record read it "
        f"{LONGEST_RECORD_PASSES} times and still improved; beyond that nothing is known. More text would "
        "serve better."
        for name, count in passes.items()
        if count > LONGEST_RECORD_PASSES + 1
    ]
    if {"busy", "unsteady", "on_battery"} & {advice.name for advice in report.advice}:
        found.append(
            "The doctor's measurement was disturbed (other programs, heat, battery): the end may come sooner "
            "or later than said. Run `mof doctor` again on a quiet machine."
        )
    return found


def _made(report):
    today = datetime.date.today().isoformat()
    return (
        f"{today}, {report.facts.processor}, {report.facts.usable_cores:g} cores, measured {report.date[:10]}"
    )
