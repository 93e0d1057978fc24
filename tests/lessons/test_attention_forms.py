"""The four forms of attention, and what is said of their results, without a training."""

from types import SimpleNamespace

import pytest

from mof.config import ModelConfig
from mof.lessons import attention_study
from mof.lessons.attention_forms import ALONE, FORMS, form_settings
from mof.lessons.attention_study import describe_forms, form_row, run_row, show_study
from mof.presets import preset


def test_each_form_changes_one_thing():
    settings = list(FORMS.values())
    for before, after in zip(settings, settings[1:], strict=False):
        assert sum(before[name] != after[name] for name in before) == 1 and before.keys() == after.keys()


def test_the_first_is_the_articles_and_the_last_the_packages():
    default = ModelConfig()
    assert FORMS["ours (+ gate)"] == {name: getattr(default, name) for name in FORMS["ours (+ gate)"]}
    assert list(FORMS.values())[0] == {
        "attention_decay": "none",
        "attention_normalizer": "denominator",
        "attention_output_gate": False,
    }


@pytest.mark.parametrize("form", FORMS)
def test_settings_fit_the_presets(form):
    config = preset("tiny").model.replace(**form_settings(form))
    assert config.experts == ALONE["experts"] and config.thought_width == 0


def test_an_unknown_form_is_named():
    with pytest.raises(ValueError, match="form is 'mine', expected one of"):
        form_settings("mine")


def rows(**values):
    """form=[bits for seed 0, 1, ...], by the place of the form: f0, f1, ..."""
    names = list(FORMS)
    return [
        form_row(names[int(form[1])], seed, bits, 1.0)
        for form, results in values.items()
        for seed, bits in enumerate(results)
    ]


def test_results_are_compared_seed_by_seed():
    sentences = describe_forms(rows(f0=[3.0, 3.2], f1=[2.9, 2.9], f3=[3.0, 2.8]))
    assert sentences == [
        "the article's: 3.100 bits per byte over 2 seeds.",
        "+ decay: 2.900 bits per byte over 2 seeds; 0.200 fewer than the article's, better in 2 of 2 seeds.",
        "ours (+ gate): 2.900 bits per byte over 2 seeds; 0.000 more than + decay, better in 1 of 2 seeds.",
    ]


def test_a_seed_that_only_one_form_has_is_not_compared():
    sentences = describe_forms(rows(f0=[3.0], f1=[2.9, 1.0]))
    assert sentences[1].endswith("0.100 fewer than the article's, better in 1 of 1 seed.")
    assert describe_forms([]) == []


def test_a_short_run_becomes_a_row():
    run = SimpleNamespace(label="+ decay", held_out=SimpleNamespace(bits_per_byte=2.5), seconds=30.0)
    assert run_row(run, seed=3) == form_row("+ decay", 3, 2.5, 30.0)


def test_a_study_that_nobody_has_run_is_said_to_be_missing(monkeypatch, capsys):
    monkeypatch.setattr(attention_study, "find_record", lambda name: None)
    show_study()
    said = capsys.readouterr().out
    assert "has not been run yet" in said and "python benchmarks/attention_forms.py" in said


def test_a_recorded_study_is_drawn_and_put_in_words(monkeypatch, capsys):
    results = [{**row, "seconds": 600.0, "passes": 3.0} for row in rows(f0=[3.0, 3.2], f1=[2.9, 2.9])]
    study = SimpleNamespace(data={"runs": results}, note="recorded on Sunday")
    shown = []
    monkeypatch.setattr(attention_study, "find_record", {"attention_forms": study}.get)
    monkeypatch.setattr(attention_study, "show_figure", lambda *arguments: shown.append(arguments))
    show_study()
    ((figure, words),) = shown
    assert figure.layout.title.text == "Recorded: 10 minutes, 3.0 passes over the text, on average"
    assert words.endswith("; recorded on Sunday.") and len(figure.data[0].x) == 4
    out = capsys.readouterr().out
    assert " ".join(out.split()) == " ".join(describe_forms(results))
    assert max(map(len, out.splitlines())) <= 72
