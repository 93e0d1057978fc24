"""Bits per byte on held-out text by form of the model: a dot for each seed, a stroke at the mean. Book:
chapter 05."""

import plotly.graph_objects as go

from mof.course.translation import _


def forms_figure(rows, title=""):
    """One line of dots for each form, the first on top.

    Args:
        rows: list of dicts with "form", "seed" and "bits_per_byte", as `mof.lessons.attention_study.form_row`
            gives.
        title: str.

    Returns:
        plotly Figure.

    Raises:
        ValueError: without rows.
    """
    if not rows:
        raise ValueError("there are no rows, expected one for each training.")
    forms = list(dict.fromkeys(row["form"] for row in rows))
    values = {form: [row["bits_per_byte"] for row in rows if row["form"] == form] for form in forms}
    figure = go.Figure()
    figure.add_scatter(
        x=[row["bits_per_byte"] for row in rows],
        y=[row["form"] for row in rows],
        customdata=[row["seed"] for row in rows],
        mode="markers",
        marker={"size": 11, "opacity": 0.75},
        name=_("one training"),
        hovertemplate=_("{form}, seed {seed}: {number} bits per byte").format(
            form="%{y}", seed="%{customdata}", number="%{x:.3f}"
        )
        + "<extra></extra>",
    )
    if max(map(len, values.values())) > 1:
        figure.add_scatter(
            x=[sum(values[form]) / len(values[form]) for form in forms],
            y=forms,
            mode="markers",
            marker={"symbol": "line-ns-open", "size": 26, "line": {"width": 3}},
            name=_("mean over the seeds"),
            hovertemplate=_("{form}, mean: {number} bits per byte").format(form="%{y}", number="%{x:.3f}")
            + "<extra></extra>",
        )
    figure.update_layout(
        title=title,
        **form_lines(forms),
        showlegend=len(figure.data) > 1,
        height=170 + 50 * len(forms),
    )
    return figure


def form_lines(forms):
    """The layout of a figure with a line for each form, the first on top, over bits per byte."""
    return {
        "xaxis": {"title": _("bits per byte (left is better)")},
        "yaxis": {
            "categoryorder": "array",
            "categoryarray": forms[::-1],
            "range": [-0.5, len(forms) - 0.5],
            "automargin": True,
        },
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom"},
    }
