"""Four made-up logs of trainings, to be read: chapter 21. One is calm; to the others something happened."""

from typing import NamedTuple

import numpy as np

from mof.course.translation import _
from mof.panel.signals import find_divergence, find_lost_speed, find_spikes
from mof.viz.run_figure import Line, Quantity

NUM_UPDATES = 240
UPDATE_SECONDS, SLOW_SECONDS = 4.0, 9.0
SLOW_FROM, FALL_FROM, SPIKE_AT, DIVERGED_FROM = 150, 170, 120, 160
CALM, SPIKE, DIVERGED, SLOW = "calm", "spike", "diverged", "slow"
HAPPENED = {"a": SLOW, "b": CALM, "c": SPIKE, "d": DIVERGED}


class Log(NamedTuple):
    """losses: [U] array, nats a token. seconds: [U] array, what each update took."""

    losses: np.ndarray
    seconds: np.ndarray


def four_logs(seed=0):
    """The logs.

    Args:
        seed: of what wavers in them.

    Returns:
        dict from "a" to "d" to Log; HAPPENED says what happened to each.
    """
    return {
        name: _log(what, np.random.default_rng([seed, i])) for i, (name, what) in enumerate(HAPPENED.items())
    }


def package_says(log):
    """What the panel's signals find in a log: the worst of them, or "calm".

    Args:
        log: Log.

    Returns:
        one of "calm", "spike", "diverged", "slow".
    """
    if find_divergence(log.losses) is not None:
        return DIVERGED
    if find_lost_speed(np.cumsum(log.seconds), np.full(len(log.seconds), 128)) is not None:
        return SLOW
    return SPIKE if find_spikes(log.losses) else CALM


def log_quantities(logs):
    """What there is to draw of some logs.

    Args:
        logs: dict from names to Log.

    Returns:
        list of `mof.viz.run_figure.Quantity`: of each log its loss, then its seconds.
    """
    made = []
    for name, log in logs.items():
        updates = np.arange(1, len(log.losses) + 1)
        for title, words, values, number in (
            (_("log {name}: loss"), _("nats a token"), log.losses, ".2f"),
            (_("log {name}: seconds of an update"), _("seconds"), log.seconds, ".1f"),
        ):
            line = Line(title.format(name=name), 0, 0, updates, values)
            made.append(Quantity(line.name, _("updates"), words, [line], [], number, values is log.seconds))
    return made


def _log(what, random):
    update = np.arange(NUM_UPDATES)
    losses = 4.0 + 3.0 * np.exp(-update / 40.0) + random.normal(0.0, 0.08, NUM_UPDATES)
    seconds = UPDATE_SECONDS + random.normal(0.0, 0.15, NUM_UPDATES)
    if what == SLOW:
        seconds[SLOW_FROM:] += SLOW_SECONDS - UPDATE_SECONDS
    if what == CALM:  # the step size falls, and the loss with it
        losses[FALL_FROM:] -= 0.7 * np.sqrt((update[FALL_FROM:] - FALL_FROM) / (NUM_UPDATES - FALL_FROM))
    if what == SPIKE:
        losses[SPIKE_AT : SPIKE_AT + 4] += (2.6, 1.9, 1.1, 0.4)
    if what == DIVERGED:
        losses[DIVERGED_FROM:] += 2.4 * (1.0 - np.exp(-(update[DIVERGED_FROM:] - DIVERGED_FROM) / 12.0))
    return Log(losses, seconds)
