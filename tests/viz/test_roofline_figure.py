"""The roof and what lies under it."""

import numpy as np
import pytest

from mof.viz.roofline_figure import roof, roofline_figure, square_product_intensity

RATES = {16: 1e9, 64: 2e10, 1024: 2e11}


def test_intensity_of_a_square_product_by_hand():
    """2 x 2: 8 multiplications with their additions, 12 numbers of 4 bytes."""
    assert square_product_intensity(2) == 16 / 48
    assert square_product_intensity(600) == pytest.approx(100)


def test_the_roof_is_the_lower_of_two_limits():
    np.testing.assert_allclose(roof([0.5, 20.0, 100.0], 2e11, 1e10), [5e9, 2e11, 2e11])
    assert roof(1.0, 2e11, 1e10) == 1e10


def test_line_points_and_slider():
    figure = roofline_figure(RATES, 8e8, 1e10, "Just now")
    line, points, one = figure.data
    corner = 20.0  # operations a byte: 2e11 / 1e10
    assert corner in line.x and max(line.y) == 2e11
    assert list(points.x)[0] == 1 / 12 and list(points.y) == [8e8, 1e9, 2e10, 2e11]
    assert (one.x[0], one.y[0]) == (square_product_intensity(16), 1e9)
    assert [frame.name for frame in figure.frames] == ["16", "64", "1024"]
    last = figure.frames[-1]
    assert tuple(last.traces) == (2,) and last.data[0].y[0] == 2e11
    assert last.layout.title.text == (
        "Just now: 1024 × 1024, 171 operations a byte, 200 billion a second, 100% of the roof"
    )
    assert [step.label for step in figure.layout.sliders[0].steps] == ["16", "64", "1024"]
    assert (figure.layout.xaxis.type, figure.layout.yaxis.type) == ("log", "log")


def test_sizes_from_json_are_numbers_again():
    figure = roofline_figure({"1024": 2e11, "64": 2e10}, 8e8, 1e10)
    assert [frame.name for frame in figure.frames] == ["64", "1024"]


@pytest.mark.parametrize(("rates", "rest"), [({}, (1.0, 1.0)), ({4: 0.0}, (1.0, 1.0)), ({4: 1.0}, (1.0, 0))])
def test_what_cannot_be_drawn_is_refused(rates, rest):
    with pytest.raises(ValueError, match="expected each above 0"):
        roofline_figure(rates, *rest)
