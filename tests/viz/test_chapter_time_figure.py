"""Minutes of chapters by speed."""

import pytest

from mof.viz.chapter_time_figure import chapter_time_figure

CARDS = {"00 A": 60.0, "05 B": 120.0}


def test_bars_scale_with_the_speed():
    figure = chapter_time_figure(CARDS, 3000.0, (1500, 3000), own_speed=6000.0)
    assert [frame.name for frame in figure.frames] == ["1,500", "3,000", "6,000"]
    assert [list(frame.data[0].x) for frame in figure.frames] == [[2, 4], [1, 2], [0.5, 1]]
    assert list(figure.data[0].x) == [0.5, 1] and figure.layout.sliders[0].active == 2
    titles = [frame.layout.title.text for frame in figure.frames]
    assert titles[0] == "At 1,500 tokens a second: 6 minutes for all of them"
    assert titles[2].startswith("At 6,000 tokens a second (this machine): 2 minutes")
    assert figure.layout.title.text == titles[2]


def test_without_an_own_speed_the_slowest_comes_first():
    figure = chapter_time_figure(CARDS, 3000.0, (3000, 1500))
    assert list(figure.data[0].x) == [2, 4] and "(this" not in figure.layout.title.text


@pytest.mark.parametrize(
    ("cards", "speed", "speeds"), [({}, 1.0, (1,)), (CARDS, 1.0, ()), (CARDS, 0.0, (1,)), (CARDS, 1.0, (0,))]
)
def test_nothing_to_draw_is_refused(cards, speed, speeds):
    with pytest.raises(ValueError, match="expected some, above 0"):
        chapter_time_figure(cards, speed, speeds)
