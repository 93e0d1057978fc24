"""A model's operations under the roof, and a slider over the rows that go through at once. Arrays in, figure
out.

With more rows a product moves to the right and up along the roof: its matrix is read once for all of them. An
element-wise piece stays where it is. Book: chapter 11.
"""

import plotly.graph_objects as go

from mof.course.translation import _, ngettext
from mof.viz.frame_slider import frame_slider
from mof.viz.roofline_figure import add_roof, roof

COLOURS = ("#d9730d", "#2e9e4f", "#8250b4", "#b4324a", "#6e7b8a")
SYMBOLS = ("diamond", "square", "triangle-up", "circle", "star")


def operations_figure(found, title=""):
    """The roof, a trail for each operation, and the operations at one number of rows.

    Args:
        found: dict with "peak" (operations a second), "bandwidth" (bytes a second), and "points": dict from
            names to lists of {"rows", "intensity", "rate"}, all with the same rows, rising.
        title: str, before what the slider says.

    Returns:
        plotly Figure, both axes logarithmic. The title says which operations lie right of the ridge.

    Raises:
        ValueError: no points, operations with other rows, or a number that is not above 0.
    """
    peak, bandwidth, points = found["peak"], found["bandwidth"], found["points"]
    all_rows = {tuple(point["rows"] for point in trail) for trail in points.values()}
    if len(all_rows) != 1 or not min(map(len, all_rows)):
        raise ValueError(f"rows of the operations: {sorted(all_rows)}; expected the same ones for all.")
    numbers = [point[key] for trail in points.values() for point in trail for key in ("intensity", "rate")]
    if min(peak, bandwidth, *numbers) <= 0:
        raise ValueError(f"peak {peak}, bandwidth {bandwidth} and all points: expected each above 0.")
    ridge = peak / bandwidth
    low = min(0.05, *(point["intensity"] / 2 for trail in points.values() for point in trail))
    high = max(1000.0, 2 * ridge, *(2 * point["intensity"] for trail in points.values() for point in trail))
    line = [low, ridge, high]
    figure = go.Figure()
    add_roof(figure, line, peak, bandwidth)
    for colour, trail in zip(_cycle(COLOURS, points), points.values(), strict=True):
        figure.add_scatter(
            x=[point["intensity"] for point in trail],
            y=[point["rate"] for point in trail],
            mode="lines",
            line={"color": colour, "width": 1, "dash": "dot"},
            showlegend=False,
            hoverinfo="skip",
        )
    first = len(figure.data)
    frames = []
    for place, rows in enumerate(all_rows.pop()):
        here = {name: trail[place] for name, trail in points.items()}
        frames.append(_frame(here, rows, (peak, bandwidth), title, first))
    figure.add_traces(list(frames[0].data))
    figure.frames = frames
    figure.update_layout(
        title=frames[0].layout.title.text,
        sliders=[frame_slider(frames, _("rows at once: "))],
        xaxis={"title": _("operations for each byte moved"), "type": "log", "dtick": 1},
        yaxis={"title": _("operations a second"), "type": "log", "dtick": 1, "exponentformat": "SI"},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        margin={"t": 130},  # the legend takes two lines, or five on a phone
        height=560,
    )
    return figure


def _frame(here, rows, limits, title, first):
    peak, bandwidth = limits
    traces = []
    for colour, symbol, (name, point) in zip(
        _cycle(COLOURS, here), _cycle(SYMBOLS, here), here.items(), strict=True
    ):
        share = point["rate"] / float(roof(point["intensity"], peak, bandwidth))
        hover = _("{work}: {number} operations a byte, {rate} a second, {share} of the roof").format(
            work=name, number="%{x:.3g}", rate="%{y:.3s}", share=f"{share:.0%}"
        )
        traces.append(
            go.Scatter(
                x=[point["intensity"]],
                y=[point["rate"]],
                mode="markers",
                name=name,
                marker={"size": 13, "color": colour, "symbol": symbol},
                hovertemplate=hover + "<extra></extra>",
            )
        )
    right = sum(point["intensity"] >= peak / bandwidth for point in here.values())
    words = ngettext("{rows} row", "{rows} rows", rows).format(rows=f"{rows:,}")
    words += ": " + ngettext(
        "{number} of {all} operations lies right of the ridge",
        "{number} of {all} operations lie right of the ridge",
        right,
    ).format(number=right, all=len(here))
    words = f"{title}: {words}" if title else words
    places = list(range(first, first + len(traces)))
    return go.Frame(name=f"{rows:,}", data=traces, traces=places, layout={"title": {"text": words}})


def _cycle(values, things):
    return [values[i % len(values)] for i in range(len(things))]
