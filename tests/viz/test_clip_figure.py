"""Lengths of the gradient under several limits."""

import pytest

from mof.viz.clip_figure import clip_figure


def test_what_is_left_and_the_share_that_was_shortened():
    figure = clip_figure([0.5, 1.0, 2.0, 4.0], [1, 3], "Just now")
    came, left = figure.data
    assert list(came.y) == [0.5, 1.0, 2.0, 4.0] and list(left.y) == [0.5, 1.0, 1.0, 1.0]
    assert list(came.x) == [1, 2, 3, 4]
    titles = [frame.layout.title.text for frame in figure.frames]
    assert titles == [
        "Just now: limit 1: 50% of the updates are shortened",
        "Just now: limit 3: 25% of the updates are shortened",
    ]
    assert clip_figure([1.0], [2]).layout.title.text == "limit 2: 0% of the updates are shortened"


@pytest.mark.parametrize(("lengths", "limits"), [([], [1]), ([1.0], [])])
def test_nothing_to_draw_is_told(lengths, limits):
    with pytest.raises(ValueError, match="lengths and .* limits came"):
        clip_figure(lengths, limits)
