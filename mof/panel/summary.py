"""The figures of a run in words, label by label: tiles in the notebook, a table in the terminal."""

import datetime

import numpy as np

from mof.course.translation import _
from mof.panel.durations import duration, size
from mof.panel.quantities import smooth_loss
from mof.planning.day_hours import read_day_hours

SPEED_SECONDS = 120.0  # the speed is that of so much of the training's end


def state_of(snapshot):
    """In a few words: is it training, finished, stopped, or silent?"""
    if not snapshot.is_there:
        return _("its folder is not there")
    if not snapshot.update:
        return _("no update yet")
    if snapshot.is_finished:
        return _("finished")
    if snapshot.has_diverged:
        return _("diverged")
    if snapshot.is_waiting:
        return _("waiting")
    if snapshot.is_training:
        return _("training")
    if snapshot.silent_seconds is None:
        return _("recorded")
    if snapshot.was_stopped or snapshot.is_saved:
        return _("stopped and saved")
    return _("silent for {time}").format(time=duration(snapshot.silent_seconds))


def share_done(snapshot):
    """Share of the run that is done, 0 to 1; by the minutes until the number of updates is known."""
    if snapshot.num_updates:
        return min(1.0, snapshot.update / snapshot.num_updates)
    minutes = snapshot.facts.get("training", {}).get("minutes") or 0.0
    return min(1.0, snapshot.seconds / (60 * minutes)) if minutes else 0.0


def speed_of(snapshot):
    """Tokens a second over the last two minutes of training (and five updates at least); None until there are
    so many."""
    seconds, tokens = snapshot.columns["seconds"], snapshot.columns["tokens"]
    if len(seconds) < 6:
        return None
    first = min(int(np.searchsorted(seconds, seconds[-1] - SPEED_SECONDS)), len(seconds) - 6)
    span = seconds[-1] - seconds[first]
    return float((tokens[-1] - tokens[first]) / span) if span > 0 else None


def summary_of(snapshot):
    """What is to be known of a run at a glance.

    Args:
        snapshot: RunSnapshot.

    Returns:
        list of (label, value), two str each; what is not known is left out.
    """
    rows = [(_("state"), state_of(snapshot))]
    if not snapshot.update:
        return rows
    of_all = f" / {snapshot.num_updates:,}" if snapshot.num_updates else ""
    rows.append((_("update"), f"{snapshot.update:,}{of_all}"))
    rows.append((_("tokens read"), f"{snapshot.tokens / 1e6:,.2f} M"))
    rows.append((_("time trained"), duration(snapshot.seconds)))
    left = time_left(snapshot)
    if left:
        rows.append((_("time left"), left))
    losses = smooth_loss(snapshot)[1]
    rows.append((_("loss"), _("{number} nats a token").format(number=f"{losses[-1]:.3f}")))
    if snapshot.evaluations:
        bits = snapshot.evaluations[-1]["bits_per_byte"]
        rows.append((_("held-out text"), _("{number} bits per byte").format(number=f"{bits:.3f}")))
    speed = speed_of(snapshot)
    if speed is not None:
        rows.append((_("speed"), _("{number} tokens a second").format(number=f"{speed:,.0f}")))
    rows += _model_rows(snapshot)
    return rows


def time_left(snapshot, now=None):
    """Time to come with its 80% interval; an empty str where nothing is known or nothing is left.

    Args:
        snapshot: RunSnapshot. now: local datetime, None for the present; it matters where only some hours of
            the day are allowed.
    """
    if snapshot.has_last_update or snapshot.has_diverged:
        return ""
    forecast = snapshot.forecast
    if forecast is None:
        minutes = snapshot.facts.get("training", {}).get("minutes") or 0.0
        left = 60 * minutes - snapshot.seconds
        if snapshot.num_updates or left <= 0 or snapshot.silent_seconds is None:
            return ""
        return _("about {time}").format(time=duration(left))
    words = _("{time} (80%: {low} to {high})").format(
        time=duration(forecast.clock_seconds),
        low=duration(forecast.clock_low),
        high=duration(forecast.clock_high),
    )
    if not snapshot.day_hours:
        return words
    now = now or datetime.datetime.now()
    end = read_day_hours(snapshot.day_hours).end(now, forecast.clock_seconds)
    return _("{words}, only in the hours {hours}: {time} by the clock").format(
        words=words, hours=snapshot.day_hours, time=duration((end - now).total_seconds())
    )


def _model_rows(snapshot):
    rows = []
    weights = snapshot.evaluations[-1].get("route_weights") if snapshot.evaluations else None
    if weights and len(weights) > 1:
        shares = zip(snapshot.experts, weights, strict=False)
        rows.append((_("router"), ", ".join(f"{name} {share:.0%}" for name, share in shares)))
    norms = snapshot.columns["gradient_norm"][-20:]
    if np.isfinite(norms).any():
        rows.append((_("gradient"), f"{np.nanmean(norms):.3f}"))
    if snapshot.states:
        state = snapshot.states[-1]
        if state.get("alphas"):
            rows.append((_("thought alphas"), ", ".join(f"{alpha:.2f}" for alpha in state["alphas"])))
        if "memory_bytes" in state:
            words = _("{size}, {free} free").format(
                size=size(state["memory_bytes"]), free=size(state.get("free_memory_bytes", 0))
            )
            rows.append((_("memory"), words))
    return rows
