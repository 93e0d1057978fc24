"""Who sees whom: outputs that move when a token is changed, past and future in two colours. Book: chapter
06."""

import numpy as np
import plotly.graph_objects as go

from mof.course.translation import _
from mof.viz.frame_slider import frame_slider
from mof.viz.signed_squares import COLOURS, show_tokens, signed_squares

SIGNS = ("·", "!")  # past, future
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
    figure.update_layout(title=frames[0].layout.title.text, sliders=[frame_slider(frames, "")], height=600)
    show_tokens(figure, tokens, _("token that is changed"), _("output that may move"))
    return figure


def _square(name, moves, tokens, smallest, unit):
    moves, kinds = np.asarray(moves, dtype="float64"), seen_pairs(moves, smallest)
    words = _("{token} changed: {output} moves by {move}")
    hovers = [
        [
            words.format(token=token, output=output, move=f"{move:.2g}{unit}")
            for token, move in zip(tokens, row, strict=True)
        ]
        for output, row in zip(tokens, moves, strict=True)
    ]
    trace = signed_squares(kinds, SIGNS, hovers)
    num_leaks, num_pairs = int((kinds == 1.0).sum()), len(tokens) * (len(tokens) - 1) // 2
    words = _("{name}: the future is seen in {num_leaks} of {num_pairs} pairs").format(
        name=name, num_leaks=num_leaks, num_pairs=num_pairs
    )
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
                hovertemplate=_("{output} moves by {number}").format(output="%{x}", number="%{y:.2f}")
                + f"<extra>{name}</extra>",
            )
            for (name, moves), colour, pattern in zip(moves_by_form.items(), COLOURS, PATTERNS, strict=False)
        ]
        words = _("{token} is changed: which outputs move, and how far").format(token=token)
        frames.append(go.Frame(name=names[t], data=bars, layout={"title": {"text": words}}))
    figure = go.Figure(frames[0].data, frames=frames)
    highest = max(float(np.max(moves)) for moves in moves_by_form.values())
    figure.update_layout(
        title=frames[0].layout.title.text,
        sliders=[frame_slider(frames, _("changed: "))],
        xaxis={"title": _("output"), "type": "category"},
        yaxis={"title": _("moves by"), "range": [0, 1.08 * highest]},
        barmode="group",
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        height=460,
    )
    return figure
