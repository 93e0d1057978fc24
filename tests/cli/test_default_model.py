"""With no folder named: the reader's own run first, then the model that ships."""

from pathlib import Path

import pytest

from mof.cli.default_model import MODELS, OWN_RUNS, default_model, place_of_caches, shipped_model
from mof.inference.exported_folder import is_export


@pytest.fixture
def models(tmp_path):
    """A folder with what `is_export` looks for, of each kind."""
    for kind in OWN_RUNS:
        (tmp_path / "models" / kind).mkdir(parents=True)
        (tmp_path / "models" / kind / "export.json").write_text("{}", encoding="utf-8")
    return tmp_path / "models"


@pytest.mark.parametrize("kind", OWN_RUNS)
def test_an_own_run_comes_first(kind, models, tmp_path, monkeypatch, capsys):
    (tmp_path / OWN_RUNS[kind]).mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    assert default_model(kind, models) == OWN_RUNS[kind]
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("kind", OWN_RUNS)
def test_the_shipped_model_comes_with_a_notice(kind, models, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert default_model(kind, models) == str(Path("models") / kind)
    told = capsys.readouterr().err
    assert OWN_RUNS[kind] in told and "often wrong" in told and "no advice" in told


def test_a_path_below_the_present_folder_is_short(models, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert shipped_model("chat", models) == Path("models") / "chat"
    monkeypatch.chdir(models)
    assert shipped_model("chat", tmp_path / "models") == Path("chat")
    assert shipped_model("chat", tmp_path) is None


def test_with_neither_the_own_run_is_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert default_model("chat", tmp_path) == "runs/chat"


@pytest.mark.parametrize("kind", OWN_RUNS)
def test_both_models_ship(kind):
    assert is_export(MODELS / kind)


def test_chat_answers_from_a_fresh_checkout(mof, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # no runs/chat here
    answer = mof("chat", "--max-tokens", "8", "--temperature", "0", said="你好\n\n")
    assert answer.status == 0, answer.errors
    assert "often wrong" in answer.errors
    assert answer.output.split("答 (model)> ")[1].strip()


def test_nothing_is_cached_among_the_courses_data(models, tmp_path):
    assert place_of_caches(MODELS / "chat") == OWN_RUNS["base"]
    assert place_of_caches(str(models / "base"), models) == OWN_RUNS["base"]
    own = str(tmp_path / "small")
    assert place_of_caches(own, models) == own
