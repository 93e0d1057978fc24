"""Two curves, and the sample of the look that the slider stands at."""

import pytest

from mof.viz.watched_figure import LINE_CHARACTERS, sample_lines, watched_figure

LOOKS = [
    {"update": 0, "passes": 0.0, "training": 3.9, "held_out": 3.8, "sample": "<乱>&"},
    {"update": 40, "passes": 1.5, "training": 2.5, "held_out": 2.75, "sample": "早上，\n天"},
]


def test_curves_hold_the_looks_and_the_mark_follows_the_slider():
    figure = watched_figure(LOOKS, "Just now")
    training, held_out, mark = figure.data
    assert list(training.x) == list(held_out.x) == [0, 40]
    assert list(training.y) == [3.9, 2.5] and list(held_out.y) == [3.8, 2.75]
    assert list(mark.x) == [0, 0] and list(mark.y) == [3.9, 3.8]
    assert [step.label for step in figure.layout.sliders[0].steps] == ["0", "40"]
    for frame, look in zip(figure.frames, LOOKS, strict=True):
        (moved,) = frame.data
        assert list(frame.traces) == [2], "the curves stay"
        assert list(moved.x) == [look["update"]] * 2
        assert list(moved.y) == [look["training"], look["held_out"]]


def test_titles_tell_the_numbers_and_the_sample():
    titles = [frame.layout.title.text for frame in watched_figure(LOOKS, "Just now").frames]
    assert titles[0] == "Just now, 0.0 passes: 3.90 and 3.80 bits per byte<br>&lt;乱&gt;&amp;"
    assert titles[1].endswith("2.50 and 2.75 bits per byte<br>早上，↵天")
    assert watched_figure(LOOKS).layout.title.text.startswith("0.0 passes")


def test_the_lines_can_be_told_apart_without_colour():
    training, held_out, _ = watched_figure(LOOKS).data
    assert training.line.dash != held_out.line.dash and training.marker.symbol != held_out.marker.symbol


def test_a_long_sample_is_cut_into_lines():
    lines = sample_lines("天" * (2 * LINE_CHARACTERS + 1)).split("<br>")
    assert [len(line) for line in lines] == [LINE_CHARACTERS, LINE_CHARACTERS, 1]


def test_without_looks_there_is_no_figure():
    with pytest.raises(ValueError, match="no looks"):
        watched_figure([])
