"""What is said of the shipped router, from a tiny made record."""

from types import SimpleNamespace

import pytest

from mof.lessons import router_study
from mof.lessons.router_measures import MEAN, ROUTED
from mof.lessons.router_study import (
    cost_rows,
    describe_costs,
    describe_weights,
    show_costs,
    show_leaning,
    show_recorded,
    show_weights,
    weight_rows,
)


def made(knowledge, reasoning):
    def kind(weights):
        bits = {ROUTED: [2.0] * 3, MEAN: [2.1, 2.2, 2.3], "0": [3.0] * 3, "1": [2.5] * 3}
        return {"weights": [[w, 1 - w] for w in weights], "bits": bits}

    return {
        "kinds": {"knowledge": kind(knowledge), "completion": kind([0.3] * 3), "reasoning": kind(reasoning)},
        "mean": [0.33, 0.67],
        "num_tokens": 9,
        "explained": {"kind": 0.01, "token": 0.4},
        "specialisation": 0.01,
        "middle_nine_tenths": [0.2, 0.5],
        "most": [["。", 0.6, 40], ["\n", 0.5, 40]],
        "least": [["", 0.1, 40]],
    }


SAME, MORE, LESS = (
    made([0.33, 0.34, 0.35], other)
    for other in ([0.335, 0.34, 0.345], [0.13, 0.14, 0.15], [0.53, 0.54, 0.55])
)


def test_weights_by_kind_and_the_three_outcomes():
    first, second, third, fourth, fifth = describe_weights(SAME)
    assert first.startswith("Weight of the RNN expert, 3 sheets each: knowledge 34.0% ± 2.5%")
    assert second.startswith("Knowledge less reasoning: +0.00%, from -2.78% to +2.78%.")
    assert second.endswith("The interval holds 0: no difference is shown.")
    assert third == "From token to token it lies between 20% and 50% for nine in ten."
    assert fourth == "Specialisation: 0.0100 nats of at most 0.69."
    assert fifth == "Of that spread, the kind of text tells 1.0%, the token itself 40.0%."
    assert describe_weights(MORE)[1].endswith("The sign is the article's.")
    assert describe_weights(LESS)[1].endswith("The sign is the opposite of the article's.")


def test_costs_are_differences_sheet_by_sheet():
    rows = cost_rows(SAME, (MEAN,))
    assert rows[0]["mean"] == pytest.approx(0.2) and rows[0]["half"] == pytest.approx(0.2484, abs=1e-3)
    assert len(cost_rows(SAME)) == 9
    sentences = describe_costs(SAME)
    assert sentences[0].startswith("The same weights for every token: knowledge +0.200 ± 0.248")
    assert sentences[1] == (
        "The RNN expert alone: knowledge +1.000 ± 0.000, completion +1.000 ± 0.000, reasoning +1.000 ± 0.000 "
        "bits a token; knowledge less reasoning +0.000 ± 0.000."
    )


def test_rows_are_named_by_kind():
    assert [row["row"].split()[0] for row in weight_rows(SAME)] == ["knowledge", "completion", "reasoning"]


@pytest.mark.parametrize("show", [show_weights, show_costs])
def test_figures_zoom_and_words_fit(show, monkeypatch, capsys):
    shown = []
    monkeypatch.setattr(router_study, "show_figure", lambda *arguments: shown.append(arguments))
    show(SAME, "Just now", "measured just now")
    ((figure, words),) = shown
    assert len(figure.layout.sliders[0].steps) == 2 and words.endswith("measured just now.")
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 72


def test_leaning_tokens_are_shown_as_one_can_read_them(capsys):
    show_leaning(SAME, "Recorded", "on Sunday")
    said = capsys.readouterr().out
    assert "most to the RNN: 。 60%  ↵ 50%" in said and "most to the Transformer: · 10%" in said


def test_the_record_is_shown_by_the_same_function_or_said_to_be_missing(monkeypatch, capsys):
    study, found = SimpleNamespace(data=SAME, note="on Sunday"), []
    monkeypatch.setattr(router_study, "find_record", {"router_by_kind": study}.get)
    show_recorded(lambda *arguments: found.append(arguments))
    assert found == [(SAME, "Recorded", "on Sunday")]
    monkeypatch.setattr(router_study, "find_record", lambda name: None)
    show_recorded(show_weights)
    assert "python benchmarks/router_by_kind.py" in capsys.readouterr().out
