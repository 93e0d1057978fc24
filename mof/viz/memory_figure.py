"""How far back a model remembers: the needle by distance, and the loss by position. Book: chapters 07, 16."""

import math

import plotly.graph_objects as go

from mof.course.translation import _


def needle_figure(memory):
    """Share of the needles found by distance, with 95% intervals; a line at the trained length.

    Args:
        memory: as `mof.evaluation.memory_report.judge_memory` gives it.

    Returns:
        plotly Figure.
    """
    rows = memory["needle"]
    shares = [row["num_right"] / row["num_trials"] for row in rows]
    saved = [row["nats_without"] - row["nats"] for row in rows]
    figure = go.Figure()
    figure.add_scatter(
        x=[row["distance"] for row in rows],
        y=shares,
        mode="lines+markers",
        name=_("numbers recalled"),
        customdata=saved,
        error_y={
            "type": "data",
            "symmetric": False,
            "array": [row["high"] - share for row, share in zip(rows, shares, strict=True)],
            "arrayminus": [share - row["low"] for row, share in zip(rows, shares, strict=True)],
        },
        hovertemplate=_("{number} tokens back: {share}, {nats} nats saved").format(
            number="%{x:,}", share="%{y:.0%}", nats="%{customdata:.2f}"
        )
        + "<extra></extra>",
    )
    figure.add_vline(x=memory["trained_length"], line_dash="dot")
    figure.add_annotation(
        x=math.log10(memory["trained_length"]),  # on a logarithmic axis a note lies at the exponent
        y=1.0,
        yref="y domain",
        yanchor="bottom",
        showarrow=False,
        text=_("trained length"),
    )
    figure.update_layout(
        xaxis={"title": _("tokens between fact and question"), "type": "log"},
        yaxis={"title": _("share recalled"), "range": [0, 1], "tickformat": ".0%"},
        height=360,
    )
    return figure


def position_figure(memory):
    """Mean loss by position in a long text, with 95% intervals; a line at the trained length.

    Args:
        memory: as `judge_memory` gives it, with "positions".

    Returns:
        plotly Figure.
    """
    positions = memory["positions"]
    places = [(i + 0.5) * positions["block"] for i in range(len(positions["nats"]))]
    figure = go.Figure()
    figure.add_scatter(
        x=places,
        y=positions["nats"],
        mode="lines+markers",
        name=_("loss"),
        error_y={"type": "data", "array": positions["half"]},
        hovertemplate=_("around token {place}: {number} nats").format(place="%{x:,.0f}", number="%{y:.3f}")
        + "<extra></extra>",
    )
    figure.add_vline(x=memory["trained_length"], line_dash="dot", annotation_text=_("trained length"))
    figure.update_layout(
        xaxis={"title": _("position in the text, tokens")}, yaxis={"title": _("nats per token")}, height=360
    )
    return figure
