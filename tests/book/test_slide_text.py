"""Prose cut into blocks and sentences. Skipped where the book's packages are not installed."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("mdit_py_plugins", reason="the book's packages are not installed (python start.py book)")

from slide_text import item_text, key_sentences, list_items, markdown_parser, parts, sentences, width  # noqa: E402

from mof.course.notebook_cells import read_notebook, source  # noqa: E402

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two? Three!", ["One.", "Two?", "Three!"]),
        ("It is 1.43 bytes. Then 2.", ["It is 1.43 bytes.", "Then 2."]),
        ("**Can it? Or not?** Yes.", ["**Can it? Or not?**", "Yes."]),
        ("A rule (see. There) holds. End.", ["A rule (see. There) holds.", "End."]),
        ("So $a. B$ is. `x. Y` too.", ["So $a. B$ is.", "`x. Y` too."]),
        ("*Not measured*: we have none. Note.", ["*Not measured*: we have none.", "Note."]),
        ('He said "yes." Then left.', ['He said "yes."', "Then left."]),
        ("Many, e.g. GRUs. End.", ["Many, e.g. GRUs.", "End."]),
        ("一句。 二句。", ["一句。", "二句。"]),
        ("On two\nlines. And on.", ["On two lines.", "And on."]),
        ("no end", ["no end"]),
    ],
)
def test_sentences(text, expected):
    assert sentences(text) == expected


@given(st.lists(st.sampled_from(["One.", "**Bold. Here.**", "$x. Y$", "so", "(a. B)", "Why?", "猫。", "3."])))
def test_no_word_is_lost_between_sentences(words):
    text = " ".join(words)
    assert " ".join(sentences(text)) == text


def test_key_sentences_are_those_with_bold_words():
    text = "First. A **core** computes. Then. **That is all.** And **more**."
    assert key_sentences(text) == ["A **core** computes.", "**That is all.** And **more**."]
    assert key_sentences("**Wise?** No. Why?") == ["**Wise?** No."]
    assert key_sentences("**Is it?**") == ["**Is it?**"]
    lean = "Divide. That is **a share**. So **it sums**. Why? Because."
    assert key_sentences(lean) == ["Divide. That is **a share**.", "So **it sums**."]
    assert key_sentences("x" * 400 + ". So **it is**.") == ["So **it is**."]
    assert key_sentences("So **it begins**.") == ["So **it begins**."]
    assert key_sentences("**Decay** (衰减, *a*). It fades. So.") == ["**Decay** (衰减, *a*). It fades."]


def test_blocks_of_a_cell():
    text = (
        "## A heading\n\nWords,\nmore.\n\n> quoted\n\n$$\na\n$$\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n"
        '- one\n- two\n  goes on\n\n```python\nx = 1\n```\n\n<div class="mof-exercise">\n\nInside.\n\n</div>'
    )
    found = parts(text)
    kinds = "heading paragraph quote formula table list fence html paragraph html".split()
    assert [part.kind for part in found] == kinds
    assert (found[0].text, found[0].level) == ("A heading", 2)
    assert found[4].text.count("\n") == 2 and found[8].text == "Inside."


def test_entries_of_a_list():
    entries = list_items("1. one\n2. two,\n   three\n10. four")
    assert [item_text(entry) for entry in entries] == [
        ("1. ", "one"),
        ("2. ", "two, three"),
        ("10. ", "four"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("abc", 3),
        ("猫", 2),
        ("**ab**", 2),
        ("[ab](https://x.y)", 2),
        ("`a`", 1),
        ("<b>a</b>", 1),
        ("$\\alpha x$", 3),
    ],
)
def test_width_is_that_of_what_is_shown(text, expected):
    assert width(text) == expected


def test_formulas_are_left_to_mathjax_and_escaped():
    made = markdown_parser().render("so $a < b$ and\n\n$$\nx & y\n$$\n")
    assert r"\(a &lt; b\)" in made and r"\[" in made and "x &amp; y" in made


@pytest.mark.parametrize("path", sorted((ROOT / "notebooks").glob("*.ipynb")), ids=lambda path: path.stem)
def test_every_word_of_a_chapter_is_in_some_block(path):
    for cell in read_notebook(path)["cells"]:
        if cell["cell_type"] == "markdown":
            kept = " ".join(part.text for part in parts(source(cell)))
            assert set(re.findall(r"\w+", source(cell))) == set(re.findall(r"\w+", kept))
