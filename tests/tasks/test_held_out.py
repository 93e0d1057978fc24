"""Which questions are kept out of training."""

from mof.tasks.held_out import SPLITS, split_of
from tests.tasks.toy_families import Doubling, Neighbours


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
