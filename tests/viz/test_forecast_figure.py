"""A law with its interval over tokens and over sizes."""

import numpy as np
import pytest

from mof.planning.scaling_law import FittedLaw, Law, Point
from mof.viz.forecast_figure import equal_work_figure, forecast_figure

LAW = Law(1.0, 0.5, 0.4, 1.0, 0.3)
FITTED = FittedLaw(LAW, (LAW, LAW._replace(floor=0.9, token_scale=1.1)), 0.01, (3e5, 4e6), (1e5, 4e6))
TRAININGS = {"near": Point(1.2e6, 1e6, 2.4), "far": Point(8e6, 1e6, 2.2)}


def test_the_line_is_the_law_and_lies_in_its_band():
    figure = forecast_figure(FITTED, {"1 M": 1e6, "10 M": 1e7}, TRAININGS, "T", first=1)
    assert figure.layout.title.text == "T: 10 M parameters" and figure.layout.sliders[0].active == 1
    upper, lower, line, marks = figure.frames[0].data
    np.testing.assert_allclose(line.y, LAW.bits_per_byte(1e6, np.array(line.x)))
    assert (np.array(lower.y) < line.y).all() and (np.array(line.y) < upper.y).all()
    assert (line.x[0], line.x[-1]) == pytest.approx((1e5, 4e7))
    assert list(marks.text) == ["near"] and list(figure.frames[1].data[3].text) == ["far"]
    ratio = np.array(upper.y) / lower.y
    assert ratio[-1] > ratio[len(ratio) // 2]  # wider outside of the fit
    assert len(figure.layout.shapes) == 2


def test_the_lowest_point_is_the_best_size():
    figure = equal_work_figure(FITTED, {"1 h": 3.6e14, "4 days": 3.5e16}, "T")
    for frame, operations in zip(figure.frames, (3.6e14, 3.5e16), strict=True):
        (place,) = frame.data[3].x
        assert place == pytest.approx(LAW.best_size(operations))
        title = frame.layout.title.text
        assert f"best with {place / 1e6:.3g} million" in title
        assert f"{operations / 6 / place**2:.3g} tokens for each" in title
        assert frame.data[3].y[0] <= min(frame.data[2].y)


def test_nothing_is_refused():
    with pytest.raises(ValueError, match="there are no sizes"):
        forecast_figure(FITTED, {}, {})
    with pytest.raises(ValueError, match="no amount of work"):
        equal_work_figure(FITTED, {})
