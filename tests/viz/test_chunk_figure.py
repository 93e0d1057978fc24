"""The triangle of pairs, divided."""

import numpy as np
import pytest

from mof.viz.chunk_figure import chunk_figure, pair_kinds

TOKENS = list("猫喝水很多")  # "cat drinks water, much": five tokens, no multiple of a chunk


@pytest.mark.parametrize("chunk_length", [1, 2, 3, 5, 9])
def test_kinds_equal_a_loop_over_pairs(chunk_length):
    kinds = pair_kinds(5, chunk_length)
    for i in range(5):
        for j in range(5):
            if j > i:
                assert np.isnan(kinds[i, j])
            else:
                assert kinds[i, j] == float(i // chunk_length != j // chunk_length)


def test_a_step_for_each_length_and_no_python_behind_it():
    figure = chunk_figure(TOKENS, [1, 2, 5])
    assert [frame.name for frame in figure.frames] == ["1", "2", "5"]
    (slider,) = figure.layout.sliders
    assert [list(step.args[0]) for step in slider.steps] == [["1"], ["2"], ["5"]]
    assert {step.method for step in slider.steps} == {"animate"}
    for frame, length in zip(figure.frames, (1, 2, 5), strict=True):
        shown = np.array(frame.data[0].z, dtype="float64")
        np.testing.assert_array_equal(shown, pair_kinds(5, length))
    np.testing.assert_array_equal(figure.data[0].text, figure.frames[0].data[0].text)


def test_titles_count():
    titles = [frame.layout.title.text for frame in chunk_figure(TOKENS, [1, 2, 5]).frames]
    assert titles == [
        "5 of 15 pairs looked at one by one; the memory written 5 times",
        "7 of 15 pairs looked at one by one; the memory written 3 times",
        "15 of 15 pairs looked at one by one; the memory written once",
    ]
    assert chunk_figure(TOKENS, [2, 1]).layout.title.text == titles[1]


def test_signs_and_words_tell_what_colours_tell():
    trace = chunk_figure(TOKENS, [2]).data[0]
    assert list(trace.text[3]) == ["S", "S", "×", "×", ""]
    assert trace.customdata[3][0] == "很 reads 猫: through the memory"
    assert trace.customdata[3][3] == "很 reads 很: inside the chunk"


@pytest.mark.parametrize("lengths", [[], [0], [2, -1]])
def test_bad_lengths_are_named(lengths):
    with pytest.raises(ValueError, match="chunk_lengths are .*, expected at least one"):
        chunk_figure(TOKENS, lengths)
