"""The figures that stand in the prose of chapter 00, worked out again."""

import numpy as np
import pytest

from mof.lessons.machine_study import doctor_visit
from mof.machine.advice import LEAST_MEMORY_BYTES
from mof.machine.prediction import CHARACTERS_PER_TOKEN
from mof.machine.recommendation import MEMORY_SHARE, TOKENS_PER_PARAMETER
from mof.viz.roofline_figure import square_product_intensity
from tests.lessons.chapter_prose import flat_prose

FLAT = flat_prose("00_check_your_machine")


def said(words):
    assert words in FLAT, f"the chapter does not say: {words}"


def test_the_product_by_hand():
    said(r"\begin{pmatrix} 5 & 4 & 1 \end{pmatrix}")
    assert (np.array([1, 2]) @ np.array([[3, 0, 1], [1, 2, 0]])).tolist() == [5, 4, 1]
    said("So 6 weights cost 12 **operations**")
    said("$12 / 44 = 0.27$")
    assert round(12 / (4 * (2 + 6 + 3)), 2) == 0.27


@pytest.mark.parametrize(("rows", "inner", "columns"), [(1, 2, 3), (1, 1000, 1000), (1000, 1000, 1000)])
def test_the_table_of_intensities(rows, inner, columns):
    operations = 2 * rows * inner * columns
    numbers = rows * inner + inner * columns + rows * columns
    each = operations / (4 * numbers)
    said(f"| {operations:,} | {numbers:,} | {each:.2f} |" if each < 100 else f"| {numbers:,} | {each:.0f} |")


def test_intensity_of_squares():
    said("so its intensity is $n/6$")
    assert square_product_intensity(1024) == 1024 / 6
    said("a twelfth of an operation for each byte")


def test_the_rule():
    said("need more than 0.9 of `free_bytes`")
    said("closest to 20, *as a ratio*")
    assert (MEMORY_SHARE, TOKENS_PER_PARAMETER) == (0.9, 20.0)
    said("about 1.4 of them")
    assert round(CHARACTERS_PER_TOKEN["bpe"], 1) == 1.4
    assert LEAST_MEMORY_BYTES == 2_000_000_000


def test_the_visit_trains_tiny_alone():
    said("it then knows the speed. For the others it computes it")
    assert doctor_visit.__defaults__ == (45.0, ("tiny",))
