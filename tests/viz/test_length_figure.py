"""Seconds against tokens, as they were measured."""

from mof.viz.length_figure import length_figure


def test_lines_hold_the_measured_numbers_in_the_order_of_the_lengths():
    figure = length_figure({"memory": {256: 0.2, 64: 0.1, 1024: 0.9}, "pairs": {64: 0.05}}, "Recorded")
    memory, pairs = figure.data
    assert (memory.name, memory.x, memory.y) == ("memory", (64, 256, 1024), (0.1, 0.2, 0.9))
    assert (pairs.name, pairs.x, pairs.y) == ("pairs", (64,), (0.05,))
    assert "<extra>memory</extra>" in memory.hovertemplate and "<extra>pairs</extra>" in pairs.hovertemplate
    assert figure.layout.title.text == "Recorded"
    ways = {(line.line.dash, line.marker.symbol) for line in figure.data}
    assert len(ways) == 2, "and where there is no colour"


def test_lengths_read_from_json_are_numbers_again():
    """JSON turns a number that names a value into text; as texts, "1024" would come before "64"."""
    (line,) = length_figure({"memory": {"1024": 3.0, "64": 1.0, "256": 2.0}}).data
    assert (line.x, line.y) == ((64, 256, 1024), (1.0, 2.0, 3.0))


def test_both_axes_are_logarithmic_and_have_names():
    layout = length_figure({"memory": {64: 0.1}}).layout
    assert (layout.xaxis.type, layout.yaxis.type) == ("log", "log")
    assert (layout.xaxis.title.text, layout.yaxis.title.text) == ("tokens in the text", "seconds")
