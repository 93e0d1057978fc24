"""Boxes of tokens: where they lie, what they say, what a step changes."""

import pytest

from mof.viz.frame_slider import AT_ONCE
from mof.viz.token_figure import COLOURS, token_figure, token_kind, token_label

TIAN = "天".encode()
BYTES = [[(TIAN[i : i + 1], 8 + TIAN[i]) for i in range(3)] + [(b"a", 105)]]
WHOLE = [[(TIAN + b"a", 300)]]


@pytest.mark.parametrize(
    ("token", "label", "kind"),
    [
        (TIAN, "天", "one character"),
        ("天天".encode(), "天天", "several characters"),
        (TIAN[:2], "E5 A4", "part of a character"),
        (TIAN[2:] + TIAN, "A9 E5 A4 A9", "part of a character"),
        (b"a", "a", "one character"),
    ],
)
def test_what_a_token_says_and_is(token, label, kind):
    assert token_label(token) == label and token_kind(token) == kind


def boxes(frame):
    """(line, start, width, text) of each box of a step, in the order of the text."""
    found = []
    for trace in frame.data:
        found += zip(trace.y or (), trace.base or (), trace.x or (), trace.text or (), strict=True)
    return sorted(found)


def test_boxes_lie_side_by_side_and_cover_the_text():
    figure = token_figure({"264": BYTES, "300": WHOLE})
    assert boxes(figure.frames[0]) == [
        (0, 0, 1, "E5<br>237"),
        (0, 1, 1, "A4<br>172"),
        (0, 2, 1, "A9<br>177"),
        (0, 3, 1, "a<br>105"),
    ]
    assert boxes(figure.frames[1]) == [(0, 0, 4, "天a<br>300")]
    assert figure.layout.xaxis.range == (0, 4)


def test_each_step_has_a_trace_for_each_kind_in_the_same_order():
    figure = token_figure({"264": BYTES, "300": WHOLE})
    for frame in figure.frames:
        assert [trace.name for trace in frame.data] == list(COLOURS)
        assert [trace.marker.color for trace in frame.data] == list(COLOURS.values())
    assert [trace.name for trace in figure.data] == list(COLOURS)


def test_the_slider_moves_without_python_and_titles_count():
    figure = token_figure({"264": BYTES, "300": WHOLE})
    steps = figure.layout.sliders[0].steps
    assert [step.label for step in steps] == ["264", "300"] and {step.method for step in steps} == {"animate"}
    assert steps[1].args == (["300"], AT_ONCE) or list(steps[1].args[0]) == ["300"]
    titles = [frame.layout.title.text for frame in figure.frames]
    assert titles == ["4 bytes as 4 tokens, 1.0 bytes a token", "4 bytes as 1 tokens, 4.0 bytes a token"]
    assert figure.layout.title.text == titles[0]


def test_lines_stand_below_one_another():
    figure = token_figure({"x": [[(b"a", 105)], [(b"b", 106), (b"c", 107)]]})
    assert [(y, start) for y, start, _, _ in boxes(figure.frames[0])] == [(0, 0), (1, 0), (1, 1)]
    assert figure.layout.yaxis.autorange == "reversed"


def test_steps_of_different_texts_are_refused():
    with pytest.raises(ValueError, match="the steps hold different texts"):
        token_figure({"a": BYTES, "b": [[(b"a", 105)]]})
    with pytest.raises(ValueError, match="there is no step"):
        token_figure({})
