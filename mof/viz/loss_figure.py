"""The loss on the training text along a training, a line for each run. Book: chapter 06."""

import numpy as np
import plotly.graph_objects as go

from mof.course.translation import _

DASHES = ("solid", "dash", "dot", "dashdot")  # where there is no colour


def loss_figure(losses_by_name, window=10, num_points=60, title=""):
    """Losses against the share of the run, so that runs of different speed can be laid over one another.

    Args:
        losses_by_name: dict from a run's name to its losses, one for each update, nats a token.
        window: updates whose mean is drawn. num_points: most points of a line.
        title: str.

    Returns:
        plotly Figure.

    Raises:
        ValueError: no run, or one without updates.
    """
    if not losses_by_name or not all(len(losses) for losses in losses_by_name.values()):
        raise ValueError("there are no losses, expected one run or more, each with an update.")
    figure = go.Figure()
    for i, (name, losses) in enumerate(losses_by_name.items()):
        losses = np.asarray(losses, dtype="float64")
        ends = np.unique(np.linspace(1, len(losses), min(num_points, len(losses))).round().astype(int))
        figure.add_scatter(
            x=100 * ends / len(losses),
            y=[round(float(losses[max(0, end - window) : end].mean()), 4) for end in ends],
            mode="lines",
            line={"dash": DASHES[i % len(DASHES)], "width": 2},
            name=name,
            hovertemplate=_("{share}% of the run: {number} nats").format(share="%{x:.0f}", number="%{y:.2f}")
            + f"<extra>{name}</extra>",
        )
    figure.update_layout(
        title=title,
        xaxis={"title": _("share of the run, %")},
        yaxis={"title": _("loss, nats a token")},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        showlegend=True,
        height=440,
    )
    return figure
