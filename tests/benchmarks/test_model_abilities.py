"""The abilities of the models that ship: counted by hand, and told in their card as they were counted."""

import json
import subprocess
import sys
from pathlib import Path

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
    report = {"date": "2026-01-02", "num_questions": 4, "kinds": kinds, "families": families}
    return {**report, "asked": {"weights": "w", "tokenizer": "t", "program": "p"}}


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
    monkeypatch.setattr(model_abilities, "asked_now", lambda name: made_report(1)["asked"])
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


@pytest.mark.parametrize("key", ["weights", "tokenizer", "program", None])
def test_answers_of_another_model_or_program_are_asked_anew(tmp_path, monkeypatch, key):
    monkeypatch.setattr(model_abilities, "NUM_QUESTIONS", 4)
    monkeypatch.setattr(model_abilities, "asked_now", lambda name: made_report(1)["asked"])
    old = made_report(1)
    if key is None:
        del old["asked"]  # as written before it was noted
    else:
        old["asked"][key] = "another"
    (tmp_path / "base.json").write_text(json.dumps(old), encoding="utf-8")
    (tmp_path / "chat.json").write_text(json.dumps(made_report(2)), encoding="utf-8")
    run, asked = subprocess.run, []

    def answer(command, **words):
        if "abilities" not in command:
            return run(command, **words)
        asked.append(command[command.index("--run") + 1])
        path = command[command.index("--output") + 1]
        return Path(path).write_text(json.dumps(made_report(3)), encoding="utf-8")

    monkeypatch.setattr(subprocess, "run", answer)
    output = tmp_path / "out.json"
    monkeypatch.setattr(sys, "argv", ["x", "--folder", str(tmp_path), "--output", str(output)])
    model_abilities.main()
    models = json.loads(output.read_text(encoding="utf-8"))["models"]
    assert asked == ["data/models/base"]
    assert [models[name]["families"][0]["num_right"] for name in ("base", "chat")] == [3, 2]
    assert models["base"]["asked"] == made_report(1)["asked"]


def test_the_record_is_of_the_models_that_ship():
    record = json.loads(model_abilities.OUTPUT.read_text(encoding="utf-8"))
    for name in model_abilities.MODELS:
        facts = json.loads((ROOT / "data" / "models" / name / "export.json").read_text(encoding="utf-8"))
        asked = record["models"][name]["asked"]
        assert asked["weights"] == facts["files"]["weights.safetensors"]["sha256"], f"ask {name} anew"
        assert asked["tokenizer"] == facts["tokenizer_hash"] and len(asked["program"]) == 64


def test_the_card_tells_what_was_counted():
    record = json.loads(model_abilities.OUTPUT.read_text(encoding="utf-8"))
    assert record["num_questions"] == model_abilities.NUM_QUESTIONS
    for line in model_abilities.table_lines(record["models"]):
        assert line in CARD.splitlines(), line
    splits = {"knowledge": "wording", "completion": "value", "reasoning": "value"}
    for name, share, blind in model_abilities.best_families(record["models"]["chat"], splits):
        assert f"`{name}` {share:.0%} ({blind:.0%})" in CARD.replace("\n", " ")
