"""Lines as wide as a page: no word is lost, and what fits stays as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mof.lessons.page_width import fit_page

WORDS = st.lists(st.text(st.characters(categories=("L", "N")), min_size=1, max_size=12), max_size=40)


@given(WORDS, st.integers(0, 6), st.integers(20, 60))
def test_no_word_is_lost_and_no_line_is_too_long(words, indent, width):
    line = " " * indent + " ".join(words)
    fitted = fit_page(line, width)
    assert fitted.split() == line.split()
    assert all(len(part) <= width for part in fitted.splitlines())


def test_what_fits_stays_and_loses_its_empty_end():
    assert fit_page("size    one      two   \n\n  end") == "size    one      two\n\n  end"


def test_a_long_word_stays_whole():
    assert fit_page("a " + "b" * 30, 10) == "a\n  " + "b" * 30


def test_a_comment_stays_one():
    assert fit_page("speed = 3  # of words in a line", 20) == "speed = 3  # of\n  # words in a line"


def test_what_is_broken_off_stands_behind_its_label():
    assert fit_page("size   three small words", 18) == "size   three small\n       words"


@pytest.mark.parametrize(
    "command",
    [
        "$ mof plan --corpus data/prose --hours 96",
        "  mof train --plan runs/four-days/plan.toml",
        "python benchmarks/run_record.py runs/four-days",
        '  "C:/Program Files/python.exe" -m mof chat --run x',
    ],
)
def test_a_command_stays_whole(command):
    assert fit_page(command, 20) == command
