"""A square of pairs of tokens in two colours, each with a sign, for where there is no colour."""

import numpy as np
import plotly.graph_objects as go

COLOURS = ("#2f6db5", "#b8560f")  # blue and orange: told apart by the colour-blind too


def signed_squares(kinds, signs, hovers):
    """A heatmap of pairs of two kinds.

    Args:
        kinds: [T, T] float array, row by row: 0, 1, or NaN where nothing is drawn.
        signs: two str, of kind 0 and kind 1.
        hovers: [T, T] list of lists of str, what a pair says.

    Returns:
        plotly Heatmap.
    """
    sign_of = {0.0: signs[0], 1.0: signs[1]}
    return go.Heatmap(
        z=[[None if np.isnan(kind) else int(kind) for kind in row] for row in kinds],
        text=[[sign_of.get(kind, "") for kind in row] for row in kinds],
        texttemplate="%{text}",
        textfont={"color": "#ffffff"},
        customdata=hovers,
        hovertemplate="%{customdata}<extra></extra>",
        hoverongaps=False,
        colorscale=[[0.0, COLOURS[0]], [1.0, COLOURS[1]]],
        zmin=0,
        zmax=1,
        showscale=False,
        xgap=1,
        ygap=1,
    )


def show_tokens(figure, tokens, across, down):
    """Put tokens on both axes of such a square, the first at the top left.

    Args:
        figure: plotly Figure, changed. tokens: list of T str. across, down: titles of the axes.
    """
    axis = {
        "tickmode": "array",
        "tickvals": list(range(len(tokens))),
        "ticktext": list(tokens),
        "showgrid": False,
        "zeroline": False,
        "constrain": "domain",
    }
    figure.update_layout(
        xaxis={**axis, "title": across, "tickangle": 0},
        yaxis={**axis, "title": down, "autorange": "reversed", "scaleanchor": "x"},
    )
