"""Bytes of a token against the size of the vocabulary; a slider over kinds of text. Book: chapter 02."""

import plotly.graph_objects as go

from mof.course.translation import _
from mof.viz.frame_slider import frame_slider


def compression_figure(curves):
    """A curve for the byte-pair vocabularies, a dashed line at one token a character.

    Args:
        curves: dict from a kind of text to a pair: (dict from vocabulary size to bytes of a token, bytes of
            a character), as `mof.lessons.vocabulary.compression_curves` gives. A step for each kind.

    Returns:
        plotly Figure. All steps share one scale.

    Raises:
        ValueError: without a curve.
    """
    if not curves:
        raise ValueError("there are no curves, expected at least one kind of text.")
    frames = []
    for kind, (by_size, per_character) in curves.items():
        sizes, values = list(by_size), list(by_size.values())
        traces = [
            go.Scatter(
                x=sizes,
                y=values,
                mode="lines+markers",
                name="BPE",
                hovertemplate=_("vocabulary {size}: {number} bytes a token").format(
                    size="%{x:,}", number="%{y:.2f}"
                )
                + "<extra></extra>",
            ),
            go.Scatter(
                x=[sizes[0], sizes[-1]],
                y=[per_character] * 2,
                mode="lines",
                line={"dash": "dash"},
                name=_("one token a character"),
                hovertemplate=_("{number} bytes a character").format(number="%{y:.2f}") + "<extra></extra>",
            ),
        ]
        words = _("{kind}: {first} bytes a token at {smallest}, {last} at {largest}").format(
            kind=kind,
            first=f"{values[0]:.1f}",
            smallest=f"{sizes[0]:,}",
            last=f"{values[-1]:.1f}",
            largest=f"{sizes[-1]:,}",
        )
        frames.append(go.Frame(name=kind, data=traces, layout={"title": {"text": words}}))
    figure = go.Figure(frames[0].data, frames=frames)
    largest = max(max([*by_size.values(), per_character]) for by_size, per_character in curves.values())
    figure.update_layout(
        title=frames[0].layout.title.text,
        sliders=[frame_slider(frames, _("text: "))],
        xaxis={"title": _("tokens in the vocabulary, W"), "type": "log", "dtick": "D2"},
        yaxis={"title": _("bytes a token"), "range": [0, 1.08 * largest]},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        height=460,
    )
    return figure
