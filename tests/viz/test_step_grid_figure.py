"""Loss by step size: a curve for each width, its best with a ring."""

import pytest

from mof.viz.step_grid_figure import step_grid_figure

CURVES = {
    "one": {64: {-1: 3.0, 0: 2.0, 1: 4.0}, 32: {0: 3.5, 1: 3.0, 2: 3.2}},
    "two": {32: {0: 3.0, 1: 2.9, 2: 3.3}},
}


def test_curves_and_rings():
    figure = step_grid_figure(CURVES, "T")
    assert [trace.name for trace in figure.data] == ["width 32", "width 64", "best"]
    assert list(figure.data[1].x) == [-1, 0, 1] and list(figure.data[1].text) == ["1/2", "1", "2"]
    assert sorted(zip(figure.data[2].x, figure.data[2].y, strict=True)) == [(0, 2.0), (1, 3.0)]
    assert figure.layout.title.text == "T: one"
    assert list(figure.layout.xaxis.ticktext) == ["1/2", "1", "2", "4"]
    low, high = figure.layout.yaxis.range
    assert low < 2.0 and high > 4.0


def test_a_frame_for_each_rule_holds_all_its_traces():
    figure = step_grid_figure(CURVES)
    assert [frame.name for frame in figure.frames] == ["one", "two"]
    assert len(step_grid_figure({"one": CURVES["one"]}).frames) == 0


@pytest.mark.parametrize("curves", [{}, {"one": {}}])
def test_nothing_is_refused(curves):
    with pytest.raises(ValueError, match="there are no curves"):
        step_grid_figure(curves)
