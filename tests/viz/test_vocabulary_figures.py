"""Figures over vocabularies: compression, cost, and one result in two units."""

import pytest

from mof.viz.compression_figure import compression_figure
from mof.viz.unit_figure import unit_figure
from mof.viz.vocabulary_cost_figure import vocabulary_cost_figure

CURVES = {"prose": ({264: 1.0, 500: 2.0, 1000: 3.5}, 2.9), "numbers": ({264: 1.0, 500: 1.0, 1000: 1.0}, 1.0)}
COSTS = {"light": {264: (90.0, 10.0), 1000: (30.0, 15.0), 4000: (20.0, 60.0)}, "heavy": {264: (99.0, 1.0)}}
ROWS = [
    {"tokenizer": "bytes", "seed": 0, "nats_per_token": 2.0, "bits_per_byte": 2.9},
    {"tokenizer": "bytes", "seed": 1, "nats_per_token": 2.2, "bits_per_byte": 3.1},
    {"tokenizer": "BPE", "seed": 0, "nats_per_token": 6.0, "bits_per_byte": 2.5},
]


def labels(figure):
    (slider,) = figure.layout.sliders
    assert {step.method for step in slider.steps} == {"animate"}
    return [list(step.args[0]) for step in slider.steps]


def test_a_step_for_each_kind_of_text():
    figure = compression_figure(CURVES)
    assert labels(figure) == [["prose"], ["numbers"]]
    curve, line = figure.frames[0].data
    assert list(curve.x) == [264, 500, 1000] and list(curve.y) == [1.0, 2.0, 3.5]
    assert list(line.x) == [264, 1000] and list(line.y) == [2.9, 2.9]
    assert figure.layout.title.text == "prose: 1.0 bytes a token at 264, 3.5 at 1,000"
    assert figure.layout.yaxis.range[0] == 0 and figure.layout.yaxis.range[1] > 3.5


def test_costs_are_shares_of_the_work_with_bytes():
    figure = vocabulary_cost_figure(COSTS)
    assert labels(figure) == [["light"], ["heavy"]]
    body, head, both = figure.frames[0].data
    assert list(body.y) == [0.9, 0.3, 0.2] and list(head.y) == [0.1, 0.15, 0.6]
    assert list(both.y) == pytest.approx([1.0, 0.45, 0.8])
    assert figure.layout.title.text == "light: least work at 1,000 tokens, 0.45 of the work with bytes"


def test_the_unit_changes_the_order():
    figure = unit_figure(ROWS, "Just now")
    assert labels(figure) == [["nats per token"], ["bits per byte"]]
    assert list(figure.frames[0].data[0].x) == [2.0, 2.2, 6.0]
    assert list(figure.frames[1].data[0].x) == [2.9, 3.1, 2.5]
    titles = [frame.layout.title.text for frame in figure.frames]
    assert titles[0] == "Just now: in nats per token, bytes has the least, 2.10"
    assert titles[1] == "Just now: in bits per byte, BPE has the least, 2.50"
    assert figure.layout.xaxis.range[1] > 6.0
    assert list(figure.layout.yaxis.categoryarray) == ["BPE", "bytes"]


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (compression_figure, "there are no curves"),
        (vocabulary_cost_figure, "there are no costs"),
        (unit_figure, "there are no rows"),
    ],
)
def test_nothing_to_draw_is_said(draw, words):
    with pytest.raises(ValueError, match=words):
        draw({})
