"""Dots for trainings, strokes for their means."""

import pytest

from mof.viz.forms_figure import forms_figure


def row(form, seed, bits):
    return {"form": form, "seed": seed, "bits_per_byte": bits, "seconds": 1.0}


def test_one_training_of_each_form_has_no_mean():
    figure = forms_figure([row("a", 0, 3.0), row("b", 0, 2.5)], "Just now")
    (dots,) = figure.data
    assert list(dots.x) == [3.0, 2.5] and list(dots.y) == ["a", "b"]
    assert figure.layout.title.text == "Just now" and not figure.layout.showlegend


def test_several_seeds_have_a_mean_and_the_first_form_stands_on_top():
    figure = forms_figure([row("b", 0, 3.0), row("a", 0, 2.0), row("b", 1, 4.0), row("a", 1, 2.5)])
    dots, means = figure.data
    assert list(dots.customdata) == [0, 0, 1, 1] and len(dots.x) == 4
    assert list(means.x) == [3.5, 2.25] and list(means.y) == ["b", "a"]
    assert list(figure.layout.yaxis.categoryarray) == ["a", "b"], "plotly counts from the bottom"
    assert figure.layout.showlegend


def test_no_rows_are_refused():
    with pytest.raises(ValueError, match="there are no rows"):
        forms_figure([])
