"""What the forms of the RNN expert were worth: the recorded study, drawn and in words. Chapter 04."""

import textwrap

from mof.lessons.form_results import (
    counted,
    describe_diverged,
    finished_rows,
    tell_missing,
    title_and_words,
)
from mof.lessons.records import find_record
from mof.lessons.recurrence_forms import FORMS, OURS
from mof.viz.forms_figure import forms_figure
from mof.viz.notebook_figures import show_figure

LINE_LENGTH = 72  # of what stands under a cell


def show_study(name="recurrence_forms"):
    """Shows the recorded study and says in words what came out; or says that nobody has run it yet.

    Args:
        name: of the record.
    """
    study = find_record(name)
    if study is None:
        tell_missing("1.1", "recurrence_forms.py")
        return
    rows = finished_rows(study.data["runs"])
    if rows:
        title, words = title_and_words(study)
        show_figure(forms_figure(rows, title), words)
    for sentence in (*describe_forms(rows), *describe_diverged(study.data["runs"]), *describe_memory(rows)):
        print(textwrap.fill(sentence, LINE_LENGTH, subsequent_indent="  "))


def describe_forms(rows):
    """Each form beside ours, in words: the mean over the seeds, and the difference seed by seed.

    Args:
        rows: list of dicts with "form", "seed" and "bits_per_byte", as
            `mof.lessons.attention_study.form_row` gives; perhaps "tokens".

    Returns:
        list of str, one sentence for each form, in the order of FORMS.
    """
    ours = {row["seed"]: row["bits_per_byte"] for row in rows if row["form"] == OURS}
    sentences = []
    for form in FORMS:
        own = [row for row in rows if row["form"] == form]
        if not own:
            continue
        mean = sum(row["bits_per_byte"] for row in own) / len(own)
        sentence = f"{form}: {mean:.3f} bits per byte over {counted(len(own), 'seed')}"
        if all("tokens" in row for row in own):
            sentence += f", {sum(row['tokens'] for row in own) / len(own):,.0f} tokens read"
        changes = [row["bits_per_byte"] - ours[row["seed"]] for row in own if row["seed"] in ours]
        if form != OURS and changes:
            change = sum(changes) / len(changes)
            worse = sum(change > 0 for change in changes)
            word = "more" if change > 0 else "fewer"
            sentence += (
                f"; {abs(change):.3f} {word} than {OURS}, worse in {worse} of {counted(len(changes), 'seed')}"
            )
        sentences.append(sentence + ".")
    return sentences


def describe_memory(rows):
    """How long our form's units remember after the study's training, in words.

    Args:
        rows: list of dicts; those of our form may have "half_lives", a list of [shortest tenth, middle,
            longest tenth] in tokens for each layer, and "embedding_shares", q of each layer.

    Returns:
        list of str, a sentence for each layer; empty where nothing is stored.
    """
    own = [row for row in rows if row["form"] == OURS and "half_lives" in row]
    sentences = []
    for i in range(len(own[0]["half_lives"]) if own else 0):
        low, middle, high = (sum(row["half_lives"][i][place] for row in own) / len(own) for place in range(3))
        q = sum(row["embedding_shares"][i] for row in own) / len(own)
        sentences.append(
            f"Layer {i + 1}: a tenth of the units keep half for less than {low:.2g} tokens, half of them for "
            f"less than {middle:.2g}, nine tenths for less than {high:.2g}; q = {q:.2f}."
        )
    return sentences
