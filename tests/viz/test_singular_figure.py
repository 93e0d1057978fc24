"""Singular values, step by step."""

import numpy as np
import pytest

from mof.viz.singular_figure import singular_figure

STARTS = np.array([0.01, 0.1, 1.0])


def test_the_slider_goes_through_the_steps_and_a_shorter_way_stays_at_its_end():
    figure = singular_figure(STARTS, {"a": [STARTS, 2 * STARTS, 3 * STARTS], "b": [STARTS, 4 * STARTS]})
    assert [frame.layout.title.text for frame in figure.frames] == [
        "At first",
        "After step 1",
        "After step 2",
    ]
    for factors, frame in zip(((1, 1), (2, 4), (3, 4)), figure.frames, strict=True):
        for factor, trace in zip(factors, frame.data, strict=True):
            np.testing.assert_allclose(trace.y, factor * STARTS)
            np.testing.assert_allclose(trace.x, STARTS)
    assert [trace.line.dash for trace in figure.data] == ["solid", "dash"]


@pytest.mark.parametrize("after", [{}, {"a": []}, {"a": [STARTS[:2]]}])
def test_shapes_that_do_not_fit_are_told(after):
    with pytest.raises(ValueError, match=r"starts have the shape \(3,\), after"):
        singular_figure(STARTS, after)
