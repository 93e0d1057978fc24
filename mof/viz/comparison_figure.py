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
    texts = list(rows[0]["bits_per_byte"])
    frames = [_frame(rows, text) for text in texts]
    figure = forms_figure(_rows_of(rows, texts[0]), title)
    figure.frames = frames
    figure.update_layout(
        sliders=[frame_slider(frames, _("text: "))],
        xaxis={"range": list(frames[0].layout.xaxis.range)},
        height=figure.layout.height + 120,  # for the slider
    )
    return figure


def _rows_of(rows, text):
    return [{**row, "bits_per_byte": row["bits_per_byte"][text]} for row in rows]


def _frame(rows, text):
    values = [row["bits_per_byte"][text] for row in rows]
    dots = forms_figure(_rows_of(rows, text))
    room = 0.1 * (max(values) - min(values)) or 0.01
    view = [min(values) - room, max(values) + room]
    return go.Frame(name=text, data=dots.data, layout={"xaxis": {"range": view}})
