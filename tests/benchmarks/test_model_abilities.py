"""The abilities of the models that ship: counted by hand, and told in their card as they were counted."""

import json
import subprocess
import sys

import pytest

from benchmarks import model_abilities
from mof.lessons.records import ROOT

CARD = (ROOT / "data" / "models" / "README.md").read_text(encoding="utf-8")
SPLITS = {"knowledge": "wording", "reasoning": "value"}


def family(name, kind, split, right, majority, nearest):
    row = {"family": name, "kind": kind, "split": split, "num_questions": 4, "num_right": right}
    row |= {"majority": majority, "nearest": nearest, "low": 0.0, "high": 1.0}
    return {**row, "examples": [["a", "b"]]}


def made_report(right):
    kinds = {
        "knowledge": {"wording": family("", "", "", right, 0.25, 0.5)},
        "reasoning": {"value": family("", "", "", 1, 0.0, 0.25)},
    }
    families = [
        family("capital", "knowledge", "wording", right, 0.25, 0.5),
        family("capital", "knowledge", "train", 4, 0.0, 0.0),
        family("queue", "reasoning", "value", 1, 0.0, 0.25),
        family("sum", "reasoning", "value", 4, 0.5, 0.25),
    ]
    return {"date": "2026-01-02", "num_questions": 4, "kinds": kinds, "families": families}


def test_counts_are_kept_and_answers_are_not():
    found = model_abilities.condense(made_report(3))
    assert [row["num_right"] for row in found["families"]] == [3, 4, 1, 4]
    assert "examples" not in json.dumps(found["families"])


def test_the_table_and_the_best_families_by_hand():
    models = {name: model_abilities.condense(made_report(n)) for name, n in (("base", 1), ("chat", 3))}
    assert model_abilities.table_lines(models)[2:] == [
        "| knowledge, wording | 25% (0% to 100%) | 75% (0% to 100%) | 25% | 50% |",
        "| reasoning, value | 25% (0% to 100%) | 25% (0% to 100%) | 0% | 25% |",
    ]
    best = model_abilities.best_families(models["chat"], SPLITS, 2)
    assert best == [("sum", 1.0, 0.5), ("capital", 0.75, 0.5)]


def test_other_questions_are_no_part_of_the_record(tmp_path, monkeypatch):
    for name in model_abilities.MODELS:
        (tmp_path / f"{name}.json").write_text(json.dumps(made_report(1)), encoding="utf-8")
    output = tmp_path / "out.json"
    monkeypatch.setattr(sys, "argv", ["x", "--folder", str(tmp_path), "--output", str(output)])
    run = subprocess.run

    def run_nothing_of_ours(command, **words):
        assert "abilities" not in command, "asked again"
        return run(command, **words)

    monkeypatch.setattr(subprocess, "run", run_nothing_of_ours)
    with pytest.raises(SystemExit, match="holds 4 questions for each family, not 40"):
        model_abilities.main()
    assert not output.exists()
    monkeypatch.setattr(model_abilities, "NUM_QUESTIONS", 4)
    model_abilities.main()
    assert set(json.loads(output.read_text(encoding="utf-8"))["models"]) == {"base", "chat"}


def test_the_card_tells_what_was_counted():
    record = json.loads(model_abilities.OUTPUT.read_text(encoding="utf-8"))
    assert record["num_questions"] == model_abilities.NUM_QUESTIONS
    for line in model_abilities.table_lines(record["models"]):
        assert line in CARD.splitlines(), line
    splits = {"knowledge": "wording", "completion": "value", "reasoning": "value"}
    for name, share, blind in model_abilities.best_families(record["models"]["chat"], splits):
        assert f"`{name}` {share:.0%} ({blind:.0%})" in CARD.replace("\n", " ")
