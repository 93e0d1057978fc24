"""Which questions are kept out of training."""

from mof.tasks.fact_table import FactTable
from mof.tasks.held_out import SPLITS, has_questions, judged_split, split_of
from tests.tasks.toy_families import Doubling, Neighbours


class Money(FactTable):
    """What is paid with where, 40 places and four kinds of money: who pays with gold has ten answers."""

    name, gloss = "money", "what is paid with"
    columns = ("place", "money")
    templates = tuple(f"{word}，{{place}}用[money]。" for word in "甲乙丙丁") + tuple(
        f"{word}，用{{money}}的有[place]。" for word in "甲乙丙丁"
    )

    def read_facts(self):
        return [(f"{number}国", "金银铜铁"[number % 4]) for number in range(40)]


class Pairs(Money):
    """Two places for each kind of money, so that both may be held out."""

    name = "pairs"

    def read_facts(self):
        return [(f"{number}国", f"钱{number // 2}") for number in range(200)]


def splits(family):
    return {
        (index, wording): split_of(family, index, wording)
        for index in range(family.num_facts)
        for wording in range(len(family.wordings))
    }


def test_reasoning_holds_out_values_in_every_wording():
    found = splits(Doubling())
    by_fact = {index: {found[index, wording] for wording in range(3)} for index in range(200)}
    assert all(len(kinds) == 1 for kinds in by_fact.values())
    held_out = sum(kinds == {"value"} for kinds in by_fact.values())
    assert set(found.values()) == {"train", "value"} and 8 <= held_out <= 35


def test_knowledge_holds_out_wordings_and_directions_and_never_a_whole_fact():
    family = Neighbours()
    found = splits(family)
    assert set(found.values()) == {"train", "wording", "direction"} <= set(SPLITS)
    for index in range(25):
        forward = {found[index, wording] for wording in range(4)}
        backward = {found[index, wording] for wording in range(4, 8)}
        assert "direction" not in forward and "train" in forward | {found[index, w] for w in range(8)}
        assert backward == {"direction"} or "direction" not in backward


def test_the_draw_never_changes():
    # a model trained before a change of the draw would have seen what is called held out after it
    assert [i for i in range(40) if split_of(Doubling(), i, 0) == "value"] == [9, 12, 13, 26, 27]


def test_words_that_training_holds_of_another_fact_are_not_asked():
    family = Money()
    found = splits(family)
    texts = {key: family.question(*key).prompt for key in found}
    trained = {texts[key] for key, split in found.items() if split == "train"}
    for key, split in found.items():
        assert (judged_split(family, *key) is None) == (split != "train" and texts[key] in trained)
    asked = {key for key in found if judged_split(family, *key) not in (None, "train")}
    assert {key[1] < 4 for key in asked} == {True}  # ten countries read alike: one of them is always written


def test_a_direction_is_new_only_where_no_fact_that_reads_alike_is_asked_that_way():
    family = Pairs()
    found, judged = splits(family), {}
    for index, wording in found:
        if wording < 4 or found[index, wording] == "train":
            continue
        other = index ^ 1  # the one place that pays with the same
        kinds = {found[index, wording], found[other, wording]}
        expected = None if "train" in kinds else "wording" if "wording" in kinds else "direction"
        assert judged_split(family, index, wording) == expected
        judged.setdefault(expected, []).append((found[index, wording], found[other, wording]))
    assert set(judged) == {None, "wording", "direction"}
    assert {("direction", "wording"), ("wording", "direction")} <= set(judged["wording"])
    assert set(judged["direction"]) == {("direction", "direction")}


def test_a_family_knows_in_which_splits_it_can_be_asked():
    assert [split for split in SPLITS if has_questions(Doubling(), split)] == ["train", "value"]
    assert [split for split in SPLITS if has_questions(Money(), split)] == ["train", "wording"]
    neighbours = [split for split in SPLITS if has_questions(Neighbours(), split)]
    assert neighbours == ["train", "wording", "direction"]
