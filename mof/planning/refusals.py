"""What makes no sense in a plan, each refused with its reason and what to do."""

import itertools
import math
from pathlib import Path

from mof.machine.recommendation import MEMORY_SHARE, fits_in_memory
from mof.planning.plan import PlanError

MOST_HOURS = 24 * 366  # a slip of the finger beyond
FEWEST_DOCUMENTS, FEWEST_CHARACTERS = 20, 10_000
DISK_RESERVE = 1.1


def check_wish(wish):
    """Raise PlanError for hours that are none, no text, or a text given twice.

    Args:
        wish: `mof.planning.making.Wish`.
    """
    if not (isinstance(wish.hours, int | float) and math.isfinite(wish.hours) and wish.hours > 0):
        raise PlanError(f"hours are {wish.hours}, expected above 0: how long may the training take?")
    if wish.hours > MOST_HOURS:
        raise PlanError(f"hours are {wish.hours:g}, more than a year. Give hours, not minutes or seconds.")
    if not wish.texts:
        raise PlanError("there is no text to pre-train on: give at least one file or folder with --corpus.")
    for path, other in itertools.product(wish.texts, wish.dialogues):
        one, two = Path(path).resolve(), Path(other).resolve()
        if one == two:
            raise PlanError(f"{path} is given as text and as dialogues: give it as one of them.")
        if one in two.parents or two in one.parents:
            # what one stage holds out, by its own share, the other would learn
            inner, outer = (other, path) if one in two.parents else (path, other)
            raise PlanError(
                f"{inner} lies in {outer}, and so is given as text and as dialogues: give each part as one "
                "of them, file by file if need be."
            )
    if not wish.most_passes >= 1:
        raise PlanError(f"most_passes is {wish.most_passes}, expected at least 1.")


def check_text(look, what):
    """Raise PlanError for a corpus that is too small to learn from.

    Args:
        look: CorpusLook. what: its name in the message.
    """
    if look.num_documents < FEWEST_DOCUMENTS or look.num_characters < FEWEST_CHARACTERS:
        raise PlanError(
            f"the {what} hold {look.num_documents:,.0f} documents with {look.num_characters:,.0f} "
            f"characters, expected at least {FEWEST_DOCUMENTS} and {FEWEST_CHARACTERS:,}: from so little "
            "nothing is learned but the text itself. `mof corpus list` names public text, `mof corpus write` "
            "makes questions."
        )


def check_dialogues(look):
    """Raise PlanError for dialogues that are too few, or none. Args: look: CorpusLook."""
    check_text(look, "dialogues")
    if not look.num_conversations:
        raise PlanError(
            "the dialogues hold no conversation: expected .jsonl files with lines of "
            '{"messages": [{"role": "user", "content": ...}, ...]}. Give plain text with --corpus.'
        )


def check_machine(report, facts):
    """Raise PlanError if the doctor's report is of another machine.

    Args:
        report: DoctorReport. facts: MachineFacts of this machine.
    """
    for name in ("processor", "usable_cores"):
        then, now = getattr(report.facts, name), getattr(facts, name)
        if then != now:
            raise PlanError(
                f"the doctor's report is of another machine: {name.replace('_', ' ')} {then} there, {now} "
                "here. Measure this one with: mof doctor"
            )


def check_memory(size, facts):
    """Raise PlanError if a size does not fit into the memory that is free. Args: Size, MachineFacts."""
    if not fits_in_memory(size.prediction, facts.available_bytes):
        raise PlanError(
            f"{size.label} may take {size.prediction.peak_bytes_high / 1e9:.1f} GB of memory in training; "
            f"{facts.available_bytes / 1e9:.1f} GB are free, of which {MEMORY_SHARE:.0%} may be planned "
            "with. Close other programs, or take a smaller size."
        )


def check_disk(needed_bytes, free_bytes):
    """Raise PlanError if the disk is too small for what a plan writes, and a tenth more."""
    needed = DISK_RESERVE * needed_bytes
    if free_bytes < needed:
        raise PlanError(
            f"{free_bytes / 1e9:.2f} GB of disk are free where the runs will lie; checkpoints and tokens "
            f"take {needed / 1e9:.2f} GB. Free some (`python start.py clean` shows what can go), or name a "
            "folder on another disk with --folder."
        )


def check_passes(name, passes, wish):
    """Raise PlanError if a stage would read its text too often. Args: name of the stage, float, Wish."""
    if passes > wish.most_passes:
        raise PlanError(
            f"in {wish.hours:g} hours the {name} would read its text {passes:,.0f} times, more than "
            f"{wish.most_passes:g}: it would learn it by heart. Give more text, or fewer hours (about "
            f"{wish.hours * wish.most_passes / passes:.2g}); --most-passes raises the limit."
        )
