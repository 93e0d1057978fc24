"""Contestants that can be configured, each training under a name of its own."""

from collections import Counter

import pytest
from paced_race import CONTESTANTS, SEEDS, configs_of, shape


def test_every_training_has_a_name_of_its_own():
    names = Counter(name for contestant in CONTESTANTS for name, _, _ in contestant.runs())
    assert max(names.values()) == 1
    assert {"tiny-0", "own-2-0.001", "tuned-1-0.004"} <= set(names)


@pytest.mark.parametrize("contestant", [c for c in CONTESTANTS if c.preset], ids=lambda c: c.name)
def test_settings_of_a_contestant_are_those_of_its_preset_but_for_what_it_changes(contestant):
    model, training = configs_of(contestant, 77, seed=1)
    plain, usual = configs_of(shape("as it comes", contestant.preset), 77, seed=1)
    changed = {name for name in vars(plain) if getattr(model, name) != getattr(plain, name)}
    assert changed == {name for name in contestant.model} | (
        {"vocabulary_size"} if contestant.vocabulary != 8192 else set()
    )
    different = {name for name in vars(usual) if getattr(training, name) != getattr(usual, name)}
    assert different == set(contestant.training)
    assert training.num_updates == 77 and training.seed == 1


def test_the_races_own_contestants_have_three_seeds():
    three = {contestant.name for contestant in CONTESTANTS if contestant.seeds == SEEDS}
    assert {"tiny", "own", "tuned"} <= three
