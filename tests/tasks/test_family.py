"""Wordings, questions and the reading of answers."""

import pytest

from mof.tasks.family import Family, Wording
from tests.tasks.toy_families import Doubling


def test_a_wording_is_cut_at_its_answer():
    wording = Wording.parse("{country}的首都是[capital]。")
    assert (wording.prompt, wording.direction, wording.closing) == ("{country}的首都是", "capital", "。")


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{a}。", "has 0 slots in square brackets"),
        ("[a]和[b]。", "has 2 slots in square brackets"),
        ("{a}是[b]", "ends with the answer"),
    ],
)
def test_other_templates_are_refused(template, said):
    with pytest.raises(ValueError, match=said):
        Wording.parse(template)


def test_a_question_is_a_fact_in_a_wording():
    question = Doubling().question(21, 1)
    assert (question.prompt, question.answer, question.closing) == ("问：21乘二？答：", "42", "。")
    assert question.text == "问：21乘二？答：42。" and question.accepted == {"42"}
    assert (question.family, question.kind, question.direction) == ("doubling", "reasoning", "b")


@pytest.mark.parametrize(
    ("continuation", "is_right"),
    [
        ("42。", True),
        (" 42 。", True),
        ("42。还有", True),
        ("42。\n43。", True),
        ("42", False),
        ("42\n。", False),
        ("", False),
        ("。", False),
        ("43。", False),
        ("42或43。", False),
        ("43，42。", False),
        ("422。", False),
        ("答案是42。", False),
    ],
)
def test_an_answer_is_right_alone_and_closed(continuation, is_right):
    family = Doubling()
    assert family.is_right(family.question(21, 0), continuation) is is_right


def test_a_family_may_accept_several_answers_in_several_spellings():
    class Vowels(Doubling):
        def accepted(self, slots, direction):
            return {"a", "e"}

        def normalize(self, answer):
            return answer.strip().lower()

    family = Vowels()
    question = family.question(1, 0)
    assert family.is_right(question, "E。") and not family.is_right(question, "a e。")


def test_a_family_without_facts_cannot_be_made():
    class Nothing(Family):
        pass

    with pytest.raises(TypeError, match="num_facts"):
        Nothing()
