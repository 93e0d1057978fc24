"""Which tokens the last one can depend on through a stack of blocks with a window. Book: chapter 07."""

import plotly.graph_objects as go

from mof.course.translation import _
from mof.viz.frame_slider import frame_slider
from mof.viz.token_axis import token_axis

SEEN_COLOUR, HIDDEN_COLOUR = "#3b82c4", "#9aa0a6"  # stand out from a white and from a dark ground
SEEN_SYMBOL, HIDDEN_SYMBOL = "circle", "circle-open"  # and a filled dot where there is no colour


def tokens_in_sight(num_tokens, num_blocks, growth):
    """How many tokens the last one depends on at each height of the stack.

    Args:
        num_tokens: T. num_blocks: depth. growth: tokens that each block adds to the view.

    Returns:
        list of num_blocks + 1 ints, from what comes into the first block up to the output.
    """
    return [min(num_tokens, 1 + (num_blocks - level) * growth) for level in range(num_blocks + 1)]


def reach_figure(tokens, num_blocks, growths):
    """The cone of what the last token sees, with a slider over what a block adds to the view.

    Args:
        tokens: list of T str. num_blocks: depth.
        growths: dict from a short label to the tokens that a block adds; a step of the slider for each.

    Returns:
        plotly Figure: a row of dots for the input and for each block's output, those filled that the last
        token's output depends on.

    Raises:
        ValueError: without tokens, blocks or growths, or for a growth below 0.
    """
    if not tokens or num_blocks < 1 or not growths or min(growths.values()) < 0:
        raise ValueError(
            f"there are {len(tokens)} tokens, {num_blocks} blocks and the growths {growths}, expected at "
            "least one of each, and no growth below 0."
        )
    frames = [_frame(tokens, num_blocks, label, growth) for label, growth in growths.items()]
    figure = go.Figure(frames[0].data, frames=frames)
    levels = list(range(num_blocks + 1))
    figure.update_layout(
        title=frames[0].layout.title.text,
        sliders=[frame_slider(frames, _("window "))],
        xaxis={
            **token_axis(tokens),
            "showgrid": False,
            "zeroline": False,
        },
        yaxis={
            "tickmode": "array",
            "tickvals": levels,
            "ticktext": [_("tokens"), *[_("block {number}").format(number=level) for level in levels[1:]]],
            "showgrid": False,
            "zeroline": False,
            "range": [-0.5, num_blocks + 0.5],
            "automargin": True,
        },
        showlegend=False,
        height=280 + 55 * num_blocks,
    )
    return figure


def _frame(tokens, num_blocks, label, growth):
    sight = tokens_in_sight(len(tokens), num_blocks, growth)
    dots = [(level, place) for level in range(num_blocks + 1) for place in range(len(tokens))]
    is_seen = [place >= len(tokens) - sight[level] for level, place in dots]
    in_sight, out_of_sight = _("{token}: in sight"), _("{token}: out of sight")
    trace = go.Scatter(
        x=[place for _level, place in dots],
        y=[level for level, _place in dots],
        mode="markers",
        marker={
            "size": 11,
            "color": [SEEN_COLOUR if seen else HIDDEN_COLOUR for seen in is_seen],
            "symbol": [SEEN_SYMBOL if seen else HIDDEN_SYMBOL for seen in is_seen],
        },
        text=[
            (in_sight if seen else out_of_sight).format(token=tokens[place])
            for (_level, place), seen in zip(dots, is_seen, strict=True)
        ],
        hovertemplate="%{text}<extra></extra>",
    )
    words = _("{blocks} blocks, each adds {growth}: {seen} of {tokens} tokens in sight").format(
        blocks=num_blocks, growth=growth, seen=sight[0], tokens=len(tokens)
    )
    return go.Frame(name=label, data=[trace], layout={"title": {"text": words}})
