"""The page of errors says what the code says: its texts stand in the sources, all of start.py's on it."""

import ast
import json
import re
from pathlib import Path

import pytest
from error_texts import FILE, GAP, as_text, known_errors, launcher_errors, texts_of_file

ROOT = Path(__file__).parents[2]
KNOWN = known_errors(ROOT)
LAUNCHER = launcher_errors(ROOT)


@pytest.mark.parametrize("error", [e for e in KNOWN if e.file], ids=lambda e: e.text[:40])
def test_the_text_stands_in_the_code(error):
    found = [" ".join(text.split()) for text in texts_of_file(ROOT / error.file)]
    assert any(fits(error.text, text) for text in found), (
        f"{error.file} does not say so any more: {error.text}"
    )


def fits(text, found):
    """Whether a text of the page is a part of one of the code, where … stands for anything filled in."""
    pattern = ".*".join(map(re.escape, text.split(GAP)))
    return re.search(pattern, found) is not None


def test_fits_is_strict():
    assert fits("the corpus path … does not exist", "the corpus path … does not exist (looked in …).")
    assert not fits("the corpus path … is not there", "the corpus path … does not exist (looked in …).")


def test_every_error_has_words_for_the_reader():
    assert len({error.text for error in KNOWN}) == len(KNOWN) > 40
    for error in KNOWN:
        assert error.fix and error.group, error.text
        assert not error.file or (ROOT / error.file).is_file(), error.file


def test_the_file_is_a_list_of_entries():
    record = json.loads((ROOT / FILE).read_text(encoding="utf-8"))
    assert {key for entry in record for key in entry} <= {"group", "text", "file", "means", "fix"}
    groups = [entry["group"] for entry in record]
    assert groups == sorted(groups, key=groups.index), "entries of a group stand together"


def test_all_that_start_py_says_is_found():
    """Counted in another way: calls that make a Problem or a kind of failure, by the text of the files."""
    calls = 0
    for path in sorted((ROOT / "mof" / "launcher").glob("*.py")):
        calls += len(re.findall(r"\b(?:Problem|FailureKind)\(", path.read_text(encoding="utf-8")))
    definitions = 2  # the two classes
    passed_on = 1  # installation_problem makes one of a FailureKind's own words
    assert len(LAUNCHER) >= calls - definitions - passed_on - 2
    texts = " ".join(error.text for error in LAUNCHER)
    for words in ("The disk is full.", "This is an Intel Mac", "32-bit Python", 'There is no command "…"'):
        assert words in texts
    fixes = " ".join(error.fix for error in LAUNCHER)
    assert "Install Python 3.13 (64-bit) from https://www.python.org/downloads/" in fixes
    assert "Use another computer, or a free online notebook service" in fixes


def test_no_error_of_start_py_is_without_words():
    for error in LAUNCHER:
        assert len(error.text.replace(GAP, "")) > 5 and len(error.fix.replace(GAP, "")) > 10, error


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("'a'", "a"),
        ("f'a {x} b {known}'", "a … b yes"),
        ("'a' + known + f'{y!r}'", "ayes…"),
        ("', '.join(x)", "…"),
        ("loop", "…"),
    ],
)
def test_what_an_expression_says(source, text):
    scope = {"known": ast.parse("'yes'", mode="eval").body, "loop": ast.parse("loop", mode="eval").body}
    assert as_text(ast.parse(source, mode="eval").body, scope) == text
