"""A study in which a training diverged is shown without it, and says so."""

import math
from types import SimpleNamespace

import pytest

from mof.lessons import (
    ablation_study,
    attention_study,
    recurrence_study,
    thought_study,
    transformer_study,
)
from mof.lessons.attention_forms import FORMS as ATTENTION
from mof.lessons.form_results import describe_diverged, finished_rows, title_and_words
from mof.lessons.paired_results import as_entries, compare_forms
from mof.lessons.recurrence_forms import FORMS as RECURRENCE
from mof.lessons.thought_forms import FORMS as THOUGHT
from mof.lessons.training_forms import FORMS as TRAINING
from mof.lessons.transformer_forms import ORDERS, SHAPES

STUDIES = [
    (attention_study, "attention_forms", tuple(ATTENTION)),
    (recurrence_study, "recurrence_forms", tuple(RECURRENCE)),
    (thought_study, "thought_forms", tuple(THOUGHT)),
    (transformer_study, "transformer_shapes", tuple(SHAPES)),
    (transformer_study, "position_forms", tuple(ORDERS)),
    (ablation_study, "training_ideas", TRAINING),
]
studies = pytest.mark.parametrize(("module", "name", "forms"), STUDIES, ids=[name for _, name, _ in STUDIES])


def row(form, seed, bits):
    found = {"form": form, "seed": seed, "bits_per_byte": bits, "seconds": 60.0, "passes": 1.0}
    found |= {"updates": 1234, "tokens": 1e6, "parameters": 10}
    return found if bits is None else found | {"whole_bits": bits, "stepwise_bits": bits}


def rows_of(forms, diverged):
    """Two seeds of each form; the pairs (form, seed) of `diverged` came to no end."""
    return [
        row(form, seed, None if (form, seed) in diverged else 2.0 + i / 10 + seed / 100)
        for i, form in enumerate(forms)
        for seed in (0, 1)
    ]


@pytest.fixture
def shown(monkeypatch, capsys):
    """Shows a study of some rows; returns its figures and what was printed, in one line."""

    def show(module, name, rows):
        figures = []
        study = SimpleNamespace(data={"runs": rows}, note="recorded on Sunday")
        monkeypatch.setattr(module, "find_record", {name: study}.get)
        monkeypatch.setattr(module, "show_figure", lambda figure, _words: figures.append(figure))
        module.show_study(name)
        return figures, " ".join(capsys.readouterr().out.split())

    return show


@studies
def test_one_training_is_left_out_and_named(module, name, forms, shown):
    figures, said = shown(module, name, rows_of(forms, {(forms[1], 1)}))
    assert f"{forms[1]}: diverged with seed 1 after update 1,234; left out." in said
    without = [r for r in rows_of(forms, ()) if (r["form"], r["seed"]) != (forms[1], 1)]
    (figure,), (other,) = figures, shown(module, name, without)[0]
    assert figure.to_json() == other.to_json(), "it is drawn as if it were not there"


@studies
def test_a_whole_form_is_left_out_and_named(module, name, forms, shown):
    figures, said = shown(module, name, rows_of(forms, {(forms[1], 0), (forms[1], 1)}))
    assert "diverged with seed 0 after update 1,234, with seed 1 after update 1,234; left out." in said
    assert len(figures) == 1 and forms[1] not in figures[0].to_json()


@studies
def test_where_every_training_diverged_that_is_all_there_is_to_say(module, name, forms, shown):
    figures, said = shown(module, name, rows_of(forms, {(form, seed) for form in forms for seed in (0, 1)}))
    assert not figures and said.count("diverged with seed 0") == len(forms)


def test_means_are_those_of_the_trainings_that_ended():
    rows = [row("a", 0, 2.0), {**row("a", 1, None), "seconds": 1.0, "passes": 0.0}]
    assert finished_rows(rows) == rows[:1] and describe_diverged(rows[:1]) == []
    title, _ = title_and_words(SimpleNamespace(data={"runs": rows}, note=""))
    assert title == "Recorded: 1 minutes, 1.0 passes over the text, on average"


def test_a_form_whose_own_base_diverged_is_compared_with_the_first():
    rows = rows_of(("ours", "two", "two without"), {("two", 0), ("two", 1)})
    entries, lines = ablation_study.summarize(rows, "ours", {"two without": "two"})
    finished = [r for r in rows if r["form"] != "two"]
    assert entries["table"]["all"] == as_entries(compare_forms(finished, "ours"))
    (change,) = [entry["change"] for entry in entries["table"]["all"] if entry["form"] == "two without"]
    assert math.isclose(change["mean"], 0.2) and any(line.startswith("two: diverged") for line in lines)
