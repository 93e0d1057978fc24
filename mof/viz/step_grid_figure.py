"""The loss by step size, a curve for each width, with a slider over the rules. Book: chapter 17."""

import plotly.graph_objects as go

from mof.course.translation import _
from mof.viz.coordinate_figure import COLOURS, SYMBOLS
from mof.viz.frame_slider import frame_slider


def step_grid_figure(curves, title=""):
    """Curves over a grid of factors of two, the best of each marked.

    Args:
        curves: dict from a rule to a dict from widths to a dict from exponents (step sizes are 2^exponent
            times the usual ones) to losses in nats a token.
        title: str.

    Returns:
        plotly Figure.

    Raises:
        ValueError: there is no curve.
    """
    if not curves or not all(curves.values()):
        raise ValueError("there are no curves, expected one for each rule and width.")
    losses = [loss for widths in curves.values() for curve in widths.values() for loss in curve.values()]
    exponents = sorted({e for widths in curves.values() for curve in widths.values() for e in curve})
    frames = []
    for rule, widths in curves.items():
        traces, bests = [], {}
        for i, (width, curve) in enumerate(sorted(widths.items())):
            places = sorted(curve)
            bests[width] = min(places, key=lambda e, curve=curve: curve[e])
            traces.append(
                go.Scatter(
                    x=places,
                    y=[curve[e] for e in places],
                    mode="lines+markers",
                    name=_("width {width}").format(width=width),
                    line={"color": COLOURS[i % len(COLOURS)]},
                    marker={"symbol": SYMBOLS[i % len(SYMBOLS)], "size": 8},
                    hovertemplate=_("width {width}, steps times {factor}: {number} nats a token").format(
                        width=width, factor="%{text}", number="%{y:.3f}"
                    )
                    + "<extra></extra>",
                    text=[_factor(e) for e in places],
                )
            )
        traces.append(
            go.Scatter(
                x=list(bests.values()),
                y=[widths[width][e] for width, e in bests.items()],
                mode="markers",
                name=_("best"),
                marker={"symbol": "circle-open", "size": 18, "color": "#8a94a0", "line": {"width": 2}},
                hoverinfo="skip",
            )
        )
        words = f"{title}: {rule}" if title else rule
        frames.append(go.Frame(name=rule, data=traces, layout={"title": {"text": words}}))
    figure = go.Figure(frames[0].data, frames=frames if len(frames) > 1 else None)
    room = 0.05 * (max(losses) - min(losses)) or 0.1
    figure.update_layout(
        title=frames[0].layout.title.text,
        xaxis={
            "title": _("step sizes, times the usual ones"),
            "tickvals": exponents,
            "ticktext": [_factor(e) for e in exponents],
        },
        yaxis={
            "title": _("held-out loss, nats a token"),
            "range": [min(losses) - room, max(losses) + room],
        },
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        height=480,
    )
    if len(frames) > 1:
        figure.update_layout(sliders=[frame_slider(frames, _("rule: "))])
    return figure


def _factor(exponent):
    return f"{2**exponent}" if exponent >= 0 else f"1/{2**-exponent}"
