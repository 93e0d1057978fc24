"""A scan as a tree: which steps each round puts together, and what comes of it. Book: chapter 04."""

import plotly.graph_objects as go

from mof.course.translation import _, ngettext
from mof.viz.frame_slider import frame_slider
from mof.viz.token_axis import token_axis

OPEN_COLOUR, DONE_COLOUR = "#b8560f", "#2f6db5"  # orange and blue: told apart by the colour-blind too
LINE_COLOUR = "#8a94a0"  # stands out a little from a white and from a dark ground


def covered(token, num_rounds):
    """(first, last): the tokens whose steps a token covers after so many rounds, counted from 0."""
    return max(0, token - 2**num_rounds + 1), token


def scan_figure(tokens, retained, updated):
    """The rounds from the bottom up, with a slider that lets them come one by one.

    Args:
        tokens: list of T str.
        retained, updated: lists of arrays [T], a and b before the first round and after each, as
            `mof.lessons.scan_rounds.scan_rounds` gives them.

    Returns:
        plotly Figure. A node shows b, the state if the token covers all before it (a square, blue) and a part
        of it if not (a circle, orange).

    Raises:
        ValueError: for rounds of other lengths than the tokens.
    """
    lengths = {len(row) for row in (*retained, *updated)}
    if lengths != {len(tokens)} or len(retained) != len(updated):
        raise ValueError(
            f"there are {len(tokens)} tokens, {len(retained)} and {len(updated)} rounds of lengths "
            f"{sorted(lengths)}: expected a and b for each token in each round."
        )
    frames = [_frame(tokens, retained, updated, last) for last in range(len(retained))]
    figure = go.Figure(frames[0].data, frames=frames)
    figure.update_layout(
        title=frames[0].layout.title.text,
        sliders=[frame_slider(frames, _("round "))],
        xaxis={
            **token_axis(tokens),
            "range": [-0.6, len(tokens) - 0.4],
            "showgrid": False,
            "zeroline": False,
        },
        yaxis={
            "tickmode": "array",
            "tickvals": list(range(len(retained))),
            "ticktext": [
                _("steps"),
                *(_("round {number}").format(number=i) for i in range(1, len(retained))),
            ],
            "range": [-0.6, len(retained) - 0.4],
            "showgrid": False,
            "zeroline": False,
        },
        showlegend=False,
        height=130 + 90 * len(retained),
    )
    return figure


def _frame(tokens, retained, updated, last):
    """All rounds up to `last`: lines of the earlier rounds, lines of this one, nodes."""
    older, newer = ([], []), ([], [])
    nodes = {"x": [], "y": [], "text": [], "customdata": [], "symbol": [], "color": []}
    for number in range(last + 1):
        for t, token in enumerate(tokens):
            first = covered(t, number)[0]
            nodes["x"].append(t)
            nodes["y"].append(number)
            nodes["text"].append(f"{updated[number][t]:.4g}")
            span = token if first == t else _("{first} to {last}").format(first=tokens[first], last=token)
            a, b = retained[number][t], updated[number][t]
            nodes["customdata"].append(
                _("{span}: keeps {kept} of what was, adds {added}").format(
                    span=span, kept=f"{a:.4g}", added=f"{b:.4g}"
                )
            )
            nodes["symbol"].append("square" if first == 0 else "circle")
            nodes["color"].append(DONE_COLOUR if first == 0 else OPEN_COLOUR)
            lines = newer if number == last else older
            before = t - 2 ** (number - 1) if number else -1
            for start in (t, before) if number and before >= 0 else (t,) if number else ():
                lines[0].extend((start, t, None))
                lines[1].extend((number - 1, number, None))
    num_done = min(2**last, len(tokens))
    times = ngettext("after {number} round", "after {number} rounds", last).format(number=last)
    words = _("{times}: {num_done} of {num_tokens} tokens know all that came before them").format(
        times=times if last else _("before the first round"), num_done=num_done, num_tokens=len(tokens)
    )
    traces = [
        go.Scatter(x=older[0], y=older[1], mode="lines", line={"color": LINE_COLOUR, "width": 1}),
        go.Scatter(x=newer[0], y=newer[1], mode="lines", line={"color": LINE_COLOUR, "width": 3}),
        go.Scatter(
            x=nodes["x"],
            y=nodes["y"],
            text=nodes["text"],
            customdata=nodes["customdata"],
            mode="markers+text",
            marker={"symbol": nodes["symbol"], "color": nodes["color"], "size": 28, "opacity": 1},
            textfont={"color": "#ffffff", "size": 10},
            hovertemplate="%{customdata}<extra></extra>",
        ),
    ]
    for trace in traces[:2]:
        trace.hoverinfo = "skip"
    return go.Frame(name=str(last), data=traces, layout={"title": {"text": words}})
