"""One model under several tokenizers: a row for each training, a yardstick beside them, words. Chapter 02."""

import math
import textwrap

from mof.evaluation.ngram_baseline import NgramModel
from mof.lessons.records import find_record
from mof.viz.notebook_figures import show_figure
from mof.viz.unit_figure import UNITS, unit_figure

# settings of `short_run`; 264 ids are the special tokens and the bytes, and no character more
VOCABULARIES = {
    "bytes": {"tokenizer": "characters", "vocabulary_size": 264},
    "characters": {"tokenizer": "characters", "vocabulary_size": 4096},
    "BPE, 512": {"tokenizer": "bpe", "vocabulary_size": 512},
    "BPE, 2,048": {"tokenizer": "bpe", "vocabulary_size": 2048},
    "BPE, 4,096": {"tokenizer": "bpe", "vocabulary_size": 4096},
    "BPE, 8,192": {"tokenizer": "bpe", "vocabulary_size": 8192},
}
IN_THE_CHAPTER = ("bytes", "characters", "BPE, 2,048")
LINE_WIDTH = 72  # characters of a line of text that fits under a cell
YARDSTICK = "Kneser-Ney, order 5"


def study_row(run, seed=0):
    """One training's result, as `mof.viz.unit_figure` draws it and a record stores it.

    Args:
        run: ShortRun whose label names its tokenizer. seed: int.

    Returns:
        dict.
    """
    held_out = run.held_out
    return {
        "tokenizer": run.label,
        "seed": seed,
        "vocabulary_size": run.tokenizer.vocabulary_size,
        "bytes_per_token": held_out.num_bytes / held_out.num_tokens,
        "nats_per_token": held_out.nats_per_token,
        "bits_per_byte": held_out.bits_per_byte,
        "seconds": run.seconds,
    }


def yardstick_row(learning, held_out, order=5):
    """The same for a Kneser-Ney model of characters, which only counts.

    Args:
        learning, held_out: lists of str. order: the longest n-gram.

    Returns:
        dict. Its tokens are the characters and the ends of the documents.
    """
    model = NgramModel.train(learning, order)
    score = model.score(held_out)
    num_tokens = score.num_characters + score.num_documents
    return {
        "tokenizer": YARDSTICK,
        "seed": None,
        "vocabulary_size": len(model.characters),
        "bytes_per_token": score.num_bytes / num_tokens,
        "nats_per_token": score.bits * math.log(2) / num_tokens,
        "bits_per_byte": score.bits_per_byte,
        "seconds": None,
    }


def table_lines(rows):
    """The rows as text, a line for each with a heading above."""
    lines = [f"{'':20}{'W':>7}{'bytes a token':>15}{'nats a token':>14}{'bits per byte':>15}"]
    for row in rows:
        lines.append(
            f"{row['tokenizer']:20}{row['vocabulary_size']:7,}{row['bytes_per_token']:15.2f}"
            f"{row['nats_per_token']:14.2f}{row['bits_per_byte']:15.3f}"
        )
    return lines


def means_by_tokenizer(rows):
    """Means over the seeds.

    Args:
        rows: list of dicts as `study_row` gives.

    Returns:
        dict from a tokenizer's name to a dict from each of UNITS to a float, in the order of the rows.
    """
    names = dict.fromkeys(row["tokenizer"] for row in rows)
    means = {}
    for name in names:
        own = [row for row in rows if row["tokenizer"] == name]
        means[name] = {unit: sum(row[unit] for row in own) / len(own) for unit in UNITS}
    return means


def describe(rows):
    """Which tokenizer is best in each unit, in a sentence of lines that fit.

    Args:
        rows: list of dicts as `study_row` gives, none for no sentence.

    Returns:
        list of str, a sentence for each unit.
    """
    means = means_by_tokenizer(rows)
    sentences = []
    for unit, words in UNITS.items() if means else ():
        order = sorted(means, key=lambda name: means[name][unit])
        figures = ", ".join(f"{name} ({means[name][unit]:.2f})" for name in order)
        sentences.append(textwrap.fill(f"In {words}, best first: {figures}.", LINE_WIDTH))
    return sentences


def show_study(name="tokenizer_study"):
    """Shows the recorded study and says in words what came out; or says that nobody has run it yet.

    Args:
        name: of the record.
    """
    study = find_record(name)
    if study is None:
        print(
            "This study has not been run yet: there is no record to show,\n"
            "and nothing to conclude. An hour and a quarter on two cores:\n"
            "python benchmarks/tokenizer_study.py"
        )
        return
    rows = study.data["runs"]
    seconds = [row["seconds"] for row in rows if row["seconds"]]
    title = f"Recorded: {sum(seconds) / len(seconds) / 60:.0f} minutes for each training"
    words = f"A dot for each training; the lowest loss is leftmost; {study.note}."
    show_figure(unit_figure(rows, title), words)
    print(*describe(rows), sep="\n")
