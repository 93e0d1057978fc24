"""What each fault of the published form does to a training: forms, the recorded study. Chapter 09."""

import textwrap

from mof.lessons.form_results import counted, tell_missing
from mof.lessons.mended_mixture import FAULTS
from mof.lessons.mixture_run import MENDED, PRINTED
from mof.lessons.records import find_record
from mof.viz.gap_figure import gap_figure
from mof.viz.notebook_figures import show_figure

LINE_LENGTH = 72  # of what stands under a cell
# the faults that each form keeps: all, none, and one alone
FORMS = {PRINTED: FAULTS, MENDED: (), **{f"only {fault}": (fault,) for fault in FAULTS}}


def print_readings(rows):
    """The chapter's table: the three readings of each training.

    Args:
        rows: list of dicts with "form", "training_bits", "whole_bits" and "stepwise_bits".
    """
    print(f"{'bits per byte':22} as in training  text there  token by token")
    for row in rows:
        training, whole, stepwise = (row[f"{key}_bits"] for key in ("training", "whole", "stepwise"))
        print(f"{row['form']:22} {training:14.3f} {whole:11.3f} {stepwise:15.3f}")


def show_study(name="published_forms"):
    """Shows the recorded study and says in words what came out; or says that nobody has run it yet.

    Args:
        name: of the record.
    """
    study = find_record(name)
    if study is None:
        tell_missing("1.5", "published_forms.py")
        return
    rows = study.data["runs"]
    updates = rows[0]["num_updates"]
    words = f"Two marks for each training; left is better; {study.note}."
    show_figure(gap_figure(rows, f"Recorded: {updates:,} updates each"), words)
    for sentence in describe_forms(rows):
        print(textwrap.fill(sentence, LINE_LENGTH, subsequent_indent="  "))


def describe_forms(rows):
    """Each form in words, and beside the mended one in the reading that a writer has.

    Args:
        rows: list of dicts with "form", "seed", "training_bits", "whole_bits" and "stepwise_bits".

    Returns:
        list of str, a sentence for each form of FORMS that has a row.
    """
    mended = {row["seed"]: row["stepwise_bits"] for row in rows if row["form"] == MENDED}
    sentences = []
    for form in FORMS:
        own = [row for row in rows if row["form"] == form]
        if not own:
            continue
        training, whole, stepwise = (
            sum(row[f"{key}_bits"] for row in own) / len(own) for key in ("training", "whole", "stepwise")
        )
        sentence = (
            f"{form}: {training:.3f} bits per byte as in training, {whole:.3f} where the text lies there, "
            f"{stepwise:.3f} token by token, over {counted(len(own), 'seed')}"
        )
        changes = [row["stepwise_bits"] - mended[row["seed"]] for row in own if row["seed"] in mended]
        if form != MENDED and changes:
            change, worse = sum(changes) / len(changes), sum(change > 0 for change in changes)
            sentence += (
                f"; token by token {abs(change):.3f} {'more' if change > 0 else 'fewer'} than {MENDED}, "
                f"worse in {worse} of {counted(len(changes), 'seed')}"
            )
        sentences.append(sentence + ".")
    return sentences
