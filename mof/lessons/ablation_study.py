"""What each idea of the article, and each choice of the training, was worth: the recorded studies of chapter
10 as a figure, a table and words. The programs in benchmarks/ print the same table."""

import textwrap

from mof.lessons import article_forms, training_forms
from mof.lessons.form_results import describe_diverged, finished_rows, tell_missing, title_and_words
from mof.lessons.paired_results import as_entries, compare_forms, table_lines, verdict_lines
from mof.lessons.records import find_record
from mof.viz.difference_figure import difference_figure
from mof.viz.notebook_figures import show_figure

ALL_TEXT = "all"
LINE_LENGTH = 72  # of what stands under a cell
STUDIES = {  # the form to compare with, forms with another base, hours on two cores
    "article_ablation": (article_forms.OURS, article_forms.OWN_BASES, "2.6"),
    "training_ideas": (training_forms.OURS, {}, "3.4"),
}


def by_text(rows, base, own_bases=None):
    """Every form beside its base, on each text that all rows were judged by.

    Args:
        rows, base, own_bases: as `mof.lessons.paired_results.compare_forms`.

    Returns:
        dict from "all" and the names of the texts to lists of Comparison.
    """
    texts = [name for name in rows[0].get("bits_by_text", {}) if all(name in r["bits_by_text"] for r in rows)]
    return {
        name: compare_forms(rows, base, None if name == ALL_TEXT else name, own_bases)
        for name in (ALL_TEXT, *texts)
    }


def summarize(rows, base, own_bases=None):
    """What a program stores beside the rows, and prints.

    Args:
        rows, base, own_bases: as `by_text`; among the rows there may be some that diverged. A form whose own
            base has no other rows is compared with the base of all.

    Returns:
        ({"base": str, "table": dict from each text to a list of dicts}, list of lines). The table is empty
        where the base always diverged.
    """
    finished = finished_rows(rows)
    diverged = [
        line
        for sentence in describe_diverged(rows)
        for line in textwrap.wrap(sentence, LINE_LENGTH, subsequent_indent="  ")
    ]
    if base not in {row["form"] for row in finished}:
        return {"base": base, "table": {}}, [f"Nothing is compared: {base} diverged.", *diverged]
    found = by_text(finished, base, _present_bases(finished, own_bases))
    entries = {name: as_entries(comparisons) for name, comparisons in found.items()}
    return {"base": base, "table": entries}, [*study_lines(found), *diverged]


def study_lines(found):
    """The table on all text, what may be concluded from it, and one line for each form on the kinds of text.

    Args:
        found: as `by_text` gives.

    Returns:
        list of str.
    """
    lines = ["Held-out bits per byte; 95% intervals over the seeds."]
    lines += [*table_lines(found[ALL_TEXT]), "* the interval does not hold 0", ""]
    for sentence in verdict_lines(found[ALL_TEXT]):
        lines += textwrap.wrap(sentence, LINE_LENGTH, subsequent_indent="  ")
    kinds = [name for name in found if name != ALL_TEXT]
    if kinds:
        width = max(len(c.form) for c in found[ALL_TEXT])
        lines += ["", f"{'change on':{width}} " + "".join(f"{name:>12}" for name in kinds)]
        for i, c in enumerate(found[ALL_TEXT][1:], start=1):
            changes = [found[name][i].change for name in kinds]
            cells = "".join(f"{'' if x is None else f'{x.mean:+.3f}':>12}" for x in changes)
            lines.append(f"{c.form:{width}} {cells}")
    return lines


def show_study(name):
    """Shows a recorded study and says in words what came out; or says that nobody has run it yet.

    Args:
        name: "article_ablation" or "training_ideas".

    Raises:
        ValueError: for another name.
    """
    if name not in STUDIES:
        raise ValueError(f"name is {name!r}, expected one of {tuple(STUDIES)}.")
    base, own_bases, hours = STUDIES[name]
    study = find_record(name)
    if study is None:
        tell_missing(hours, f"{name}.py")
        return
    rows = finished_rows(study.data["runs"])
    if {base} < {row["form"] for row in rows}:
        title, _words = title_and_words(study)
        show_figure(
            difference_figure(rows, base, title, _present_bases(rows, own_bases)),
            "Change in bits per byte against the first form of the table, or against the one that the table "
            "names below, seed by seed: a dot for each seed, a bar for the 95% interval of their mean. Left "
            "of 0 is better. Choose the held-out text with the slider; "
            f"{study.note}.",
        )
    _entries, lines = summarize(study.data["runs"], base, own_bases)
    print(*lines, sep="\n")


def _present_bases(rows, own_bases):
    forms = {row["form"] for row in rows}
    return {form: base for form, base in (own_bases or {}).items() if base in forms}
