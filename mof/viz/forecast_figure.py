"""A law of the loss with its interval, over the tokens, with a slider over the size of the model; and what a
given amount of work reaches with each size. Book: chapter 17."""

import numpy as np
import plotly.graph_objects as go

from mof.course.translation import _
from mof.planning.scaling_law import OPERATIONS_PER_PARAMETER
from mof.viz.frame_slider import frame_slider

LINE_COLOUR, BAND_COLOUR, MARK_COLOUR = "#2f6db5", "rgba(47,109,181,0.22)", "#d9730d"
FITTED_COLOUR = "#8a94a0"
NUM_PLACES = 41
NEAR = 1.6  # a training is drawn beside the curves of sizes within this factor of its own


def forecast_figure(fitted, sizes, trainings, title="", first=0, most_tokens=None):
    """Bits per byte against tokens, a frame for each size.

    Args:
        fitted: FittedLaw. sizes: dict from a label to parameters; a step of the slider for each.
        trainings: dict from a label to a `mof.planning.scaling_law.Point`: those that were really made.
        title: str. first: number of the size shown at first. most_tokens: end of the axis; None is ten times
            the most of the fit.

    Returns:
        plotly Figure.

    Raises:
        ValueError: without a size.
    """
    if not sizes:
        raise ValueError("there are no sizes, expected one for each step of the slider.")
    places = np.geomspace(fitted.tokens[0], most_tokens or 10 * fitted.tokens[1], NUM_PLACES)
    frames = []
    for label, size in sizes.items():
        low, centre, high = np.array([fitted.forecast(size, place) for place in places]).T
        near = {
            name: point
            for name, point in trainings.items()
            if 1 / NEAR <= point.num_parameters / size <= NEAR
        }
        words = _("{size} parameters").format(size=label)
        frames.append(
            go.Frame(
                name=label,
                data=[*_band(places, low, centre, high), _marks(near, "num_tokens")],
                layout={"title": {"text": f"{title}: {words}" if title else words}},
            )
        )
    figure = go.Figure(frames[first].data, frames=frames)
    for place in fitted.tokens:
        figure.add_vline(x=place, line={"dash": "dot", "color": FITTED_COLOUR})
    bits = [trace.y for frame in frames for trace in frame.data[:2]]
    figure.update_layout(
        title=frames[first].layout.title.text,
        sliders=[{**frame_slider(frames, _("size: ")), "active": first}],
        xaxis={"title": _("tokens that count"), "type": "log", "exponentformat": "SI"},
        yaxis={"title": _("bits per byte"), "range": [0.95 * np.min(bits), 1.02 * np.max(bits)]},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        height=480,
    )
    return figure


def equal_work_figure(fitted, work, title="", sizes=(1e5, 1e9), first=0):
    """Bits per byte against the size of the model where the work is given, a frame for each amount of it.

    Args:
        fitted: FittedLaw. work: dict from a label to operations. title: str.
        sizes: ends of the axis, parameters. first: number of the amount shown at first.

    Returns:
        plotly Figure; the lowest point of each curve is marked.

    Raises:
        ValueError: without an amount of work.
    """
    if not work:
        raise ValueError("there is no amount of work, expected one for each step of the slider.")
    places, frames = np.geomspace(*sizes, NUM_PLACES), []
    for label, operations in work.items():
        tokens = operations / (OPERATIONS_PER_PARAMETER * places)
        low, centre, high = np.array([fitted.forecast(*pair) for pair in zip(places, tokens, strict=True)]).T
        size, read = _best(fitted, operations, places[int(np.argmin(centre))])
        words = _("{work}: best with {size} million parameters, {each} tokens for each").format(
            work=label, size=f"{size / 1e6:.3g}", each=f"{read / size:.3g}"
        )
        best = go.Scatter(
            x=[size],
            y=[fitted.forecast(size, read)[1]],
            mode="markers",
            name=_("lowest"),
            marker={"size": 12, "color": MARK_COLOUR, "symbol": "diamond"},
            hoverinfo="skip",
        )
        frames.append(
            go.Frame(
                name=label,
                data=[*_band(places, low, centre, high), best],
                layout={"title": {"text": f"{title}: {words}" if title else words}},
            )
        )
    figure = go.Figure(frames[first].data, frames=frames)
    lows = [np.min(frame.data[2].y) for frame in frames]
    figure.update_layout(
        title=frames[first].layout.title.text,
        sliders=[{**frame_slider(frames, _("work: ")), "active": first}],
        xaxis={"title": _("parameters"), "type": "log", "exponentformat": "SI"},
        yaxis={"title": _("bits per byte"), "range": [0.8 * min(lows), 2.2 * max(lows)]},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        height=480,
    )
    return figure


def _best(fitted, operations, lowest):
    """(parameters, tokens) of the lowest loss; `lowest` parameters where the law has none of its own."""
    try:
        size = fitted.law.best_size(operations)
    except ValueError:
        size = lowest
    return size, operations / (OPERATIONS_PER_PARAMETER * size)


def _band(places, low, centre, high):
    """Three traces: the upper end, the lower end with the ground between, the line."""
    plain = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    upper = go.Scatter(x=places, y=high, showlegend=False, **plain)
    lower = go.Scatter(
        x=places, y=low, fill="tonexty", fillcolor=BAND_COLOUR, name=_("80% interval"), **plain
    )
    line = go.Scatter(
        x=places,
        y=centre,
        customdata=np.stack([low, high], axis=-1),
        mode="lines",
        name=_("law"),
        line={"color": LINE_COLOUR, "width": 3},
        hovertemplate=_("{number} bits per byte ({low} to {high})").format(
            number="%{y:.3f}", low="%{customdata[0]:.3f}", high="%{customdata[1]:.3f}"
        )
        + "<extra></extra>",
    )
    return [upper, lower, line]


def _marks(trainings, field):
    return go.Scatter(
        x=[getattr(point, field) for point in trainings.values()],
        y=[point.bits_per_byte for point in trainings.values()],
        text=list(trainings),
        mode="markers",
        name=_("trainings of about this size"),
        marker={"size": 10, "color": MARK_COLOUR},
        hovertemplate=_("{training}: {number} bits per byte").format(training="%{text}", number="%{y:.3f}")
        + "<extra></extra>",
    )
