"""What steps of Newton-Schulz make of a singular value, with a slider over the steps. Book: chapter 10."""

import numpy as np
import plotly.graph_objects as go

from mof.course.translation import _
from mof.viz.frame_slider import frame_slider

COLOURS, DASHES = ("#2f6db5", "#b8560f"), ("solid", "dash")


def singular_figure(starts, after):
    """Values after each number of steps against those at the start, which runs on a logarithmic scale.

    Args:
        starts: [N] array in (0, 1], rising.
        after: dict from the name of a way to a list of [N] arrays, the values after 0, 1, 2 ... steps. A way
            with fewer steps stays where it ends.

    Returns:
        plotly Figure.

    Raises:
        ValueError: shapes that do not fit one another.
    """
    starts = np.asarray(starts)
    shapes = {name: [np.shape(values) for values in steps] for name, steps in after.items()}
    if not shapes or any(not found or set(found) != {starts.shape} for found in shapes.values()):
        raise ValueError(
            f"starts have the shape {starts.shape}, after {shapes}: expected for each name a list of arrays "
            "of that shape, one for each number of steps."
        )
    frames = []
    for step in range(max(map(len, after.values()))):
        traces = [
            _trace(starts, name, steps[min(step, len(steps) - 1)], i)
            for i, (name, steps) in enumerate(after.items())
        ]
        title = _("After step {number}").format(number=step) if step else _("At first")
        frames.append(go.Frame(name=str(step), data=traces, layout={"title": {"text": title}}))
    figure = go.Figure(frames[0].data, frames=frames)
    figure.add_hline(y=1, line_dash="dot")
    figure.update_layout(
        title=frames[0].layout.title.text,
        sliders=[frame_slider(frames, _("steps: "))],
        xaxis={"title": _("singular value at the start"), "type": "log", "dtick": 1},
        yaxis={"title": _("after the steps"), "range": [0, 1.05 * _highest(after)]},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        height=480,
    )
    return figure


def _highest(after):
    return max(float(np.max(values)) for steps in after.values() for values in steps)


def _trace(starts, name, values, place):
    words = _("{start} has become {value}").format(start="%{x:.3g}", value="%{y:.3f}")
    return go.Scatter(
        x=starts.round(5),
        y=np.asarray(values).round(4),
        mode="lines",
        name=name,
        line={"color": COLOURS[place % 2], "dash": DASHES[place % 2]},
        hovertemplate=f"{words}<extra>{name}</extra>",
    )
