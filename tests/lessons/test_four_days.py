"""The recorded recipes: what is read from the results, reckoned into hours, drawn, and said to be missing."""

import json
import math

import numpy as np
import pytest

from mof.lessons import four_days
from mof.lessons.four_days import (
    RESULTS,
    SPEED_OF_B,
    RecordedRecipe,
    equal_chats,
    probe_answers,
    recipe_quantities,
    recorded_plans,
    recorded_recipes,
    shipped_looks,
    show_recipes,
    show_recorded_run,
)
from mof.lessons.records import ROOT, write_record
from mof.panel.run_snapshot import RunSnapshot, empty_columns

LOOKS = (np.array([1e6, 1e7, 1e8, 1e9]), np.array([3.0, 2.0, 1.5, 1.2]))
RECIPE = RecordedRecipe("A", 5_000_000, "a card", (LOOKS[0], 2 * LOOKS[1]), LOOKS, 5e8, 1000.0)


def stored(name):
    return json.loads((RESULTS / name).read_text(encoding="utf-8"))


def test_a_recipe_is_what_was_recorded():
    for name, file, parameters in (
        ("A", "accelerator_full", 83_365_496),
        ("B", "accelerator_run", 16_685_229),
    ):
        run, recipe = stored(f"{file}.json")["runs"]["pretraining"], recorded_recipes()[name]
        assert recipe.num_parameters == parameters and recipe.device == run["device"]
        assert recipe.tokens == run["tokens"] and recipe.looks[1][-1] == run["bits_per_byte"]
        assert recipe.losses[0][-1] == run["tokens"] and len(recipe.losses[1]) == len(run["loss"])
        assert recipe.fall_tokens == pytest.approx(0.6 * run["tokens"])
        assert f"{parameters / 1e6:.1f} M" in recipe.label and run["device"] in recipe.label


def test_the_speeds_are_those_that_are_written_elsewhere():
    card = (ROOT / "data" / "models" / "README.md").read_text(encoding="utf-8")
    assert f"{SPEED_OF_B:,.0f} tokens a second" in card
    page = (ROOT / "benchmarks" / "README.md").read_text(encoding="utf-8")
    assert f"\n{recorded_recipes()['A'].tokens_per_second:.0f} tokens a second" in page


def test_hours_are_tokens_over_speed():
    assert RECIPE.hours() == pytest.approx(1e9 / 3.6e6)
    np.testing.assert_allclose(RECIPE.hours(np.array([3.6e6, 7.2e6])), [1.0, 2.0])


def test_between_two_looks_runs_a_line_over_the_logarithm():
    hours = math.sqrt(10) * 1e6 / 3.6e6  # half-way between a million and ten
    assert RECIPE.plateau_bits(hours) == pytest.approx(2.5)
    assert RECIPE.plateau_bits(1e7 / 3.6e6) == pytest.approx(2.0)


@pytest.mark.parametrize("tokens", [9e5, 1.1e8, 6e8, 2e9])
def test_before_the_first_look_and_after_the_last_on_the_plateau_there_is_no_number(tokens):
    assert RECIPE.plateau_bits(tokens / 3.6e6) is None


def test_curves_over_tokens_and_over_hours():
    by_hours, by_tokens, *losses = recipe_quantities({"A": RECIPE})
    np.testing.assert_allclose(by_tokens.lines[0].x, [1, 10, 100, 1000])
    np.testing.assert_allclose(by_hours.lines[0].x, LOOKS[0] / 3.6e6)
    assert by_hours.x_title != by_tokens.x_title and by_hours.lines[0].name == RECIPE.label.replace(
        ", ", ",<br>"
    )
    assert list(by_hours.lines[0].y) == list(LOOKS[1])
    assert [list(q.lines[0].y) for q in losses] == [list(2 * LOOKS[1])] * 2


def cpu_run():
    columns = {**empty_columns(), "seconds": np.array([3600.0]), "tokens": np.array([2e6])}
    columns |= {"update": np.array([1.0]), "loss": np.array([4.0])}
    look = {"seconds": 7200.0, "tokens": 3_000_000, "bits_per_byte": 2.25, "update": 1}
    return RunSnapshot("run", {}, columns, {"evaluation": [look]})


def test_a_run_on_a_cpu_stands_beside_in_its_own_hours():
    by_hours, by_tokens, loss_by_hours, loss_by_tokens = recipe_quantities({"A": RECIPE}, {"A": cpu_run()})
    places = [
        (q.lines[1].x[0], q.lines[1].y[0]) for q in (by_hours, by_tokens, loss_by_hours, loss_by_tokens)
    ]
    assert places == [(2.0, 2.25), (3.0, 2.25), (1.0, 4.0), (2.0, 4.0)]
    assert by_hours.lines[1].run != by_hours.lines[0].run


def test_what_no_cpu_has_run_yet_is_said(monkeypatch, capsys):
    shown = []
    monkeypatch.setattr("mof.viz.notebook_figures.show_figure", lambda figure, words: shown.append(words))
    monkeypatch.setattr(four_days, "find_record", lambda name: None)
    show_recipes()
    said = capsys.readouterr().out
    assert (
        "Recipe A has not been trained on a CPU yet" in said
        and "Recipe B has not" in said
        and len(shown) == 1
    )
    assert "recorded" not in shown[0].split("legend names.")[1]


def test_a_recorded_run_is_replayed_and_a_missing_one_said(tmp_path, monkeypatch, capsys):
    show_recorded_run(folder=tmp_path)
    said = capsys.readouterr().out
    assert "No four-day training on a CPU has been recorded yet" in said
    assert "python benchmarks/run_record.py" in said and "--name four_days" in said
    machine = {"processor": "P", "cores": 2}
    write_record("run_four_days", {}, "mof train", machine, ["mof/model.py"], tmp_path)
    replayed = []
    monkeypatch.setattr(four_days, "replay", lambda name, folder: replayed.append((name, folder)))
    show_recorded_run(folder=tmp_path)
    assert replayed == [("four_days", tmp_path)] and capsys.readouterr().out == ""


def test_both_plans_of_the_recorded_machine():
    text, note = recorded_plans(96)
    assert "recipe A" in text and "recipe B" in text and "83,365,496" in text and "small, 26,835,769" in text
    assert "no forecast" not in text and text.count("bits per byte") >= 2 and note.startswith("recorded ")


def test_the_text_is_that_which_the_shipped_model_read():
    texts, talks = shipped_looks()
    assert (texts.num_documents, texts.num_characters) == (96_214, 48_435_722) and not texts.num_conversations
    assert talks.num_conversations == talks.num_documents == 96_993
    assert texts.num_tokens == pytest.approx(524_288_000 / 15.3035, rel=1e-4)
    assert 1.2 < texts.characters_per_token < 1.6 and 1.0 < talks.characters_per_token < 1.6


def test_both_chats_read_the_same_tokens_with_the_same_steps():
    found = equal_chats()
    assert found["A"][0] == found["B"][0] == 64 * 32_768
    runs = [stored(f"accelerator_{name}.json")["runs"]["chat"]["training"] for name in ("full", "chat")]
    same = ("learning_rate", "muon_learning_rate", "tokens_per_update", "lengths", "seed")
    assert [runs[0][key] for key in same] == [runs[1][key] for key in same]
    assert found["A"][1] == stored("accelerator_full.json")["runs"]["chat"]["bits_per_byte"]


def test_answers_are_those_of_the_forty_prompts():
    found = probe_answers("你是谁？")
    assert set(found) == {"A", "B"} and found["A"] != found["B"]
    with pytest.raises(ValueError, match="was not asked, expected one of: 你好！"):
        probe_answers("？")
