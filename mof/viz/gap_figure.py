"""Two readings of the same text by each form of a model: lying there as a whole, and token by token. Where
they part, the model has seen its future. Book: chapter 06."""

import plotly.graph_objects as go

from mof.course.translation import _
from mof.viz.forms_figure import form_lines

SYMBOLS = {"whole_bits": "circle-open", "stepwise_bits": "diamond"}  # and where there is no colour
COLOURS = {"whole_bits": "#b8560f", "stepwise_bits": "#2f6db5"}


def gap_figure(rows, title=""):
    """A line for each form, the first on top, with two marks for each training.

    Args:
        rows: list of dicts with "form", "seed", "whole_bits" and "stepwise_bits" (bits per byte).
        title: str.

    Returns:
        plotly Figure.

    Raises:
        ValueError: without rows.
    """
    if not rows:
        raise ValueError("there are no rows, expected one for each training.")
    forms = list(dict.fromkeys(row["form"] for row in rows))
    figure = go.Figure()
    readings = {"whole_bits": _("the text lies there"), "stepwise_bits": _("token by token")}
    for key, name in readings.items():
        figure.add_scatter(
            x=[row[key] for row in rows],
            y=[row["form"] for row in rows],
            customdata=[row["seed"] for row in rows],
            mode="markers",
            marker={"symbol": SYMBOLS[key], "size": 13, "color": COLOURS[key], "line": {"width": 2}},
            name=name,
            hovertemplate=_("{form}, seed {seed}: {number} bits per byte").format(
                form="%{y}", seed="%{customdata}", number="%{x:.3f}"
            )
            + f"<extra>{name}</extra>",
        )
    figure.update_layout(
        title=title,
        **form_lines(forms),
        height=190 + 50 * len(forms),
    )
    return figure
