"""The length of the gradient along a training, and what clipping leaves of it, with a slider over the limit.
Book: chapter 10."""

import numpy as np
import plotly.graph_objects as go

from mof.course.translation import _
from mof.viz.frame_slider import frame_slider

BLUE, ORANGE = "#2f6db5", "#b8560f"


def clip_figure(lengths, limits, title=""):
    """Length of the gradient at each update, before and after clipping.

    Args:
        lengths: [N] floats above 0, one for each update.
        limits: list of floats, a step of the slider for each.
        title: str before the words on the limit.

    Returns:
        plotly Figure; its title tells the share of the updates that were shortened.

    Raises:
        ValueError: without lengths or limits.
    """
    lengths = np.asarray(lengths, dtype="float64")
    if not len(lengths) or not len(limits):
        raise ValueError(f"{len(lengths)} lengths and {len(limits)} limits came, expected one of each.")
    updates = np.arange(1, len(lengths) + 1)
    frames = []
    for limit in limits:
        words = _("limit {limit}: {share} of the updates are shortened").format(
            limit=f"{limit:g}", share=f"{np.mean(lengths > limit):.0%}"
        )
        lines = (
            (_("the gradient"), "solid", BLUE, lengths),
            (_("what is left"), "dash", ORANGE, np.minimum(lengths, limit)),
        )
        traces = [
            go.Scatter(
                x=updates,
                y=np.round(values, 4),
                mode="lines",
                name=name,
                line={"dash": dash, "color": colour},
                hovertemplate=_("update {number}: length {length}").format(number="%{x}", length="%{y:.2f}")
                + f"<extra>{name}</extra>",
            )
            for name, dash, colour, values in lines
        ]
        text = f"{title}: {words}" if title else words
        frames.append(go.Frame(name=f"{limit:g}", data=traces, layout={"title": {"text": text}}))
    figure = go.Figure(frames[0].data, frames=frames)
    figure.update_layout(
        title=frames[0].layout.title.text,
        sliders=[frame_slider(frames, _("limit: "))],
        xaxis={"title": _("update")},
        yaxis={"title": _("length of the gradient"), "type": "log"},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        height=460,
    )
    return figure
