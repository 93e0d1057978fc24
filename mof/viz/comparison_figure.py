"""Bits per byte by form of the model, one text at a time under a slider. Book: chapter 08."""

import plotly.graph_objects as go

from mof.course.translation import _
from mof.viz.forms_figure import forms_figure
from mof.viz.frame_slider import frame_slider


def comparison_figure(rows, title=""):
    """One line of dots for each form, the first on top; a step of the slider for each text.

    Args:
        rows: list of dicts with "form", "seed" and "bits_per_byte", a dict from a text's name to a number.
        title: str.

    Returns:
        plotly Figure.

    Raises:
        ValueError: without rows.
    """
    if not rows:
        raise ValueError("there are no rows, expected one for each training.")
    forms = list(dict.fromkeys(row["form"] for row in rows))
    frames = [_frame(rows, text) for text in rows[0]["bits_per_byte"]]
    figure = go.Figure(frames[0].data, frames=frames)
    figure.update_layout(
        title=title,
        sliders=[frame_slider(frames, _("text: "))],
        xaxis={"title": _("bits per byte (left is better)"), "range": list(frames[0].layout.xaxis.range)},
        yaxis={
            "categoryorder": "array",
            "categoryarray": forms[::-1],
            "range": [-0.5, len(forms) - 0.5],
            "automargin": True,
        },
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        height=290 + 50 * len(forms),
    )
    return figure


def _frame(rows, text):
    values = [row["bits_per_byte"][text] for row in rows]
    dots = forms_figure([{**row, "bits_per_byte": value} for row, value in zip(rows, values, strict=True)])
    room = 0.1 * (max(values) - min(values)) or 0.01
    view = [min(values) - room, max(values) + room]
    return go.Frame(name=text, data=dots.data, layout={"xaxis": {"range": view}})
