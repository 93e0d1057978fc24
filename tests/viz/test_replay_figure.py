"""A training under a slider of time: the mark stands where the slider says."""

import pytest

from mof.viz.replay_figure import Moment, replay_figure

LOSS = ([0.0, 1.0, 2.0], [5.0, 4.0, 3.5])
SHARES = {"RNN": ([1.0, 2.0], [0.4, 0.3]), "Transformer": ([1.0, 2.0], [0.6, 0.7])}
MOMENTS = [
    Moment("1.00 h", 1.0, 4.0, "loss 4.000", ["春天<", "从前"]),
    Moment("2.00 h", 2.0, 3.5, "loss 3.500", ["春天来了"]),
]


def test_the_mark_moves_through_both_pictures():
    figure = replay_figure(LOSS, SHARES, MOMENTS, "Four days")
    assert [trace.name for trace in figure.data[:3]] == ["loss", "RNN", "Transformer"]
    assert [step.label for step in figure.layout.sliders[0].steps] == ["1.00 h", "2.00 h"]
    for frame, moment in zip(figure.frames, MOMENTS, strict=True):
        dot, line = frame.data
        assert (list(dot.x), list(dot.y)) == ([moment.hours], [moment.loss])
        assert list(line.x) == [moment.hours] * 2 and line.yaxis == "y2"
        assert list(frame.traces) == [3, 4], "the curves stay"
    assert figure.data[3].x == figure.frames[0].data[0].x


def test_titles_tell_the_moment_and_what_was_written():
    first, second = (frame.layout.title.text for frame in replay_figure(LOSS, SHARES, MOMENTS, "Run").frames)
    assert first == "Run, loss 4.000<br>春天&lt;<br>从前" and second.endswith("春天来了")
    assert replay_figure(LOSS, SHARES, MOMENTS).layout.title.text.startswith("loss 4.000")


def test_the_longest_title_has_room_above_the_curves():
    """Else JupyterLab lays it over them. Letters are 17 pixels high, lines 1.3 times that."""
    short, long = (
        replay_figure(LOSS, SHARES, [m._replace(samples=["春天"] * count) for m in MOMENTS]).layout
        for count in (1, 9)
    )
    for layout, num_lines in ((short, 2), (long, 10)):
        title = layout.title
        assert (title.y, title.yref, title.yanchor) == (1, "container", "top")
        assert layout.margin.t >= title.pad.t + num_lines * 17 * 1.3 + 30, "and the legend stands below it"
    assert long.height - short.height == long.margin.t - short.margin.t, "the curves keep their height"


def test_without_a_router_there_is_one_picture():
    figure = replay_figure(LOSS, {}, MOMENTS)
    assert len(figure.data) == 2 and list(figure.layout.yaxis.domain) == [0, 1]


def test_lines_can_be_told_apart_without_colour():
    shares = replay_figure(LOSS, SHARES, MOMENTS).data[1:3]
    assert shares[0].line.dash != shares[1].line.dash and shares[0].line.color != shares[1].line.color


def test_without_moments_there_is_no_figure():
    with pytest.raises(ValueError, match="no moments"):
        replay_figure(LOSS, SHARES, [])


def test_a_seam_is_a_line_through_the_loss():
    figure = replay_figure(LOSS, SHARES, MOMENTS, seams=[0.5, 1.5])
    (seams,) = [trace for trace in figure.data if trace.name == "stopped and resumed"]
    assert list(seams.x) == [0.5, 0.5, None, 1.5, 1.5, None] and list(seams.y)[:2] == [3.5, 5.0]
    assert list(figure.frames[0].traces) == [4, 5]
