"""How strongly tokens further back move the last output. Book: chapter 07."""

import numpy as np
import plotly.graph_objects as go

from mof.course.translation import _

STYLES = (("#3b82c4", "solid", "circle"), ("#d9730d", "dash", "diamond"), ("#2e9e4f", "dot", "x"))


def influence_figure(curves, title=""):
    """Influence by distance, logarithmic, each divided by that of the last token itself.

    Args:
        curves: dict from a label to [T] influences, index 0 the last token, as `mof.lessons.reach.influence`
            gives; three at most. Where one is 0 the line ends.
        title: str.

    Returns:
        plotly Figure.

    Raises:
        ValueError: for no curve or more than three, or one whose first number is not positive.
    """
    if not 1 <= len(curves) <= len(STYLES) or any(not curve[0] > 0 for curve in curves.values()):
        raise ValueError(
            f"there are {len(curves)} curves, expected 1 to {len(STYLES)}, each with a first number above 0."
        )
    figure = go.Figure()
    for (label, curve), (colour, dash, symbol) in zip(curves.items(), STYLES, strict=False):
        share = np.asarray(curve, dtype="float64") / curve[0]
        seen = np.flatnonzero(share)
        figure.add_scatter(
            x=seen,
            y=share[seen],
            mode="lines+markers",
            line={"color": colour, "dash": dash},
            marker={"symbol": symbol, "size": 7},
            name=label,
            hovertemplate=_("{number} tokens back: {share}").format(number="%{x}", share="%{y:.1e}")
            + f"<extra>{label}</extra>",
        )
    figure.update_layout(
        title=title,
        xaxis={"title": _("tokens back"), "rangemode": "tozero"},
        yaxis={
            "title": _("influence, beside the last token's own"),
            "type": "log",
            "exponentformat": "power",
        },
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        showlegend=True,
        height=420,
    )
    return figure
