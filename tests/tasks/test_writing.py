"""Sheets of questions."""

import random

import pytest

from mof.tasks.held_out import split_of
from mof.tasks.writing import FEWEST_QUESTIONS, MOST_QUESTIONS, TaskWriter, draw_question
from tests.tasks.toy_families import Doubling, Neighbours

FAMILIES = (Doubling(), Neighbours())


def training_texts(split="train"):
    return {
        family.question(index, wording).text
        for family in FAMILIES
        for index in range(family.num_facts)
        for wording in range(len(family.wordings))
        if split_of(family, index, wording) == split
    }


def test_sheets_hold_questions_of_training_alone():
    writer, allowed = TaskWriter(FAMILIES, seed=3), training_texts()
    sheets = [writer.document(number).split("\n") for number in range(300)]
    assert all(line in allowed for sheet in sheets for line in sheet)
    assert {len(sheet) for sheet in sheets} == set(range(FEWEST_QUESTIONS, MOST_QUESTIONS + 1))
    kinds = [{"倍" in line or "乘" in line or "加" in line for line in sheet} for sheet in sheets]
    num_single = sum(len(kind) == 1 for kind in kinds)
    assert 120 <= num_single <= 220  # a half by the draw, and the mixed ones that came out alike


def test_the_same_seed_writes_the_same_and_another_one_does_not():
    writer = TaskWriter(FAMILIES, seed=1)
    assert [writer.document(i) for i in range(20)] == [TaskWriter(FAMILIES, 1).document(i) for i in range(20)]
    assert len({writer.document(i) for i in range(50)}) > 45
    assert writer.document(0) != TaskWriter(FAMILIES, 2).document(0)


def test_documents_stop_at_the_bytes_and_go_on_from_any_number():
    writer = TaskWriter(FAMILIES)
    documents = list(writer.documents(5000))
    sizes = [len(text.encode("utf-8")) for text in documents]
    assert sum(sizes) >= 5000 > sum(sizes[:-1])
    assert list(writer.documents(100, first=3))[0] == documents[3]


def test_a_split_can_be_looked_at():
    lines = TaskWriter([Doubling()], split="value").document(0).split("\n")
    assert set(lines) <= training_texts("value")


def test_errors():
    with pytest.raises(ValueError, match="families is empty"):
        TaskWriter([])
    with pytest.raises(ValueError, match="none of 10,000 draws from 'doubling' .reasoning. has a question"):
        draw_question(Doubling(), "wording", random.Random(0).random)
