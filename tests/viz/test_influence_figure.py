"""Influence by distance, on a logarithmic axis."""

import numpy as np
import pytest

from mof.viz.influence_figure import influence_figure


def test_lines_are_shares_and_end_where_nothing_comes_through():
    figure = influence_figure({"a": np.array([4.0, 2.0, 0.0]), "b": np.array([2.0, 1.0, 0.5])}, "t")
    first, second = figure.data
    assert list(first.x) == [0, 1] and list(first.y) == [1.0, 0.5]
    assert list(second.x) == [0, 1, 2] and list(second.y) == [1.0, 0.5, 0.25]
    assert figure.layout.yaxis.type == "log" and figure.layout.title.text == "t"
    assert first.line.dash != second.line.dash and first.marker.symbol != second.marker.symbol


@pytest.mark.parametrize("curves", [{}, {"a": np.array([0.0, 1.0])}, {str(i): np.ones(2) for i in range(4)}])
def test_curves_that_cannot_be_drawn_are_refused(curves):
    with pytest.raises(ValueError, match="expected 1 to 3, each with a first number above 0"):
        influence_figure(curves)
