"""The router's weights over a text, token by token, at any temperature. Book: chapter 08."""

import numpy as np
import plotly.graph_objects as go

from mof.course.translation import _
from mof.generation.logit_filters import apply_temperature, probabilities
from mof.viz.frame_slider import frame_slider
from mof.viz.token_axis import token_axis

COLOURS = ("#2f6db5", "#b8560f", "#2e8b57", "#7a4fb5")
PATTERNS = ("", "/", ".", "x")  # and where there is no colour


def heated(route_weights, temperature):
    """The weights that the same router gives at another temperature.

    Args:
        route_weights: [T, E] at temperature 1, above 0. temperature: above 0.

    Returns:
        [T, E] float64.
    """
    logits = np.log(np.asarray(route_weights, dtype="float64"))
    return probabilities(apply_temperature(logits, temperature))


def route_figure(route_weights, tokens, expert_names, temperatures=(1.0,), title=""):
    """A bar for each token, parted among the experts; a step of the slider for each temperature.

    Args:
        route_weights: [T, E] at temperature 1. tokens: list of T str. expert_names: list of E str.
        temperatures: numbers above 0. title: str before the figures of the present step.

    Returns:
        plotly Figure. Its title gives each expert's mean share and what the tokens' own choices are worth.

    Raises:
        ValueError: for labels of another number, or a temperature that is not above 0.
    """
    weights = np.asarray(route_weights, dtype="float64")
    if weights.shape != (len(tokens), len(expert_names)):
        raise ValueError(
            f"weights have the shape {list(weights.shape)}, expected [{len(tokens)}, {len(expert_names)}]: "
            "a row for each token and a column for each expert."
        )
    if not temperatures or min(temperatures) <= 0:
        raise ValueError(f"temperatures are {temperatures}, expected at least one, each above 0.")
    frames = [_frame(weights, tokens, expert_names, temperature, title) for temperature in temperatures]
    start = min(range(len(temperatures)), key=lambda i: abs(temperatures[i] - 1.0))
    figure = go.Figure(frames[start].data, frames=frames if len(frames) > 1 else None)
    figure.update_layout(
        title=frames[start].layout.title.text,
        barmode="stack",
        xaxis={
            **token_axis(tokens),
            "title": _("token that has just been read"),
        },
        yaxis={"title": _("weight"), "range": [0, 1], "tickformat": ".0%"},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        bargap=0.08,
        height=430,
    )
    if len(frames) > 1:
        figure.update_layout(sliders=[{**frame_slider(frames, _("temperature ")), "active": start}])
    return figure


def _frame(weights, tokens, names, temperature, title):
    from mof.lessons.router_measures import entropy

    now = heated(weights, temperature)
    bars = [
        go.Bar(
            x=list(range(len(tokens))),
            y=np.round(now[:, e], 4).tolist(),
            customdata=list(tokens),
            name=name,
            marker={"color": COLOURS[e % 4], "pattern": {"shape": PATTERNS[e % 4]}},
            hovertemplate="%{customdata}: %{y:.1%}<extra>" + name + "</extra>",
        )
        for e, name in enumerate(names)
    ]
    words = _("{shares} on average; a token listens to {number} experts").format(
        shares=", ".join(f"{name} {share:.0%}" for name, share in zip(names, now.mean(axis=0), strict=True)),
        number=f"{np.exp(entropy(now)).mean():.2f}",
    )
    words = f"{title}: {words}" if title else words
    return go.Frame(name=f"{temperature:g}", data=bars, layout={"title": {"text": words}})
