"""A run that has ended, as a record of a few hundred numbers a curve, and shown under a slider of time.

A chapter shows it with `from mof.panel import replay; replay("four_days")`: the record is
`book/records/run_four_days.json`, which `benchmarks/run_record.py` makes of a run's folder. Book: chapters 21
and 22.
"""

from pathlib import Path

import numpy as np

from mof.course.translation import _
from mof.lessons.records import FOLDER, load_record
from mof.panel.durations import duration
from mof.panel.log_tail import COLUMNS
from mof.panel.run_reader import RunReader
from mof.panel.run_snapshot import RunSnapshot
from mof.panel.thinning import block_ends, block_means
from mof.training.run_folder import RUN_NAME
from mof.viz.notebook_figures import show_figure
from mof.viz.replay_figure import Moment, replay_figure

RECORD_PREFIX = "run_"
NUM_POINTS = 400  # of a curve in a record
NUM_MOMENTS = 48  # steps of the slider
SHOWN_SAMPLES = 3  # of the beginnings, over the figure; all of them stand below
KEPT_EVENTS = ("evaluation", "state", "checkpoint", "session")
FACTS = ("mof_version", "preset", "base", "validation_fraction", "tokenizer_hash", "model", "training")


def record_of(snapshot, num_points=NUM_POINTS):
    """A run as a JSON value: means over blocks of updates, and its events thinned.

    Args:
        snapshot: RunSnapshot of a run's folder. num_points: of each curve.

    Returns:
        dict; names of files and folders are left out, and no text of the corpus is in it.
    """
    columns = snapshot.columns
    ends = block_ends(len(columns["update"]), num_points)
    thin = {name: columns[name][ends - 1] for name in COLUMNS}
    for name in ("loss", "gradient_norm"):
        thin[name] = block_means(columns[name], ends)
    return {
        "name": snapshot.name,
        "facts": {name: snapshot.facts[name] for name in FACTS if name in snapshot.facts},
        "num_updates": snapshot.num_updates,
        "fingerprint": snapshot.fingerprint,
        "columns": {name: [_plain(value) for value in values] for name, values in thin.items()},
        "events": {
            kind: _thinned(events, num_points)
            for kind, events in snapshot.events.items()
            if kind in KEPT_EVENTS
        },
        "marks": _thinned(list(snapshot.marks), NUM_MOMENTS),
    }


def snapshot_of(data):
    """The RunSnapshot of what `record_of` gave.

    Raises:
        ValueError: it is no such record.
    """
    try:
        columns = {
            name: np.array([np.nan if x is None else x for x in data["columns"][name]], dtype=np.float64)
            for name in COLUMNS
        }
        return RunSnapshot(
            name=data["name"],
            facts=data["facts"],
            columns=columns,
            events=data["events"],
            marks=tuple(data["marks"]),
            num_updates=data["num_updates"],
            fingerprint=data["fingerprint"],
            is_saved=True,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(
            f"this is no record of a run ({error!r}): make it with benchmarks/run_record.py."
        ) from error


def open_recorded(run, folder=FOLDER):
    """A run that has ended, from a record or from its folder.

    Args:
        run: str, the record's name without "run_", or a run's folder. folder: where records lie.

    Returns:
        (RunSnapshot, note): note says where and when it was recorded; empty for a folder.

    Raises:
        FileNotFoundError: there is neither; the message tells which records there are.
    """
    if (Path(run) / RUN_NAME).is_file():
        return RunReader(run).snapshot(), ""
    record = load_record(f"{RECORD_PREFIX}{run}", folder)
    return snapshot_of(record.data), record.note


def replay(run, folder=FOLDER):
    """Shows a run that has ended under a slider of time: loss, router and samples, hour by hour. It needs no
    kernel afterwards.

    Args:
        run: str, a record's name such as "four_days", or the folder of a run. folder: where records lie.

    Raises:
        FileNotFoundError, ValueError: as `open_recorded`; the run has no update yet.

    Example:
        ::

            from mof.panel import replay

            replay("four_days")
    """
    from IPython.display import HTML, display

    snapshot, note = open_recorded(run, folder)
    show_figure(replay_of(snapshot), replay_words(snapshot, note))
    if snapshot.marks:
        display(HTML(samples_html(snapshot)))


def replay_of(snapshot):
    """The figure of `replay`.

    Args:
        snapshot: RunSnapshot with one update at least.

    Returns:
        plotly Figure.
    """
    columns = snapshot.columns
    ends = block_ends(len(columns["update"]), NUM_POINTS)
    hours = np.round(columns["seconds"][ends - 1] / 3600, 4) if len(ends) else np.zeros(0)
    losses = block_means(columns["loss"], ends) if len(ends) else np.zeros(0)
    last_updates = columns["update"][ends - 1] if len(ends) else np.zeros(0)
    moments = [_moment(snapshot, *stop, last_updates, losses) for stop in _stops(snapshot)]
    resumed = snapshot.events.get("session", [])[1:]
    seams = [round(session["seconds"] / 3600, 4) for session in resumed]
    return replay_figure((hours, losses), _shares(snapshot), moments, snapshot.name, seams)


def replay_words(snapshot, note=""):
    """The caption: what is on the axes, what to see, and where it was recorded. It stands for the figure in a
    screen reader, so it tells of nothing that is not drawn."""
    drawn = _("A training of {time}, as it was recorded: the loss on the training text.")
    if _shares(snapshot):
        drawn = _(
            "A training of {time}, as it was recorded: the loss on the training text above, the router's "
            "shares on held-out text below."
        )
    slider = _("The slider moves through the hours; over the figure stands how far it was then.")
    if any(mark["samples"] for mark in snapshot.marks):
        slider = _("The slider moves through the hours; over the figure stands what the model wrote then.")
    words = f"{drawn.format(time=duration(snapshot.seconds))} {slider}"
    return f"{words} {note[:1].upper()}{note[1:]}" if note else words


def samples_html(snapshot):
    """All beginnings with what the model wrote at its first, middle and last mark, folded away.

    Args:
        snapshot: RunSnapshot with marks.

    Returns:
        str, HTML.
    """
    import html

    marks = list(snapshot.marks)
    chosen = [marks[i] for i in sorted({0, len(marks) // 2, len(marks) - 1})]
    heads = "".join(f"<th>{html.escape(duration(mark['seconds']))}</th>" for mark in chosen)
    written = [dict(map(tuple, mark["samples"])) for mark in chosen]
    rows = "".join(
        f"<tr><th>{html.escape(prompt)}</th>"
        + "".join(f"<td>{html.escape(texts.get(prompt, ''))}</td>" for texts in written)
        + "</tr>"
        for prompt in written[-1]
    )
    summary = html.escape(_("All beginnings, at the first, the middle and the last mark"))
    first = html.escape(_("beginning"))
    return (
        f'<details class="mof-samples"><summary>{summary}</summary>'
        f'<div style="overflow-x:auto"><table><thead><tr><th>{first}</th>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div></details>"
    )


def _shares(snapshot):
    """The router's shares as `replay_figure` takes them: none where there is one expert, or nothing known."""
    columns, shares = snapshot.columns, {}
    for i, name in enumerate(snapshot.experts if len(snapshot.experts) > 1 else ()):
        told = [look for look in snapshot.evaluations if len(look.get("route_weights") or []) > i]
        if told:
            # where its update ended: the look itself takes a while, and its line tells when it was over
            places = np.interp([look["update"] for look in told], columns["update"], columns["seconds"])
            times = [round(float(seconds) / 3600, 4) for seconds in places]
            shares[name] = (times, [round(look["route_weights"][i], 4) for look in told])
    return shares


def _stops(snapshot):
    """(seconds, update) where the slider stops: at the marks, or at the looks, or at equal times."""
    columns = snapshot.columns
    if not len(columns["update"]):
        return []
    stops = [(event["seconds"], event["update"]) for event in snapshot.marks or snapshot.evaluations]
    if len(stops) < 2:
        times = np.linspace(0, snapshot.seconds, 13)[1:]
        places = np.maximum(np.searchsorted(columns["seconds"], times, side="right") - 1, 0)
        stops = list(zip(times, columns["update"][places], strict=True))
    return _thinned(stops, NUM_MOMENTS)


def _moment(snapshot, seconds, update, last_updates, losses):
    """What was known after an update; its look and its mark are written some seconds later."""
    columns = snapshot.columns
    place = min(int(np.searchsorted(last_updates, update)), len(losses) - 1)
    parts = [_("loss {number}").format(number=f"{losses[place]:.3f}")]
    look = _newest(snapshot.evaluations, update)
    if look is not None:
        parts.append(
            _("{number} bits per byte on held-out text").format(number=f"{look['bits_per_byte']:.3f}")
        )
    count = max(1, int(np.searchsorted(columns["update"], update, side="right")))
    first = max(0, count - max(20, len(columns["seconds"]) // 40))
    span = columns["seconds"][count - 1] - columns["seconds"][first] if count > first + 1 else 0.0
    if span > 0:
        rate = (columns["tokens"][count - 1] - columns["tokens"][first]) / span
        parts.append(_("{number} tokens a second").format(number=f"{rate:,.0f}"))
    mark = _newest(snapshot.marks, update)
    samples = [prompt + text for prompt, text in mark["samples"][:SHOWN_SAMPLES]] if mark else []
    return Moment(
        _label(seconds, snapshot.seconds),
        round(float(np.interp(update, columns["update"], columns["seconds"])) / 3600, 4),
        round(float(losses[place]), 4),
        ", ".join(parts),
        samples,
    )


def _label(seconds, total_seconds):
    """A name for each step of the slider, none twice."""
    if total_seconds >= 3600:
        return _("{number} h").format(number=f"{seconds / 3600:.2f}")
    return _("{number} min").format(number=f"{seconds / 60:.2f}")


def _newest(events, update):
    """The last event up to an update, or None."""
    return next((event for event in reversed(events) if event["update"] <= update), None)


def _thinned(values, count):
    """At most `count` of a list, the first and the last among them."""
    if len(values) <= count:
        return list(values)
    return [values[i] for i in np.unique(np.linspace(0, len(values) - 1, count).round().astype(int))]


def _plain(number):
    """A JSON number of six figures; None for what is none."""
    return None if number != number else float(f"{number:.6g}")
