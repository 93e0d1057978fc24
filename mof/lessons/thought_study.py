"""What a thought space was worth, and what a leak was: a row for each training, figure, words. Chapter 06."""

import textwrap

from mof.lessons.attention_study import form_row
from mof.lessons.form_results import (
    counted,
    describe_diverged,
    finished_rows,
    tell_missing,
    title_and_words,
)
from mof.lessons.leaks import bits_in_both_readings
from mof.lessons.memory_cut import held_out_prose
from mof.lessons.records import find_record
from mof.lessons.thought_forms import FORMS, NONE
from mof.viz.gap_figure import gap_figure
from mof.viz.notebook_figures import show_figure

LINE_LENGTH = 72  # of what stands under a cell


def thought_row(form, model, tokenizer, seed, seconds, bits_per_byte, num_tokens, max_texts):
    """One training's result, as `mof.viz.gap_figure` draws it and a record stores it.

    Args:
        form: its name. model: MixtureLanguageModel. tokenizer: Tokenizer.
        seed, seconds, bits_per_byte: of the training.
        num_tokens, max_texts: of each held-out text, and how many; see
            `mof.lessons.leaks.bits_in_both_readings`.

    Returns:
        dict.
    """
    row = form_row(form, seed, bits_per_byte, seconds)
    return {**row, **measure_readings(model, tokenizer, num_tokens, max_texts)}


def measure_readings(model, tokenizer, num_tokens, max_texts):
    """Both readings of the shipped held-out prose, and each block's alpha; arguments as `thought_row`."""
    readings = bits_in_both_readings(model, tokenizer, held_out_prose(), num_tokens, max_texts)
    alphas = [alpha for expert in model.experts for alpha in expert.thought_alphas()]
    return {
        "whole_bits": readings.whole_bits,
        "stepwise_bits": readings.stepwise_bits,
        "thought_alphas": alphas,
    }


def run_row(run, num_tokens=32, max_texts=16, seed=0):
    """`thought_row` of a ShortRun whose label is the form, read in rows as long as those it learnt from."""
    return thought_row(
        run.label,
        run.model,
        run.tokenizer,
        seed,
        run.seconds,
        run.held_out.bits_per_byte,
        num_tokens,
        max_texts,
    )


def show_study(name="thought_forms"):
    """Shows the recorded study and says in words what came out; or says that nobody has run it yet.

    Args:
        name: of the record.
    """
    study = find_record(name)
    if study is None:
        tell_missing("0.8", "thought_forms.py")
        return
    rows = finished_rows(study.data["runs"])
    if rows:
        title, _words = title_and_words(study)
        show_figure(
            gap_figure(rows, title),
            "Two marks for each training: an open circle where the text lies there as a whole, a diamond "
            f"token by token. Where they part, the form leaks. Fewer bits are better; {study.note}.",
        )
    for sentence in (*describe_forms(rows), *describe_diverged(study.data["runs"]), *describe_alphas(rows)):
        print(textwrap.fill(sentence, LINE_LENGTH, subsequent_indent="  "))


def describe_forms(rows):
    """Both readings of each form in words, and what it is worth against a model without thought space.

    Args:
        rows: list of dicts as `thought_row` gives, in any order.

    Returns:
        list of str, one sentence for each form, in the order of FORMS. Forms are compared seed by seed, in
        the honest reading.
    """
    without = {row["seed"]: row["stepwise_bits"] for row in rows if row["form"] == NONE}
    sentences = []
    for form in FORMS:
        own = [row for row in rows if row["form"] == form]
        if not own:
            continue
        whole, stepwise = (sum(row[key] for row in own) / len(own) for key in ("whole_bits", "stepwise_bits"))
        sentence = (
            f"{form}: {whole:.3f} bits per byte where the text lies there, {stepwise:.3f} token by token, "
            f"over {counted(len(own), 'seed')}"
        )
        changes = [row["stepwise_bits"] - without[row["seed"]] for row in own if row["seed"] in without]
        if form != NONE and changes:
            change = sum(changes) / len(changes)
            better = sum(change < 0 for change in changes)
            word = "fewer" if change < 0 else "more"
            sentence += (
                f"; token by token {abs(change):.3f} {word} than with {NONE}, better in {better} of "
                f"{counted(len(changes), 'seed')}"
            )
        sentences.append(sentence + ".")
    return sentences


def describe_alphas(rows):
    """Where alpha has gone from 0.3, in words: the mean over the seeds, block by block.

    Args:
        rows: as `describe_forms`; those without thought space are left out.

    Returns:
        list of str, a sentence for each form that has one.
    """
    sentences = []
    for form in FORMS:
        own = [row["thought_alphas"] for row in rows if row["form"] == form and row.get("thought_alphas")]
        if own:
            means = [sum(alphas) / len(own) for alphas in zip(*own, strict=True)]
            sentences.append(f"alpha of {form}, block by block: {', '.join(f'{x:.2f}' for x in means)}.")
    return sentences


def print_readings(rows):
    """The chapter's table: both readings of each training, and what lies between them.

    Args:
        rows: as `describe_forms`.
    """
    print(f"{'bits per byte':24}  text there  token by token     gap")
    for row in rows:
        whole, stepwise = row["whole_bits"], row["stepwise_bits"]
        gap = round(stepwise - whole, 3) + 0.0  # the sum makes 0 of -0
        print(f"{row['form']:24} {whole:11.3f} {stepwise:15.3f} {gap:+7.3f}")
