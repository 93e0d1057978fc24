"""Each signal is given where something was put into a calm series, and not where nothing was."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mof.panel import signals
from mof.panel.signals import (
    find_divergence,
    find_lost_speed,
    find_slow_saving,
    find_spikes,
    find_standstills,
    is_silent,
)
from tests.panel.made_runs import calm_losses


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.integers(65, 3000))
def test_a_calm_training_is_left_in_peace(seed, count):
    losses = calm_losses(count, seed)
    assert find_spikes(losses) == [] and find_divergence(losses) is None


@pytest.mark.parametrize("at", [200, 500, 980])
def test_a_jump_is_found_where_it_is(at):
    losses = calm_losses(1000)
    losses[at : at + 5] += 2.0
    (spike,) = find_spikes(losses)
    assert (spike.first, spike.last) == (at + 1, at + 5)
    assert spike.height == losses[at : at + 5].max() and spike.usual == np.median(losses[at - 64 : at])
    assert spike.is_over


def test_jumps_close_together_are_one_and_far_apart_two():
    losses = calm_losses(1000)
    losses[[300, 310, 600]] += 2.0
    assert [(spike.first, spike.last) for spike in find_spikes(losses)] == [(301, 311), (601, 601)]


def test_a_jump_that_has_just_come_is_not_over():
    losses = calm_losses(500)
    losses[-3:] += 2.0
    assert not find_spikes(losses)[-1].is_over


def test_a_rise_of_less_than_a_tenth_is_no_jump():
    """Both conditions count: many deviations alone, in a very quiet series, are not enough."""
    losses = np.full(300, 4.0) + np.random.default_rng(0).normal(0, 1e-3, 300)
    losses[200] = 4.3
    assert find_spikes(losses) == []
    losses[200] = 4.5
    assert [spike.first for spike in find_spikes(losses)] == [201]


def test_jumps_long_ago_are_forgotten():
    losses = calm_losses(signals.SPIKE_REACH + 1000)
    losses[500] += 3.0
    assert find_spikes(losses) == []


def test_a_loss_that_rises_and_stays_has_diverged():
    losses = calm_losses(600)
    losses[500:] += np.minimum(0.03 * np.arange(100), 2.0)
    found = find_divergence(losses)
    assert found.best_update <= 510 and found.now > found.best + 1.5
    assert find_divergence(losses[:520]) is None, "twenty updates are no proof"


def test_a_jump_that_comes_back_is_no_divergence():
    losses = calm_losses(600)
    losses[500:530] += 3.0
    assert find_divergence(losses) is None


def test_a_loss_that_is_no_number_has_diverged():
    assert find_divergence([]) is None and find_divergence(calm_losses(60)) is None
    assert np.isnan(find_divergence(np.append(calm_losses(60), np.nan)).now)
    losses = np.append(calm_losses(200), np.nan)
    found = find_divergence(losses)
    assert np.isnan(found.now) and found.best < 5.0


def test_slow_saving_by_its_share_and_the_disk_by_its_rate():
    seconds = 120.0 * np.arange(1, 9)
    sizes = np.full(8, 300e6)
    assert find_slow_saving(np.full(8, 3.0), sizes, seconds) is None, "2.5% of the time"
    slow = find_slow_saving(np.full(8, 30.0), sizes, seconds)
    assert slow.share == pytest.approx(0.25) and slow.bytes_per_second == pytest.approx(10e6) and slow.is_disk
    often = find_slow_saving(np.full(8, 3.0), sizes, 10.0 * np.arange(1, 9))
    assert often.share == pytest.approx(0.3) and not often.is_disk
    assert find_slow_saving(np.full(2, 30.0), sizes[:2], seconds[:2]) is None


def test_lines_without_a_length_do_not_count():
    lengths = np.full(400, 128.0)
    lengths[[10, 390]] = np.nan
    steps = np.where(np.arange(400) < 300, 1.0, 2.0)
    assert find_lost_speed(times(steps), lengths).factor == pytest.approx(2.0)


def times(steps):
    return np.cumsum(np.asarray(steps, dtype=float))


def test_speed_is_lost_where_the_last_minute_is_slow():
    steps = np.full(400, 1.0)
    lengths = np.full(400, 128)
    assert find_lost_speed(times(steps), lengths) is None
    steps[300:] = 2.0
    found = find_lost_speed(times(steps), lengths)
    assert found.factor == pytest.approx(2.0) and 275 <= found.since_update <= 325 and found.is_taken is None
    steps[340:] = 1.0
    assert find_lost_speed(times(steps), lengths) is None, "it has come back"


def test_long_rows_checkpoints_and_a_sleep_are_no_loss_of_speed():
    lengths = np.where(np.arange(600) < 300, 128, 512)
    steps = np.where(lengths == 512, 2.5, 1.0)
    steps[::60] += 8.0
    steps[590] = 30_000.0
    assert find_lost_speed(times(steps), lengths) is None


@pytest.mark.parametrize(("share_after", "is_taken"), [(0.9, True), (1.9, False)])
def test_who_has_the_processor(share_after, is_taken):
    steps = np.where(np.arange(400) < 300, 1.0, 2.0)
    seconds = times(steps)
    looks = seconds[29::30]
    used = np.cumsum(np.diff(looks, prepend=0) * np.where(looks <= 300, 1.9, share_after))
    assert find_lost_speed(seconds, np.full(400, 128), looks, used).is_taken is is_taken


def test_standstills_are_where_the_clock_ran_on():
    seconds = 30.0 * np.arange(10)
    clock = 1.8e9 + seconds
    clock[4:] += 3600.0
    clock[8:] += 400.0
    is_session = np.arange(10) == 8
    updates = 25 * np.arange(10)
    first, second = find_standstills(clock, seconds, updates, is_session)
    assert first.seconds == pytest.approx(3600) and first.update == 75 and not first.is_new_session
    assert second.seconds == pytest.approx(400) and second.update == 175 and second.is_new_session
    assert find_standstills(1.8e9 + seconds + 20 * np.arange(10), seconds, updates, is_session) == []


def test_a_clock_that_was_set_back_is_no_standstill():
    seconds = 30.0 * np.arange(4)
    assert find_standstills(1.8e9 + seconds - [0, 0, 7200, 7200], seconds, [1, 2, 3, 4], [False] * 4) == []


@pytest.mark.parametrize(
    ("silent", "step", "answer"),
    [(100.0, 1.0, False), (130.0, 1.0, True), (130.0, 30.0, False), (1000.0, 30.0, True)],
)
def test_silence_is_measured_in_updates(silent, step, answer):
    assert is_silent(silent, times(np.full(50, step))) is answer


def test_a_machine_that_slept_once_may_not_be_silent_for_days():
    steps = np.full(50, 1.0)
    steps[20] = 30_000.0
    assert is_silent(2000.0, times(steps)) and not is_silent(1000.0, times(steps))


def test_updates_that_are_written_in_blocks_are_no_loss_of_speed():
    """As on an accelerator: sixteen lines at once, then nothing for a second."""
    steps = np.zeros(800)
    steps[::16] = 1.0
    assert find_lost_speed(times(steps), np.full(800, 512)) is None
    steps[640::16] = 7.0
    assert find_lost_speed(times(steps), np.full(800, 512)).factor == pytest.approx(7.0)


def test_a_jump_that_was_over_stays_over_when_another_trouble_comes():
    losses = calm_losses(1000)
    losses[300:303] += 2.0
    losses[800:] += 3.0
    first, second = find_spikes(losses)
    assert first.is_over is True and second.first == 801 and second.is_over is False
