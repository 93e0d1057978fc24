"""What the forms of attention were worth: a row for each training, a figure of them, words. Chapter 05."""

import textwrap

from mof.lessons.attention_forms import FORMS
from mof.lessons.form_results import (
    counted,
    describe_diverged,
    finished_rows,
    tell_missing,
    title_and_words,
)
from mof.lessons.records import find_record
from mof.viz.forms_figure import forms_figure
from mof.viz.notebook_figures import show_figure

LINE_LENGTH = 72  # of what stands under a cell


def form_row(form, seed, bits_per_byte, seconds):
    """One training's result, as `mof.viz.forms_figure` draws it and a record stores it."""
    return {"form": form, "seed": seed, "bits_per_byte": bits_per_byte, "seconds": seconds}


def run_row(run, seed=0):
    """`form_row` of a ShortRun whose label is the form."""
    return form_row(run.label, seed, run.held_out.bits_per_byte, run.seconds)


def show_study(name="attention_forms"):
    """Shows the recorded study and says in words what came out; or says that nobody has run it yet.

    Args:
        name: of the record.
    """
    study = find_record(name)
    if study is None:
        tell_missing("0.8", "attention_forms.py")
        return
    rows = finished_rows(study.data["runs"])
    if rows:
        title, words = title_and_words(study)
        show_figure(forms_figure(rows, title), words)
    for sentence in (*describe_forms(rows), *describe_diverged(study.data["runs"])):
        print(textwrap.fill(sentence, LINE_LENGTH, subsequent_indent="  "))


def describe_forms(rows):
    """What each change was worth, in words: the mean over the seeds, and in how many of them it helped.

    Args:
        rows: list of dicts as `form_row` gives, in any order; forms stand in the order of FORMS.

    Returns:
        list of str, one sentence for each form.
    """
    by_form = {
        form: {row["seed"]: row["bits_per_byte"] for row in rows if row["form"] == form} for form in FORMS
    }
    by_form = {form: results for form, results in by_form.items() if results}
    sentences, before = [], None
    for form, results in by_form.items():
        mean = sum(results.values()) / len(results)
        sentence = f"{form}: {mean:.3f} bits per byte over {counted(len(results), 'seed')}"
        if before is not None:
            name, others = before
            shared = sorted(set(results) & set(others))
            changes = [results[seed] - others[seed] for seed in shared]
            better = sum(change < 0 for change in changes)
            if changes:
                change = sum(changes) / len(changes)
                word = "fewer" if change < 0 else "more"
                sentence += (
                    f"; {abs(change):.3f} {word} than {name}, better in {better} of "
                    f"{counted(len(changes), 'seed')}"
                )
        sentences.append(sentence + ".")
        before = form, results
    return sentences
