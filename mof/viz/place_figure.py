"""What three ways of telling a place make of it: how alike two places look. Book: chapter 07."""

import numpy as np
import plotly.graph_objects as go

from mof.course.translation import _
from mof.viz.frame_slider import frame_slider

STYLES = (("#3b82c4", "solid"), ("#d9730d", "dash"), ("#2e9e4f", "dot"))  # told apart without colour as well


def place_codes(num_tokens, num_rows, width=64, seed=0):
    """Codes of the places 0, 1, ...: rows of a table as it starts, which stays on its last row, and sines.

    Args:
        num_tokens: T. num_rows: of the table. width: D, even. seed: of the table.

    Returns:
        dict from a name to [T, D] float64.
    """
    from mof.ops.constants import sinusoid_frequencies

    places = np.arange(num_tokens)
    table = np.random.default_rng(seed).normal(size=(num_rows, width))
    angles = places[:, None] * sinusoid_frequencies(width).astype("float64")
    return {
        _("table of {number} rows").format(number=num_rows): table[np.minimum(places, num_rows - 1)],
        _("sines"): np.concatenate([np.sin(angles), np.cos(angles)], axis=1),
    }


def likeness(codes):
    """Cosine of the angle between the codes of each two places: [T, D] to [T, T]."""
    unit = codes / np.linalg.norm(codes, axis=1, keepdims=True)
    return unit @ unit.T


def decay_weights(num_tokens, span):
    """exp(-n / span) for n tokens back, and 0 for what is still to come: [T, T], the reader first."""
    back = np.arange(num_tokens)[:, None] - np.arange(num_tokens)
    return np.where(back >= 0, np.exp(-np.maximum(back, 0) / span), 0.0)


def place_figure(num_tokens=48, num_rows=32, span=8.0, step=4):
    """How much each place looks like the reader's own, with a slider over the reader.

    Args:
        num_tokens: T. num_rows: of the table, fewer than T to see its end. span: of the decay, tokens.
        step: from reader to reader.

    Returns:
        plotly Figure.

    Raises:
        ValueError: for fewer than two tokens, or rows, span or step below 1.
    """
    if num_tokens < 2 or min(num_rows, span, step) < 1:
        raise ValueError(
            f"num_tokens is {num_tokens}, num_rows {num_rows}, span {span} and step {step}, expected two "
            "tokens at least and 1 or more of the others."
        )
    curves = {name: likeness(codes) for name, codes in place_codes(num_tokens, num_rows).items()}
    curves[_("decay, span {number}").format(number=f"{span:g}")] = decay_weights(num_tokens, span)
    frames = [_frame(curves, reader) for reader in range(0, num_tokens, step)]
    figure = go.Figure(frames[0].data, frames=frames)
    figure.update_layout(
        title=frames[0].layout.title.text,
        sliders=[frame_slider(frames, _("reader at "))],
        xaxis={"title": _("place in the text"), "range": [-1, num_tokens]},
        yaxis={"title": _("like the reader's place"), "range": [-0.65, 1.1]},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        height=480,
    )
    return figure


def _frame(curves, reader):
    traces = [
        go.Scatter(
            x=list(range(len(curve))),
            y=np.round(curve[reader], 4),
            mode="lines",
            line={"color": colour, "dash": dash},
            name=name,
            hovertemplate=_("place {place}: {number}").format(place="%{x}", number="%{y:.2f}")
            + f"<extra>{name}</extra>",
        )
        for (name, curve), (colour, dash) in zip(curves.items(), STYLES, strict=True)
    ]
    words = _("Which places look like place {place}?").format(place=reader)
    return go.Frame(name=str(reader), data=traces, layout={"title": {"text": words}})
