"""Lines of a speed or a time against a size, both logarithmic. Book: chapter 11."""

import plotly.graph_objects as go

from mof.course.translation import _, ngettext
from mof.viz.half_life_figure import DASHES, SYMBOLS


def thread_figure(rates_by_threads, title=""):
    """Operations a second of a product by its rows, a line for each number of threads.

    Args:
        rates_by_threads: dict from the number of threads to a dict from rows to operations a second; keys
            numbers or str.
        title: str.

    Returns:
        plotly Figure.

    Raises:
        ValueError: there are no lines.
    """
    lines = {
        ngettext("{number} thread", "{number} threads", int(name)).format(number=name): line
        for name, line in rates_by_threads.items()
    }
    words = _("{number} rows: {rate} operations a second").format(number="%{x:,}", rate="%{y:.3s}")
    return _lines(lines, words, (_("rows of the product"), _("operations a second")), title)


def cache_block_figure(seconds_by_bytes, title=""):
    """Seconds of a chain of operations by the bytes of a block.

    Args:
        seconds_by_bytes: dict from bytes, numbers or str, to seconds. title: str.

    Returns:
        plotly Figure; the title names the best block.

    Raises:
        ValueError: there are no blocks.
    """
    words = _("blocks of {number} bytes: {seconds} s").format(number="%{x:,}", seconds="%{y:.3f}")
    axes = (_("bytes of a block"), _("seconds for the whole array"))
    figure = _lines({_("four operations, block by block"): seconds_by_bytes}, words, axes, title)
    best = min(seconds_by_bytes, key=seconds_by_bytes.get)
    text = _("fastest in blocks of {number} KiB").format(number=f"{int(best) / 1024:g}")
    figure.update_layout(title=f"{title}: {text}" if title else text, showlegend=False)
    return figure


def _lines(lines, words, axes, title):
    if not lines or not all(lines.values()):
        raise ValueError("there is nothing to draw, expected at least one line with a point.")
    figure = go.Figure()
    for i, (name, line) in enumerate(lines.items()):
        sizes = sorted(line, key=int)
        figure.add_scatter(
            x=[int(size) for size in sizes],
            y=[line[size] for size in sizes],
            name=name,
            mode="lines+markers",
            line={"dash": DASHES[i % len(DASHES)]},
            marker={"symbol": SYMBOLS[i % len(SYMBOLS)], "size": 8},
            hovertemplate=f"{words}<extra>{name}</extra>",
        )
    figure.update_layout(
        title=title,
        xaxis={"title": axes[0], "type": "log"},
        yaxis={"title": axes[1], "type": "log", "exponentformat": "SI"},
        legend={"orientation": "h", "y": -0.25},
        height=440,
    )
    return figure
