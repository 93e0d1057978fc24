"""What depth and ways of telling order were worth: the recorded studies, drawn and in words. Chapter 07."""

import textwrap

from mof.lessons.form_results import (
    counted,
    describe_diverged,
    finished_rows,
    tell_missing,
    title_and_words,
)
from mof.lessons.records import find_record
from mof.lessons.transformer_forms import ORDERS, OURS, SHAPES
from mof.viz.forms_figure import forms_figure
from mof.viz.notebook_figures import show_figure

LINE_LENGTH = 72  # of what stands under a cell
STUDIES = {  # forms in order, the one to compare with, hours on two cores
    "transformer_shapes": (SHAPES, "2 blocks", "1.1"),
    "position_forms": (tuple(ORDERS), OURS, "1.3"),
}


def show_study(name):
    """Shows a recorded study and says in words what came out; or says that nobody has run it yet.

    Args:
        name: "transformer_shapes" or "position_forms".

    Raises:
        ValueError: for another name.
    """
    if name not in STUDIES:
        raise ValueError(f"name is {name!r}, expected one of {tuple(STUDIES)}.")
    forms, reference, hours = STUDIES[name]
    study = find_record(name)
    if study is None:
        tell_missing(hours, f"{name}.py")
        return
    rows = finished_rows(study.data["runs"])
    if rows:
        title, words = title_and_words(study)
        show_figure(forms_figure(rows, title), words)
    sentences = [*describe_beside(rows, forms, reference), *describe_diverged(study.data["runs"])]
    for sentence in (*sentences, *describe_end(rows, forms)):
        print(textwrap.fill(sentence, LINE_LENGTH, subsequent_indent="  "))


def describe_beside(rows, forms, reference):
    """Each form beside one of them, in words: the mean over the seeds, and the difference seed by seed.

    Args:
        rows: list of dicts with "form", "seed" and "bits_per_byte"; perhaps "tokens" and "parameters".
        forms: tuple of str, the order. reference: one of them.

    Returns:
        list of str, one sentence for each form that has a row.
    """
    wanted = {row["seed"]: row["bits_per_byte"] for row in rows if row["form"] == reference}
    sentences = []
    for form in forms:
        own = [row for row in rows if row["form"] == form]
        if not own:
            continue
        sentence = f"{form}: {_mean(own, 'bits_per_byte'):.3f} bits per byte over {counted(len(own), 'seed')}"
        if all("parameters" in row for row in own):
            sentence += f", {_mean(own, 'parameters') / 1e6:.2f} million parameters"
        if all("tokens" in row for row in own):
            sentence += f", {_mean(own, 'tokens'):,.0f} tokens read"
        changes = [row["bits_per_byte"] - wanted[row["seed"]] for row in own if row["seed"] in wanted]
        if form != reference and changes:
            change, worse = sum(changes) / len(changes), sum(change > 0 for change in changes)
            sentence += (
                f"; {abs(change):.3f} {'more' if change > 0 else 'fewer'} than {reference}, worse in {worse} "
                f"of {counted(len(changes), 'seed')}"
            )
        sentences.append(sentence + ".")
    return sentences


def describe_end(rows, forms):
    """How the loss went on along a text far longer than usual, in words.

    Args:
        rows: list of dicts; perhaps with "along", as `mof.evaluation.memory_report.loss_by_position` gives.
        forms: tuple of str, the order.

    Returns:
        list of str, one sentence for each form with such rows.
    """
    sentences = []
    for form in forms:
        own = [row["along"] for row in rows if row["form"] == form and row.get("along")]
        if own:
            first, last = (sum(along["nats"][place] for along in own) / len(own) for place in (0, -1))
            block, end = own[0]["block"], own[0]["block"] * len(own[0]["nats"])
            sentences.append(
                f"{form}: {first:.2f} nats a token over the first {block:,} tokens, {last:.2f} over the last "
                f"{block:,} of {end:,}."
            )
    return sentences


def _mean(rows, key):
    return sum(row[key] for row in rows) / len(rows)
