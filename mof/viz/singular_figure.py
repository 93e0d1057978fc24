"""What steps of Newton-Schulz make of a singular value, with a slider over the steps. Book: chapter 10."""

import numpy as np
import plotly.graph_objects as go

from mof.course.translation import _
from mof.viz.frame_slider import frame_slider

BLUE = "#2f6db5"


def singular_figure(starts, after, marked_starts=()):
    """Values after each number of steps against those at the start, which runs on a logarithmic scale.

    Args:
        starts: [N] array in (0, 1], rising.
        after: list of [N] arrays, the values after 0, 1, 2 ... steps.
        marked_starts: some of the starts, drawn as dots, such as those of one matrix.

    Returns:
        plotly Figure.

    Raises:
        ValueError: shapes that do not fit one another.
    """
    starts = np.asarray(starts)
    if not len(after) or any(np.shape(values) != starts.shape for values in after):
        raise ValueError(
            f"starts have the shape {list(starts.shape)}, after {[list(np.shape(v)) for v in after]}: "
            "expected arrays of one shape, one for each number of steps."
        )
    places = [int(np.argmin(np.abs(starts - value))) for value in marked_starts]
    frames = [
        go.Frame(
            name=str(step),
            data=_traces(starts, np.asarray(values), places),
            layout={"title": {"text": _title(step, values, places)}},
        )
        for step, values in enumerate(after)
    ]
    figure = go.Figure(frames[0].data, frames=frames)
    figure.add_hline(y=1, line_dash="dot")
    figure.update_layout(
        title=frames[0].layout.title.text,
        sliders=[frame_slider(frames, _("steps: "))],
        xaxis={"title": _("singular value at the start"), "type": "log", "dtick": 1},
        yaxis={"title": _("after the steps"), "range": [0, 1.4]},
        showlegend=False,
        height=460,
    )
    return figure


def _traces(starts, values, places):
    words = _("{start} has become {value}").format(start="%{x:.3g}", value="%{y:.3f}") + "<extra></extra>"
    curve = go.Scatter(
        x=starts.round(5), y=values.round(4), mode="lines", line={"color": BLUE}, hovertemplate=words
    )
    dots = go.Scatter(
        x=starts[places].round(5),
        y=values[places].round(4),
        mode="markers",
        marker={"size": 12, "symbol": "diamond", "color": "#b8560f"},
        hovertemplate=words,
    )
    return [curve, dots]


def _title(step, values, places):
    words = _("After step {number}").format(number=step) if step else _("At the start")
    listed = ", ".join(f"{np.asarray(values)[place]:.2f}" for place in places)
    return f"{words}: {listed}" if listed else words
