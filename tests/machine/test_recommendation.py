"""Which preset for how many hours, and never one that does not fit."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mof.machine.prediction import predict_presets
from mof.machine.recommendation import fits_in_memory, recommend
from mof.presets import PRESET_NAMES, preset
from tests.machine.quiet_machine import BANDWIDTH, make_rates, make_steps

STEPS = (make_steps(), make_steps("small", (2.5, 2.6, 2.55), (1.1,), peak_bytes=2_400_000_000))
PREDICTIONS = predict_presets(make_rates(), STEPS, BANDWIDTH)
MUCH = 64_000_000_000


@given(st.floats(0.01, 10_000.0))
def test_the_choice_is_the_nearest_to_twenty_tokens_a_parameter(hours):
    chosen = recommend(PREDICTIONS, MUCH, hours).prediction
    distances = {
        p.preset: abs(math.log(3600 * hours * p.tokens_per_second / (20 * p.num_parameters)))
        for p in PREDICTIONS
        if p.product_dtype == "float32" and p.preset != "nano"
    }
    assert chosen.preset == min(distances, key=distances.get) and chosen.product_dtype == "float32"


@given(st.floats(0.01, 10_000.0), st.floats(1.0, 100.0))
def test_more_hours_never_mean_a_smaller_preset(hours, factor):
    few, many = (recommend(PREDICTIONS, MUCH, h).prediction.preset for h in (hours, hours * factor))
    assert PRESET_NAMES.index(many) >= PRESET_NAMES.index(few)


@given(st.integers(0, 10_000_000_000), st.floats(0.1, 1000.0))
def test_nothing_is_recommended_that_does_not_fit(available, hours):
    found = recommend(PREDICTIONS, available, hours)
    if found.prediction is None:
        assert len(found.too_large) == len(PRESET_NAMES) and "No preset" in found.reason
    else:
        assert fits_in_memory(found.prediction, available)
        assert found.prediction.preset not in found.too_large


def test_two_cores_and_four_days():
    """The rule of the docstring: 4e16 operations buy about 18 million parameters at 20 tokens each."""
    best = math.sqrt(4e16 / 120)
    assert best == pytest.approx(18e6, rel=0.05)
    sizes = {p.preset: p.num_parameters for p in PREDICTIONS}
    assert min(sizes, key=lambda name: abs(math.log(sizes[name] / best))) == "small"
    assert recommend(PREDICTIONS, MUCH, 96.0).prediction.preset == "small"
    assert recommend(PREDICTIONS, MUCH, 1.0).prediction.preset == "tiny"
    assert recommend(PREDICTIONS, MUCH, 5000.0).prediction.preset == "full"


def test_the_tests_preset_is_the_last_resort():
    by_name = {p.preset: p for p in PREDICTIONS if p.product_dtype == "float32"}
    between = (by_name["nano"].peak_bytes_high + by_name["tiny"].peak_bytes_high) / 2 / 0.9
    found = recommend(PREDICTIONS, between, 96.0)
    assert found.prediction.preset == "nano" and found.too_large == ("tiny", "small", "full")


@pytest.mark.parametrize("hours", [0.0, -1.0, math.nan])
def test_hours_must_be_some(hours):
    with pytest.raises(ValueError, match="expected above 0"):
        recommend(PREDICTIONS, MUCH, hours)


def test_presets_grow_from_one_to_the_next():
    assert [preset(name).name for name in PRESET_NAMES] == ["nano", "tiny", "small", "full"]
