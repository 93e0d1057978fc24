"""A model's card: figures from the export, every text with its licence, a refusal where one is unknown."""

import re

import pytest

from mof.lessons.model_card import model_card
from mof.lessons.shipped_model import BASE

SOURCES = [
    {"source": "a", "license": "MIT", "characters": 300},
    {"source": "b", "license": "CC BY 4.0", "characters": 100},
]


def card(**changes):
    fields = {"title": "T", "license_name": "CC BY 4.0", "sources": SOURCES, "facts": {"tokens read": "5"}}
    return model_card(BASE, **{**fields, **changes})


def test_it_says_what_the_export_is():
    text = card()
    assert text.startswith("# T\n") and "| parameters | 16,685,229 |" in text and "| weights | int8 |" in text
    assert "| tokens read | 5 |" in text
    size = sum(file.stat().st_size for file in BASE.iterdir() if file.name != "export.json")
    assert f"| on disk | {size / 1e6:.1f} MB |" in text


def test_every_source_stands_there_with_licence_and_share():
    text = card()
    assert "| a | MIT | 300 | 75.0% |" in text and "| b | CC BY 4.0 | 100 | 25.0% |" in text


def test_no_text_leaves_its_cell():
    odd = {"source": "Wikipedia | zh", "license": "CC\nBY", "characters": 100}
    assert "| Wikipedia \\| zh | CC BY | 100 | 25.0% |" in card(sources=[SOURCES[0], odd])


def test_what_it_is_not_for_is_never_left_out():
    text = card()
    for words in ("What it is not for", "health, law, money", "12356", "no filter"):
        assert words in text


@pytest.mark.parametrize("field", ["source", "license", "characters"])
def test_a_text_of_which_something_is_unknown_is_refused(field):
    lacking = {name: value for name, value in SOURCES[0].items() if name != field}
    with pytest.raises(ValueError, match=f"lacks {field}: do not publish"):
        card(sources=[SOURCES[1], lacking])


def test_no_text_and_no_licence_are_refused():
    with pytest.raises(ValueError, match="sources is empty: name every text"):
        card(sources=[])
    with pytest.raises(ValueError, match="license_name is empty"):
        card(license_name=" ")
    with pytest.raises(ValueError, match="holds no exported model"):
        model_card(BASE.parent, "T", "MIT", SOURCES, {})


def test_answers_stand_unedited_in_one_cell_each():
    text = card(answers=[{"prompt": "1", "answer": "a|b\nc"}])
    assert "| 1 | a\\|b c |" in text
    assert "unedited" not in card()
    heads = re.findall(r"^## (.+)$", text, re.M)
    assert heads == ["What it is not for", "What it read", "Licence", "What it answers, unedited"]
