"""What hours of training buy: tokens for each parameter against the size of the model. Book: chapter 01.

    tokens / parameters = rate * 3600 * hours / (operations a parameter * parameters^2)

On doubly logarithmic axes that is a straight line, which the hours lift.
"""

import math

import numpy as np
import plotly.graph_objects as go

from mof.course.translation import _, ngettext
from mof.viz.frame_slider import frame_slider

LINE_COLOUR, MARK_COLOUR = "#2f6db5", "#d9730d"
SIZES = (1e6, 1e9)  # of the axis, parameters
OPERATIONS_PER_PARAMETER = 6.0  # of a training token


def tokens_per_parameter(num_parameters, rate, hours):
    """Tokens that a training reads for each parameter.

    Args:
        num_parameters: number or array. rate: operations a second that the training does. hours: of it.
    """
    return rate * 3600.0 * hours / (OPERATIONS_PER_PARAMETER * np.asarray(num_parameters) ** 2)


def size_for(target, rate, hours):
    """The parameters at which the hours give `target` tokens for each parameter."""
    return math.sqrt(rate * 3600.0 * hours / (OPERATIONS_PER_PARAMETER * target))


def budget_figure(rate, models, hours, target=20.0, title="", first=96):
    """The line, a mark for each model on it, and a slider over the hours.

    Args:
        rate: operations a second. models: dict from names to parameters.
        hours: a step of the slider for each; a dict gives them labels, {"4 days": 96}.
        target: tokens for each parameter, drawn as a level. title: str. first: hours shown at first, if
            among them.

    Returns:
        plotly Figure.

    Raises:
        ValueError: for a rate, a size or hours that are not above 0, or none of them.
    """
    labels = hours if isinstance(hours, dict) else {_hours_words(h): h for h in hours}
    if not labels or not models or min(rate, target, *labels.values(), *models.values()) <= 0:
        raise ValueError(f"rate {rate}, models {models}, hours {labels}: expected some, each above 0.")
    frames = []
    for label, each in labels.items():
        best = size_for(target, rate, each)
        words = _("{hours} give {target} tokens for each parameter to a model of {size} million").format(
            hours=label, target=f"{target:g}", size=f"{best / 1e6:.3g}"
        )
        words = f"{title}: {words}" if title else words
        line = go.Scatter(
            x=list(SIZES),
            y=tokens_per_parameter(SIZES, rate, each),
            mode="lines",
            name=_("what the hours buy"),
            line={"color": LINE_COLOUR, "width": 3},
            hoverinfo="skip",
        )
        marks = go.Scatter(
            x=list(models.values()),
            y=tokens_per_parameter(list(models.values()), rate, each),
            text=list(models),
            mode="markers+text",
            textposition="bottom left",
            name=_("models"),
            marker={"size": 11, "color": MARK_COLOUR},
            hovertemplate=_("{model}: {size} parameters, {tokens} tokens for each").format(
                model="%{text}", size="%{x:.3s}", tokens="%{y:.3g}"
            )
            + "<extra></extra>",
        )
        frames.append(
            go.Frame(name=label, data=[line, marks], traces=[0, 1], layout={"title": {"text": words}})
        )
    start = next((i for i, each in enumerate(labels.values()) if each == first), 0)
    figure = go.Figure([*frames[start].data], frames=frames)
    figure.add_scatter(
        x=list(SIZES),
        y=[target, target],
        mode="lines",
        name=_("{target} for each").format(target=f"{target:g}"),
        line={"dash": "dash", "color": "#8a94a0"},
        hoverinfo="skip",
    )
    figure.update_layout(
        title=frames[start].layout.title.text,
        sliders=[{**frame_slider(frames, _("training for ")), "active": start}],
        xaxis={"title": _("parameters"), "type": "log", "exponentformat": "B", "range": [6, 9], "dtick": 1},
        yaxis={"title": _("tokens for each parameter"), "type": "log", "range": [-2.2, 4.3], "dtick": 1},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        height=480,
    )
    return figure


def _hours_words(hours):
    return ngettext("{hours} hour", "{hours} hours", 1 if hours == 1 else 2).format(hours=f"{hours:g}")
