"""A training as it was watched: bits per byte on the text it learns from and on held-out text, and what it
wrote at each look, under a slider. Book: chapter 03."""

import html

import plotly.graph_objects as go

from mof.course.translation import _
from mof.viz.frame_slider import frame_slider

TRAINING_COLOUR, HELD_OUT_COLOUR = "#2f6db5", "#b8560f"  # blue and orange: told apart by the colour-blind too
LINE_CHARACTERS = 27  # of a sample in a line of the title


def watched_figure(looks, title=""):
    """Two curves, a mark that the slider moves along them, and the sample of that look above.

    Args:
        looks: list of dicts with "update", "passes", "training", "held_out" (bits per byte) and "sample", as
            `mof.lessons.watched_run` gives them.
        title: str, what stands before the words of each look.

    Returns:
        plotly Figure.

    Raises:
        ValueError: without looks.
    """
    if not looks:
        raise ValueError("there are no looks, expected one at least: watch a training first.")
    updates = [look["update"] for look in looks]
    curves = (
        (_("text it learns from"), "training", TRAINING_COLOUR, "solid", "circle"),
        (_("held-out text"), "held_out", HELD_OUT_COLOUR, "dash", "diamond"),
    )
    figure = go.Figure()
    for name, key, colour, dash, symbol in curves:
        figure.add_scatter(
            x=updates,
            y=[look[key] for look in looks],
            customdata=[look["passes"] for look in looks],
            name=name,
            mode="lines+markers",
            line={"color": colour, "dash": dash},
            marker={"symbol": symbol, "size": 7},
            hovertemplate=_("update {update}, {passes} passes: {number} bits per byte").format(
                update="%{x}", passes="%{customdata:.1f}", number="%{y:.3f}"
            )
            + f"<extra>{name}</extra>",
        )
    frames = [_frame(look, title) for look in looks]
    figure.add_trace(frames[0].data[0])
    figure.frames = frames
    figure.update_layout(
        title=frames[0].layout.title.text,
        sliders=[frame_slider(frames, _("update "))],
        xaxis={"title": _("updates of the weights")},
        yaxis={"title": _("bits per byte")},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        height=520,
    )
    return figure


def _frame(look, title):
    """The mark at one look: two dots on the curves and a line between them."""
    mark = go.Scatter(
        x=[look["update"]] * 2,
        y=[look["training"], look["held_out"]],
        mode="lines+markers",
        line={"width": 3, "color": "#7a7f87"},
        marker={"size": 13, "symbol": "circle-open", "line": {"width": 3}},
        showlegend=False,
        hoverinfo="skip",
    )
    words = _("{passes} passes: {training} and {held_out} bits per byte").format(
        passes=f"{look['passes']:.1f}",
        training=f"{look['training']:.2f}",
        held_out=f"{look['held_out']:.2f}",
    )
    words = f"{title}, {words}" if title else words
    text = f"{words}<br>{sample_lines(look['sample'])}"
    return go.Frame(name=str(look["update"]), data=[mark], traces=[2], layout={"title": {"text": text}})


def sample_lines(sample):
    """A sample for a title: safe as HTML, its line ends as a sign, cut into lines of one length."""
    text = sample.replace("\n", "↵")
    pieces = [text[i : i + LINE_CHARACTERS] for i in range(0, len(text), LINE_CHARACTERS)]
    return "<br>".join(html.escape(piece, quote=False) for piece in pieces)
