"""Minutes of each chapter, with a slider over the speed of the machine. Book: chapter 00."""

import plotly.graph_objects as go

from mof.course.translation import _
from mof.viz.frame_slider import frame_slider

COLOUR = "#2f6db5"


def chapter_time_figure(seconds_by_chapter, speed, speeds, own_speed=None):
    """A bar for each chapter.

    Args:
        seconds_by_chapter: dict from "05 Linear attention" to seconds at `speed`.
        speed: tokens a second, of the machine that the seconds are from.
        speeds: a step of the slider for each, tokens a second.
        own_speed: of the machine at hand; one step more, and the first that is shown. None for none.

    Returns:
        plotly Figure. The seconds are scaled by the ratio of the speeds.

    Raises:
        ValueError: without chapters or speeds, or for a speed that is not above 0.
    """
    steps = sorted({float(s) for s in speeds} | ({float(own_speed)} if own_speed is not None else set()))
    if not seconds_by_chapter or not steps or min(speed, *steps) <= 0:
        raise ValueError(
            f"chapters {seconds_by_chapter}, speed {speed}, speeds {steps}: expected some, above 0."
        )
    names = list(seconds_by_chapter)
    frames = []
    for step in steps:
        minutes = [seconds_by_chapter[name] * speed / step / 60 for name in names]
        bars = go.Bar(
            x=minutes,
            y=names,
            orientation="h",
            marker={"color": COLOUR},
            text=[f"{value:.1f}" for value in minutes],
            hovertemplate=_("{chapter}: {number} minutes").format(chapter="%{y}", number="%{x:.1f}")
            + "<extra></extra>",
        )
        words = _("At {speed} tokens a second: {minutes} minutes for all of them")
        if own_speed is not None and step == float(own_speed):
            words = _("At {speed} tokens a second (this machine): {minutes} minutes for all of them")
        words = words.format(speed=f"{step:,.0f}", minutes=f"{sum(minutes):.0f}")
        frames.append(go.Frame(name=f"{step:,.0f}", data=[bars], layout={"title": {"text": words}}))
    first = steps.index(float(own_speed)) if own_speed is not None else 0
    slowest = max(seconds_by_chapter.values()) * speed / steps[0] / 60
    figure = go.Figure(frames[first].data[0], frames=frames)
    figure.update_layout(
        title=frames[first].layout.title.text,
        sliders=[{**frame_slider(frames, _("tokens a second: ")), "active": first}],
        xaxis={"title": _("minutes to run"), "range": [0, 1.15 * slowest]},
        yaxis={"autorange": "reversed", "automargin": True},
        height=190 + 45 * len(names),
    )
    return figure
