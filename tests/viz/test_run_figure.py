"""Curves of runs under a menu, or side by side."""

import re

import numpy as np
import pytest

from mof.viz.run_figure import Line, Quantity, Ribbon, run_figure, run_grid_figure

X = np.arange(40.0)
LOSS = Quantity(
    "loss",
    "updates",
    "nats",
    [Line("a", 0, 0, X, 5 - X / 40), Line("b", 1, 0, X, 4 - X / 40)],
    [Ribbon("expected", 0, X, X * 0 + 3, X * 0 + 6)],
    ".3f",
)
SHARES = Quantity(
    "router",
    "updates",
    "share",
    [Line("a: RNN", 0, 0, X[:2], [0.4, np.nan]), Line("a: Transformer", 0, 1, X[:2], [0.6, 0.5])],
    [],
    ".0%",
    starts_at_zero=True,
)


def test_the_menu_shows_one_quantity_at_a_time():
    figure = run_figure([LOSS, SHARES])
    assert [trace.visible for trace in figure.data] == [True] * 4 + [False] * 2
    loss, shares = figure.layout.updatemenus[0].buttons
    assert (loss.label, shares.label) == ("loss", "router") and loss.method == "update"
    assert list(shares.args[0]["visible"]) == [False] * 4 + [True] * 2
    assert shares.args[1]["yaxis.title.text"] == "share" and shares.args[1]["yaxis.rangemode"] == "tozero"
    assert shares.args[1]["yaxis.tickformat"] == ".0%" and loss.args[1]["yaxis.tickformat"] == ""
    assert figure.layout.yaxis.title.text == "nats"


def test_the_menu_changes_the_words_below_the_axis_too():
    figure = run_figure([LOSS, LOSS._replace(title="loss, by hours", x_title="hours")])
    assert [button.args[1]["xaxis.title.text"] for button in figure.layout.updatemenus[0].buttons] == [
        "updates",
        "hours",
    ]
    assert figure.layout.xaxis.title.text == "updates"


def test_the_band_is_filled_between_its_edges_and_lies_below_the_lines():
    low, high, first, _second = run_figure([LOSS]).data
    assert low.y[0] == 3 and high.y[0] == 6 and high.fill == "tonexty" and low.fill is None
    assert high.name == "expected" and not low.showlegend and first.name == "a"


def test_lines_can_be_told_apart_without_colour():
    lines = run_figure([LOSS]).data[2:]
    assert lines[0].line.color != lines[1].line.color
    one, two = run_figure([SHARES]).data
    assert one.line.dash != two.line.dash and one.line.color != two.line.color
    compared = run_figure(
        [Quantity("x", "x", "y", [*SHARES.lines, Line("b: RNN", 1, 0, X, X)], [], ".1f")]
    ).data
    assert compared[0].line.color == compared[1].line.color != compared[2].line.color


def test_one_line_of_each_of_two_runs_has_its_own_dash():
    runs = run_figure(
        [Quantity("x", "x", "y", [Line("a", 0, 0, X, X), Line("b", 1, 0, X, X)], [], ".1f")]
    ).data
    assert runs[0].line.color != runs[1].line.color and runs[0].line.dash != runs[1].line.dash


def test_what_is_no_number_leaves_a_gap():
    assert run_figure([SHARES]).data[0].y == (0.4, None)


def test_an_update_beyond_ten_thousand_is_told_as_it_is():
    x = [12_345.0, 123_456.0]
    (line,) = run_figure([Quantity("x", "updates", "y", [Line("a", 0, 0, x, [1, 2])], [], ".1f")]).data
    assert list(line.x) == x
    (form,) = re.findall(r"%{x:([^}]+)}", line.hovertemplate)
    assert form == ",.6~g", "of d3: Python's has no ~"
    assert [format(value, ",.6g") for value in x] == ["12,345", "123,456"]


def test_the_grid_holds_every_quantity_and_names_a_line_once():
    figure = run_grid_figure([LOSS, SHARES, LOSS])
    assert len(figure.data) == 10 and {trace.xaxis for trace in figure.data} == {"x", "x2", "x3"}
    named = [trace.name for trace in figure.data if trace.showlegend]
    assert sorted(named) == sorted(set(named)) == ["a", "a: RNN", "a: Transformer", "b", "expected"]


def test_without_anything_to_draw_it_says_so():
    for draw in (run_figure, run_grid_figure):
        with pytest.raises(ValueError, match="nothing to draw"):
            draw([])


def test_nine_blocks_of_one_run_are_all_different():
    lines = [Line(f"block {i}", 1, i, X, X) for i in range(9)]
    drawn = run_figure([Quantity("alphas", "x", "y", lines, [], ".2f")]).data
    assert len({(trace.line.color, trace.line.dash) for trace in drawn}) == 9


def test_a_quantity_of_one_run_alone_keeps_the_run_s_colour():
    """Where another run has no memory logged, the one that has does not take its colour."""
    alone = Quantity("memory", "x", "y", [Line("b", 1, 0, X, X)], [], ".2f")
    figure = run_grid_figure([LOSS, alone])
    by_name = {(trace.name, trace.xaxis): trace.line.color for trace in figure.data}
    assert by_name["b", "x2"] == by_name["b", "x"] != by_name["a", "x"]


def test_the_words_of_the_axis_stand_below_the_lowest_of_each_column():
    figure = run_grid_figure([LOSS, SHARES, LOSS])
    axes = (figure.layout.xaxis, figure.layout.xaxis2, figure.layout.xaxis3)
    assert [axis.title.text for axis in axes] == [None, "updates", "updates"]
