"""Characters against a walk through the text, one at a time."""

import re

from mof.tasks.strings import NthCharacter, ReversedText
from mof.tasks.vocabulary import CHARACTERS
from tests.tasks.chinese_reader import read_chinese
from tests.tasks.family_contract import check_oracle


def test_nth_character():
    def solve(direction, text, place=None, place_back=None, character=None):
        assert len(set(text)) == len(text)
        numbers = ["零", "一", "二", "三", "四", "五", "六"]
        if direction == "place":
            [found] = [n for n, seen in enumerate(text, 1) if seen == character]
            return numbers[found]
        walk = iter(text if place else reversed(text))
        for _ in range(read_chinese(place or place_back)):
            found = next(walk)
        return found

    check_oracle(NthCharacter(), solve)


def test_a_character_may_stand_in_quotation_marks():
    family = NthCharacter()
    question = family.question(0, 0)
    assert family.is_right(question, f"“{question.answer}”。")
    assert not family.is_right(question, "“”。")


def test_reversed_text():
    def solve(direction, text):
        return re.sub("([^、])([^、])(?=、|$)", r"\2\1", text)

    check_oracle(ReversedText(), solve)


def test_reversed_texts_are_of_each_length_and_never_a_list_read_backwards():
    family = ReversedText()
    facts = [family.slots(index) for index in range(400)]
    assert {slots["text"].count("、") + 1 for slots in facts} == {2, 3, 4, 5}
    for slots in facts:
        words = slots["text"].split("、")
        assert slots["reversed"] not in (slots["text"], slots["text"][::-1], "、".join(reversed(words)))


def test_no_character_comes_in_two_words():
    assert len(set(CHARACTERS)) == len(CHARACTERS) == 120
