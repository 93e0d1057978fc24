"""The fit finds a law that is there, its interval says how sure it is, and repeats count for less."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mof.course.chapter_17_answers import counted_tokens, searched_size
from mof.planning.scaling_law import (
    FORM_SPREAD,
    LEAST_SPREAD,
    FittedLaw,
    Law,
    Point,
    effective_tokens,
    fit,
    linear_part,
)

TRUE = Law(floor=1.1, size_scale=0.45, size_exponent=0.35, token_scale=0.9, token_exponent=0.3)
SIZES, TOKENS = (0.3e6, 0.7e6, 1.5e6, 4e6), (0.13e6, 0.5e6, 2e6, 8e6)
PLACES = list(itertools.product(SIZES, TOKENS))
EXPONENT = st.floats(0.15, 0.8)
LAWS = st.builds(Law, st.floats(0.2, 2.0), st.floats(0.2, 2.0), EXPONENT, st.floats(0.2, 2.0), EXPONENT)


def made(law=TRUE, noise=0.0, seed=0, places=PLACES):
    """Points on a law, with noise on the logarithm."""
    draws = noise * np.random.default_rng(seed).normal(size=len(places))
    return [
        Point(size, tokens, float(law.bits_per_byte(size, tokens)) * math.exp(draw))
        for (size, tokens), draw in zip(places, draws, strict=True)
    ]


def test_the_law_by_hand():
    law = Law(floor=1.0, size_scale=0.0, size_exponent=0.3, token_scale=2.0, token_exponent=0.5)
    assert [float(law.bits_per_byte(1e6, 1e6 * count)) for count in (1, 4, 16)] == [3.0, 2.0, 1.5]
    law = law._replace(size_scale=0.5, size_exponent=1.0)
    assert float(law.bits_per_byte(2e6, 4e6)) == pytest.approx(1 + 0.25 + 1)


@settings(max_examples=15, deadline=None)
@given(LAWS)
def test_a_law_without_noise_is_found(law):
    fitted = fit(made(law), num_resampled=0)
    for size, tokens in [*PLACES, (1.2e6, 1e6)]:
        expected = law.bits_per_byte(size, tokens)
        assert fitted.law.bits_per_byte(size, tokens) == pytest.approx(expected, rel=2e-3)
    beyond = 4 * SIZES[-1], 4 * TOKENS[-1]
    assert fitted.law.bits_per_byte(*beyond) == pytest.approx(law.bits_per_byte(*beyond), rel=0.02)


@settings(max_examples=20, deadline=None)
@given(LAWS)
def test_the_linear_part_is_that_of_least_squares(law):
    points = made(law)
    columns = [[1.0, (n / 1e6) ** -law.size_exponent, (d / 1e6) ** -law.token_exponent] for n, d, _ in points]
    expected = np.linalg.lstsq(np.array(columns), np.array([p.bits_per_byte for p in points]), rcond=None)[0]
    found = linear_part(points, law.size_exponent, law.token_exponent)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(found, [law.floor, law.size_scale, law.token_scale], rtol=1e-4, atol=1e-5)


def test_no_number_falls_below_zero():
    rising = [point._replace(bits_per_byte=0.3 + 0.2 * math.log10(point.num_tokens)) for point in made()]
    found = linear_part(rising, 0.3, 0.3)  # more tokens, more loss: the term is left out
    assert (found >= 0).all() and found[2] == 0
    assert min(fit(rising, num_resampled=3).law) >= 0


def test_one_bad_training_moves_little():
    points = made()
    bad = [*points[:5], points[5]._replace(bits_per_byte=1.3 * points[5].bits_per_byte), *points[6:]]
    where = 8e6, 16e6
    truth = TRUE.bits_per_byte(*where)
    assert fit(bad, num_resampled=0).law.bits_per_byte(*where) == pytest.approx(truth, rel=0.02)


def test_further_away_is_less_sure():
    fitted = fit(made(noise=0.01), num_resampled=20)
    widths = []
    for factor in (1, 4, 16, 64):
        low, centre, high = fitted.forecast(factor * 1.5e6, factor * 2e6)
        assert low < centre < high
        widths.append(math.log(high / low))
    assert widths == sorted(widths) and widths[-1] > 2 * widths[0]
    assert fitted.stretch(8e6, 8e6) == pytest.approx((2.0, 1.0))
    assert fitted.stretch(0.1e6, 0.13e6) == pytest.approx((3.0, 1.0))


@given(st.floats(1.0, 30.0), st.floats(1.0, 30.0))
def test_without_noise_the_interval_is_what_is_assumed(size_factor, token_factor):
    fitted = FittedLaw(TRUE, (TRUE,) * 3, LEAST_SPREAD, (SIZES[0], SIZES[-1]), (TOKENS[0], TOKENS[-1]))
    low, centre, high = fitted.forecast(size_factor * SIZES[-1], token_factor * TOKENS[-1])
    outside = math.log(size_factor) + math.log(token_factor)
    spread = math.sqrt(LEAST_SPREAD**2 + (FORM_SPREAD * outside) ** 2)
    assert math.log(high / centre) == pytest.approx(1.2816 * spread, rel=1e-6)
    assert math.log(centre / low) == pytest.approx(1.2816 * spread, rel=1e-6)


@pytest.mark.slow
def test_four_of_five_intervals_hold_what_came():
    """40 made-up studies with noise of 1%. At their largest training 60% to 95% of the intervals hold what
    came. Four times beyond, where the law's form is right here but need not be, no fewer do."""
    inside, beyond = (SIZES[-1], TOKENS[-1]), (4 * SIZES[-1], 4 * TOKENS[-1])
    hits = dict.fromkeys((inside, beyond), 0)
    for seed in range(40):
        fitted = fit(made(noise=0.01, seed=seed), num_resampled=20)
        surprise = math.exp(0.01 * np.random.default_rng(1000 + seed).normal())
        for where in hits:
            low, _, high = fitted.forecast(*where)
            hits[where] += low <= TRUE.bits_per_byte(*where) * surprise <= high
    assert 24 <= hits[inside] <= 38
    assert hits[beyond] >= hits[inside]


@settings(max_examples=50, deadline=None)
@given(LAWS, st.floats(1e12, 1e17))
def test_the_best_size_is_the_lowest_of_all(law, operations):
    found = law.best_size(operations)
    expected = 1e6 * searched_size(operations / 6e12, *law[1:])
    assert found == pytest.approx(expected, rel=1e-3)
    with pytest.raises(ValueError, match="has no best size"):
        law._replace(size_scale=0.0).best_size(operations)


@settings(max_examples=50)
@given(st.floats(0.01, 60.0), st.floats(1.0, 40.0))
def test_repeats_are_worth_what_a_sum_says(passes, worth):
    unique = 34e6
    found = effective_tokens(passes * unique, unique, worth)
    assert found == pytest.approx(counted_tokens(passes * unique, unique, worth), rel=1e-6)
    assert found <= passes * unique * (1 + 1e-12) and found <= (1 + worth) * unique


def test_four_passes_are_nearly_four():
    assert effective_tokens(4e6, 1e6) == pytest.approx(3.72e6, rel=1e-3)
    assert effective_tokens(1e6, 1e6) == 1e6 and effective_tokens(10, 1e6) == 10


@pytest.mark.parametrize(
    ("points", "words"),
    [
        (made()[:6], "6 trainings of 2 sizes with 4 numbers"),
        (made(places=[(size, tokens) for size in SIZES[:2] for tokens in TOKENS]), "of 2 sizes"),
        (made(places=[(size, 1e6 + i // 5) for i, size in enumerate(SIZES * 2)]), "with 2 numbers"),
        ([*made()[:-1], Point(1e6, 1e6, 0.0)], "finite and above 0"),
        ([*made()[:-1], Point(1e6, math.nan, 1.0)], "finite and above 0"),
    ],
)
def test_too_little_to_fit_is_refused(points, words):
    with pytest.raises(ValueError, match=words):
        fit(points)


def test_nothing_is_no_training():
    fitted = fit(made(), num_resampled=0)
    with pytest.raises(ValueError, match="expected above 0"):
        fitted.forecast(1e6, 0)
    for numbers in ((0, 1), (1, 0), (-1, 1)):
        with pytest.raises(ValueError, match="expected above 0"):
            effective_tokens(*numbers)
