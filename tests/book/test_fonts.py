"""The Chinese font of the site has every character of the book; its parts are what the style sheet says."""

import hashlib
import re
from pathlib import Path

import pytest
from book_characters import CHINESE, common_characters, data_characters, page_characters

ROOT = Path(__file__).parents[2]
STYLE = (ROOT / "book" / "_static" / "fonts.css").read_text(encoding="utf-8")
FONTS = ROOT / "book" / "_static" / "fonts"
MOST_BYTES = 1_500_000
# Full-width forms and marks that stand in patterns of the code and that Noto does not have are no text.
RULES = re.findall(r"/\* (\d+) characters, SHA-256 (\w{64}) \*/\n@font-face \{(.*?)\n\}", STYLE, re.DOTALL)


def covered(weight):
    """Characters that the parts of a weight have, by the style sheet's ranges."""
    found = set()
    for _count, _digest, body in RULES:
        if f"font-weight: {weight};" in body:
            for first, last in re.findall(r"U\+([0-9a-f]+)(?:-([0-9a-f]+))?", body):
                found |= set(map(chr, range(int(first, 16), int(last or first, 16) + 1)))
    return found


def test_every_character_of_the_book_is_in_the_font():
    lacking = page_characters(ROOT) - covered(400)
    assert not lacking, f"run book/subset_font.py: {''.join(sorted(lacking))}"


def test_every_character_that_a_model_of_the_data_may_write_is_in_it():
    lacking = data_characters(ROOT) - covered(400)
    assert not lacking, f"run book/subset_font.py: {''.join(sorted(lacking))}"


def test_the_commonest_characters_are_in_it():
    assert len(common_characters()) == 3755 and not common_characters() - covered(400)
    assert {"春", "的", "猫"} <= common_characters()


def test_no_character_is_in_two_parts_of_a_weight():
    counts = [int(count) for count, _digest, body in RULES if "font-weight: 400;" in body]
    assert sum(counts) == len(covered(400))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule[1][:8])
def test_the_files_are_those_of_the_style_sheet(rule):
    count, digest, body = rule
    path = FONTS / re.search(r'url\("fonts/([^"]+)"\)', body)[1]
    assert hashlib.sha256(path.read_bytes()).hexdigest() == digest
    assert path.read_bytes()[:4] == b"wOF2"
    ttlib = pytest.importorskip("fontTools.ttLib", reason="fonttools is not installed")
    there = set(map(chr, ttlib.TTFont(path).getBestCmap()))
    assert len(there & set(covered(400))) == int(count)


def test_the_font_is_small_and_has_its_licence():
    assert sum(path.stat().st_size for path in FONTS.glob("*.woff2")) < MOST_BYTES
    assert {path.name for path in FONTS.glob("*.woff2")} == set(re.findall(r"fonts/([\w-]+\.woff2)", STYLE))
    licence = (FONTS / "OFL.txt").read_text(encoding="utf-8")
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence and "Copyright 2014-2021 Adobe" in licence
    assert "SIL Open Font License" in (ROOT / "NOTICE").read_text(encoding="utf-8")


def test_what_counts_as_chinese():
    assert CHINESE.findall("春 spring，‘x’ é 「」Ａ") == ["春", "，", "「", "」", "Ａ"]
