"""Two marks for each training, told apart without colour."""

import pytest

from mof.viz.gap_figure import gap_figure

ROWS = [
    {"form": "sound", "seed": 0, "whole_bits": 3.0, "stepwise_bits": 3.0},
    {"form": "leaks", "seed": 0, "whole_bits": 2.0, "stepwise_bits": 4.0},
]


def test_both_readings_of_each_training():
    figure = gap_figure(ROWS, "now")
    whole, stepwise = figure.data
    assert list(whole.x) == [3.0, 2.0] and list(stepwise.x) == [3.0, 4.0]
    assert list(whole.y) == list(stepwise.y) == ["sound", "leaks"]
    assert whole.marker.symbol != stepwise.marker.symbol and figure.layout.title.text == "now"
    assert list(figure.layout.yaxis.categoryarray) == ["leaks", "sound"], "the first on top"


def test_no_rows_are_told():
    with pytest.raises(ValueError, match="there are no rows"):
        gap_figure([])
