"""The models of chapter 03 on one test text: rows for figures and records, the recorded study, words.

Every model learns from the same training texts. What has to be chosen (the k of the bigram, the update at
which the GRU is stopped) is chosen on the held-out texts. The test texts are read once, at the end.
"""

import math
import statistics

from mof.evaluation.ngram_baseline import NgramModel
from mof.lessons.attention_study import form_row
from mof.lessons.bigram import count_pairs, smooth_counts, table_bits_per_byte
from mof.lessons.page_width import fit_page
from mof.lessons.prose_parts import num_bytes, prose_tokenizer
from mof.lessons.records import find_record
from mof.viz.forms_figure import forms_figure
from mof.viz.notebook_figures import show_figure
from mof.viz.watched_figure import watched_figure

RECORD = "first_language_model"
COMMAND = "python benchmarks/first_language_model.py"
SMOOTHINGS = (1.0, 0.3, 0.1, 0.03, 0.01, 0.003)
UNIFORM, COUNTED = "all tokens alike", "bigram, add k"
GRAMS = {2: "bigram, Kneser-Ney", 5: "5-gram, Kneser-Ney"}
STOPPED, OVERTRAINED = "GRU, stopped in time", "GRU, trained to the end"


def best_smoothing(counts, texts, tokenizer, choices=SMOOTHINGS):
    """The k whose table needs the fewest bits for some texts.

    Args:
        counts: [W, W] of the training texts. texts: list of str, held out. tokenizer: Tokenizer.
        choices: numbers above 0.

    Returns:
        (k, dict from each choice to bits per byte).
    """
    bits = {k: table_bits_per_byte(smooth_counts(counts, k), texts, tokenizer) for k in choices}
    return min(bits, key=bits.get), bits


def counting_rows(parts):
    """What counting alone gives on the test texts.

    Args:
        parts: ProseParts.

    Returns:
        list of rows as `form_row` gives: no model at all, a bigram with the best k, Kneser-Ney of order 2 and
        5. seconds is 0: nothing is trained.
    """
    tokenizer = prose_tokenizer(parts.training)
    counts = count_pairs(parts.training, tokenizer)
    k, _ = best_smoothing(counts, parts.held_out, tokenizer)
    num_targets = sum(len(tokenizer.encode(text)) + 1 for text in parts.test)
    bits = {
        UNIFORM: num_targets * math.log2(tokenizer.vocabulary_size) / num_bytes(parts.test),
        COUNTED: table_bits_per_byte(smooth_counts(counts, k), parts.test, tokenizer),
    }
    for order, name in GRAMS.items():
        bits[name] = NgramModel.train(parts.training, order).bits_per_byte(parts.test)
    return [form_row(name, 0, value, 0.0) for name, value in bits.items()]


def gru_rows(run, seed=0):
    """The two rows of a WatchedRun: stopped at its best look, and at the end."""
    return [
        form_row(STOPPED, seed, run.test_best, run.seconds),
        form_row(OVERTRAINED, seed, run.test_last, run.seconds),
    ]


def describe_rows(rows):
    """Who needs the fewest bits, in words.

    Args:
        rows: list as `form_row` gives; several seeds of one form are averaged.

    Returns:
        list of str: a line for each form, the best first, and a sentence on the n-gram and the GRU where both
        are there.
    """
    by_form = {}
    for row in rows:
        by_form.setdefault(row["form"], []).append(row["bits_per_byte"])
    means = {form: statistics.mean(values) for form, values in by_form.items()}
    lines = [f"{means[form]:.3f} bits per byte  {form}" for form in sorted(means, key=means.get)]
    if GRAMS[5] in means and STOPPED in means:
        lead = means[GRAMS[5]] - means[STOPPED]
        winner, loser = ("GRU", "5-gram") if lead > 0 else ("5-gram", "GRU")
        lines.append(
            f"The {winner} wins: the {loser} needs {abs(lead):.3f} more."
            if abs(lead) >= 0.0005
            else "The 5-gram and the GRU are even."
        )
    return lines


def describe_run(looks, best):
    """What a watched run shows, in sentences.

    Args:
        looks: list of dicts as in `WatchedRun`. best: index of the best one on held-out text.

    Returns:
        list of str.
    """
    first, top, last = looks[0], looks[best], looks[-1]
    sentences = [
        f"Before: {first['held_out']:.2f} bits per byte on held-out text.",
        f"Best after {top['update']} updates, {top['passes']:.1f} passes: {top['held_out']:.2f} held-out, "
        f"{top['training']:.2f} on the text it learns from.",
    ]
    if best < len(looks) - 1:
        sentences.append(
            f"At the end, {last['passes']:.1f} passes: {last['held_out']:.2f} held-out, "
            f"{last['held_out'] - top['held_out']:.2f} worse, and {last['training']:.2f} on its own text."
        )
    else:
        sentences.append("The last look is the best: this run was too short to learn too much.")
    return sentences


def show_recorded_run(name=RECORD):
    """Shows the recorded run on the whole training part, seed 0, as the chapter draws its own; or says that
    there is none."""
    study = _find(name)
    if study is None:
        return
    run = next(run for run in study.data["runs"] if run["share"] == 1.0 and run["seed"] == 0)
    words = (
        "Bits per byte against updates: solid with dots on the text it learns from, dashed with diamonds "
        "on held-out text. Move the slider to read what it wrote at each look. "
        f"{study.note[0].upper()}{study.note[1:]}."
    )
    show_figure(watched_figure(run["looks"], "Recorded"), words)
    print(*describe_run(run["looks"], run["best"]), sep="\n")


def show_recorded_comparison(name=RECORD):
    """Shows all models on the test texts, and how the GRU and the 5-gram fare with less text; or says that
    there is no record."""
    study = _find(name)
    if study is None:
        return
    rows = [row for row in recorded_rows(study.data) if row["form"] != UNIFORM]
    seeds = sum(run["share"] == 1.0 for run in study.data["runs"])
    words = (
        f"A dot for each training (seeds of the GRU: {seeds}); fewer bits are better; all on the same test "
        f"texts; {study.note}."
    )
    show_figure(forms_figure(rows, "Recorded"), words)
    print(*describe_rows(recorded_rows(study.data)), sep="\n")


def show_recorded_sizes(name=RECORD):
    """A line for each size of the training text: where held-out text turned, and who won; and where that was
    recorded. Or says that there is no record."""
    study = _find(name)
    if study is not None:
        print(*describe_sizes(study.data), fit_page(study.note), sep="\n")


def recorded_rows(data, share=1.0):
    """The rows of a record at one share of the training text.

    Args:
        data: of the record: "runs" (share, seed, looks, best, test_best, test_last, seconds) and "counting"
            (share and a row), see `benchmarks/first_language_model.py`.
        share: float.

    Returns:
        list as `form_row` gives.
    """
    rows = [row for entry in data["counting"] if entry["share"] == share for row in entry["rows"]]
    for run in data["runs"]:
        if run["share"] == share:
            rows.append(form_row(STOPPED, run["seed"], run["test_best"], run["seconds"]))
            rows.append(form_row(OVERTRAINED, run["seed"], run["test_last"], run["seconds"]))
    return rows


def describe_sizes(data):
    """A table in text: for each share of the training text its characters, the pass with the best held-out
    look, and three models on the test texts.

    Args:
        data: as `recorded_rows`.

    Returns:
        list of str.
    """
    lines = ["characters  best pass  bigram  5-gram     GRU"]
    for entry in sorted(data["counting"], key=lambda entry: entry["share"]):
        runs = [run for run in data["runs"] if run["share"] == entry["share"]]
        bits = {row["form"]: row["bits_per_byte"] for row in entry["rows"]}
        passes = statistics.mean(run["looks"][run["best"]]["passes"] for run in runs)
        gru = statistics.mean(run["test_best"] for run in runs)
        lines.append(
            f"{entry['num_characters']:10,}  {passes:9.1f}  {bits[COUNTED]:6.3f}  {bits[GRAMS[5]]:6.3f}  "
            f"{gru:6.3f}"
        )
    return lines


def _find(name):
    study = find_record(name)
    if study is None:
        print("This study has not been run yet: there is no record to show, and nothing to conclude.")
        print(COMMAND)
    return study
