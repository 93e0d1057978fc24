"""The step size over a run, with a slider over schedules. Book: chapter 10."""

import numpy as np
import plotly.graph_objects as go

from mof.course.translation import _
from mof.training.schedule import schedule_factor, warmup_factor
from mof.viz.frame_slider import frame_slider

BLUE, ORANGE = "#2f6db5", "#b8560f"


def schedule_figure(schedules, num_updates=1000, thaw_share=0.5):
    """The factor on every step size, update by update, and that of a group which thaws in between.

    Args:
        schedules: dict from a label to a TrainingConfig; a step of the slider for each.
        num_updates: of the run.
        thaw_share: share of the run at whose end the group of the dashed line thaws.

    Returns:
        plotly Figure; its title tells how far all steps together could go, in steps of full size.

    Raises:
        ValueError: without a schedule.
    """
    if not schedules:
        raise ValueError("there are no schedules, expected one TrainingConfig at least.")
    updates, thawed = np.arange(num_updates), round(thaw_share * num_updates)
    frames = []
    for label, config in schedules.items():
        factors = np.array([schedule_factor(config, i, num_updates) for i in updates])
        warm = [warmup_factor(i - thawed, config.thaw_updates) if i >= thawed else 0.0 for i in updates]
        lines = (
            (_("all that learns"), "solid", BLUE, factors),
            (_("a group frozen at first"), "dash", ORANGE, factors * warm),
        )
        traces = [
            go.Scatter(
                x=updates,
                y=np.round(values, 4),
                mode="lines",
                name=name,
                line={"dash": dash, "color": colour},
                hovertemplate=_("update {number}: {share} of the full step").format(
                    number="%{x}", share="%{y:.1%}"
                )
                + f"<extra>{name}</extra>",
            )
            for name, dash, colour, values in lines
        ]
        words = _("{label}: {number} updates, as far as {sum} full steps").format(
            label=label, number=f"{num_updates:,}", sum=f"{factors.sum():,.0f}"
        )
        frames.append(go.Frame(name=label, data=traces, layout={"title": {"text": words}}))
    figure = go.Figure(frames[0].data, frames=frames)
    figure.update_layout(
        title=frames[0].layout.title.text,
        sliders=[frame_slider(frames, _("schedule: "))],
        xaxis={"title": _("update"), "range": [0, num_updates - 1]},
        yaxis={"title": _("share of the full step"), "range": [0, 1.04], "tickformat": ".0%"},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        height=480,
    )
    return figure
