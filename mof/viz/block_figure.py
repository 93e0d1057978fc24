"""Top-1 routing by blocks: which expert reads which token, and where it was chosen. Book: chapter 08."""

import numpy as np
import plotly.graph_objects as go

from mof.course.translation import _
from mof.viz.frame_slider import frame_slider
from mof.viz.token_axis import token_axis

COLOURS, SYMBOLS = ("#2f6db5", "#b8560f", "#2e8b57"), ("square", "diamond", "circle")


def choices_by_block(route_weights, block_length):
    """The expert of each token: the largest weight after the last token of the block before.

    Args:
        route_weights: [T, E], after each token. block_length: tokens of a block.

    Returns:
        [T] int array. The first block, before which nothing was read, has expert 0.
    """
    best = np.asarray(route_weights).argmax(axis=-1)
    openers = np.arange(len(best)) // block_length * block_length
    return np.where(openers > 0, best[openers - 1], 0)


def block_figure(route_weights, tokens, expert_names, block_lengths):
    """A mark for each token on the line of the expert that reads it; a step for each block length.

    Args:
        route_weights: [T, E], after each token. tokens: list of T str. expert_names: list of E str, at most
            3. block_lengths: ints, at least 1.

    Returns:
        plotly Figure: above the experts' lines, the token after which each choice was made is marked.

    Raises:
        ValueError: for labels of another number, or a block of no token.
    """
    weights = np.asarray(route_weights, dtype="float64")
    if weights.shape != (len(tokens), len(expert_names)):
        raise ValueError(
            f"weights have the shape {list(weights.shape)}, expected [{len(tokens)}, {len(expert_names)}]: "
            "a row for each token and a column for each expert."
        )
    if not block_lengths or min(block_lengths) < 1:
        raise ValueError(f"block_lengths are {block_lengths}, expected at least one, each 1 or more.")
    frames = [_frame(weights, tokens, expert_names, length) for length in block_lengths]
    figure = go.Figure(frames[0].data, frames=frames)
    lines = [*expert_names, _("chosen here")]
    figure.update_layout(
        title=frames[0].layout.title.text,
        sliders=[frame_slider(frames, _("tokens in a block: "))],
        xaxis={
            **token_axis(tokens),
            "showgrid": False,
            "range": [-1, len(tokens)],
        },
        yaxis={
            "tickmode": "array",
            "tickvals": list(range(len(lines))),
            "ticktext": lines,
            "range": [-0.6, len(lines) - 0.4],
            "automargin": True,
        },
        showlegend=False,
        height=380,
    )
    return figure


def _frame(weights, tokens, names, length):
    chosen = choices_by_block(weights, length)
    traces = []
    for e, name in enumerate(names):
        places = np.flatnonzero(chosen == e).tolist()
        traces.append(
            go.Scatter(
                x=places,
                y=[e] * len(places),
                mode="markers",
                marker={"size": 13, "color": COLOURS[e], "symbol": SYMBOLS[e]},
                customdata=[tokens[i] for i in places],
                hovertemplate=_("{token} is read by {expert}").format(token="%{customdata}", expert=name)
                + "<extra></extra>",
            )
        )
    makers = list(range(length - 1, len(tokens) - 1, length))
    traces.append(
        go.Scatter(
            x=makers,
            y=[len(names)] * len(makers),
            mode="markers",
            marker={"size": 11, "symbol": "triangle-down-open", "line": {"width": 2}},
            customdata=[tokens[i] for i in makers],
            hovertemplate=_("after {token}, the next block's expert is chosen").format(token="%{customdata}")
            + "<extra></extra>",
        )
    )
    shares = ", ".join(f"{name} {(chosen == e).mean():.0%}" for e, name in enumerate(names))
    words = _("{number} choices; {shares} of the tokens").format(number=len(makers), shares=shares)
    return go.Frame(name=str(length), data=traces, layout={"title": {"text": words}})
