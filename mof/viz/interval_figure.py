"""Means with their 95% intervals, the single values, and a slider that zooms. Book: chapter 08."""

import plotly.graph_objects as go

from mof.course.translation import _

DOT_COLOUR, MEAN_COLOUR = "#9aa0a6", "#2f6db5"  # stand out from a white and from a dark ground


def interval_figure(rows, title="", axis="", views=None, percent=False):
    """One line for each row, the first on top.

    Args:
        rows: list of dicts: "row", its label; "values", a list of numbers; "mean"; "half", half of the
            interval's width.
        title: str. axis: the words below the axis.
        views: dict from a label to (low, high) of the axis, a step of the slider for each; or None for none.
        percent: whether numbers are shares, to be written as percentages.

    Returns:
        plotly Figure.

    Raises:
        ValueError: without rows.
    """
    if not rows:
        raise ValueError("there are no rows, expected one for each mean.")
    number = ":.1%" if percent else ":.3f"
    figure = go.Figure()
    figure.add_scatter(
        x=[value for row in rows for value in row["values"]],
        y=[row["row"] for row in rows for _value in row["values"]],
        mode="markers",
        marker={"symbol": "line-ns-open", "size": 9, "color": DOT_COLOUR},
        name=_("single values"),
        hovertemplate="%{y}: %{x" + number + "}<extra></extra>",
    )
    figure.add_scatter(
        x=[row["mean"] for row in rows],
        y=[row["row"] for row in rows],
        error_x={"type": "data", "array": [row["half"] for row in rows], "thickness": 3, "width": 8},
        customdata=[row["half"] for row in rows],
        mode="markers",
        marker={"symbol": "diamond", "size": 11, "color": MEAN_COLOUR},
        name=_("mean, 95% interval"),
        hovertemplate="%{y}: %{x" + number + "} ± %{customdata" + number + "}<extra></extra>",
    )
    names = list(dict.fromkeys(row["row"] for row in rows))
    figure.update_layout(
        title=title,
        xaxis={"title": axis, **({"tickformat": ".0%"} if percent else {})},
        yaxis={
            "categoryorder": "array",
            "categoryarray": names[::-1],
            "range": [-0.5, len(names) - 0.5],
            "automargin": True,
        },
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        height=(300 if views else 190) + 46 * len(names),
    )
    if views:
        steps = [
            {"label": label, "method": "relayout", "args": [{"xaxis.range": list(view)}]}
            for label, view in views.items()
        ]
        figure.update_layout(
            sliders=[{"steps": steps, "currentvalue": {"prefix": _("axis: ")}, "pad": {"t": 60}}]
        )
        figure.update_xaxes(range=list(next(iter(views.values()))))
    return figure
