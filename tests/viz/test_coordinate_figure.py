"""The coordinate check as lines, one rule at a time."""

import pytest

from mof.viz.coordinate_figure import coordinate_figure

ROWS = [
    {"width": width, "rule": rule, "change": {"a": 0.1 * width**power, "b": 0.5}}
    for rule, power in (("one", 1.0), ("two", 0.0))
    for width in (64, 32, 128)
]


def test_a_line_for_each_part_in_the_order_of_the_widths():
    figure = coordinate_figure(ROWS, "T")
    assert [trace.name for trace in figure.data] == ["a", "b"] and figure.layout.title.text == "T: one"
    assert list(figure.data[0].x) == [32, 64, 128]
    assert list(figure.data[0].y) == pytest.approx([3.2, 6.4, 12.8])
    assert (
        [frame.name for frame in figure.frames]
        == ["one", "two"]
        == [step.label for step in figure.layout.sliders[0].steps]
    )
    assert list(figure.frames[1].data[0].y) == pytest.approx([0.1, 0.1, 0.1])
    low, high = figure.layout.yaxis.range
    assert 10**low < 0.1 and 10**high > 12.8 and figure.layout.xaxis.type == figure.layout.yaxis.type == "log"


def test_one_rule_needs_no_slider():
    figure = coordinate_figure(ROWS[:3])
    assert not figure.frames and not figure.layout.sliders


def test_nothing_is_refused():
    with pytest.raises(ValueError, match="there are no rows"):
        coordinate_figure([])
