"""Lines as wide as a page: no word is lost, and what fits stays as it is."""

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
