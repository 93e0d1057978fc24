"""What a temperature and top-p make of a model's probabilities for the next token, under a slider. Book:
chapter 03."""

import numpy as np
import plotly.graph_objects as go

from mof.course.translation import _
from mof.generation.logit_filters import apply_temperature, keep_top_p, probabilities
from mof.viz.frame_slider import frame_slider

KEPT_COLOUR, CUT_COLOUR = "#2f6db5", "#b8560f"
NUM_SHOWN = 12


def heated(shares, temperature):
    """Probabilities at another temperature, by the package's own sampler.

    Args:
        shares: [W] probabilities at temperature 1; zeros stay zeros. temperature: above 0.

    Returns:
        [W] float64.
    """
    with np.errstate(divide="ignore"):
        logits = np.log(np.asarray(shares, dtype="float64"))[None]
    return probabilities(apply_temperature(logits, temperature))[0]


def nucleus(shares, top_p):
    """Which tokens top-p keeps: bool [W]."""
    with np.errstate(divide="ignore"):
        logits = np.log(np.asarray(shares, dtype="float64"))[None]
    return np.isfinite(keep_top_p(logits, top_p)[0])


def num_equal_choices(shares):
    """exp(entropy): how many equally likely tokens are as uncertain. 1 where one has it all."""
    shares = np.asarray(shares, dtype="float64")
    return float(np.exp(-(shares * np.log(np.where(shares > 0, shares, 1.0))).sum()))


def temperature_figure(shares, labels, temperatures, top_p=0.9):
    """Bars of the likeliest tokens, a step of the slider for each temperature.

    Args:
        shares: [W] probabilities at temperature 1. labels: list of W str, the tokens.
        temperatures: list of numbers above 0.
        top_p: tokens beyond this share are drawn as cut.

    Returns:
        plotly Figure. Its title counts the choices and the tokens that top-p keeps.

    Raises:
        ValueError: for no temperature or one that is not above 0, or labels of another number.
    """
    if not temperatures or min(temperatures) <= 0:
        raise ValueError(f"temperatures are {temperatures}, expected at least one, each above 0.")
    if len(labels) != len(shares):
        raise ValueError(f"{len(labels)} labels came for {len(shares)} tokens, expected as many.")
    shown = np.argsort(-np.asarray(shares), kind="stable")[:NUM_SHOWN]
    frames = [_frame(shares, labels, shown, temperature, top_p) for temperature in temperatures]
    start = min(range(len(temperatures)), key=lambda i: abs(temperatures[i] - 1.0))
    figure = go.Figure(frames[start].data, frames=frames)
    slider = {**frame_slider(frames, _("temperature ")), "active": start}
    figure.update_layout(
        title=frames[start].layout.title.text,
        sliders=[slider],
        barmode="overlay",
        xaxis={"title": _("next token"), "type": "category", "tickangle": 0},
        yaxis={"title": _("probability"), "range": [0, 1], "tickformat": ".0%"},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        height=480,
    )
    return figure


def _frame(shares, labels, shown, temperature, top_p):
    now = heated(shares, temperature)
    kept = nucleus(now, top_p)
    names = [labels[i] for i in shown]
    bars = [
        go.Bar(
            x=names,
            y=[round(float(now[i]), 5) if bool(kept[i]) == is_kept else None for i in shown],
            name=name,
            marker={"color": colour, "pattern": {"shape": pattern}},
            hovertemplate="%{x}: %{y:.2%}<extra>" + name + "</extra>",
        )
        for is_kept, name, colour, pattern in (
            (True, _("kept by top-p {top_p}").format(top_p=f"{top_p:g}"), KEPT_COLOUR, ""),
            (False, _("cut"), CUT_COLOUR, "/"),
        )
    ]
    words = _(
        "as uncertain as {number} equal choices; top-p {top_p} keeps {num_kept} of {num_tokens} tokens; the "
        "bars hold {share}"
    ).format(
        number=f"{num_equal_choices(now):,.1f}",
        top_p=f"{top_p:g}",
        num_kept=f"{kept.sum():,}",
        num_tokens=f"{len(now):,}",
        share=f"{now[shown].sum():.0%}",
    )
    return go.Frame(name=f"{temperature:g}", data=bars, layout={"title": {"text": words}})
