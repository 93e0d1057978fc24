"""What a memory that forgets still hears: d^n against the distance n, with a slider over d. Book: chapter
05."""

import math

import numpy as np
import plotly.graph_objects as go

from mof.course.translation import _
from mof.viz.frame_slider import frame_slider

COLOUR = "#3b82c4"  # stands out from a white and from a dark ground


def share_heard(decay, num_tokens):
    """The mean of d^n over the last `num_tokens` tokens: 1 where nothing fades.

    Args:
        decay: d, above 0 and at most 1. num_tokens: n runs from 0 to this, less one.

    Returns:
        float from 0 to 1.
    """
    return float(np.mean(decay ** np.arange(num_tokens)))


def decay_figure(decays, num_tokens=1000):
    """The weight of each earlier token, and in the title the share of the past that is still heard.

    Args:
        decays: dict from a short label to d, above 0 and at most 1; a step of the slider for each.
        num_tokens: how far back the axis goes.

    Returns:
        plotly Figure; the filled area, as a share of the whole field, is the share that is heard.

    Raises:
        ValueError: for no decay, or one outside (0, 1].
    """
    if not decays or any(not 0.0 < decay <= 1.0 for decay in decays.values()):
        raise ValueError(f"decays are {decays}, expected at least one, each above 0 and at most 1.")
    distances = np.arange(num_tokens)
    frames = []
    for label, decay in decays.items():
        trace = go.Scatter(
            x=distances,
            y=np.round(decay**distances, 5),
            mode="lines",
            fill="tozeroy",
            line={"color": COLOUR},
            hovertemplate=_("{number} tokens ago: weight {weight}").format(number="%{x}", weight="%{y:.3f}")
            + "<extra></extra>",
        )
        words = _title(label, decay, num_tokens)
        frames.append(go.Frame(name=label, data=[trace], layout={"title": {"text": words}}))
    figure = go.Figure(frames[0].data[0], frames=frames)
    figure.update_layout(
        title=frames[0].layout.title.text,
        sliders=[frame_slider(frames, _("memory of: "))],
        xaxis={"title": _("tokens ago, n"), "range": [0, num_tokens - 1]},
        yaxis={"title": _("weight d<sup>n</sup>"), "range": [0, 1.02]},
        showlegend=False,
        height=460,
    )
    return figure


def _title(label, decay, num_tokens):
    share = _("{share} of the last {number} tokens is still heard").format(
        share=f"{share_heard(decay, num_tokens):.1%}", number=f"{num_tokens:,}"
    )
    if decay == 1.0:
        return _("d = 1, nothing fades: {share}").format(share=share)
    return _("d = {decay}, a span of {span} tokens: {share}").format(
        decay=f"{decay:.4f}", span=f"{-1.0 / math.log(decay):,.0f}", share=share
    )
