"""The size that the rule chooses, and what is known of one that no preset has."""

import json
import math
from pathlib import Path

import pytest

from mof.machine.parameter_counts import num_parameters
from mof.planning.sizes import SHIPPED_SHAPE, best_size, candidates, size_of
from mof.presets import preset

ROOT = Path(__file__).resolve().parents[2]


def test_the_candidates_are_the_presets_and_the_shape_that_ships(report):
    sizes = candidates(report)
    assert [size.label for size in sizes] == ["tiny", "16.7 M", "small", "full"]
    shipped = json.loads((ROOT / "data" / "models" / "base" / "export.json").read_text("utf-8"))["model"]
    ours = json.loads(sizes[1].shape.model.to_json())
    # told apart in what costs memory or time alone
    assert {name for name in ours if ours[name] != shipped[name]} <= {"recompute", "recompute_products"}


def test_a_measured_preset_is_told_as_measured_and_another_shape_as_predicted(report):
    assert size_of(report, "tiny").prediction == report.prediction("tiny")
    own = size_of(report, "small", SHIPPED_SHAPE).prediction
    assert not own.is_measured and own.preset == "own"
    assert own.num_parameters == num_parameters(preset("small").model.replace(**SHIPPED_SHAPE))
    small, tiny = report.prediction("small"), report.prediction("tiny")
    assert small.tokens_per_second < own.tokens_per_second < tiny.tokens_per_second
    assert tiny.peak_bytes < own.peak_bytes < small.peak_bytes


def nearest(sizes, hours):
    """The label of the size whose tokens for each parameter are, as a ratio, closest to 20."""
    ratios = {
        s.label: abs(
            math.log(3600 * hours * s.prediction.tokens_per_second / s.prediction.num_parameters / 20)
        )
        for s in sizes
    }
    return min(ratios, key=ratios.get)


def test_more_hours_want_a_larger_model_as_the_rule_says(report):
    sizes, memory = candidates(report), 12_000_000_000
    chosen = [best_size(sizes, memory, hours)[0] for hours in (1, 8, 30, 100, 1000, 10_000)]
    counts = [size.prediction.num_parameters for size in chosen]
    assert counts == sorted(counts) and chosen[0].label == "tiny" and chosen[-1].label == "full"
    for hours, size in zip((1, 8, 30, 100), chosen, strict=False):
        assert size.label == nearest(sizes, hours)


def test_what_does_not_fit_is_not_chosen(report):
    sizes = candidates(report)
    without_limit = best_size(sizes, 12_000_000_000, 100)[0]
    limit = without_limit.prediction.peak_bytes_high / 0.9 - 1
    fitting = [size for size in sizes if size.prediction.peak_bytes_high <= 0.9 * limit]
    assert without_limit not in fitting and fitting
    assert best_size(sizes, limit, 100)[0].label == nearest(fitting, 100)
    size, words = best_size(sizes, 1_000_000_000, 8)
    assert size is None and "no size fits into the 1.0 GB" in words


def test_wrong_shapes_are_refused(report):
    with pytest.raises(ValueError, match="did you mean 'width'"):
        size_of(report, "small", {"widht": 3})
    with pytest.raises(ValueError, match="expected one of"):
        size_of(report, "smal")
