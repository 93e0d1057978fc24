"""Parts of a time, and what is left of the whole when one part gets faster; a slider over how much faster.

    whole = 1 - share + share / factor

However fast the part becomes, the whole never falls below 1 - share. Source: Amdahl 1967, as it is commonly
told. Book: chapter 11.
"""

import math

import plotly.graph_objects as go

from mof.course.translation import _
from mof.viz.frame_slider import frame_slider

CHANGED_COLOUR, COLOUR = "#d9730d", "#2f6db5"
FACTORS = (1, 1.5, 2, 4, 10, math.inf)


def whole_after(seconds, part, factor):
    """The whole, when one part takes 1/factor of its time.

    Args:
        seconds: dict from parts to seconds. part: one of them. factor: number above 0; infinity for no time.

    Raises:
        KeyError: there is no such part.
    """
    return sum(seconds.values()) - seconds[part] + seconds[part] / factor


def share_figure(seconds, part, title="", factors=FACTORS):
    """A bar for each part, and a slider over how many times as fast one of them gets.

    Args:
        seconds: dict from parts to seconds, none below 0. part: the one that gets faster.
        title: str, before what the slider says. factors: its steps, from 1 up; infinity for no time at all.

    Returns:
        plotly Figure. The title says how much faster the whole is.

    Raises:
        ValueError: the part is none of them, or the times are not so.
    """
    if part not in seconds or min(seconds.values()) < 0 or sum(seconds.values()) <= 0:
        raise ValueError(f"part {part!r} of {seconds}: expected one of them, and times of 0 or more.")
    before, names = sum(seconds.values()), list(seconds)
    frames = []
    for factor in factors:
        after = whole_after(seconds, part, factor)
        values = [seconds[name] / factor if name == part else seconds[name] for name in names]
        bar = go.Bar(
            y=names,
            x=values,
            orientation="h",
            marker={"color": [CHANGED_COLOUR if name == part else COLOUR for name in names]},
            text=[f"{value / after:.0%}" if after > 0 else "" for value in values],
            textposition="outside",
            cliponaxis=False,
            hovertemplate=_("{part}: {seconds} s").format(part="%{y}", seconds="%{x:.3f}")
            + "<extra></extra>",
        )
        how = (
            _("in no time")
            if math.isinf(factor)
            else _("{factor} times as fast").format(factor=f"{factor:g}")
        )
        gain = before / after if after > 0 else math.inf
        words = _("{part} {how}: the whole is {gain} times as fast").format(
            part=part, how=how, gain=f"{gain:.2f}"
        )
        words = f"{title}: {words}" if title else words
        label = "∞" if math.isinf(factor) else f"{factor:g}"
        frames.append(go.Frame(name=label, data=[bar], layout={"title": {"text": words}}))
    figure = go.Figure(frames[0].data[0], frames=frames)
    figure.update_layout(
        title=frames[0].layout.title.text,
        sliders=[frame_slider(frames, _("times as fast: "))],
        xaxis={"title": _("seconds"), "range": [0, 1.55 * max(seconds.values())]},
        yaxis={"autorange": "reversed", "automargin": True},
        showlegend=False,
        height=220 + 40 * len(names),
    )
    return figure
