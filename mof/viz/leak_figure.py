"""Who sees whom: outputs that move when a token is changed, past and future in two colours. Book: chapter
06."""

import numpy as np
import plotly.graph_objects as go

from mof.viz.frame_slider import frame_slider

PAST_COLOUR, FUTURE_COLOUR = "#2f6db5", "#b8560f"  # blue and orange: told apart by the colour-blind too
PAST_SIGN, FUTURE_SIGN = "·", "!"  # and by a sign, where there is no colour
COLOURS = (PAST_COLOUR, FUTURE_COLOUR)
PATTERNS = ("", "/")  # of the bars, for the same reason


def seen_pairs(moves, smallest=0.0):
    """For each pair (output i, token t): 0 where i sees t and t is not after it, 1 where t is after it, NaN
    where i does not see t.

    Args:
        moves: [T, T] array: at (i, t), how far output i moves when token t is changed.
        smallest: what is no more than this does not count.

    Returns:
        [T, T] float64.
    """
    moves = np.asarray(moves, dtype="float64")
    places = np.arange(len(moves))
    kinds = (places[None, :] > places[:, None]).astype("float64")
    kinds[moves <= smallest] = np.nan
    return kinds


def leak_figure(moves_by_form, tokens, smallest=1e-6, unit=""):
    """Squares of outputs against changed tokens, with a slider over the forms.

    Args:
        moves_by_form: dict from a short label to [T, T] moves, as `mof.lessons.leaks` measures them.
        tokens: list of T str. smallest: what is no more than this is rounding.
        unit: of the moves, for the labels: " of the probability".

    Returns:
        plotly Figure. Its title counts the pairs in which an output sees a later token.

    Raises:
        ValueError: no form, or moves that are not [T, T].
    """
    shape = (len(tokens), len(tokens))
    if not moves_by_form or any(np.shape(moves) != shape for moves in moves_by_form.values()):
        shapes = [list(np.shape(moves)) for moves in moves_by_form.values()]
        raise ValueError(f"moves have the shapes {shapes}, expected one or more of {list(shape)}.")
    frames = [_square(*entry, tokens, smallest, unit) for entry in moves_by_form.items()]
    figure = go.Figure(frames[0].data[0], frames=frames)
    axis = {
        "tickmode": "array",
        "tickvals": list(range(len(tokens))),
        "ticktext": list(tokens),
        "showgrid": False,
        "zeroline": False,
        "constrain": "domain",
    }
    figure.update_layout(
        title=frames[0].layout.title.text,
        sliders=[frame_slider(frames, "")],
        xaxis={**axis, "title": "token that is changed", "tickangle": 0},
        yaxis={**axis, "title": "output that may move", "autorange": "reversed", "scaleanchor": "x"},
        height=600,
    )
    return figure


def _square(name, moves, tokens, smallest, unit):
    moves, kinds = np.asarray(moves, dtype="float64"), seen_pairs(moves, smallest)
    signs = {0.0: PAST_SIGN, 1.0: FUTURE_SIGN}
    trace = go.Heatmap(
        z=[[None if np.isnan(kind) else int(kind) for kind in row] for row in kinds],
        text=[[signs.get(kind, "") for kind in row] for row in kinds],
        texttemplate="%{text}",
        textfont={"color": "#ffffff"},
        customdata=[
            [
                f"{token} changed: {output} moves by {move:.2g}{unit}"
                for token, move in zip(tokens, row, strict=True)
            ]
            for output, row in zip(tokens, moves, strict=True)
        ],
        hovertemplate="%{customdata}<extra></extra>",
        hoverongaps=False,
        colorscale=[[0.0, PAST_COLOUR], [1.0, FUTURE_COLOUR]],
        zmin=0,
        zmax=1,
        showscale=False,
        xgap=1,
        ygap=1,
    )
    num_leaks, num_pairs = int((kinds == 1.0).sum()), len(tokens) * (len(tokens) - 1) // 2
    words = f"{name}: the future is seen in {num_leaks} of {num_pairs} pairs"
    return go.Frame(name=name, data=[trace], layout={"title": {"text": words}})


def ripple_figure(moves_by_form, tokens):
    """Bars: how far each output moves, with a slider over the token that is changed.

    Args:
        moves_by_form: dict from a label to [T, T] moves, two forms at most. tokens: list of T str.

    Returns:
        plotly Figure.

    Raises:
        ValueError: no form, more than two, or moves that are not [T, T].
    """
    shape = (len(tokens), len(tokens))
    shapes = [np.shape(moves) for moves in moves_by_form.values()]
    if not 1 <= len(shapes) <= 2 or any(found != shape for found in shapes):
        raise ValueError(f"moves have the shapes {shapes}, expected one or two of {list(shape)}.")
    names = [f"{i + 1} {token}" for i, token in enumerate(tokens)]  # tokens may repeat; places do not
    frames = []
    for t, token in enumerate(tokens):
        bars = [
            go.Bar(
                x=names,
                y=np.round(np.asarray(moves)[:, t], 4),
                name=name,
                marker={"color": colour, "pattern": {"shape": pattern}},
                hovertemplate="%{x} moves by %{y:.2f}<extra>" + name + "</extra>",
            )
            for (name, moves), colour, pattern in zip(moves_by_form.items(), COLOURS, PATTERNS, strict=False)
        ]
        words = f"{token} is changed: which outputs move, and how far"
        frames.append(go.Frame(name=names[t], data=bars, layout={"title": {"text": words}}))
    figure = go.Figure(frames[0].data, frames=frames)
    highest = max(float(np.max(moves)) for moves in moves_by_form.values())
    figure.update_layout(
        title=frames[0].layout.title.text,
        sliders=[frame_slider(frames, "changed: ")],
        xaxis={"title": "output", "type": "category"},
        yaxis={"title": "moves by", "range": [0, 1.08 * highest]},
        barmode="group",
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        height=460,
    )
    return figure
