"""All reasoning families keep the contract, and the contract catches families that do not."""

import pytest

from mof.tasks.family import Family
from mof.tasks.held_out import split_of
from mof.tasks.reasoning import REASONING_FAMILIES
from tests.tasks import family_contract

MIN_FAMILIES = 14


@pytest.mark.parametrize("check", family_contract.CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("family", REASONING_FAMILIES, ids=lambda family: family.name)
def test_contract(family, check):
    check(family)


def test_there_are_enough_and_each_is_named_once():
    names = [family.name for family in REASONING_FAMILIES]
    assert len(set(names)) == len(names) >= MIN_FAMILIES
    assert {family.kind for family in REASONING_FAMILIES} == {"reasoning"}
    assert all(getattr(type(family), "__final__", False) for family in REASONING_FAMILIES)


class Double(Family):
    """Twice a number, and the mistakes that the tests below put in."""

    name = "double"
    kind = "reasoning"
    gloss = "Twice a number."
    templates = tuple(f"第{n}题，{{number}}的两倍是[double]。" for n in range(20))
    num_facts = 6_000

    def slots(self, index):
        return {"number": str(index), "double": str(2 * index)}


class SameFactTwice(Double):
    def slots(self, index):
        return super().slots(index // 2)


class SameAnswer(Double):
    def slots(self, index):
        return super().slots(index) | {"double": "8"}


class Copied(Double):
    def slots(self, index):
        return super().slots(index) | {"double": str(index)}


class FewWordings(Double):
    templates = Double.templates[:19]


class PunctuationOnly(Double):
    templates = (*Double.templates[:19], Double.templates[0].replace("，", "："))


class UnusedSlot(Double):
    def slots(self, index):
        return super().slots(index) | {"half": "1"}


class SaysTooMuch(Double):
    def normalize(self, answer):
        return answer.split("或")[0]


class NeverHeldOut(Double):
    """Every index stands for one fact that is written out in training."""

    def slots(self, index):
        return super().slots(7)


class OneStaysIn(Double):
    """A single held-out fact is written, under another number."""

    def slots(self, index):
        held_out = [number for number in range(3_000) if split_of(Double(), number, 0) == "value"]
        return super().slots(held_out[-1] if index == held_out[-1] + 1 else index)


class NestedByName(Double):
    """None of its held-out facts is written, though it is named among those that are nested."""

    name = "cycle_next"


@pytest.mark.parametrize("check", family_contract.CHECKS, ids=lambda check: check.__name__)
def test_contract_passes_a_sound_family(check):
    check(Double())


@pytest.mark.parametrize(
    ("family", "check"),
    [
        (SameFactTwice, family_contract.check_no_fact_twice),
        (SameAnswer, family_contract.check_guesses),
        (Copied, family_contract.check_guesses),
        (FewWordings, family_contract.check_form),
        (PunctuationOnly, family_contract.check_form),
        (UnusedSlot, family_contract.check_slots),
        (SaysTooMuch, family_contract.check_answers),
        (NeverHeldOut, family_contract.check_held_out_stays_out),
        (OneStaysIn, family_contract.check_held_out_stays_out),
        (NestedByName, family_contract.check_held_out_stays_out),
    ],
)
def test_contract_catches(family, check):
    with pytest.raises(AssertionError):
        check(family())


def test_answer_counts_up_to_its_whole_closing():
    ages = next(family for family in REASONING_FAMILIES if family.name == "ages")
    question = ages.question(0, 0)
    assert question.closing == "岁。"
    assert ages.is_right(question, f"{question.answer}岁。")
    assert not ages.is_right(question, f"{question.answer}岁或1岁。")
    assert not ages.is_right(question, f"{question.answer}岁半。")


def test_full_width_answers_are_right():
    addition = REASONING_FAMILIES[0]
    assert addition.is_right(addition.question(0, 0), "２。")
