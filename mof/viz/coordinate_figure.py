"""How far a few updates move what a model computes, by its width: flat where it fits. Book: chapter 17."""

import math

import plotly.graph_objects as go

from mof.course.translation import _
from mof.viz.frame_slider import frame_slider

COLOURS = ("#3b7dd8", "#d2691e", "#8e6bc7", "#1b9e77", "#b03060")
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "x")


def coordinate_figure(rows, title=""):
    """One line for each part, both axes logarithmic, with a slider over the rules.

    Args:
        rows: list of dicts with "width", "rule" and "change", a dict from parts to numbers, as
            `mof.lessons.coordinate_check.measure_coordinates` gives.
        title: str.

    Returns:
        plotly Figure.

    Raises:
        ValueError: without rows.
    """
    if not rows:
        raise ValueError("there are no rows, expected one for each width.")
    parts, rules = list(rows[0]["change"]), list(dict.fromkeys(row["rule"] for row in rows))
    widths = sorted({row["width"] for row in rows})
    frames = []
    for rule in rules:
        own = sorted((row for row in rows if row["rule"] == rule), key=lambda row: row["width"])
        lines = [
            go.Scatter(
                x=[row["width"] for row in own],
                y=[row["change"][part] for row in own],
                mode="lines+markers",
                name=part,
                line={"color": COLOURS[i % len(COLOURS)]},
                marker={"symbol": SYMBOLS[i % len(SYMBOLS)], "size": 9},
                hovertemplate=_("{part}, width {width}: moved by {number}").format(
                    part=part, width="%{x}", number="%{y:.3g}"
                )
                + "<extra></extra>",
            )
            for i, part in enumerate(parts)
        ]
        words = f"{title}: {rule}" if title else rule
        frames.append(go.Frame(name=rule, data=lines, layout={"title": {"text": words}}))
    figure = go.Figure(frames[0].data, frames=frames if len(frames) > 1 else None)
    changes = [value for row in rows for value in row["change"].values()]
    figure.update_layout(
        title=frames[0].layout.title.text,
        xaxis={"title": _("width"), "type": "log", "tickvals": widths, "ticktext": list(map(str, widths))},
        yaxis={
            "title": _("moved by (root mean square)"),
            "type": "log",
            "range": _log_range(changes),
            "exponentformat": "none",
        },
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        height=480,
    )
    if len(frames) > 1:
        figure.update_layout(sliders=[frame_slider(frames, _("rule: "))])
    return figure


def _log_range(values):
    """The same for all frames, a little wider than the values."""
    return [math.log10(min(values) / 1.3), math.log10(1.3 * max(values))]
