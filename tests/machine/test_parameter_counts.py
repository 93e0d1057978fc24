"""Counted parameters against the model itself and the README's figures."""

import dataclasses
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mof.config import ModelConfig
from mof.machine.parameter_counts import (
    checkpoint_bytes,
    num_matrix_parameters,
    num_other_parameters,
    num_parameters,
    training_state_bytes,
)
from mof.presets import PRESET_NAMES, preset
from mof.training.config import TrainingConfig

NANO = preset("nano").model


# README.md prints these, from the built models
@pytest.mark.parametrize(
    ("name", "expected"),
    [("nano", 179_884), ("tiny", 5_880_359), ("small", 26_835_769), ("full", 83_365_496)],
)
def test_parameters_of_the_presets(name, expected):
    assert num_parameters(preset(name).model) == expected


def test_parameters_are_those_of_the_built_model(built):
    config, model = built
    assert num_parameters(config) == model.num_parameters()


def test_matrices_are_those_that_muon_trains_and_the_bytes_those_of_its_slots(built):
    from mof.training.parameters import plan_parameters

    config, model = built
    plans = plan_parameters(model, TrainingConfig())
    sizes = [math.prod(variable.shape) for variable in model.trainable_variables]
    muon = sum(size for size, plan in zip(sizes, plans, strict=True) if plan.is_muon)
    slots = sum(size * len(plan.slot_names) for size, plan in zip(sizes, plans, strict=True))
    assert num_matrix_parameters(config) == muon
    assert num_other_parameters(config) == sum(sizes) - muon
    assert checkpoint_bytes(config) == 4 * (sum(sizes) + slots)
    assert training_state_bytes(config) == 4 * (3 * sum(sizes) + slots)


def test_adamw_keeps_two_numbers_beside_each_weight():
    assert checkpoint_bytes(NANO, "adamw") == 4 * 3 * num_parameters(NANO)


def test_presets_grow():
    sizes = [preset(name).model for name in PRESET_NAMES]
    for count in (num_parameters, checkpoint_bytes):
        values = [count(config) for config in sizes]
        assert values == sorted(values) and len(set(values)) == len(values)


@given(
    st.sampled_from(
        ["width", "recurrent_width", "transformer_layers", "feed_forward_width", "recurrent_layers"]
    )
)
def test_a_larger_field_holds_more(field):
    config = ModelConfig()
    larger = dataclasses.replace(config, **{field: 2 * getattr(config, field)})
    for count in (num_parameters, training_state_bytes):
        assert count(larger) > count(config)
