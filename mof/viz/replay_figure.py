"""A training hour by hour under a slider: loss, router, and what the model wrote. Book: chapter 22."""

from typing import NamedTuple

import plotly.graph_objects as go

from mof.course.translation import _
from mof.viz.frame_slider import frame_slider
from mof.viz.run_figure import COLOURS, DASHES
from mof.viz.watched_figure import sample_lines

MARK_COLOUR = "#7a7f87"  # stands out from a white and from a dark ground
# pixels: of a title's line; from the figure's edge to where its first line stands; of the legend below it;
# and of all the rest
LINE_PIXELS, FIRST_LINE_PIXELS, LEGEND_PIXELS, PLAIN_HEIGHT = 23, 26, 36, 580


class Moment(NamedTuple):
    """One step of the slider: label, such as "3.50 h"; hours; loss (nats a token); words: str, the figures of
    that moment; samples: list of str, what the model wrote."""

    label: str
    hours: float
    loss: float
    words: str
    samples: list


def replay_figure(loss, shares, moments, title="", seams=()):
    """Loss above, the router's shares below, and a mark that the slider moves through both.

    Args:
        loss: (hours [P], nats a token [P]).
        shares: dict from an expert's name to (hours [N], share [N]); empty leaves the lower picture out.
        moments: list of Moment, in order.
        title: str, what stands before the words of each moment.
        seams: hours at which a stopped training went on; a line through the loss for each.

    Returns:
        plotly Figure.

    Raises:
        ValueError: without moments.
    """
    if not moments:
        raise ValueError("there are no moments, expected one at least: the run has no update yet.")
    hover = _("hour {hours}: {number}").format(hours="%{x:.2f}", number="%{y:.3f}")
    figure = go.Figure()
    figure.add_scatter(
        x=list(loss[0]),
        y=[round(float(y), 4) for y in loss[1]],
        name=_("loss"),
        mode="lines",
        line={"color": COLOURS[0], "width": 2},
        hovertemplate=f"{hover}<extra></extra>",
    )
    for i, (name, (hours, values)) in enumerate(shares.items()):
        figure.add_scatter(
            x=list(hours),
            y=list(values),
            xaxis="x",
            yaxis="y2",
            name=name,
            mode="lines+markers",
            marker={"size": 4},
            line={"color": COLOURS[(i + 1) % len(COLOURS)], "dash": DASHES[i % len(DASHES)], "width": 2},
            hovertemplate=f"{hover}<extra>{name}</extra>",
        )
    if len(seams):
        figure.add_trace(_seams(seams, loss[1]))
    place = len(figure.data)
    frames = [_frame(moment, title, place, bool(shares)) for moment in moments]
    for trace in frames[0].data:
        figure.add_trace(trace)
    figure.frames = frames
    most_lines = max(frame.layout.title.text.count("<br>") + 1 for frame in frames)
    top = FIRST_LINE_PIXELS + LINE_PIXELS * most_lines + LEGEND_PIXELS
    figure.update_layout(
        # in the page, the title stands above the figure: book/_static/figures.js takes its margin away again
        title={
            "text": frames[0].layout.title.text,
            "y": 1,
            "yref": "container",
            "yanchor": "top",
            "pad": {"t": FIRST_LINE_PIXELS},
        },
        margin={"t": top},
        sliders=[frame_slider(frames, _("after "))],
        xaxis={"title": _("hours of training"), "anchor": "y2" if shares else "y"},
        yaxis={"title": _("nats a token"), "domain": [0.42, 1.0] if shares else [0.0, 1.0]},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        showlegend=True,
        height=PLAIN_HEIGHT + top,
    )
    if shares:
        figure.update_layout(
            yaxis2={
                "title": _("router"),
                "domain": [0.0, 0.3],
                "range": [0, 1],
                "tickformat": ".0%",
                "anchor": "x",
            }
        )
    return figure


def _seams(seams, losses):
    """One trace of lines from the lowest loss to the highest."""
    return go.Scatter(
        x=[x for hours in seams for x in (hours, hours, None)],
        y=[y for _hours in seams for y in (float(min(losses)), float(max(losses)), None)],
        mode="lines",
        line={"color": MARK_COLOUR, "dash": "dot", "width": 1},
        name=_("stopped and resumed"),
        hoverinfo="skip",
    )


def _frame(moment, title, place, has_shares):
    """The mark at one moment: a dot on the loss, and a line through the router's shares."""
    data = [
        go.Scatter(
            x=[moment.hours],
            y=[moment.loss],
            mode="markers",
            marker={"size": 14, "symbol": "circle-open", "color": MARK_COLOUR, "line": {"width": 3}},
            showlegend=False,
            hoverinfo="skip",
        )
    ]
    if has_shares:
        data.append(
            go.Scatter(
                x=[moment.hours] * 2,
                y=[0, 1],
                yaxis="y2",
                mode="lines",
                line={"width": 3, "color": MARK_COLOUR},
                showlegend=False,
                hoverinfo="skip",
            )
        )
    words = f"{title}, {moment.words}" if title else moment.words
    text = "<br>".join([words, *(sample_lines(sample) for sample in moment.samples)])
    traces = list(range(place, place + len(data)))
    return go.Frame(name=moment.label, data=data, traces=traces, layout={"title": {"text": text}})
