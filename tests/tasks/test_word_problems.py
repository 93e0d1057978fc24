"""Stories told again step by step, or searched for the number that fits."""

import re
from fractions import Fraction

from mof.tasks.word_problems import Ages, Change, RunningCount
from tests.tasks.family_contract import check_oracle, sample_indices, visible_cases


def test_change():
    def solve(direction, count, name=None, price=None, paid=None, change=None):
        pieces = range(int(count))
        if direction == "price":
            return Fraction(int(paid) - int(change), len(pieces))
        cost = sum(int(price) for _ in pieces)
        return cost + int(change) if direction == "paid" else int(paid) - cost

    check_oracle(Change(), solve)


def test_change_is_some_money_and_the_notes_are_round():
    family = Change()
    for index in sample_indices(family, 400):
        slots = family.slots(index)
        assert int(slots["change"]) > 0 and int(slots["paid"]) % 10 == 0


def test_ages():
    def solve(direction, name=None, **told):
        told = {key: int(value) for key, value in told.items()}
        # every child and father in turn; the one whom all that is told fits
        found = {
            people[direction]
            for child in range(1, 60)
            for older in ([told["older"]] if "older" in told else range(15, 60))
            for years in ([told["years"]] if "years" in told else range(1, 30))
            for people in [
                {
                    "child": child,
                    "older": older,
                    "years": years,
                    "father": child + older,
                    "child_later": child + years,
                    "father_later": child + older + years,
                }
            ]
            if all(people[key] == value for key, value in told.items())
        }
        [answer] = found
        return answer

    check_oracle(Ages(), solve, facts_per_wording=15)


def test_running_count_follows_the_text():
    ups = "上|来|加|进|还回|放进|收|升|移|买|挣|倒入|赢"
    for _, visible, question in visible_cases(RunningCount()):
        # the numbers stand in the text in the order in which things happen
        start, off, on, off2, on2 = map(int, re.findall(r"\d+", question.prompt.replace("第一", "")))
        assert [str(n) for n in (start, off, on, off2, on2)] == [
            visible[name] for name in ("start", "off", "on", "off2", "on2")
        ]
        count = start
        for change in (-off, on, -off2, on2):
            count += change
            assert count > 0
        assert str(count) == question.answer
        assert re.search(ups, question.prompt) or "+" in question.prompt
