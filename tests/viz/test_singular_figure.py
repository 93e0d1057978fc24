"""Singular values, step by step."""

import numpy as np
import pytest

from mof.viz.singular_figure import singular_figure

STARTS = np.array([0.01, 0.1, 1.0])


def test_the_slider_goes_through_the_steps_and_marks_what_is_asked():
    figure = singular_figure(STARTS, [STARTS, 2 * STARTS], marked_starts=(0.11,))
    curve, dots = figure.frames[1].data
    np.testing.assert_allclose(curve.y, 2 * STARTS)
    assert list(dots.x) == [0.1] and list(dots.y) == [0.2]
    assert [frame.layout.title.text for frame in figure.frames] == [
        "At the start: 0.10",
        "After step 1: 0.20",
    ]
    assert singular_figure(STARTS, [STARTS]).layout.title.text == "At the start"


@pytest.mark.parametrize("after", [[], [STARTS[:2]]])
def test_shapes_that_do_not_fit_are_told(after):
    with pytest.raises(ValueError, match=r"starts have the shape \[3\]"):
        singular_figure(STARTS, after)
