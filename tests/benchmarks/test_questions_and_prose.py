"""The text of whole studies: written once, and held-out texts of every kind."""

import pytest

from benchmarks import questions_and_prose as text
from mof.lessons.shipped_text import shipped_prose


def test_questions_are_written_where_they_are_missing(tmp_path, monkeypatch):
    asked = []

    def mof(*words):
        asked.append(words)
        words[-1].write_text("a question", encoding="utf-8")

    monkeypatch.setattr(text, "mof", mof)
    paths = text.questions_and_prose(tmp_path / "study")
    assert paths[-1] == tmp_path / "study" / "questions.jsonl" and all(path.exists() for path in paths)
    assert text.questions_and_prose(tmp_path / "study") == paths and len(asked) == 1
    assert asked[0][:4] == ("corpus", "write", "--megabytes", 30)


def test_a_folder_given_from_elsewhere_is_the_one_meant(tmp_path, monkeypatch):
    monkeypatch.setattr(text, "mof", lambda *words: words[-1].write_text("a question", encoding="utf-8"))
    monkeypatch.chdir(tmp_path)
    assert text.questions_and_prose("study")[-1] == tmp_path / "study" / "questions.jsonl"


def test_held_out_texts_are_of_every_kind_and_in_no_training():
    texts = text.held_out_texts()
    assert list(texts) == ["prose", "knowledge", "completion", "reasoning"]
    learning, held_out = shipped_prose()
    assert texts["prose"] == held_out and not set(held_out) & set(learning)
    for kind in list(texts)[1:]:
        size = sum(len(sheet.encode("utf-8")) for sheet in texts[kind])
        assert size == pytest.approx(text.HELD_OUT_BYTES, rel=0.05)
