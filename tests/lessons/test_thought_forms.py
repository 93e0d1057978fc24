"""The forms of the thought space, and what is said of their results, without a training."""

from types import SimpleNamespace

import pytest

from mof.config import ModelConfig
from mof.lessons import short_run, thought_forms, thought_study
from mof.lessons.thought_forms import FORMS, LEAKING, NONE, OURS, TOKEN, form_model, form_settings
from mof.lessons.thought_study import describe_alphas, describe_forms, print_readings, show_study
from mof.presets import preset


@pytest.mark.parametrize("size", ["nano", "tiny"])
@pytest.mark.parametrize("form", FORMS)
def test_settings_fit_the_presets_and_leave_one_expert(form, size):
    config = preset(size).model.replace(**form_settings(form))
    assert config.experts == ("transformer",) and (config.thought_width == 0) == (form == NONE)
    assert config.replace(experts=ModelConfig().experts, thought_width=0) == preset(size).model.replace(
        thought_width=0
    )


def test_an_unknown_form_is_named():
    with pytest.raises(ValueError, match="form is 'mine', expected one of"):
        form_settings("mine")


def test_each_form_has_its_own_layer():
    found = []
    for form in FORMS:
        config = preset("nano").model.replace(**form_settings(form), transformer_layers=1)
        space = form_model(form, config, 0).experts[0].blocks[0].thought_space
        found.append(type(space).__name__)
    assert found == ["NoneType", "TokenThoughtSpace", "ThoughtSpace", "RowMeanThoughtSpace"]


def test_a_form_is_trained_by_a_short_run_with_its_own_model(monkeypatch):
    asked = {}
    monkeypatch.setattr(
        short_run, "short_run", lambda label, seconds, **settings: asked.update(settings) or label
    )
    assert thought_forms.train_form(LEAKING, seconds=1, seed=4, training={"lengths": (32,)}) == LEAKING
    assert asked["seed"] == 4 and asked["training"] == {"lengths": (32,)}
    config = preset("nano").model.replace(experts=asked["experts"], transformer_layers=1)
    assert type(asked["make_model"](config, 4).experts[0]).__name__ == "RowMeanExpert"


def row(form, seed, whole, stepwise, alphas=()):
    return {
        "form": form,
        "seed": seed,
        "bits_per_byte": whole,
        "seconds": 600.0,
        "whole_bits": whole,
        "stepwise_bits": stepwise,
        "thought_alphas": list(alphas),
    }


ROWS = [
    row(NONE, 0, 3.0, 3.0),
    row(NONE, 1, 3.2, 3.2),
    row(OURS, 0, 2.9, 2.9, [0.2, 0.4]),
    row(OURS, 1, 2.9, 2.9, [0.4, 0.4]),
    row(LEAKING, 0, 2.0, 3.5, [0.6, 0.6]),
]


def test_forms_are_compared_in_the_honest_reading():
    assert describe_forms(ROWS) == [
        f"{NONE}: 3.100 bits per byte where the text lies there, 3.100 token by token, over 2 seeds.",
        f"{OURS}: 2.900 bits per byte where the text lies there, 2.900 token by token, over 2 seeds; token "
        f"by token 0.200 fewer than with {NONE}, better in 2 of 2 seeds.",
        f"{LEAKING}: 2.000 bits per byte where the text lies there, 3.500 token by token, over 1 seed; token "
        f"by token 0.500 more than with {NONE}, better in 0 of 1 seed.",
    ]
    assert describe_forms(ROWS[2:3]) == [
        f"{OURS}: 2.900 bits per byte where the text lies there, 2.900 token by token, over 1 seed."
    ]
    assert describe_forms([]) == []


def test_alphas_are_told_block_by_block():
    assert describe_alphas(ROWS) == [
        f"alpha of {OURS}, block by block: 0.30, 0.40.",
        f"alpha of {LEAKING}, block by block: 0.60, 0.60.",
    ]
    assert describe_alphas([row(TOKEN, 0, 1.0, 1.0)]) == []


def test_the_table_tells_the_gap(capsys):
    print_readings(ROWS[-1:])
    header, line = capsys.readouterr().out.splitlines()
    assert line.split() == [*LEAKING.split(), "2.000", "3.500", "+1.500"] and len(line) == len(header)
    print_readings([row(OURS, 0, 2.5, 2.5 - 1e-7)])
    assert capsys.readouterr().out.endswith(" +0.000\n")


def test_a_study_that_nobody_has_run_is_said_to_be_missing(monkeypatch, capsys):
    monkeypatch.setattr(thought_study, "find_record", lambda name: None)
    show_study()
    said = capsys.readouterr().out
    assert "has not been run yet" in said and "python benchmarks/thought_forms.py" in said


def test_a_recorded_study_is_drawn_and_put_in_words(monkeypatch, capsys):
    study = SimpleNamespace(data={"runs": [{**r, "passes": 3.0} for r in ROWS]}, note="recorded on Sunday")
    shown = []
    monkeypatch.setattr(thought_study, "find_record", {"thought_forms": study}.get)
    monkeypatch.setattr(thought_study, "show_figure", lambda *arguments: shown.append(arguments))
    show_study()
    ((figure, words),) = shown
    assert figure.layout.title.text == "Recorded: 10 minutes, 3.0 passes over the text, on average"
    assert words.endswith("; recorded on Sunday.") and len(figure.data[0].x) == len(ROWS)
    said = capsys.readouterr().out
    assert said.split() == " ".join([*describe_forms(ROWS), *describe_alphas(ROWS)]).split()
    assert max(map(len, said.splitlines())) <= 72


@pytest.mark.slow
def test_a_training_uses_the_leak_and_a_sound_form_has_none():
    gaps = {}
    for form in (OURS, LEAKING):
        settings = {"lengths": (32,), "num_streams": 32, "num_updates": 300}
        run = thought_forms.train_form(form, training=settings)
        found = thought_study.run_row(run)
        assert found["form"] == form and len(found["thought_alphas"]) == 2
        gaps[form] = found["stepwise_bits"] - found["whole_bits"]
    assert abs(gaps[OURS]) < 1e-4 and gaps[LEAKING] > 0.1
