"""Bars of weights under a temperature, blocks under their length, intervals under a zoom, forms by text."""

import numpy as np
import pytest

from mof.lessons.router_measures import entropy
from mof.viz.block_figure import block_figure, choices_by_block
from mof.viz.comparison_figure import comparison_figure
from mof.viz.interval_figure import interval_figure
from mof.viz.route_figure import heated, route_figure

WEIGHTS = np.array([[0.7, 0.3], [0.4, 0.6], [0.5, 0.5], [0.2, 0.8]])
TOKENS = list("春天来了")
NAMES = ["RNN", "Transformer"]


def test_a_temperature_of_a_half_squares_the_shares():
    squares = WEIGHTS**2
    np.testing.assert_allclose(heated(WEIGHTS, 0.5), squares / squares.sum(axis=1, keepdims=True))
    np.testing.assert_allclose(heated(WEIGHTS, 1.0), WEIGHTS)
    assert heated(WEIGHTS, 100.0) == pytest.approx(0.5, abs=0.01)


def test_bars_are_parted_at_each_temperature_and_1_is_shown_first():
    figure = route_figure(WEIGHTS, TOKENS, NAMES, (0.5, 1.0))
    assert [trace.name for trace in figure.data] == NAMES
    np.testing.assert_allclose(figure.data[0].y, WEIGHTS[:, 0])
    np.testing.assert_allclose(figure.frames[0].data[1].y, heated(WEIGHTS, 0.5)[:, 1], atol=1e-4)
    assert figure.layout.sliders[0].active == 1 and list(figure.layout.xaxis.ticktext) == TOKENS
    number = f"{np.exp(entropy(WEIGHTS)).mean():.2f}"
    assert (
        figure.layout.title.text
        == f"RNN 45%, Transformer 55% on average; a token listens to {number} experts"
    )


def test_one_temperature_has_no_slider():
    assert not route_figure(WEIGHTS, TOKENS, NAMES).layout.sliders


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"tokens": ["春"]}, "expected \\[1, 2\\]"), ({"temperatures": (0.0,)}, "each above 0")],
)
def test_bars_that_cannot_be_drawn_are_refused(changes, words):
    with pytest.raises(ValueError, match=words):
        route_figure(**{"route_weights": WEIGHTS, "tokens": TOKENS, "expert_names": NAMES, **changes})


def test_a_block_is_read_by_the_best_before_it():
    assert choices_by_block(WEIGHTS, 1).tolist() == [0, 0, 1, 0]
    assert choices_by_block(WEIGHTS, 2).tolist() == [0, 0, 1, 1]
    assert choices_by_block(WEIGHTS, 9).tolist() == [0, 0, 0, 0]


def test_marks_lie_on_their_experts_line_and_triangles_where_it_was_chosen():
    figure = block_figure(WEIGHTS, TOKENS, NAMES, [2, 1])
    first, second, makers = figure.frames[0].data
    assert list(first.x) == [0, 1] and list(second.x) == [2, 3] and list(makers.x) == [1]
    assert first.marker.symbol != second.marker.symbol
    assert figure.layout.title.text == "1 choices; RNN 50%, Transformer 50% of the tokens"
    with pytest.raises(ValueError, match="each 1 or more"):
        block_figure(WEIGHTS, TOKENS, NAMES, [0])
    with pytest.raises(ValueError, match="a row for each token"):
        block_figure(WEIGHTS, TOKENS[:2], NAMES, [1])


def test_intervals_and_their_zoom():
    rows = [
        {"row": "knowledge", "values": [0.3, 0.4], "mean": 0.35, "half": 0.05},
        {"row": "reasoning", "values": [0.2], "mean": 0.2, "half": 0.01},
    ]
    figure = interval_figure(rows, "now", "weight", {"all": (0, 1), "near": (0.1, 0.5)}, percent=True)
    singles, means = figure.data
    assert list(singles.x) == [0.3, 0.4, 0.2] and list(singles.y) == ["knowledge"] * 2 + ["reasoning"]
    assert list(means.x) == [0.35, 0.2] and list(means.error_x.array) == [0.05, 0.01]
    (slider,) = figure.layout.sliders
    assert [step.args[0]["xaxis.range"] for step in slider.steps] == [[0, 1], [0.1, 0.5]]
    assert list(figure.layout.xaxis.range) == [0, 1] and figure.layout.xaxis.tickformat == ".0%"
    assert list(figure.layout.yaxis.categoryarray) == ["reasoning", "knowledge"], "the first on top"
    assert not interval_figure(rows).layout.sliders
    with pytest.raises(ValueError, match="there are no rows"):
        interval_figure([])


def test_forms_text_by_text():
    rows = [
        {"form": form, "seed": seed, "bits_per_byte": {"all": value, "prose": value + 1}}
        for form, values in {"rnn": (1.0, 2.0), "both": (3.0,)}.items()
        for seed, value in enumerate(values)
    ]
    figure = comparison_figure(rows, "recorded")
    assert [frame.name for frame in figure.frames] == ["all", "prose"]
    dots, strokes = figure.frames[1].data
    assert list(dots.x) == [2.0, 3.0, 4.0] and list(strokes.x) == [2.5, 4.0]
    low, high = figure.frames[1].layout.xaxis.range
    assert low < 2.0 and high > 4.0 and list(figure.layout.yaxis.categoryarray) == ["both", "rnn"]
    with pytest.raises(ValueError, match="there are no rows"):
        comparison_figure([])
