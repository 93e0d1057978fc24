"""Squares and bars of who sees whom: past and future told apart, counted, and moved by a slider."""

import numpy as np
import pytest

from mof.viz.leak_figure import SIGNS, leak_figure, ripple_figure, seen_pairs

TOKENS = ["走", "走", "。"]  # "go, go.": tokens repeat, places do not
PAST = np.tril(np.full((3, 3), 0.5))
ALL = np.full((3, 3), 0.25)

PAST_SIGN, FUTURE_SIGN = SIGNS


def test_pairs_are_past_future_or_unseen():
    np.testing.assert_array_equal(seen_pairs(PAST), [[0, np.nan, np.nan], [0, 0, np.nan], [0, 0, 0]])
    np.testing.assert_array_equal(seen_pairs(ALL), [[0, 1, 1], [0, 0, 1], [0, 0, 0]])
    assert np.isnan(seen_pairs(ALL, smallest=0.25)).all()


def test_a_step_for_each_form_with_its_count():
    figure = leak_figure({"ours": PAST, "theirs": ALL}, TOKENS)
    (slider,) = figure.layout.sliders
    assert [step.label for step in slider.steps] == ["ours", "theirs"]
    assert [frame.layout.title.text for frame in figure.frames] == [
        "ours: the future is seen in 0 of 3 pairs",
        "theirs: the future is seen in 3 of 3 pairs",
    ]
    square = figure.frames[1].data[0]
    assert [list(line) for line in square.text] == [
        [PAST_SIGN, FUTURE_SIGN, FUTURE_SIGN],
        [PAST_SIGN, PAST_SIGN, FUTURE_SIGN],
        [PAST_SIGN] * 3,
    ]
    assert list(figure.frames[0].data[0].z[0]) == [0, None, None]
    assert square.customdata[0][2] == "。 changed: 走 moves by 0.25"


def test_bars_move_with_the_changed_token():
    figure = ripple_figure({"ours": PAST, "theirs": ALL}, TOKENS)
    assert [frame.name for frame in figure.frames] == ["1 走", "2 走", "3 。"]
    last = figure.frames[2].data
    assert list(last[0].y) == [0.0, 0.0, 0.5] and list(last[1].y) == [0.25] * 3
    assert last[0].marker.pattern.shape != last[1].marker.pattern.shape, "where there is no colour"
    assert figure.layout.yaxis.range[1] > 0.5


@pytest.mark.parametrize("moves", [{}, {"a": np.ones((2, 3))}, {"a": ALL, "b": np.ones((2, 2))}])
def test_squares_that_do_not_fit_are_told(moves):
    with pytest.raises(ValueError, match=r"expected one or more of \[3, 3\]"):
        leak_figure(moves, TOKENS)
    with pytest.raises(ValueError, match=r"expected one or two of \[3, 3\]"):
        ripple_figure(moves, TOKENS)


def test_three_forms_are_too_many_for_bars():
    with pytest.raises(ValueError, match="expected one or two"):
        ripple_figure({"a": ALL, "b": ALL, "c": ALL}, TOKENS)
