"""The curves of one training or several: under a menu, as a page can show them, or side by side. Book:
chapters 21 and 22."""

from typing import NamedTuple

import plotly.graph_objects as go

from mof.course.translation import _

# blue, orange, violet, green: told apart by the colour-blind too, on a light and on a dark ground
COLOURS = ("#3b7dd8", "#d2691e", "#8e6bc7", "#1b9e77")
DASHES = ("solid", "dash", "dot", "dashdot")
ROW_HEIGHT = 250
INK, GRID = "#767c85", "rgba(128,128,128,0.3)"  # JupyterLab does not say whether it is light or dark


class Line(NamedTuple):
    """name: for legends. run, series: numbers that decide colour and dash. x, y: [P] arrays."""

    name: str
    run: int
    series: int
    x: object
    y: object


class Ribbon(NamedTuple):
    """Where a line is expected: name; run: number of the run; x, low, high: [P] arrays."""

    name: str
    run: int
    x: object
    low: object
    high: object


class Quantity(NamedTuple):
    """One thing that is drawn: title; words at both axes; lines; ribbons; the number's format; whether the
    axis begins at zero."""

    title: str
    x_title: str
    y_title: str
    lines: list
    ribbons: list
    number: str
    starts_at_zero: bool = False


def run_figure(quantities, title=""):
    """One quantity at a time, chosen from a menu that needs no kernel.

    Args:
        quantities: list of Quantity. title: str.

    Returns:
        plotly Figure.

    Raises:
        ValueError: there is nothing to draw.
    """
    _check(quantities)
    figure = go.Figure()
    owners = []
    for i, quantity in enumerate(quantities):
        for trace in _traces(quantity):
            trace.visible = i == 0
            figure.add_trace(trace)
            owners.append(i)
    buttons = [
        {
            "label": quantity.title,
            "method": "update",
            "args": [
                {"visible": [owner == i for owner in owners]},
                {
                    "xaxis.title.text": quantity.x_title,
                    "yaxis.title.text": quantity.y_title,
                    "yaxis.rangemode": _range(quantity),
                    "yaxis.tickformat": _ticks(quantity),
                    "yaxis.autorange": True,
                    "xaxis.autorange": True,
                },
            ],
        }
        for i, quantity in enumerate(quantities)
    ]
    first = quantities[0]
    figure.update_layout(
        title=title,
        xaxis={"title": first.x_title},
        yaxis={
            "title": first.y_title,
            "rangemode": _range(first),
            "tickformat": _ticks(first),
        },
        updatemenus=[{"buttons": buttons, "x": 0, "xanchor": "left", "y": 1.18, "yanchor": "top"}],
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        showlegend=True,
        height=460,
    )
    return figure


def run_grid_figure(quantities, num_columns=2, title=""):
    """All quantities side by side, for a wide window.

    Args:
        quantities: list of Quantity. num_columns: of pictures. title: str.

    Returns:
        plotly Figure.

    Raises:
        ValueError: there is nothing to draw.
    """
    from plotly.subplots import make_subplots

    _check(quantities)
    num_rows = -(-len(quantities) // num_columns)
    figure = make_subplots(
        num_rows,
        num_columns,
        subplot_titles=[f"{q.title}, {q.y_title}" for q in quantities],
        vertical_spacing=min(0.3 / num_rows, 0.12),
        horizontal_spacing=0.08,
    )
    shown = set()
    for i, quantity in enumerate(quantities):
        row, column = i // num_columns + 1, i % num_columns + 1
        for trace in _traces(quantity):
            trace.legendgroup = trace.name
            trace.showlegend = bool(trace.showlegend) and trace.name not in shown
            if trace.showlegend:
                shown.add(trace.name)
            figure.add_trace(trace, row, column)
        figure.update_yaxes(rangemode=_range(quantity), tickformat=_ticks(quantity), row=row, col=column)
    for i in range(max(0, len(quantities) - num_columns), len(quantities)):  # the lowest of each column
        place = {"row": i // num_columns + 1, "col": i % num_columns + 1}
        figure.update_xaxes(title=quantities[i].x_title, **place)
    figure.update_xaxes(gridcolor=GRID, zerolinecolor=GRID)
    figure.update_yaxes(gridcolor=GRID, zerolinecolor=GRID)
    figure.update_layout(
        title=title,
        height=ROW_HEIGHT * num_rows + 110,
        legend={"orientation": "h", "y": -0.12, "yanchor": "top"},
        margin={"t": 60, "l": 50, "r": 20},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"color": INK},
    )
    return figure


def _traces(quantity):
    """Ribbons first, so that the lines lie above them."""
    is_compared = _is_compared(quantity)
    for ribbon in quantity.ribbons:
        colour = _colour(ribbon.run, 0, is_compared)
        edge = {"x": ribbon.x, "mode": "lines", "line": {"width": 0.5, "color": colour}, "hoverinfo": "skip"}
        yield go.Scatter(y=ribbon.low, name=ribbon.name, showlegend=False, **edge)
        yield go.Scatter(
            y=ribbon.high, name=ribbon.name, fill="tonexty", fillcolor=_pale(colour), showlegend=True, **edge
        )
    for line in quantity.lines:
        words = _("{place}: {number}").format(place="%{x:,.6~g}", number="%{y:" + quantity.number + "}")
        yield go.Scatter(
            x=[_short(x) for x in line.x],
            y=[_short(y) for y in line.y],
            name=line.name,
            mode="lines+markers" if len(line.x) < 25 else "lines",
            marker={"size": 5},
            line={
                "color": _colour(line.run, line.series, is_compared),
                "dash": _dash(line.run, line.series, is_compared),
                "width": 2,
            },
            showlegend=True,
            hovertemplate=f"{words}<extra>{line.name}</extra>",
        )


def _colour(run, series, is_compared):
    """The run's own where runs are compared, else the series'."""
    return COLOURS[(run if is_compared else series) % len(COLOURS)]


def _dash(run, series, is_compared):
    """Where there is no colour; and where the colours come round again, another one."""
    number = run + 2 * series if is_compared else series + series // len(COLOURS)
    return DASHES[number % len(DASHES)]


def _is_compared(quantity):
    """False where the lines are those of one run, told apart among themselves."""
    runs, series = ({getattr(line, name) for line in quantity.lines} for name in ("run", "series"))
    return len(runs) > 1 or len(series) == 1


def _pale(colour):
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.18)"


def _short(number):
    """Six figures, so that an update is told as it is: the data of a figure lies in the page."""
    return None if number != number else float(f"{number:.6g}")


def _range(quantity):
    return "tozero" if quantity.starts_at_zero else "normal"


def _ticks(quantity):
    return ".0%" if quantity.number.endswith("%") else ""


def _check(quantities):
    if not quantities:
        raise ValueError("there is nothing to draw yet, expected a run with one update at least.")
