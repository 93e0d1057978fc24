"""What is said of the studies of chapter 07, without a training."""

from types import SimpleNamespace

import pytest

from mof.lessons import transformer_study
from mof.lessons.attention_study import form_row
from mof.lessons.transformer_forms import ORDERS, OURS, SHAPES
from mof.lessons.transformer_study import STUDIES, describe_beside, describe_end, show_study

FORMS = ("a", "b", "c")


def rows(**values):
    return [
        form_row(form, seed, bits, 600.0)
        for form, results in values.items()
        for seed, bits in enumerate(results)
    ]


def test_each_form_is_compared_seed_by_seed():
    assert describe_beside(rows(a=[3.0, 3.2], b=[2.9, 2.9], c=[2.8, 3.0]), FORMS, "b") == [
        "a: 3.100 bits per byte over 2 seeds; 0.200 more than b, worse in 2 of 2 seeds.",
        "b: 2.900 bits per byte over 2 seeds.",
        "c: 2.900 bits per byte over 2 seeds; 0.000 fewer than b, worse in 1 of 2 seeds.",
    ]


def test_a_seed_that_only_one_form_has_is_not_compared():
    assert describe_beside(rows(a=[3.0, 1.0], b=[2.9]), FORMS, "b")[0].endswith("worse in 1 of 1 seed.")
    assert describe_beside(rows(a=[3.0]), FORMS, "b") == ["a: 3.000 bits per byte over 1 seed."]
    assert describe_beside([], FORMS, "b") == []


def test_size_and_text_are_told_where_they_are_stored():
    (row,) = rows(b=[2.5])
    assert describe_beside([{**row, "tokens": 12345, "parameters": 4_799_012}], FORMS, "b") == [
        "b: 2.500 bits per byte over 1 seed, 4.80 million parameters, 12,345 tokens read."
    ]


def test_the_end_of_a_long_text_is_told_as_the_mean_over_the_seeds():
    first, second, third = rows(a=[2.5, 2.6], b=[2.4])
    first |= {"along": {"block": 128, "nats": [4.0, 9.0, 5.0], "half": [0, 0, 0]}}
    second |= {"along": {"block": 128, "nats": [4.2, 9.0, 5.2], "half": [0, 0, 0]}}
    assert describe_end([first, second, {**third, "along": None}], FORMS) == [
        "a: 4.10 nats a token over the first 128 tokens, 5.10 over the last 128 of 384."
    ]


def test_studies_name_their_forms():
    assert STUDIES["transformer_shapes"][:2] == (SHAPES, "2 blocks") and "2 blocks" in SHAPES
    assert STUDIES["position_forms"][:2] == (tuple(ORDERS), OURS)


def test_an_unknown_study_is_named():
    with pytest.raises(ValueError, match="name is 'depth', expected one of"):
        show_study("depth")


@pytest.mark.parametrize("name", STUDIES)
def test_a_study_that_nobody_has_run_is_said_to_be_missing(name, monkeypatch, capsys):
    monkeypatch.setattr(transformer_study, "find_record", lambda name: None)
    show_study(name)
    said = capsys.readouterr().out
    assert "has not been run yet" in said and f"python benchmarks/{name}.py" in said
    assert f"About {STUDIES[name][2]} hours" in said


def test_a_recorded_study_is_drawn_and_put_in_words(monkeypatch, capsys):
    results = [{**row, "passes": 3.0} for row in rows(**{"1 block": [3.0, 3.2], "2 blocks": [2.9, 2.9]})]
    study = SimpleNamespace(data={"runs": results}, note="recorded on Sunday")
    shown = []
    monkeypatch.setattr(transformer_study, "find_record", {"transformer_shapes": study}.get)
    monkeypatch.setattr(transformer_study, "show_figure", lambda *arguments: shown.append(arguments))
    show_study("transformer_shapes")
    ((figure, words),) = shown
    assert figure.layout.title.text == "Recorded: 10 minutes, 3.0 passes over the text, on average"
    assert words.endswith("; recorded on Sunday.") and len(figure.data[0].x) == 4
    said = capsys.readouterr().out
    assert said.split() == " ".join(describe_beside(results, SHAPES, "2 blocks")).split()
    assert max(map(len, said.splitlines())) <= 72
