"""Lists read from the text of the question itself."""

import re
from collections import Counter

from mof.tasks.inventory import CountItems, MissingItem, Recall
from tests.tasks.family_contract import check_oracle


def test_count_items():
    def solve(direction, list, thing):
        return Counter(list.split("、"))[thing]

    check_oracle(CountItems(), solve)


def test_lists_to_count_in_have_four_to_nine_things():
    family = CountItems()
    lists = [family.slots(index)["list"].split("、") for index in range(0, family.num_facts, 11)]
    assert {len(listed) for listed in lists} == {4, 5, 6, 7, 8, 9}


def test_a_count_may_be_in_characters():
    family = CountItems()
    index = next(index for index in range(10_000) if family.slots(index)["count"] == "2")
    question = family.question(index, 0)
    assert all(family.is_right(question, f"{two}次。") for two in ("2", "２", "两", "二"))
    assert not any(family.is_right(question, f"{bad}次。") for bad in ("两二", "22", "三", "2次或3"))


def test_missing_item():
    def solve(direction, before, after):
        before, after = before.split("、"), after.split("、")
        assert len(set(before)) == len(before) == len(after) + 1 and set(after) < set(before)
        for thing in after:
            before.remove(thing)
        [missing] = before
        return missing

    check_oracle(MissingItem(), solve)


def test_recall():
    def solve(direction, told, gift, name=None, number=None, thing="", noun=""):
        found = re.findall(r"(\w\w)有(\d+)(\w+)", told)
        [(giver, taker, size, given)] = re.findall(r"^(\w\w)给了(\w\w)(\d+)(\w+)$", gift)
        kinds = {what for _, _, what in found} | {given}
        assert len(kinds) == 1 and given.endswith(noun) and thing in ("", given)
        hands = {person: [person] * int(amount) for person, amount, _ in found}
        assert len(hands) == 3 and giver != taker
        for _ in range(int(size)):  # one thing at a time, from hand to hand
            hands[taker].append(hands[giver].pop())
        counts = {person: len(held) for person, held in hands.items()}
        assert len(set(counts.values())) == 3 and min(counts.values()) > 0
        if direction == "number":
            return counts[name]
        return next(person for person, count in counts.items() if count == int(number))

    check_oracle(Recall(), solve)


def test_the_gift_changes_the_answer_for_two_of_three_people():
    family, changed = Recall(), 0
    for index in range(600):
        slots = family.slots(index)
        changed += f"{slots['name']}有{slots['number']}{slots['thing']}" not in slots["told"].split("，")
    assert 340 < changed < 460


def test_a_number_may_come_with_its_thing():
    family = Recall()
    question = family.question(0, 2)
    thing = family.slots(0)["thing"]
    assert question.prompt.endswith("答：")
    assert family.is_right(question, f"{question.answer}{thing}。")
    assert not family.is_right(question, f"{question.answer}{thing}{thing}。")
    assert not family.is_right(question, f"{thing}。")
