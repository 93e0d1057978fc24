"""The figures hold the report's numbers."""

import pytest

from mof.viz.memory_figure import needle_figure, position_figure

MEMORY = {
    "trained_length": 512,
    "needle": [
        {
            "distance": 64,
            "num_trials": 8,
            "num_right": 6,
            "low": 0.4,
            "high": 0.9,
            "nats": 1.0,
            "nats_without": 9.0,
        },
        {
            "distance": 2048,
            "num_trials": 8,
            "num_right": 0,
            "low": 0.0,
            "high": 0.3,
            "nats": 9.5,
            "nats_without": 9.0,
        },
    ],
    "positions": {"block": 128, "nats": [5.0, 4.5, 4.25], "half": [0.5, 0.25, 0.125]},
}


def test_needles_by_distance_with_their_intervals():
    figure = needle_figure(MEMORY)
    line = figure.data[0]
    assert line.x == (64, 2048) and line.y == (0.75, 0.0) and line.customdata == (8.0, -0.5)
    assert line.error_y.array == pytest.approx((0.15, 0.3)) and line.error_y.arrayminus == pytest.approx(
        (0.35, 0)
    )
    assert figure.layout.shapes[0].x0 == 512
    (note,) = figure.layout.annotations  # on a logarithmic axis its place is an exponent
    assert 10**note.x == pytest.approx(512) and figure.layout.xaxis.type == "log"


def test_loss_stands_in_the_middle_of_each_block():
    figure = position_figure(MEMORY)
    line = figure.data[0]
    assert (
        line.x == (64.0, 192.0, 320.0)
        and line.y == (5.0, 4.5, 4.25)
        and line.error_y.array == (0.5, 0.25, 0.125)
    )
    assert figure.layout.shapes[0].x0 == 512
