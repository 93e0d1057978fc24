"""The forms of the RNN expert, and what is said of their results, without a training."""

from types import SimpleNamespace

import pytest

from mof.config import ModelConfig
from mof.lessons import recurrence_study
from mof.lessons.attention_study import form_row
from mof.lessons.recurrence_forms import ALONE, FORMS, OURS, form_settings
from mof.lessons.recurrence_study import describe_forms, describe_memory, show_study
from mof.presets import preset


def test_each_form_differs_from_ours_in_one_thing():
    for form, changes in FORMS.items():
        assert len(changes) == (0 if form == OURS else 1)
        assert all(getattr(ModelConfig(), name) != value for name, value in changes.items())


@pytest.mark.parametrize("size", ["nano", "tiny"])
@pytest.mark.parametrize("form", FORMS)
def test_settings_fit_the_presets_and_leave_one_expert_of_two_layers(form, size):
    config = preset(size).model.replace(**form_settings(form))
    assert config.experts == ALONE["experts"] == ("recurrent",) and config.recurrent_layers == 2


def test_an_unknown_form_is_named():
    with pytest.raises(ValueError, match="form is 'lstm', expected one of"):
        form_settings("lstm")


def rows(**values):
    """gru=[bits for seed 0, 1, ...], and so on."""
    names = {"gru": "GRU", "ours": OURS, "q": "minimal, q = 0"}
    return [
        form_row(names[form], seed, bits, 600.0)
        for form, results in values.items()
        for seed, bits in enumerate(results)
    ]


def test_each_form_is_compared_with_ours_seed_by_seed():
    assert describe_forms(rows(gru=[3.0, 3.2], ours=[2.9, 2.9], q=[2.8, 3.0])) == [
        "GRU: 3.100 bits per byte over 2 seeds; 0.200 more than minimal GRU (ours), worse in 2 of 2 seeds.",
        "minimal GRU (ours): 2.900 bits per byte over 2 seeds.",
        "minimal, q = 0: 2.900 bits per byte over 2 seeds; 0.000 fewer than minimal GRU (ours), worse in 1 "
        "of 2 seeds.",
    ]


def test_a_seed_that_ours_has_not_is_not_compared():
    assert describe_forms(rows(gru=[3.0, 1.0], ours=[2.9]))[0].endswith("worse in 1 of 1 seed.")
    assert describe_forms(rows(gru=[3.0])) == ["GRU: 3.000 bits per byte over 1 seed."]
    assert describe_forms([]) == []


def test_tokens_are_told_where_they_are_stored():
    (row,) = rows(ours=[2.5])
    assert describe_forms([{**row, "tokens": 12345}]) == [
        "minimal GRU (ours): 2.500 bits per byte over 1 seed, 12,345 tokens read."
    ]


def test_memory_is_told_as_the_mean_over_the_seeds():
    first, second = rows(ours=[2.5, 2.6])
    first |= {"half_lives": [[1.0, 4.0, 20.0], [2.0, 8.0, 40.0]], "embedding_shares": [0.0, 0.5]}
    second |= {"half_lives": [[3.0, 6.0, 40.0], [2.0, 8.0, 40.0]], "embedding_shares": [0.0, 0.3]}
    sentences = describe_memory([first, second])
    assert len(sentences) == 2
    assert sentences[0].startswith("Layer 1: a tenth of the units keep half for less than 2 tokens, half of")
    assert "less than 5, nine tenths for less than 30; q = 0.00." in sentences[0]
    assert sentences[1].endswith("q = 0.40.")
    assert describe_memory(rows(gru=[2.0], ours=[2.5])) == []


def test_a_study_that_nobody_has_run_is_said_to_be_missing(monkeypatch, capsys):
    monkeypatch.setattr(recurrence_study, "find_record", lambda name: None)
    show_study()
    said = capsys.readouterr().out
    assert "has not been run yet" in said and "python benchmarks/recurrence_forms.py" in said


def test_a_recorded_study_is_drawn_and_put_in_words(monkeypatch, capsys):
    results = [{**row, "passes": 3.0} for row in rows(gru=[3.0, 3.2], ours=[2.9, 2.9])]
    study = SimpleNamespace(data={"runs": results}, note="recorded on Sunday")
    shown = []
    monkeypatch.setattr(recurrence_study, "find_record", {"recurrence_forms": study}.get)
    monkeypatch.setattr(recurrence_study, "show_figure", lambda *arguments: shown.append(arguments))
    show_study()
    ((figure, words),) = shown
    assert figure.layout.title.text == "Recorded: 10 minutes, 3.0 passes over the text, on average"
    assert words.endswith("; recorded on Sunday.") and len(figure.data[0].x) == 4
    said = capsys.readouterr().out
    assert said.split() == " ".join(describe_forms(results)).split()
    assert max(map(len, said.splitlines())) <= 72
