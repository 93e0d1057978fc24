"""What the pages say goes through the catalogue: the scripts' words, and those of the book's extension."""

import io
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from mof.course import catalogue

pytest.importorskip("sphinx", reason="the book's packages are not installed (python start.py book)")

from interface_words import SCRIPT_WORDS, translated_words  # noqa: E402

ROOT = Path(__file__).parents[2]
SCRIPTS = sorted((ROOT / "book" / "_static").glob("*.js"))


def words_of(script):
    """What a script asks `word(...)` for."""
    return set(re.findall(r'\bword\(\s*"((?:[^"\\]|\\.)*)"', script.read_text(encoding="utf-8")))


def test_the_words_of_the_scripts_are_those_of_the_list():
    assert set().union(*(words_of(script) for script in SCRIPTS)) == set(SCRIPT_WORDS)


def test_the_template_has_the_words_of_the_book():
    messages = {message.id for message in read_po(io.BytesIO(catalogue.template().encode()))}
    assert set(SCRIPT_WORDS) <= messages
    assert {"in preparation", "Solution", "Read as code.", "Report an error on this page"} <= messages


def test_english_needs_no_words_and_another_language_gets_its_own(monkeypatch):
    assert translated_words() == {}
    monkeypatch.setattr("interface_words._", lambda word: f"⟦{word}⟧")
    assert translated_words()["Pause"] == "⟦Pause⟧"
