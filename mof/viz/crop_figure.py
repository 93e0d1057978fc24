"""Where the outputs of a cropped text are put: beside their tokens, or at the front. Book: chapter 09."""

import plotly.graph_objects as go

from mof.course.translation import _
from mof.viz.frame_slider import frame_slider
from mof.viz.signed_squares import COLOURS
from mof.viz.token_axis import token_axis

RIGHT_SYMBOL, AHEAD_SYMBOL, EMPTY_SYMBOL = "circle", "triangle-left", "circle-open"
EMPTY_COLOUR = "#9aa0a6"  # stands out from a white and from a dark ground


def crop_places(num_tokens, window):
    """Which token the output at each place of the padded text belongs to.

    Args:
        num_tokens: T. window: tokens that the crop keeps.

    Returns:
        list of T ints, or None where a zero stands.
    """
    first = max(0, num_tokens - window)
    kept = min(num_tokens, window)
    return [first + place if place < kept else None for place in range(num_tokens)]


def crop_figure(tokens, window):
    """A row of tokens and, below it, a row of outputs, joined; a slider over the length of the text.

    Args:
        tokens: list of str. window: tokens that the crop keeps.

    Returns:
        plotly Figure: filled dots where output and token stand at one place, triangles where the output is
        of a later token, empty dots where zeros stand.

    Raises:
        ValueError: no tokens, or a window below 1.
    """
    if not tokens or window < 1:
        raise ValueError(f"there are {len(tokens)} tokens and a window of {window}, expected 1 at least.")
    frames = [_frame(tokens, num_tokens, window) for num_tokens in range(1, len(tokens) + 1)]
    start = min(window, len(tokens)) - 1  # the longest text that is not cut
    figure = go.Figure(frames[start].data, frames=frames)
    slider = {**frame_slider(frames, _("tokens in the text: ")), "active": start}
    figure.update_layout(
        title=frames[start].layout.title.text,
        sliders=[slider],
        xaxis={
            **token_axis(tokens),
            "range": [-0.6, len(tokens) - 0.4],
            "showgrid": False,
            "zeroline": False,
        },
        yaxis={
            "tickmode": "array",
            "tickvals": [0, 1],
            "ticktext": [_("outputs"), _("tokens")],
            "range": [-0.4, 1.4],
            "showgrid": False,
            "zeroline": False,
            "automargin": True,
        },
        showlegend=False,
        height=330,
    )
    return figure


def _frame(tokens, num_tokens, window):
    sources = crop_places(num_tokens, window)
    lines = go.Scatter(
        x=[
            end for place, source in enumerate(sources) if source is not None for end in (source, place, None)
        ],
        y=[end for source in sources if source is not None for end in (1, 0, None)],
        mode="lines",
        line={"color": COLOURS[0] if num_tokens <= window else COLOURS[1], "width": 1},
        hoverinfo="skip",
    )
    kept, gone = _("{token}: kept"), _("{token}: cut away")
    read = go.Scatter(
        x=list(range(num_tokens)),
        y=[1] * num_tokens,
        mode="markers",
        marker={
            "size": 12,
            "color": [COLOURS[0] if place in sources else EMPTY_COLOUR for place in range(num_tokens)],
            "symbol": [RIGHT_SYMBOL if place in sources else EMPTY_SYMBOL for place in range(num_tokens)],
        },
        text=[(kept if p in sources else gone).format(token=tokens[p]) for p in range(num_tokens)],
        hovertemplate="%{text}<extra></extra>",
    )
    given = go.Scatter(
        x=list(range(num_tokens)),
        y=[0] * num_tokens,
        mode="markers",
        marker={
            "size": 12,
            "color": [
                _kind(place, s, (COLOURS[0], COLOURS[1], EMPTY_COLOUR)) for place, s in enumerate(sources)
            ],
            "symbol": [
                _kind(place, s, (RIGHT_SYMBOL, AHEAD_SYMBOL, EMPTY_SYMBOL)) for place, s in enumerate(sources)
            ],
        },
        text=[_output_words(tokens, place, source) for place, source in enumerate(sources)],
        hovertemplate="%{text}<extra></extra>",
    )
    words = _("{tokens} tokens, {zeros} zeros at the end, outputs {ahead} places too early").format(
        tokens=num_tokens, zeros=sources.count(None), ahead=max(0, num_tokens - window)
    )
    return go.Frame(name=str(num_tokens), data=[lines, read, given], layout={"title": {"text": words}})


def _kind(place, source, choices):
    """The choice for an output that is right, of a later token, or zero."""
    return choices[2] if source is None else choices[source > place]


def _output_words(tokens, place, source):
    if source is None:
        return _("at {place}: zeros").format(place=tokens[place])
    return _("at {place}: the output of {token}").format(place=tokens[place], token=tokens[source])
