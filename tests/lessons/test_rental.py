"""Laptop and GPU, with the sums written out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mof.lessons.budget import recorded_hour
from mof.lessons.rental import rental_inputs, rental_results
from mof.viz.calculator import evaluate

INPUTS = rental_inputs()
drawn = st.fixed_dictionaries({entry.name: st.floats(entry.low, entry.high) for entry in INPUTS})


def found(values):
    return {result.label: evaluate(result, values) for result in rental_results()}


@given(drawn)
def test_every_result_is_its_sum(v):
    operations = v["rate"] * 1e9 * 3600 * v["hours"]
    gpu_hours = operations / (v["gpu_rate"] * 1e12 * v["share"] / 100) / 3600
    right = {
        "operations": operations,
        "time, laptop": v["hours"],
        "time, GPU": gpu_hours,
        "energy, laptop": v["watts"] * v["hours"] / 1000,
        "energy, GPU": v["gpu_watts"] * gpu_hours / 1000,
        "money, laptop": v["watts"] * v["hours"] / 1000 * v["power"],
        "money, GPU": gpu_hours * v["rent"],
        "an hour of the GPU holds": 1 / gpu_hours,
    }
    results = found(v)
    assert results.keys() == right.keys()
    for label, number in right.items():
        assert results[label] == pytest.approx(number, rel=1e-9), label


def test_first_values_are_the_recorded_ones_and_say_which_are_assumed():
    values = {entry.name: entry for entry in INPUTS}
    assert values["rate"].value == pytest.approx(recorded_hour().rate / 1e9)
    assert values["rent"].value == 3.0 and values["gpu_rate"].value == pytest.approx(494.4, rel=1e-3)
    assumed = {entry.name for entry in INPUTS if entry.source == "assumption"}
    assert assumed == {"watts", "power", "share", "gpu_watts"}


def test_a_rate_of_ones_own_takes_the_place():
    first = rental_inputs(rate=5e10)[0]
    assert (first.value, first.source) == (50.0, "your measurement")


def test_pairs_share_a_scale():
    groups = [result.group for result in rental_results() if result.group]
    assert groups == ["time", "time", "energy", "energy", "money", "money"]


def test_no_dollar_sign_that_a_notebook_would_read_as_mathematics():
    texts = [entry.unit + entry.label + entry.source for entry in INPUTS]
    texts += [result.unit + result.label + result.formula for result in rental_results()]
    assert not any("$" in text for text in texts)
