"""A model's operations under the roof."""

import pytest

from mof.viz.operations_figure import operations_figure

TRAIL = [{"rows": 1, "intensity": 0.5, "rate": 1e9}, {"rows": 2048, "intensity": 40.0, "rate": 1e11}]
LEVEL = [{"rows": 1, "intensity": 0.3, "rate": 1e8}, {"rows": 2048, "intensity": 0.5, "rate": 5e9}]
FOUND = {"peak": 2e11, "bandwidth": 1e10, "points": {"head": TRAIL, "norm": LEVEL}}


def test_roof_trails_and_a_frame_for_each_number_of_rows():
    figure = operations_figure(FOUND, "Just now")
    line, *trails = figure.data[:3]
    assert 20.0 in line.x and max(line.y) == 2e11  # the ridge: 2e11 / 1e10
    assert [list(trail.x) for trail in trails] == [[0.5, 40.0], [0.3, 0.5]]
    assert [frame.name for frame in figure.frames] == ["1", "2,048"]
    for frame, place in zip(figure.frames, (0, 1), strict=True):
        assert tuple(frame.traces) == (3, 4)
        assert [trace.name for trace in frame.data] == ["head", "norm"]
        assert [trace.y[0] for trace in frame.data] == [TRAIL[place]["rate"], LEVEL[place]["rate"]]
    assert [trace.y[0] for trace in figure.data[3:]] == [1e9, 1e8]
    assert (figure.layout.xaxis.type, figure.layout.yaxis.type) == ("log", "log")


def test_the_title_says_how_many_lie_right_of_the_ridge():
    first, last = (frame.layout.title.text for frame in operations_figure(FOUND, "Just now").frames)
    assert first == "Just now: 1 row: 0 of 2 operations lie right of the ridge"
    assert last == "Just now: 2,048 rows: 1 of 2 operations lies right of the ridge"


def test_a_share_of_the_roof_on_the_slope_and_on_the_flat():
    _, last = operations_figure(FOUND).frames
    assert "50% of the roof" in last.data[0].hovertemplate  # 1e11 of 2e11
    assert "100% of the roof" in last.data[1].hovertemplate  # 5e9 of 0.5 * 1e10


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"points": {}}, "expected the same ones"),
        ({"points": {"head": []}}, "expected the same ones"),
        ({"points": {"head": TRAIL, "norm": LEVEL[:1]}}, "expected the same ones"),
        ({"peak": 0}, "expected each above 0"),
        ({"points": {"head": [{**TRAIL[0], "rate": 0.0}]}}, "expected each above 0"),
    ],
)
def test_what_cannot_be_drawn_is_refused(change, words):
    with pytest.raises(ValueError, match=words):
        operations_figure({**FOUND, **change})
