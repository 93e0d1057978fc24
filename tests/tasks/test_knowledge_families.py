"""All knowledge families keep the contract, and the table beneath them looks up every right answer."""

import random
import subprocess
import sys

import pytest

from mof.tasks.fact_table import FactTable
from mof.tasks.held_out import SPLITS, has_questions, split_of
from mof.tasks.knowledge import KNOWLEDGE_FAMILIES
from mof.tasks.writing import draw_question
from tests.tasks import family_contract

MIN_FAMILIES = 9
# No check_no_fact_twice, check_held_out_stays_out or check_guesses: facts of knowledge share values (many
# countries pay in euros), every fact is in training, and there are as many as there are.
CHECKS = (
    family_contract.check_form,
    family_contract.check_slots,
    family_contract.check_repeatable,
    family_contract.check_answers,
)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("family", KNOWLEDGE_FAMILIES, ids=lambda family: family.name)
def test_contract(family, check):
    check(family)


def test_there_are_enough_and_each_is_named_once():
    names = [family.name for family in KNOWLEDGE_FAMILIES]
    assert len(set(names)) == len(names) >= MIN_FAMILIES
    assert {family.kind for family in KNOWLEDGE_FAMILIES} == {"knowledge"}
    assert all(getattr(type(family), "__final__", False) for family in KNOWLEDGE_FAMILIES)


@pytest.mark.parametrize("family", KNOWLEDGE_FAMILIES, ids=lambda family: family.name)
def test_facts_are_distinct_and_wordings_of_several_directions(family):
    assert len(set(family.facts)) == family.num_facts
    assert len({wording.direction for wording in family.wordings}) >= 2


@pytest.mark.parametrize("family", KNOWLEDGE_FAMILIES, ids=lambda family: family.name)
def test_what_is_accepted_agrees_over_all_questions_with_one_prompt(family):
    accepted, found = {}, {}
    for number in range(len(family.wordings)):
        for index in range(0, family.num_facts, 1 + family.num_facts // 400):
            question = family.question(index, number)
            assert accepted.setdefault(question.prompt, question.accepted) == question.accepted
            found.setdefault(question.prompt, set()).add(question.answer)
    assert all(answers <= accepted[prompt] for prompt, answers in found.items())


@pytest.mark.parametrize("family", KNOWLEDGE_FAMILIES, ids=lambda family: family.name)
def test_every_fact_is_written_in_training(family):
    num_wordings = len(family.wordings)
    for index in range(0, family.num_facts, 1 + family.num_facts // 50):
        splits = {split_of(family, index, wording) for wording in range(num_wordings)}
        assert "train" in splits and "value" not in splits


@pytest.mark.parametrize("family", KNOWLEDGE_FAMILIES, ids=lambda family: family.name)
def test_no_question_asked_stands_in_training(family):
    keys = [(i, w) for i in range(family.num_facts) for w in range(len(family.wordings))]
    trained = {family.question(*key).prompt for key in keys if split_of(family, *key) == "train"}
    draw = random.Random(0).random
    for split in SPLITS[1:]:
        if has_questions(family, split):
            assert not trained & {draw_question(family, split, draw).prompt for _ in range(40)}


def test_no_library_is_loaded_before_the_first_fact():
    libraries = "babel", "holidays", "numpy", "periodictable", "phonenumbers", "pint", "pypinyin"
    code = f"import sys, mof.tasks.knowledge; print([name for name in {libraries} if name in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


class Money(FactTable):
    name = "money"
    columns = ("country", "currency")
    templates = ("{country}用[currency]。", "用{currency}的有[country]。")

    def read_facts(self):
        return [("甲国", "金"), ("乙国", "金"), ("乙国", "银"), ("甲国", "金")]


class UnevenMoney(Money):
    columns = ("country", "currency", "code")
    templates = ("{country}用[currency]。", "{code}是[currency]。")


def test_table_by_hand():
    family = Money()
    assert family.facts == (("甲国", "金"), ("乙国", "金"), ("乙国", "银"))
    assert family.question(1, 0).accepted == {"金", "银"}
    assert family.question(0, 0).accepted == {"金"}
    assert family.question(0, 1).accepted == {"甲国", "乙国"}
    question = family.question(1, 0)
    assert family.is_right(question, "银。") and not family.is_right(question, "金、银。")


def test_wordings_of_a_direction_must_show_the_same():
    with pytest.raises(ValueError, match=r"shows \('code',\).*show \('country',\).*let all show the same"):
        _ = UnevenMoney().given
