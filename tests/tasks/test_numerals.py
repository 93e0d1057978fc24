"""Chinese numerals against numerals written out by hand and against a reader of another making."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mof.tasks.numerals import ChineseNumerals, to_chinese, to_formal
from tests.tasks.chinese_reader import read_chinese
from tests.tasks.family_contract import visible_cases

BY_HAND = {
    0: "零",
    2: "二",
    10: "十",
    12: "十二",
    20: "二十",
    101: "一百零一",
    110: "一百一十",
    112: "一百一十二",
    1_001: "一千零一",
    1_010: "一千零一十",
    1_100: "一千一百",
    10_000: "一万",
    10_010: "一万零一十",
    100_500: "十万零五百",
    105_000: "十万五千",
    120_345: "十二万零三百四十五",
    990_009: "九十九万零九",
    1_020_000: "一百零二万",
    50_607_080: "五千零六十万七千零八十",
}
EVERYDAY = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟", "一二三四五六七八九十百千")


def value(text):
    return int(text) if text.isdigit() else read_chinese(text.translate(EVERYDAY))


def test_answer_and_prompt_are_the_same_number():
    for direction, visible, question in visible_cases(ChineseNumerals()):
        [shown] = visible.values()
        assert value(question.answer) == value(shown)
        assert question.answer.isdigit() == (direction == "digits")
        assert (question.answer == question.answer.translate(EVERYDAY)) == (direction != "formal")


@pytest.mark.parametrize(("number", "text"), BY_HAND.items())
def test_numbers_written_by_hand(number, text):
    assert to_chinese(number) == text


@given(st.integers(0, 10**8 - 1))
def test_what_is_written_reads_back(number):
    assert read_chinese(to_chinese(number)) == number
    assert not re.search("零零|零万|.零$|^一十", to_chinese(number))
    assert read_chinese(to_formal(number).translate(EVERYDAY)) == number


@pytest.mark.parametrize("number", [-1, 10**8])
def test_numbers_out_of_range(number):
    with pytest.raises(ValueError, match="expected 0 to 99,999,999"):
        to_chinese(number)


@pytest.mark.parametrize(
    ("digits", "direction", "answer", "right"),
    [
        ("200", "chinese", "两百", True),
        ("200", "chinese", "二百", True),
        ("12", "chinese", "一十二", True),
        ("12", "chinese", "一二", False),
        ("105", "chinese", "一百〇五", True),
        ("105", "chinese", "一百五", False),
        ("12", "formal", "拾贰", True),
        ("12", "formal", "壹拾贰", True),
        ("12", "digits", "１２", True),
        ("12", "digits", "012", False),
        ("12", "digits", "十二", False),
    ],
)
def test_spellings(digits, direction, answer, right):
    family = ChineseNumerals()
    wording = next(n for n, wording in enumerate(family.wordings) if wording.direction == direction)
    question = family.question(int(digits) - 1, wording)
    assert family.is_right(question, answer + question.closing) == right
