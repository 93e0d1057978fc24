"""The same trainings by two units of loss, with a slider from one to the other. Book: chapter 02."""

import plotly.graph_objects as go

from mof.course.translation import _, marked
from mof.viz.frame_slider import frame_slider

UNITS = {"nats_per_token": marked("nats per token"), "bits_per_byte": marked("bits per byte")}


def unit_figure(rows, title=""):
    """A line of dots for each tokenizer; the slider changes the unit, and the order with it.

    Args:
        rows: list of dicts with "tokenizer", "seed", "nats_per_token" and "bits_per_byte".
        title: str, before the unit.

    Returns:
        plotly Figure. Both units share one axis, from 0.

    Raises:
        ValueError: without rows.
    """
    if not rows:
        raise ValueError("there are no rows, expected one for each training.")
    names = list(dict.fromkeys(row["tokenizer"] for row in rows))
    frames = []
    for unit, name in UNITS.items():
        words = _(name)
        trace = go.Scatter(
            x=[row[unit] for row in rows],
            y=[row["tokenizer"] for row in rows],
            mode="markers",
            marker={"size": 13, "opacity": 0.8},
            hovertemplate="%{y}: %{x:.3f} " + words + "<extra></extra>",
        )
        means = {name: _mean(row[unit] for row in rows if row["tokenizer"] == name) for name in names}
        best = min(names, key=means.get)
        text = _("in {unit}, {best} has the least, {number}").format(
            unit=words, best=best, number=f"{means[best]:.2f}"
        )
        layout = {"title": {"text": f"{title}: {text}" if title else text}}
        frames.append(go.Frame(name=words, data=[trace], layout=layout))
    figure = go.Figure(frames[0].data[0], frames=frames)
    largest = max(row[unit] for row in rows for unit in UNITS)
    figure.update_layout(
        title=frames[0].layout.title.text,
        sliders=[frame_slider(frames, _("unit: "))],
        xaxis={"title": _("held-out loss (left is better)"), "range": [0, 1.06 * largest]},
        yaxis={
            "categoryorder": "array",
            "categoryarray": names[::-1],
            "range": [-0.5, len(names) - 0.5],
            "automargin": True,
        },
        showlegend=False,
        height=220 + 45 * len(names),
    )
    return figure


def _mean(values):
    values = list(values)
    return sum(values) / len(values)
