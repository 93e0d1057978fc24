"""Parts of a time, and one of them faster."""

import math

import pytest

from mof.viz.share_figure import FACTORS, share_figure, whole_after

SECONDS = {"products": 0.6, "between": 0.3, "reading": 0.1}


def test_the_whole_by_hand():
    assert whole_after(SECONDS, "products", 2) == pytest.approx(0.7)
    assert whole_after(SECONDS, "products", math.inf) == pytest.approx(0.4)


def test_bars_shares_and_titles():
    figure = share_figure(SECONDS, "products", "Just now")
    assert [frame.name for frame in figure.frames] == ["1", "1.5", "2", "4", "10", "∞"]
    assert len(FACTORS) == len(figure.frames) == len(figure.layout.sliders[0].steps)
    first, half, none = (figure.frames[i] for i in (0, 2, -1))
    assert list(first.data[0].x) == [0.6, 0.3, 0.1] and list(first.data[0].text) == ["60%", "30%", "10%"]
    assert list(half.data[0].x) == [0.3, 0.3, 0.1]
    assert half.layout.title.text == "Just now: products 2 times as fast: the whole is 1.43 times as fast"
    assert none.layout.title.text == "Just now: products in no time: the whole is 2.50 times as fast"
    assert len(set(first.data[0].marker.color[1:])) == 1 != len(set(first.data[0].marker.color))
    assert figure.layout.xaxis.range[1] > 0.6  # of the first frame, for all


@pytest.mark.parametrize(
    ("seconds", "part"), [(SECONDS, "head"), ({"a": -0.1, "b": 1.0}, "a"), ({"a": 0.0}, "a"), ({}, "a")]
)
def test_what_cannot_be_drawn_is_refused(seconds, part):
    with pytest.raises(ValueError, match="expected one of them, and times of 0 or more"):
        share_figure(seconds, part)
