"""The curves of runs, ready to draw: loss with its band, held-out text, speed, router, alphas and more."""

from typing import NamedTuple

import numpy as np

from mof.course.translation import _
from mof.panel.thinning import block_ends, block_means, block_rates
from mof.viz.run_figure import Line, Quantity, Ribbon

NUM_POINTS = 300  # of a line
MEAN_UPDATES = 20  # a point of the loss is the mean of so many updates at least, where there are enough
AXES = ("tokens", "hours", "updates")


class Axis(NamedTuple):
    """title: words below the axis. of_columns: from columns to [U] places; of_event: from an event to one."""

    title: str
    of_columns: object
    of_event: object


def axis_named(name):
    """The horizontal axis of that name: "tokens" (read), "hours" (of training) or "updates".

    Raises:
        ValueError: for another name.
    """
    if name == "tokens":
        return Axis(_("tokens read, millions"), lambda c: c["tokens"] / 1e6, lambda e: e["tokens"] / 1e6)
    if name == "hours":
        return Axis(_("hours of training"), lambda c: c["seconds"] / 3600, lambda e: e["seconds"] / 3600)
    if name == "updates":
        return Axis(_("updates"), lambda c: c["update"], lambda e: e["update"])
    raise ValueError(f"axis is {name!r}, expected one of {AXES}.")


def quantities_of(snapshots, axis="tokens", tracks=()):
    """Everything that can be drawn of some runs, beside one another.

    Args:
        snapshots: list of RunSnapshot; None for a run that is left out, whose colour no other takes.
        axis: see `axis_named`.
        tracks: for each run its `mof.panel.track_records.OnTrack`, or none at all.

    Returns:
        list of `mof.viz.run_figure.Quantity`; those of which nothing was logged are left out.
    """
    place = axis_named(axis)
    runs = [(run, snapshot) for run, snapshot in enumerate(snapshots) if snapshot is not None]
    made = (
        _loss(runs, place, axis, tracks),
        _held_out(runs, place),
        _speed(runs, place),
        _router(runs, place),
        _gradient(runs, place),
        _alphas(runs, place),
        _memory(runs, place),
    )
    return [quantity for quantity in made if quantity.lines]


def smooth_loss(snapshot, num_points=NUM_POINTS):
    """(ends, losses): block ends as counts of entries, and the mean loss of each block."""
    losses = snapshot.columns["loss"]
    ends = block_ends(len(losses), num_points, min(MEAN_UPDATES, max(1, len(losses) // 20)))
    return ends, block_means(losses, ends)


def _loss(runs, place, axis, tracks):
    lines = []
    for run, snapshot in runs:
        ends, losses = smooth_loss(snapshot)
        if len(ends):
            lines.append(Line(snapshot.name, run, 0, place.of_columns(snapshot.columns)[ends - 1], losses))
    ribbons = []
    for run, snapshot in runs if tracks else ():
        band = tracks[run].band
        if band is None or axis == "hours":
            continue  # seconds of other machines say nothing
        x = band.updates.astype(float)
        if axis == "tokens":
            x = x * snapshot.facts["training"]["tokens_per_update"] / 1e6
        name = _("expected: {number} seeds").format(number=band.num_seeds)
        ribbon = Ribbon(name, run, x, band.low, band.high)
        if not any(_is_same(ribbon, other) for other in ribbons):
            ribbons.append(ribbon)
    return Quantity(_("loss"), place.title, _("nats a token"), lines, ribbons, ".3f")


def _is_same(ribbon, other):
    """Whether two runs are expected in the same place; their bands are made anew at each look."""
    return all(np.array_equal(getattr(ribbon, name), getattr(other, name)) for name in ("x", "low", "high"))


def _held_out(runs, place):
    lines = _event_lines(runs, place, "evaluation", lambda look: [look["bits_per_byte"]], lambda _s: [""])
    return Quantity(_("held-out text"), place.title, _("bits per byte"), lines, [], ".3f")


def _speed(runs, place):
    lines = []
    for run, snapshot in runs:
        columns = snapshot.columns
        count = len(columns["update"])
        ends = block_ends(count, NUM_POINTS // 2, min(5, max(1, count // 10)))
        if len(ends) > 1:
            rates = block_rates(columns["tokens"], columns["seconds"], ends)
            lines.append(Line(snapshot.name, run, 0, place.of_columns(columns)[ends[1:] - 1], rates))
    return Quantity(_("speed"), place.title, _("tokens a second"), lines, [], ",.0f", starts_at_zero=True)


def _gradient(runs, place):
    lines = []
    for run, snapshot in runs:
        ends = smooth_loss(snapshot)[0]
        norms = block_means(snapshot.columns["gradient_norm"], ends) if len(ends) else np.zeros(0)
        if np.isfinite(norms).any():
            lines.append(Line(snapshot.name, run, 0, place.of_columns(snapshot.columns)[ends - 1], norms))
    return Quantity(
        _("gradient"), place.title, _("length before clipping"), lines, [], ".3f", starts_at_zero=True
    )


def _router(runs, place):
    lines = _event_lines(
        [(run, snapshot) for run, snapshot in runs if len(snapshot.experts) > 1],
        place,
        "evaluation",
        lambda look: look.get("route_weights") or [],
        lambda snapshot: snapshot.experts,
    )
    return Quantity(
        _("router"), place.title, _("share of each expert"), lines, [], ".0%", starts_at_zero=True
    )


def _alphas(runs, place):
    def names(snapshot):
        count = max([len(state.get("alphas") or []) for state in snapshot.states] or [0])
        return [_("block {number}").format(number=i + 1) for i in range(count)]

    lines = _event_lines(runs, place, "state", lambda state: state.get("alphas") or [], names)
    return Quantity(_("thought alphas"), place.title, _("alpha of each block"), lines, [], ".3f")


def _memory(runs, place):
    lines = _event_lines(
        runs,
        place,
        "state",
        lambda state: [state["memory_bytes"] / 1e9] if "memory_bytes" in state else [],
        lambda _s: [""],
    )
    return Quantity(_("memory"), place.title, _("GB of the process"), lines, [], ".2f", starts_at_zero=True)


def _event_lines(runs, place, kind, values_of, names_of):
    """A line for each name of each run, from its events of one kind."""
    lines = []
    for run, snapshot in runs:
        for series, name in enumerate(names_of(snapshot)):
            points = [
                (place.of_event(event), values_of(event)[series])
                for event in snapshot.events.get(kind, [])
                if len(values_of(event)) > series
            ]
            if not points:
                continue
            points = [points[end - 1] for end in block_ends(len(points), NUM_POINTS)]
            label = snapshot.name if not name else f"{snapshot.name}: {name}"
            lines.append(Line(label, run, series, *np.array(points, dtype=np.float64).T))
    return lines
