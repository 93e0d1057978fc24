"""Numbers against Decimal; people against every possible order."""

import itertools
import re
from decimal import Decimal

from mof.tasks.comparison import LargerNumber, TallestPerson
from tests.tasks.family_contract import check_oracle, visible_cases

OPPOSITES = "高矮 重轻 快慢 早晚 大小 远近".split()


def test_larger_number():
    def solve(direction, x, y):
        first, second = Decimal(x), Decimal(y)
        assert first != second
        if direction == "sign":
            return "大于" if first > second else "小于"
        return x if (first > second) == (direction == "larger") else y

    check_oracle(LargerNumber(), solve)


def test_no_pair_twice_in_either_order():
    family = LargerNumber()
    pairs = {
        frozenset((Decimal(slots["x"]), Decimal(slots["y"])))
        for slots in map(family.slots, range(family.num_facts))
    }
    assert len(pairs) == family.num_facts


def test_a_longer_decimal_is_often_smaller():
    family = LargerNumber()
    longer_is_smaller = [
        len(slots["smaller"]) > len(slots["larger"]) for slots in map(family.slots, range(12_000, 14_000))
    ]
    assert sum(longer_is_smaller) > 100  # so that counting digits is no way to answer


def test_sign_may_be_written_as_a_sign():
    family = LargerNumber()
    number = next(n for n, wording in enumerate(family.wordings) if wording.direction == "sign")
    question = family.question(3, number)
    sign, other = ("<", ">") if question.answer == "小于" else (">", "<")
    assert family.is_right(question, f"{sign}。") and family.is_right(question, f"{question.answer}号。")
    assert not family.is_right(question, f"{other}。") and not family.is_right(question, f"{sign}{other}。")


def test_tallest_person():
    for direction, visible, question in visible_cases(TallestPerson()):
        clues = re.findall(r"(\w\w)比(\w\w)(?:[跑到住]得)?(\w)", visible["clues"])
        assert len(clues) == 2
        people = {name for one, other, _ in clues for name in (one, other)}
        assert len(people) == 3
        assert "people" not in visible or set(visible["people"].split("、")) == people
        [pair] = {pair for pair in OPPOSITES for _, _, adjective in clues if adjective in pair}
        [order] = [
            order
            for order in itertools.permutations(people)
            if all(
                (order.index(one) < order.index(other)) == (adjective == pair[0])
                for one, other, adjective in clues
            )
        ]
        assert question.answer == order[{"most": 0, "middle": 1, "least": 2}[direction]]
        assert visible.get("most_word", pair[0]) + visible.get("least_word", pair[1]) == pair
