"""The band of some seeds: by hand, with simulated trainings, and what keeps it from being shown."""

import numpy as np
import pytest

from mof.panel.track import (
    T_QUANTILES,
    band_of_seeds,
    compare_with_band,
    mark_updates,
    smoothed,
    why_no_band,
)
from tests.panel.made_runs import calm_losses

FACTORS, LENGTHS = np.ones(200), np.full(200, 128)


def seeds(count=5, num_updates=200, spread=0.02):
    """Trainings that differ in noise, and a little in level."""
    levels = np.random.default_rng(99).normal(0, spread, count + 40)
    return np.stack([calm_losses(num_updates, seed) + levels[seed] for seed in range(count)]), levels


def test_a_band_by_hand():
    """Three seeds whose losses are constant: 4, 5 and 6. Mean 5, standard deviation 1, t of two degrees of
    freedom 31.6, and sqrt(1 + 1/3)."""
    losses = np.repeat([[4.0], [5.0], [6.0]], 40, axis=1)
    band = band_of_seeds(losses, np.ones(40), np.full(40, 128))
    assert list(band.updates) == [20, 30, 40] == list(mark_updates(40))
    np.testing.assert_allclose(band.mean, 5.0)
    np.testing.assert_allclose(band.high - band.mean, 31.60 * np.sqrt(4 / 3))
    np.testing.assert_allclose(band.mean - band.low, 31.60 * np.sqrt(4 / 3))


def test_seeds_that_agree_leave_a_hundredth():
    band = band_of_seeds(np.full((5, 30), 4.0), np.ones(30), np.full(30, 128))
    np.testing.assert_allclose(band.high, 4.04)
    np.testing.assert_allclose(band.low, 3.96)


def test_a_mark_where_the_seeds_happen_to_meet_is_as_wide_as_its_neighbours():
    draw = np.random.default_rng(0)
    losses = 5.0 + np.repeat(draw.normal(0, 0.3, (5, 12)), 20, axis=1)[:, :200]
    losses[:, 80:100] = 5.0  # all seeds meet at the mark 100
    band = band_of_seeds(losses, FACTORS, LENGTHS)
    half = band.high - band.mean
    assert half[8] > 0.3 * half.mean() and smoothed(losses[0], np.array([100])) == 5.0


def test_quantiles_are_students():
    """By the density's own integral, not by another table."""
    for degrees, quantile in T_QUANTILES.items():
        x = np.linspace(0, quantile, 400_001)
        density = (1 + x**2 / degrees) ** (-(degrees + 1) / 2)
        tail = np.linspace(0, 1, 400_001)[1:]  # x = quantile / u, to infinity
        beyond = (1 + (quantile / tail) ** 2 / degrees) ** (-(degrees + 1) / 2) * quantile / tail**2
        inside, outside = np.trapezoid(density, x), np.trapezoid(beyond, tail)
        assert outside / (inside + outside) == pytest.approx(1e-3, rel=2e-3), degrees


def test_forty_further_seeds_stay_within():
    losses, levels = seeds()
    band = band_of_seeds(losses, FACTORS, LENGTHS)
    for seed in range(5, 45):
        track = compare_with_band(band, calm_losses(200, seed) + levels[seed], FACTORS, LENGTHS)
        assert track.place == "within" and track.since is None and track.update == 200


@pytest.mark.parametrize(("change", "place"), [(0.6, "above"), (-0.6, "below")])
def test_a_training_that_leaves_the_band_is_told_where(change, place):
    losses, _ = seeds()
    band = band_of_seeds(losses, FACTORS, LENGTHS)
    left = calm_losses(200, 50)
    left[100:] += change
    track = compare_with_band(band, left, FACTORS, LENGTHS)
    assert track.place == place and 120 <= track.since <= 150
    assert compare_with_band(band, left[:110], FACTORS, LENGTHS).place == "within"


def test_two_marks_are_no_proof():
    losses, _ = seeds()
    band = band_of_seeds(losses, FACTORS, LENGTHS)
    jump = calm_losses(200, 50)
    jump[100:105] += 3.0  # one jump of the loss lifts two marks
    assert compare_with_band(band, jump, FACTORS, LENGTHS).place == "within"


def test_it_ends_where_the_schedules_part():
    losses, _ = seeds()
    band = band_of_seeds(losses, FACTORS, LENGTHS)
    run = calm_losses(300, 7)
    longer = np.where(np.arange(300) < 75, 128, 512)
    track = compare_with_band(band, run, np.ones(300), longer)
    assert track.end == 76 and track.update == 70 and track.place == "within"
    track = compare_with_band(band, run, np.full(300, 0.5), np.full(300, 128))
    assert track.place == "early" and track.end == 1
    assert compare_with_band(band, run[:12], np.ones(12), np.full(12, 128)).place == "early"


@pytest.mark.parametrize("shape", [(2, 200), (11, 200), (5, 10)])
def test_what_makes_no_band(shape):
    with pytest.raises(ValueError, match="expected"):
        band_of_seeds(np.ones(shape), FACTORS, LENGTHS)


SEEDS = {
    "preset": "tiny",
    "model": {"width": 8, "chunk_length": 64},
    "tokenizer_hash": "t",
    "fingerprint": "f",
    "batch": {"tokens_per_update": 4096, "num_streams": 8, "lengths": [128, 256]},
}
FACTS = {"preset": "tiny", "base": None, "model": {"width": 8, "chunk_length": 16}, "tokenizer_hash": "t"}
FACTS["training"] = {**SEEDS["batch"], "learning_rate": 0.1}


@pytest.mark.parametrize(
    ("changes", "fingerprint", "reasons"),
    [
        ({}, "f", []),
        ({}, None, ["unknown text"]),
        ({}, "g", ["text"]),
        ({"base": "runs/a"}, "f", ["base"]),
        ({"preset": "small"}, "f", ["preset"]),
        ({"model": {"width": 9}}, "f", ["model"]),
        ({"model": {"width": 8, "product_dtype": "bfloat16"}}, "f", []),
        ({"tokenizer_hash": "u"}, "g", ["tokenizer"]),
        ({"training": {**FACTS["training"], "lengths": [128]}}, "f", ["batch"]),
        ({"training": {**FACTS["training"], "tokens_per_update": 2048}}, "g", ["batch", "text"]),
    ],
)
def test_what_a_band_does_not_stand_for(changes, fingerprint, reasons):
    assert why_no_band(SEEDS, {**FACTS, **changes}, fingerprint) == reasons


def test_a_training_that_is_too_fast_at_first_and_lost_later_is_found_at_first():
    losses, _ = seeds()
    band = band_of_seeds(losses, FACTORS, LENGTHS)
    fast = calm_losses(200, 50) + np.linspace(-1.0, 1.0, 200)
    track = compare_with_band(band, fast, FACTORS, LENGTHS)
    assert track.place == "below" and track.since == 40
