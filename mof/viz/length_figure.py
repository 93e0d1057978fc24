"""Time against the length of the text, on doubly logarithmic axes. Book: chapter 05."""

import plotly.graph_objects as go

from mof.course.translation import _
from mof.viz.half_life_figure import DASHES, SYMBOLS


def length_figure(seconds_by_form, title=""):
    """One line for each form.

    Args:
        seconds_by_form: dict from a form's name to a dict from lengths (tokens) to seconds.
        title: str.

    Returns:
        plotly Figure.
    """
    figure = go.Figure()
    for i, (name, seconds) in enumerate(seconds_by_form.items()):
        lengths = sorted(map(int, seconds))
        values = [seconds[n] if n in seconds else seconds[str(n)] for n in lengths]
        hover = _("{number} tokens: {seconds} s").format(number="%{x:,}", seconds="%{y:.4f}")
        hover += f"<extra>{name}</extra>"
        figure.add_scatter(
            x=lengths,
            y=values,
            name=name,
            mode="lines+markers",
            hovertemplate=hover,
            line={"dash": DASHES[i % len(DASHES)]},
            marker={"symbol": SYMBOLS[i % len(SYMBOLS)], "size": 8},
        )
    figure.update_layout(
        title=title,
        xaxis={"title": _("tokens in the text"), "type": "log", "dtick": "D2"},
        yaxis={"title": _("seconds"), "type": "log", "dtick": "D2"},
        legend={"orientation": "h", "y": -0.25},
        height=440,
    )
    return figure
