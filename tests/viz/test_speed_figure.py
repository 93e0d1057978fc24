"""Lines of speeds and times."""

import pytest

from mof.viz.speed_figure import cache_block_figure, thread_figure


def test_a_line_for_each_number_of_threads_its_rows_in_order():
    figure = thread_figure({"1": {"256": 3e9, "16": 2e9}, "8": {"16": 1e9}}, "Recorded")
    first, second = figure.data
    assert (list(first.x), list(first.y)) == ([16, 256], [2e9, 3e9])
    assert [line.name for line in figure.data] == ["1 thread", "8 threads"]
    assert second.y[0] == 1e9 and figure.layout.title.text == "Recorded"


def test_the_best_block_is_named():
    figure = cache_block_figure({"1024": 3.0, "67108864": 2.0, "65536": 1.0}, "Just now")
    assert list(figure.data[0].x) == [1024, 65536, 67108864] and list(figure.data[0].y) == [3.0, 1.0, 2.0]
    assert figure.layout.title.text == "Just now: fastest in blocks of 64 KiB"


@pytest.mark.parametrize("figure", [thread_figure, cache_block_figure])
def test_nothing_to_draw_is_refused(figure):
    with pytest.raises(ValueError, match="nothing to draw"):
        figure({})
    with pytest.raises(ValueError, match="nothing to draw"):
        thread_figure({"1": {}})
