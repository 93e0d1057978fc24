"""Which places look alike to a table, to sines, to a decay."""

import math

import numpy as np
import pytest
from keras import ops

from mof.ops.positions import sinusoids
from mof.viz.place_figure import decay_weights, likeness, place_codes, place_figure


def test_the_table_stays_on_its_last_row_and_sines_are_the_packages():
    table, sines = place_codes(12, 8, width=16).values()
    np.testing.assert_array_equal(table[7:], np.repeat(table[7:8], 5, axis=0))
    assert np.abs(table[6] - table[7]).max() > 0.1
    expected = ops.convert_to_numpy(sinusoids(np.arange(12), 16))
    np.testing.assert_allclose(sines, expected, atol=1e-5)


def test_likeness_is_a_cosine():
    codes = np.array([[1.0, 0.0], [2.0, 0.0], [0.0, 3.0], [-1.0, 0.0]])
    np.testing.assert_allclose(likeness(codes)[0], [1, 1, 0, -1], atol=1e-12)


def test_sines_depend_on_the_distance_alone():
    alike = likeness(place_codes(20, 8)["sines"])
    for back in (1, 5):
        np.testing.assert_allclose(np.diag(alike, -back), alike[back, 0], atol=1e-5)


def test_a_decay_counts_back_and_sees_nothing_ahead():
    weights = decay_weights(6, 8.0)
    assert weights[3, 1] == pytest.approx(math.exp(-2 / 8)) and weights[3, 3] == 1.0
    np.testing.assert_array_equal(weights, np.tril(weights))


def test_a_step_for_each_reader():
    figure = place_figure(num_tokens=9, num_rows=5, span=2.0, step=4)
    assert [frame.name for frame in figure.frames] == ["0", "4", "8"]
    (slider,) = figure.layout.sliders
    assert [list(step.args[0]) for step in slider.steps] == [["0"], ["4"], ["8"]]
    assert [trace.name for trace in figure.data] == ["table of 5 rows", "sines", "decay, span 2"]
    assert len({trace.line.dash for trace in figure.data}) == 3, "told apart without colour"
    last = figure.frames[-1]
    assert last.layout.title.text == "Which places look like place 8?"
    table, _, decay = last.data
    np.testing.assert_allclose(table.y[4:], 1.0)
    assert decay.y[6] == pytest.approx(math.exp(-1), abs=1e-3)


@pytest.mark.parametrize("change", [{"num_tokens": 1}, {"num_rows": 0}, {"span": 0.0}, {"step": 0}])
def test_bad_sizes_are_named(change):
    with pytest.raises(ValueError, match="expected two tokens at least and 1 or more of the others"):
        place_figure(**change)
