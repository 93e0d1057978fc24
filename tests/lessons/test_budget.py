"""What chapter 01 reckons with, against the files and the model itself."""

import json

import numpy as np
import pytest

from mof.lessons import budget
from mof.lessons.budget import (
    ARTICLE,
    NANOCHAT,
    PUBLISHED_PARAMETERS,
    PUBLISHED_TABLES,
    memory_parts,
    operations_per_token,
    preset_sizes,
    published_speed,
    recorded_hour,
    recorded_peak,
)
from mof.machine.parameter_counts import training_state_bytes
from mof.machine.prediction import modelled_bytes
from mof.presets import preset


def test_the_recorded_hour_is_the_stored_one():
    stored = json.loads(budget.HOUR_RUN.read_text(encoding="utf-8"))
    hour = recorded_hour()
    assert hour.tokens == stored["tokens_read"] and hour.num_parameters == stored["parameters"]
    assert hour.tokens_per_second == pytest.approx(stored["tokens_read"] / stored["training_seconds"])
    assert hour.rate == pytest.approx(hour.tokens_per_second * operations_per_token("tiny"))
    assert stored["date"] in hour.note and "2 cores" in hour.note


@pytest.mark.parametrize(("name", "parameters"), [("tiny", 5_880_359), ("full", 83_365_496)])
def test_operations_of_a_token_are_six_a_weight_and_a_few_percent_for_attention(name, parameters):
    assert 1.0 < operations_per_token(name) / (6 * parameters) < 1.1


@pytest.mark.parametrize("name", ["nano", "tiny", "full"])
def test_memory_by_parts_is_what_the_doctor_counts(name):
    parts, config = memory_parts(name, 2048), preset(name).model
    assert sum(parts.values()) == modelled_bytes(config, 2048)
    kept = parts.pop("kept for the way back")
    assert sum(parts.values()) == training_state_bytes(config) and kept > 0
    assert parts["weights"] == 4 * preset_sizes((name,))[name]


def test_the_recorded_peak_is_of_full_alone():
    stored = json.loads(budget.PEAK_MEMORY.read_text(encoding="utf-8"))["bytes"]["float32"]
    assert recorded_peak("full") == stored["training"] and recorded_peak("tiny") is None
    counted = sum(memory_parts("full", batch_tokens=2048).values())  # and TensorFlow comes on top
    assert counted < recorded_peak("full") < 3.2e9


def test_what_others_say():
    np.testing.assert_allclose(published_speed(), 287.7, atol=0.05)  # benchmarks/results/peers.md
    assert (ARTICLE.parameters, ARTICLE.hours) == (80e6, 96.0)
    assert PUBLISHED_PARAMETERS - PUBLISHED_TABLES == 76_480_801
    np.testing.assert_allclose(NANOCHAT.rate, 4.944e14, rtol=1e-3)
