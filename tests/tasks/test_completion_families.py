"""All completion families keep the contract."""

import pytest

from mof.tasks.completion import COMPLETION_FAMILIES
from tests.tasks import family_contract

MIN_FAMILIES = 8
# Here one slot of the prompt is the answer by design: what is to be learned is which of the names it is.
NAMES_ARE_REPEATED = {"letter_ending", "dialogue_name"}


@pytest.mark.parametrize("check", family_contract.CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("family", COMPLETION_FAMILIES, ids=lambda family: family.name)
def test_contract(family, check):
    if check is family_contract.check_guesses and family.name in NAMES_ARE_REPEATED:
        for direction in {wording.direction for wording in family.wordings}:
            assert len({family.slots(index)[direction] for index in range(300)}) > 10
    else:
        check(family)


def test_there_are_enough_and_each_is_named_once():
    names = [family.name for family in COMPLETION_FAMILIES]
    assert len(set(names)) == len(names) >= MIN_FAMILIES
    assert {family.kind for family in COMPLETION_FAMILIES} == {"completion"}
    assert all(getattr(type(family), "__final__", False) for family in COMPLETION_FAMILIES)
