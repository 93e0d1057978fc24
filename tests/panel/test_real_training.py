"""The signals on logs of real trainings: one with troubles put into it, and the five seeds of a band.

tests/panel/troubled_training.json is made by benchmarks/troubled_training.py, which says what befell it when.
"""

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.troubled_training import HELD, SHUFFLED, TOO_FAST
from mof.lessons.records import load_record
from mof.panel.signals import find_divergence, find_lost_speed, find_spikes
from mof.panel.track import band_of_seeds, compare_with_band

TROUBLED = Path(__file__).with_name("troubled_training.json")


@pytest.fixture(scope="module")
def log():
    """Columns and states of the troubled training, as arrays."""
    if not TROUBLED.is_file():
        pytest.skip("the log is not made yet: python benchmarks/troubled_training.py")
    data = json.loads(TROUBLED.read_text(encoding="utf-8"))
    arrays = {kind: {n: np.array(v) for n, v in data[kind].items()} for kind in ("columns", "states")}
    assert list(arrays["columns"]["update"]) == list(range(1, TOO_FAST[-1] + 1))
    return arrays


def lost_speed(log, update):
    """What is found after so many updates."""
    columns, states = log["columns"], log["states"]
    known = states["update"] <= update
    return find_lost_speed(
        columns["seconds"][:update],
        columns["length"][:update],
        states["seconds"][known],
        states["processor_seconds"][known],
    )


def test_before_the_troubles_it_is_left_in_peace(log):
    losses = log["columns"]["loss"]
    for update in range(70, SHUFFLED[0], 10):
        assert find_spikes(losses[: update - 1]) == [] and find_divergence(losses[: update - 1]) is None


def test_shuffled_targets_are_a_jump_that_comes_back(log):
    losses = log["columns"]["loss"]
    (spike,) = find_spikes(losses[: HELD[0]])
    assert SHUFFLED[0] <= spike.first <= spike.last <= SHUFFLED[-1] + 2 and spike.is_over
    assert not find_spikes(losses[: SHUFFLED[-1]])[-1].is_over
    assert find_divergence(losses[: HELD[0]]) is None


def test_a_processor_that_is_held_half_of_the_time_is_lost_speed(log):
    assert lost_speed(log, HELD[0] - 1) is None
    found = lost_speed(log, HELD[-1])
    assert found.factor > 1.6 and HELD[0] - 100 <= found.since_update <= HELD[-1] - 19
    assert found.is_taken, "a second of training had less of the processor"


def test_learning_rates_times_a_hundred_diverge(log):
    losses = log["columns"]["loss"]
    assert find_divergence(losses[: TOO_FAST[0] - 1]) is None
    found = find_divergence(losses)
    assert found is not None and found.best_update < TOO_FAST[0] + 32


@pytest.fixture(scope="module")
def seeds():
    """The record of nano's band: real trainings, and what became of its checks."""
    return load_record("track_nano").data


def test_clean_seeds_are_calm(seeds):
    for losses in seeds["losses"]:
        assert find_spikes(losses) == [] and find_divergence(losses) is None


def test_each_seed_lies_within_the_band_of_the_others(seeds):
    """Four seeds make a band that is a little wider; the fifth is new to it."""
    for i in range(5):
        others = [losses for j, losses in enumerate(seeds["losses"]) if j != i]
        band = band_of_seeds(others, seeds["factors"], seeds["lengths"])
        track = compare_with_band(band, seeds["losses"][i], seeds["factors"], seeds["lengths"])
        assert track.place == "within", i


def test_the_checks_came_out_as_they_must(seeds):
    checks = seeds["checks"]
    for seed in (5, 6, 7):
        assert checks[f"seed {seed}"]["place"] == "within"
    for fault in ("learning rate x 10", "wrong tokenizer", "shuffled targets"):
        assert checks[fault]["since"] is not None and checks[fault]["since"] <= 200
