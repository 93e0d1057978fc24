"""What a byte of text costs a model by the size of its vocabulary; a slider over models. Book: chapter 02."""

import plotly.graph_objects as go

from mof.course.translation import _
from mof.viz.frame_slider import frame_slider


def vocabulary_cost_figure(costs):
    """The work of the body, falling, of the head, rising, and their sum, as shares of the work with bytes.

    Args:
        costs: dict from a model's name to a dict from vocabulary size, rising, to (body, head): operations
            for a byte of text. A step for each model.

    Returns:
        plotly Figure. 1 is the sum at the smallest vocabulary; the title names the cheapest.

    Raises:
        ValueError: without a model.
    """
    if not costs:
        raise ValueError("there are no costs, expected at least one model.")
    frames = []
    for name, by_size in costs.items():
        sizes = list(by_size)
        unit = sum(by_size[sizes[0]])
        body = [by_size[size][0] / unit for size in sizes]
        head = [by_size[size][1] / unit for size in sizes]
        both = [a + b for a, b in zip(body, head, strict=True)]
        traces = [
            go.Scatter(
                x=sizes,
                y=[round(value, 4) for value in values],
                mode="lines+markers",
                name=words,
                line={"dash": dash},
                hovertemplate=_("vocabulary {size}: {part} {number}").format(
                    size="%{x:,}", part=words, number="%{y:.2f}"
                )
                + "<extra></extra>",
            )
            for words, values, dash in (
                (_("body"), body, "dot"),
                (_("head"), head, "dash"),
                (_("both"), both, "solid"),
            )
        ]
        best = min(range(len(sizes)), key=both.__getitem__)
        text = _("{model}: least work at {size} tokens, {share} of the work with bytes").format(
            model=name, size=f"{sizes[best]:,}", share=f"{both[best]:.2f}"
        )
        frames.append(go.Frame(name=name, data=traces, layout={"title": {"text": text}}))
    figure = go.Figure(frames[0].data, frames=frames)
    largest = max(y for frame in frames for trace in frame.data for y in trace.y)
    figure.update_layout(
        title=frames[0].layout.title.text,
        sliders=[frame_slider(frames, _("model: "))],
        xaxis={"title": _("tokens in the vocabulary, W"), "type": "log", "dtick": "D2"},
        yaxis={"title": _("work for a byte of text (bytes alone = 1)"), "range": [0, 1.05 * largest]},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        height=460,
    )
    return figure
