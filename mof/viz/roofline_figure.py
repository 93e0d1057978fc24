"""How fast a machine may be, by the work done on each byte: the roofline. Arrays in, figure out.

    rate <= min(peak, bandwidth * operations a byte)

Source: Williams, Waterman and Patterson 2009, "Roofline". Book: chapters 00 and 11.
"""

import numpy as np
import plotly.graph_objects as go

from mof.course.translation import _
from mof.viz.frame_slider import frame_slider

ROOF_COLOUR, POINT_COLOUR = "#2f6db5", "#d9730d"
FLOAT32_BYTES = 4


def square_product_intensity(size):
    """Operations a byte of a product of two square float32 matrices: each read once, the result written once.

    Args:
        size: rows and columns, n. 2 n^3 operations, 3 n^2 numbers.
    """
    return 2 * size**3 / (3 * size**2 * FLOAT32_BYTES)


def roof(intensity, peak, bandwidth):
    """The most operations a second at so many operations a byte.

    Args:
        intensity: operations a byte, number or array. peak: operations a second. bandwidth: bytes a second.
    """
    return np.minimum(peak, bandwidth * np.asarray(intensity))


def roofline_figure(rates, sum_rate, bandwidth, title=""):
    """The roof, what was measured under it, and a slider over the size of the matrices.

    Args:
        rates: dict from n to operations a second in products of n x n matrices; the fastest is the flat roof.
        sum_rate: operations a second of a sum of two long rows, one operation for 12 bytes.
        bandwidth: bytes a second of the memory. title: str.

    Returns:
        plotly Figure, both axes logarithmic.

    Raises:
        ValueError: without rates, or with a number that is not above 0.
    """
    rates = {int(size): rate for size, rate in rates.items()}
    if not rates or min(*rates.values(), sum_rate, bandwidth) <= 0:
        raise ValueError(f"rates {rates}, sum {sum_rate}, bandwidth {bandwidth}: expected each above 0.")
    peak = max(rates.values())
    sizes = sorted(rates)
    places = [square_product_intensity(size) for size in sizes]
    low, high = 0.05, max(1000.0, 2 * places[-1])
    line = sorted({low, peak / bandwidth, high} if low < peak / bandwidth < high else {low, high})
    figure = go.Figure()
    add_roof(figure, line, peak, bandwidth)
    figure.add_scatter(
        x=[1 / 12, *places],
        y=[sum_rate, *(rates[size] for size in sizes)],
        text=["a + b", *(f"{size} × {size}" for size in sizes)],
        mode="markers",
        name=_("measured"),
        marker={"size": 9, "color": ROOF_COLOUR, "symbol": "circle-open", "line": {"width": 2}},
        hovertemplate=_("{work}: {rate} a second").format(work="%{text}", rate="%{y:.3s}")
        + "<extra></extra>",
    )
    frames = []
    for size, place in zip(sizes, places, strict=True):
        marker = {"size": 15, "color": POINT_COLOUR, "symbol": "diamond"}
        point = go.Scatter(x=[place], y=[rates[size]], mode="markers", name=_("this product"), marker=marker)
        share = rates[size] / float(roof(place, peak, bandwidth))
        words = _(
            "{size} × {size}, {number} operations a byte, {rate} billion a second, {share} of the roof"
        ).format(size=size, number=f"{place:.3g}", rate=f"{rates[size] / 1e9:.3g}", share=f"{share:.0%}")
        words = f"{title}: {words}" if title else words
        frames.append(go.Frame(name=str(size), data=[point], traces=[2], layout={"title": {"text": words}}))
    figure.add_trace(frames[0].data[0])
    figure.frames = frames
    figure.update_layout(
        title=frames[0].layout.title.text,
        sliders=[frame_slider(frames, _("matrices of n = "))],
        xaxis={"title": _("operations for each byte moved"), "type": "log"},
        yaxis={"title": _("operations a second"), "type": "log", "exponentformat": "SI"},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        height=480,
    )
    return figure


def add_roof(figure, line, peak, bandwidth):
    """The roof over the intensities of `line`, as the figure's next trace."""
    figure.add_scatter(
        x=line,
        y=roof(line, peak, bandwidth),
        mode="lines",
        name=_("the roof"),
        line={"color": ROOF_COLOUR, "width": 3},
        hovertemplate=_("{number} operations a byte: at most {rate} a second").format(
            number="%{x:.3g}", rate="%{y:.3s}"
        )
        + "<extra></extra>",
    )
