"""What a reader of a training's log would notice: each a function of arrays, with its thresholds above it.

None of them knows a file or a clock; `mof.panel.signal_words` says in words what they find. The thresholds
were set on made-up series and on the logs of real trainings (tests/panel/test_signals.py), so that a calm
training of any preset is left in peace. Book: chapter 21.
"""

from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

MAD_TO_DEVIATION = 1.4826  # of a normal distribution: standard deviation over median absolute deviation

# A spike: a loss so many deviations, and such a share, above the median of the updates before.
SPIKE_WINDOW, SPIKE_DEVIATIONS, SPIKE_SHARE = 64, 8.0, 0.1
SPIKE_GAP = 32  # spikes closer than this are one
SPIKE_REACH = 4096  # only so many last updates are looked at
# A divergence: the last blocks all lie so far above the best block before them.
DIVERGENCE_BLOCK, DIVERGENCE_BLOCKS, DIVERGENCE_DEVIATIONS, DIVERGENCE_SHARE = 32, 2, 6.0, 0.1
# A slow disk: saving takes such a share of the training's time; below this rate the disk is to blame.
SAVE_SHARE, SAVE_COUNT, SLOW_BYTES_PER_SECOND = 0.05, 5, 50e6
# Lost speed: the last updates take so many times what the fastest quarter took.
SLOW_FACTOR, SLOW_UPDATES, SLOW_SECONDS, FAST_QUANTILE = 1.6, 20, 60.0, 0.25
FEWEST_TIMED_UPDATES = 60
BURST_SHARE = 0.05  # of the mean step: an update that takes less was written with the one before
# the processor time of a second fell to this share of what it was in its best tenth: others have taken it
TAKEN_SHARE, TAKEN_QUANTILE = 0.75, 0.9
# A standstill: the clock ran on by so much while the training did not.
STANDSTILL_SECONDS = 300.0
# Silence: nothing has been written for so long, and for so many usual, or longest, updates.
SILENT_SECONDS, SILENT_UPDATES, SILENT_LONGEST = 120.0, 30.0, 5.0
LONGEST_SILENCE = 1800.0  # a machine that slept once may not be silent for so long again
# Room: below these a checkpoint or a page may find none.
FREE_CHECKPOINTS, FREE_MEMORY_BYTES = 3, 300e6


class Spike(NamedTuple):
    """Losses that jumped: updates `first` to `last` (from 1), the highest loss, the usual one before; whether
    it came back."""

    first: int
    last: int
    height: float
    usual: float
    is_over: bool


def find_spikes(losses):
    """Jumps of the loss among the last updates.

    A loss is a spike where it exceeds the median m of the 64 losses before it by 8 deviations (by the median
    absolute deviation) and by a tenth of m. Spikes less than 32 updates apart are one. It is over when the
    median of the last 16 of the 64 losses after it lies below that line again.

    Args:
        losses: [U] array, nats a token.

    Returns:
        list of Spike, oldest first.
    """
    losses = np.asarray(losses, dtype=np.float64)
    skipped = max(0, len(losses) - SPIKE_REACH)
    recent = losses[skipped:]
    if len(recent) <= SPIKE_WINDOW:
        return []
    windows = sliding_window_view(recent[:-1], SPIKE_WINDOW)
    medians = np.median(windows, axis=1)
    lines = medians + np.maximum(SPIKE_DEVIATIONS * _deviations(windows, medians), SPIKE_SHARE * medians)
    above = np.flatnonzero(recent[SPIKE_WINDOW:] > lines)
    spikes = []
    for group in np.split(above, np.flatnonzero(np.diff(above) > SPIKE_GAP) + 1) if len(above) else []:
        place = group + SPIKE_WINDOW
        since = recent[place[-1] + 1 :][:SPIKE_WINDOW][-16:]
        is_over = len(since) >= 4 and bool(np.median(since) <= lines[group[0]])
        first, last = (int(skipped + place[i] + 1) for i in (0, -1))
        spikes.append(Spike(first, last, float(recent[place].max()), float(medians[group[0]]), is_over))
    return spikes


class Divergence(NamedTuple):
    """The loss has risen and stays: the best block's median, the last block's, the best block's end (an
    update)."""

    best: float
    now: float
    best_update: int


def find_divergence(losses):
    """A loss that has risen for good.

    The losses are cut into blocks of 32 updates, counted from the end. It has diverged where the medians of
    the last two blocks both exceed the lowest median before them by 6 of that block's deviations and by a
    tenth of it; or where the newest loss is no number.

    Args:
        losses: [U] array, nats a token.

    Returns:
        Divergence, or None.
    """
    losses = np.asarray(losses, dtype=np.float64)
    is_number = not len(losses) or bool(np.isfinite(losses[-1]))
    finite = losses[np.isfinite(losses)]
    num_blocks = len(finite) // DIVERGENCE_BLOCK
    if num_blocks <= DIVERGENCE_BLOCKS:
        return None if is_number else Divergence(float("nan"), float("nan"), len(finite))
    blocks = finite[len(finite) - num_blocks * DIVERGENCE_BLOCK :].reshape(num_blocks, DIVERGENCE_BLOCK)
    medians = np.median(blocks, axis=1)
    best = int(np.argmin(medians[:-DIVERGENCE_BLOCKS]))
    deviation = float(_deviations(blocks[best : best + 1], medians[best : best + 1])[0])
    line = medians[best] + max(DIVERGENCE_DEVIATIONS * deviation, DIVERGENCE_SHARE * medians[best])
    if is_number and not (medians[-DIVERGENCE_BLOCKS:] > line).all():
        return None
    best_update = len(finite) - (num_blocks - 1 - best) * DIVERGENCE_BLOCK
    return Divergence(float(medians[best]), float(medians[-1]) if is_number else float("nan"), best_update)


class SlowSaving(NamedTuple):
    """Saving takes a share of the time; seconds of a checkpoint, bytes a second, and whether the disk is to
    blame or that it is saved so often."""

    share: float
    save_seconds: float
    bytes_per_second: float
    is_disk: bool


def find_slow_saving(save_seconds, num_bytes, seconds):
    """Checkpoints that take more than a twentieth of the training's time, over the last five.

    Args:
        save_seconds: [S] array, of each checkpoint. num_bytes: [S] array. seconds: [S] array, of training, at
            each.

    Returns:
        SlowSaving, or None.
    """
    save_seconds, num_bytes, seconds = (
        np.asarray(x, dtype=np.float64)[-SAVE_COUNT - 1 :] for x in (save_seconds, num_bytes, seconds)
    )
    if len(seconds) < 3 or seconds[-1] <= seconds[0]:
        return None
    spent = float(save_seconds[1:].sum())
    share = spent / (seconds[-1] - seconds[0])
    if share <= SAVE_SHARE:
        return None
    rate = float(num_bytes[1:].sum()) / max(spent, 1e-9)
    return SlowSaving(share, spent / (len(seconds) - 1), rate, rate < SLOW_BYTES_PER_SECOND)


class LostSpeed(NamedTuple):
    """How many times the usual the last updates take; since which update; whether other programs have taken
    the processor (None where nothing tells)."""

    factor: float
    since_update: int
    is_taken: bool | None


def find_lost_speed(seconds, lengths, state_seconds=(), processor_seconds=()):
    """Updates that have become slow.

    An update's time is compared with what the fastest quarter of the updates of its length took. The speed is
    lost where the last updates (20 of them, and a minute at least) take more than 1.6 times that. Single
    pauses, as of a sleep, are left out: `find_standstill` tells of them.

    Args:
        seconds: [U] array, of training, at the end of each update. lengths: [U] array, tokens of its rows.
        state_seconds, processor_seconds: [S] arrays, seconds of training and of the processor at some moments
            of the present process; they tell who has the processor.

    Returns:
        LostSpeed, or None.
    """
    steps, lengths = np.diff(np.asarray(seconds, dtype=np.float64)), np.asarray(lengths)[1:]
    kept = (steps >= 0) & (steps <= max(60.0, 30.0 * np.median(steps))) if len(steps) else np.zeros(0, bool)
    kept &= np.isfinite(lengths)  # a line may lack it
    places, steps, lengths = np.flatnonzero(kept), _evened(steps[kept]), lengths[kept]
    if len(steps) < FEWEST_TIMED_UPDATES:
        return None
    usual = np.zeros(len(steps))
    for length in np.unique(lengths):
        usual[lengths == length] = max(np.quantile(steps[lengths == length], FAST_QUANTILE), 1e-9)
    from_end = np.cumsum(steps[::-1])
    count = max(SLOW_UPDATES, int(np.searchsorted(from_end, SLOW_SECONDS)) + 1)
    if count > len(steps) // 2:
        return None
    ratios = steps / usual
    factor = _trimmed_mean(ratios[-count:])
    if factor <= SLOW_FACTOR:
        return None
    since = len(steps) - count
    while since >= count and _trimmed_mean(ratios[since - count : since]) > SLOW_FACTOR:
        since -= count
    return LostSpeed(factor, int(places[since]) + 2, _is_taken(state_seconds, processor_seconds))


def _trimmed_mean(values):
    """Mean without the largest twentieth: a graph or a checkpoint among them does not count."""
    return float(np.sort(values)[: len(values) - max(1, round(0.05 * len(values)))].mean())


def _evened(steps):
    """Seconds of each update where several are written at once, as by `mof.training.block_loop`: those whose
    own step is next to nothing share in that of the first of their block."""
    if not steps.sum() > 0:
        return steps
    groups = np.cumsum(steps >= BURST_SHARE * steps.mean())
    return (np.bincount(groups, steps) / np.maximum(np.bincount(groups), 1))[groups]


def _is_taken(state_seconds, processor_seconds):
    """Whether a second of training now gets a smaller share of the processor than before."""
    spans, used = (np.diff(np.asarray(x, dtype=np.float64)) for x in (state_seconds, processor_seconds))
    sound = (spans > 1.0) & (used >= 0)
    if sound.sum() < 4:
        return None
    shares = used[sound] / spans[sound]
    return bool(np.median(shares[-2:]) < TAKEN_SHARE * np.quantile(shares, TAKEN_QUANTILE))


class Standstill(NamedTuple):
    """The clock ran on while nothing was trained: seconds, between which updates, whether a new
    process followed."""

    seconds: float
    update: int
    next_update: int
    is_new_session: bool


def find_standstills(clock, seconds, updates, is_session):
    """Stretches of more than five minutes in which no training was done: a stop, a sleep, a held process.

    Args:
        clock: [S] array, seconds since 1970 at some moments. seconds: [S] array, of training.
        updates: [S] array. is_session: [S] bool array, True where a process began.

    Returns:
        list of Standstill, oldest first.
    """
    clock, seconds = (np.asarray(x, dtype=np.float64) for x in (clock, seconds))
    lost = np.diff(clock) - np.maximum(np.diff(seconds), 0.0)
    return [
        Standstill(float(lost[i]), int(updates[i]), int(updates[i + 1]), bool(is_session[i + 1]))
        for i in np.flatnonzero(lost > STANDSTILL_SECONDS)
    ]


def is_silent(silent_seconds, seconds):
    """Whether a training has written nothing for too long: two minutes, 30 usual updates, and 5 times the
    longest of the last 200 (half an hour at most).

    Args:
        silent_seconds: since its files were last changed. seconds: [U] array, of training, at each update.
    """
    steps = np.diff(np.asarray(seconds, dtype=np.float64)[-200:])
    usual, longest = (float(np.median(steps)), float(steps.max())) if len(steps) else (10.0, 60.0)
    limit = max(SILENT_UPDATES * usual, min(SILENT_LONGEST * longest, LONGEST_SILENCE))
    return silent_seconds > max(SILENT_SECONDS, limit)


def _deviations(windows, medians):
    """Robust standard deviation of each row: windows [N, K], medians [N]."""
    return MAD_TO_DEVIATION * np.median(np.abs(windows - medians[:, None]), axis=1)
