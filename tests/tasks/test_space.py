"""Turns as rotations of the plane, swaps as moves of balls between named places."""

import cmath
import math
import re

import pytest

from mof.tasks.space import Swaps, Turning
from tests.tasks.family_contract import check_oracle, visible_cases

ANGLES = {"东": 0, "东北": 45, "北": 90, "西北": 135, "西": 180, "西南": 225, "南": 270, "东南": 315}


def test_turning():
    def solve(direction, turns, start=None, end=None):
        facing = cmath.rect(1, math.radians(ANGLES[start or end]))
        for side, degrees in re.findall(r"向([左右后])转(\d*)", turns):
            angle = math.radians(180 if side == "后" else int(degrees) * (1 if side == "左" else -1))
            facing *= cmath.rect(1, angle if start else -angle)
        return min(ANGLES, key=lambda name: abs(cmath.rect(1, math.radians(ANGLES[name])) - facing))

    check_oracle(Turning(), solve)


def test_one_to_four_turns():
    family = Turning()
    counts = {family.slots(index)["turns"].count("转") for index in range(family.num_facts)}
    assert counts == {1, 2, 3, 4}


@pytest.mark.parametrize(
    ("answer", "right"), [("东", True), ("正东", True), ("东方", True), ("东北", False), ("东东", False)]
)
def test_directions_by_other_names(answer, right):
    family = Turning()
    index = next(index for index in range(100) if family.slots(index)["end"] == "东")
    assert family.is_right(family.question(index, 0), answer + "。") == right


def test_swaps():
    for direction, visible, question in visible_cases(Swaps()):
        lies = dict(re.findall(r"(\w\w)是(\w球)", visible["balls"]))
        assert list(lies) == ["左边", "中间", "右边"] and len(set(lies.values())) == 3
        for one, other in re.findall(r"交换(\w\w)和(\w\w)", visible["moves"]):
            held = lies.pop(one)
            lies[one] = lies.pop(other)
            lies[other] = held
        if direction == "ball":
            assert question.answer == lies[visible["place"]]
        else:
            assert lies[question.answer] == visible["ball"]


def test_balls_and_places_by_short_names():
    family = Swaps()
    ball, place = family.question(0, 0), family.question(0, 1)
    assert family.is_right(ball, ball.answer[0] + "。") and family.is_right(place, place.answer[0] + "。")
    assert not family.is_right(ball, "球。") and not family.is_right(place, "边。")
