"""Radicals in a PDF's tables become the characters that they look like."""

import re
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.append(str(Path(__file__).parents[2] / "book" / "_printing"))

from plain_characters import CHARACTERS, RADICALS, plain, plain_table  # noqa: E402

TABLE = b"""/CIDInit /ProcSet findresource begin
2 beginbfchar
<0003> <0020>
<0a1b> <2F49>
endbfchar
3 beginbfrange
<0010> <0012> <0041>
<0100> <0102> <2EFF>
<0200> <0201> <4E00>
endbfrange
endcmap"""


def meanings(table):
    """Code to text, by a reading of its own."""
    found = {}
    for kind, body in re.findall(rb"beginbf(char|range)(.*?)endbf", table, re.DOTALL):
        codes = [bytes.fromhex(code.decode()) for code in re.findall(rb"<(\w+)>", body)]
        step = 2 if kind == b"char" else 3
        for i in range(0, len(codes), step):
            first, last = (int.from_bytes(codes[i + j]) for j in (0, step - 2))
            text = codes[i + step - 1].decode("utf-16-be")
            for code in range(first, last + 1):
                found[code] = text[:-1] + chr(ord(text[-1]) + code - first)
    return found


def test_a_table_by_hand():
    found = meanings(plain_table(TABLE))
    assert found[0x0A1B] == "月" and found[0x0003] == " "
    assert [found[code] for code in (0x10, 0x11, 0x12)] == ["A", "B", "C"]
    assert [found[code] for code in (0x100, 0x101, 0x102)] == ["\u2eff", "一", "丨"]
    assert [found[code] for code in (0x200, 0x201)] == ["一", "丁"]


def test_a_table_without_radicals_stays_as_it_is():
    table = TABLE.replace(b"2F49", b"6708").replace(b"2EFF", b"4EFF")
    assert plain_table(table) == table


@given(
    st.dictionaries(
        st.integers(1, 0xFFFF), st.characters(min_codepoint=0x2E00, max_codepoint=0x9FFF), max_size=250
    )
)
def test_every_code_keeps_its_character_or_gets_the_plain_one(meaning):
    rows = "".join(f"<{code:04X}> <{ord(c):04X}>\n" for code, c in meaning.items())
    table = f"{len(meaning)} beginbfchar\n{rows}endbfchar\n".encode()
    made = plain_table(table)
    assert meanings(made) == {code: plain(c) for code, c in meaning.items()}
    for count, body in re.findall(rb"(\d+) beginbfchar\n(.*?)endbfchar", made, re.DOTALL):
        assert made == table or body.count(b"\n") == int(count) <= 100


@pytest.mark.parametrize(("radical", "character"), list(zip(RADICALS, CHARACTERS, strict=True)))
def test_the_list_is_of_radicals_and_characters(radical, character):
    assert "CJK RADICAL" in unicodedata.name(radical) and plain(radical) == character
    assert unicodedata.name(character).startswith("CJK UNIFIED")


def test_all_of_the_first_block_has_a_plain_form():
    assert all("\u4e00" <= plain(chr(code)) <= "\u9fff" for code in range(0x2F00, 0x2FD6))
