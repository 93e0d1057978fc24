"""Who writes: onnxruntime where it can, what trained the model where it cannot or is asked to."""

import json
import sys

import pytest

WORDS = ["--prompt", "春天", "--max-tokens", "6", "--temperature", "2"]


@pytest.fixture(scope="module")
def exported(mof, trained, tmp_path_factory):
    """(folder of an int8 export, the Answer of making it)."""
    folder = str(tmp_path_factory.mktemp("exports") / "small")
    return folder, mof("export", trained.path, "--int8", "--output", folder)


def test_both_engines_write_the_same(mof, trained):
    by_default = mof("generate", "--run", trained.path, *WORDS)
    by_keras = mof("generate", "--run", trained.path, *WORDS, "--engine", "tensorflow")
    assert by_default.status == by_keras.status == 0
    assert by_default.output == by_keras.output and by_default.output.startswith("春天")
    assert "Preparing" not in by_default.errors and "Preparing to write" in by_keras.errors


def test_an_export_is_made_told_and_written_with(mof, exported):
    folder, answer = exported
    assert (
        answer.status == 0 and f"Written to {folder}" in answer.output and "generate --run" in answer.output
    )
    assert mof("generate", "--run", folder, *WORDS).output.startswith("春天")
    answer = mof("chat", "--run", folder, "--max-tokens", "2", said="你好\n")
    assert answer.status == 0 and answer.output.count("答 (model)> ") == 1


def test_an_export_needs_onnxruntime(mof, exported, monkeypatch):
    answer = mof("generate", "--run", exported[0], "--engine", "tensorflow")
    assert answer.status == 1 and "is an exported model, which onnxruntime alone reads" in answer.errors
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    answer = mof("generate", "--run", exported[0])
    assert answer.status == 1 and "needs onnxruntime, but it cannot be imported" in answer.errors


def test_without_onnxruntime_the_model_still_writes_and_says_why(mof, trained, monkeypatch):
    expected = mof("generate", "--run", trained.path, *WORDS).output
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    answer = mof("generate", "--run", trained.path, *WORDS)
    assert answer.status == 0 and answer.output == expected
    assert "Not by onnxruntime, but by what trained the model" in answer.errors
    answer = mof("generate", "--run", trained.path, *WORDS, "--engine", "onnxruntime")
    assert answer.status == 1 and "Use --engine tensorflow" in answer.errors


def test_a_window_is_left_to_what_trained_the_model(monkeypatch, capsys, tmp_path, trained):
    from mof.cli import engine
    from mof.training.run_folder import RunFolder

    facts = RunFolder(trained.path).facts
    facts["model"]["window"] = 8
    (tmp_path / "run.json").write_text(json.dumps(facts), encoding="utf-8")
    monkeypatch.setattr(engine, "_open_by_keras", lambda path, checkpoint: "keras")
    assert engine.open_generator(tmp_path) == "keras"
    assert "a window of 8 tokens, which the graphs do not hold yet" in capsys.readouterr().err
    with pytest.raises(ValueError, match="onnxruntime cannot run this model: its attention sees a window"):
        engine.open_generator(tmp_path, "onnxruntime")


def test_another_engine_is_refused(mof, trained):
    answer = mof("generate", "--run", trained.path, "--engine", "torch")
    assert answer.status == 1 and "engine is 'torch', expected one of ('auto', 'onnxruntime'" in answer.errors


def test_weights_of_another_config_are_refused(mof, trained, tmp_path):
    import shutil

    folder = shutil.copytree(trained.path, tmp_path / "run")
    facts = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    facts["model"]["recurrent_width"] += 1
    (folder / "run.json").write_text(json.dumps(facts), encoding="utf-8")
    answer = mof("generate", "--run", str(folder))
    assert answer.status == 1 and "the weights belong to a model of another config" in answer.errors


def test_export_wants_a_run(mof, tmp_path):
    answer = mof("export", str(tmp_path), "--output", str(tmp_path / "out"))
    assert answer.status == 1 and "holds no run (run.json is missing)" in answer.errors
