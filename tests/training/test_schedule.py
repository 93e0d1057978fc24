"""Step sizes at points worked out by hand, and lengths that depend on (seed, update) alone."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mof.training.schedule import (
    cosine_factor,
    draw_length,
    schedule_factor,
    warmup_factor,
    warmup_stable_decay_factor,
)
from tests.training.small_run import TRAINING


@pytest.mark.parametrize(("update", "expected"), [(0, 0.25), (1, 0.5), (3, 1.0), (4, 1.0), (99, 1.0)])
def test_warmup_rises_by_equal_steps(update, expected):
    assert warmup_factor(update, 4) == expected


def test_no_warmup_starts_at_the_top():
    assert warmup_factor(0, 0) == 1.0
    assert cosine_factor(0, 10, 0, 0.1) == 1.0


@pytest.mark.parametrize(
    ("update", "expected"),
    # after a warm-up of 4, half a cosine over 8 updates from 1 to 0.2: 0.2 + 0.8 * (1 + cos(pi p)) / 2
    [(0, 0.25), (3, 1.0), (4, 1.0), (6, 0.2 + 0.4 * (1 + 0.5**0.5)), (8, 0.6), (12, 0.2), (50, 0.2)],
)
def test_cosine_at_points_by_hand(update, expected):
    assert cosine_factor(update, 12, 4, 0.2) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("update", "expected"),
    # warm-up 4; the last quarter of 32 falls from update 24: 0.2 + 0.8 * (1 - sqrt(p))
    [
        (0, 0.25),
        (3, 1.0),
        (4, 1.0),
        (24, 1.0),
        (26, 0.6),
        (28, 0.2 + 0.8 * (1 - 0.5**0.5)),
        (32, 0.2),
        (40, 0.2),
    ],
)
def test_warmup_stable_decay_at_points_by_hand(update, expected):
    assert warmup_stable_decay_factor(update, 32, 4, 0.25, 0.2) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("schedule", ["cosine", "warmup_stable_decay"])
@settings(max_examples=30)
@given(num_updates=st.integers(20, 5000), warmup=st.integers(0, 15))
def test_schedules_have_no_jumps_and_end_where_they_should(schedule, num_updates, warmup):
    config = TRAINING.replace(schedule=schedule, warmup_updates=warmup, final_share=0.05, decay_share=0.3)
    factors = [schedule_factor(config, update, num_updates) for update in range(num_updates + 1)]
    assert all(0 < factor <= 1 for factor in factors)
    assert max(factors) == 1.0
    assert factors[-1] == pytest.approx(0.05)
    after = factors[warmup:]
    assert all(a >= b for a, b in zip(after, after[1:], strict=False))
    # the steepest place: the first step of the square root, or a warm-up step
    largest = max(
        (1 / (0.3 * num_updates - 1)) ** 0.5,
        1 / max(warmup, 1) if warmup else 0.0,
        4 / (num_updates - warmup),
    )
    assert max(abs(a - b) for a, b in zip(factors, factors[1:], strict=False)) <= largest + 1e-12


def test_the_warmup_needs_no_length_of_the_run():
    config = TRAINING.replace(warmup_updates=10)
    for update in range(10):
        assert (
            schedule_factor(config, update, None)
            == schedule_factor(config, update, 1000)
            == (update + 1) / 10
        )
    assert schedule_factor(config, 500, None) == 1.0


def test_the_config_chooses_the_schedule():
    for name, expected in (("cosine", cosine_factor(60, 100, 2, 0.1)), ("warmup_stable_decay", 1.0)):
        config = TRAINING.replace(schedule=name, warmup_updates=2, final_share=0.1, decay_share=0.3)
        assert schedule_factor(config, 60, 100) == expected


def test_lengths_are_short_first_then_any_of_the_set():
    config = TRAINING.replace(lengths=(32, 8, 16), short_share=0.25, seed=3)
    drawn = [draw_length(config, update, 400) for update in range(400)]
    assert set(drawn[:100]) == {8}
    for length in (8, 16, 32):
        assert 70 < drawn[100:].count(length) < 130  # 100 expected
    assert [draw_length(config, update, 400) for update in reversed(range(400))] == drawn[::-1]
    assert [draw_length(config.replace(seed=4), update, 400) for update in range(400)] != drawn


def test_before_the_run_has_a_length_rows_are_short():
    assert {draw_length(TRAINING, update, None) for update in range(50)} == {min(TRAINING.lengths)}
