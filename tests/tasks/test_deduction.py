"""Elimination against every way to give three things to three people."""

import itertools
import re

from mof.tasks.deduction import Elimination
from tests.tasks.family_contract import visible_cases


def allows(clue, owns):
    """Whether a clue is true of {person: thing}."""
    if found := re.fullmatch(r"(\w\w)拿的是(\w\w)", clue):
        return owns[found[1]] == found[2]
    if found := re.fullmatch(r"(\w\w)(?:拿的不是|没有拿)(\w\w)", clue):
        return owns[found[1]] != found[2]
    if found := re.fullmatch(r"(\w\w)和(\w\w)里有人拿了(\w\w)", clue):
        return found[3] in (owns[found[1]], owns[found[2]])
    raise AssertionError(f"unknown clue: {clue}")


def test_elimination():
    for direction, visible, question in visible_cases(Elimination()):
        people, things = visible["people"].split("、"), visible["things"].split("、")
        clues, subject, thing = [], "", ""
        for clue in visible["clues"].split("，"):
            if found := re.fullmatch(r"也没有拿(\w\w)", clue):  # of the person before
                clue = f"{subject}没有拿{found[1]}"
            elif found := re.fullmatch(r"但不是(\w\w)", clue):  # who took the thing before
                clue = f"{found[1]}没有拿{thing}"
            subject, thing = clue[:2], clue[-2:]
            clues.append(clue)
        worlds = [dict(zip(people, given, strict=True)) for given in itertools.permutations(things)]
        [owns] = [owns for owns in worlds if all(allows(clue, owns) for clue in clues)]
        if direction.endswith("thing"):
            [asked] = {visible[name] for name in ("first", "last") if name in visible}
            assert question.answer == owns[asked]
        else:
            [asked] = {visible[name] for name in ("first_thing", "last_thing") if name in visible}
            assert owns[question.answer] == asked
