"""Forms of a training beside one of them: a dot for each seed's difference in bits per byte, the mean with
its 95% interval, and a slider over the held-out texts. Book: chapter 10."""

import plotly.graph_objects as go

from mof.course.translation import _
from mof.lessons.paired_results import compare_forms, differences
from mof.viz.frame_slider import frame_slider

BLUE, ORANGE = "#2f6db5", "#b8560f"


def difference_figure(rows, base, title="", own_bases=None):
    """A line for each form but the base, the first on top, and 0 as an upright line.

    Args:
        rows: list of dicts with "form", "seed", "bits_per_byte", "tokens" and "seconds"; perhaps with
            "bits_by_text", a dict from names of held-out texts.
        base: the form that the others are compared with.
        title: str.
        own_bases: as `mof.lessons.paired_results.compare_forms`.

    Returns:
        plotly Figure; with texts, a slider over them, all of them together first.

    Raises:
        ValueError: no row of the base, or of any other form.
    """
    if {row["form"] for row in rows} <= {base}:
        raise ValueError(f"there are no rows but those of {base!r}: nothing to compare.")
    texts = [None, *(rows[0].get("bits_by_text") or ())]
    frames = [
        go.Frame(
            name=_("all held-out text") if text is None else text, data=_traces(rows, base, text, own_bases)
        )
        for text in texts
    ]
    figure = go.Figure(frames[0].data, frames=frames if len(frames) > 1 else [])
    forms = [c.form for c in compare_forms(rows, base) if c.form != base]
    figure.add_vline(x=0, line_dash="dot")
    figure.update_layout(
        title=title,
        xaxis={
            "title": _("change in<br>bits per byte"),
            "range": _range(rows, base, texts, own_bases),
        },
        yaxis={
            "categoryorder": "array",
            "categoryarray": forms[::-1],
            "range": [-0.5, len(forms) - 0.5],
            "automargin": True,
        },
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        height=240 + 40 * len(forms),
    )
    if len(frames) > 1:
        figure.update_layout(sliders=[frame_slider(frames, _("text: "))])
    return figure


def _traces(rows, base, text, own_bases):
    """The dots of the seeds, and the means with their intervals."""
    compared = [c for c in compare_forms(rows, base, text, own_bases) if c.change is not None]
    dots = [
        (c.form, seed, change)
        for c in compared
        for seed, change in differences(rows, c.form, c.base, text).items()
    ]
    return [
        go.Scatter(
            x=[round(change, 4) for _form, _seed, change in dots],
            y=[form for form, _seed, _change in dots],
            customdata=[seed for _form, seed, _change in dots],
            mode="markers",
            marker={"size": 9, "opacity": 0.7, "color": BLUE},
            name=_("one seed"),
            hovertemplate=_("{form}, seed {seed}: {number} bits per byte").format(
                form="%{y}", seed="%{customdata}", number="%{x:+.3f}"
            )
            + "<extra></extra>",
        ),
        go.Scatter(
            x=[round(c.change.mean, 4) for c in compared],
            y=[c.form for c in compared],
            error_x={
                "type": "data",
                "array": [0.0 if c.change.half is None else round(c.change.half, 4) for c in compared],
                "thickness": 2,
            },
            mode="markers",
            marker={"symbol": "diamond", "size": 10, "color": ORANGE},
            name=_("mean, 95% interval"),
            hovertemplate=_("{form}, mean: {number} bits per byte").format(form="%{y}", number="%{x:+.3f}")
            + "<extra></extra>",
        ),
    ]


def _range(rows, base, texts, own_bases):
    """One range for all texts, so that the slider moves the marks and not the axis."""
    ends = [0.0]
    for text in texts:
        for c in compare_forms(rows, base, text, own_bases):
            if c.change is not None:
                half = c.change.half or 0.0
                ends += [c.change.mean - half, c.change.mean + half]
                ends += differences(rows, c.form, c.base, text).values()
    room = 0.05 * (max(ends) - min(ends)) or 0.1
    return [min(ends) - room, max(ends) + room]
