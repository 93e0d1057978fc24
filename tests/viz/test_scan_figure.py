"""The tree of a scan: nodes against the rounds, lines against what a round puts together."""

import pytest

from mof.lessons.scan_rounds import scan_rounds
from mof.viz.scan_figure import covered, scan_figure

TOKENS = list("小猫饿了，")  # "the kitten is hungry,": five tokens, no power of two
ROUNDS = scan_rounds([0.5, 0.25, 0.5, 1.0, 1.0], [2, 6, 1, 0, 3])


def test_a_step_for_each_round_and_no_python_behind_it():
    figure = scan_figure(TOKENS, *ROUNDS)
    assert [frame.name for frame in figure.frames] == ["0", "1", "2", "3"]
    (slider,) = figure.layout.sliders
    assert [list(step.args[0]) for step in slider.steps] == [["0"], ["1"], ["2"], ["3"]]
    assert {step.method for step in slider.steps} == {"animate"}


def test_nodes_show_the_rounds_that_have_come():
    for number, frame in enumerate(scan_figure(TOKENS, *ROUNDS).frames):
        nodes = frame.data[2]
        assert len(nodes.x) == 5 * (number + 1)
        for x, y, text in zip(nodes.x, nodes.y, nodes.text, strict=True):
            assert text == f"{ROUNDS[1][y][x]:.4g}"


def pairs(trace):
    points = list(zip(trace.x, trace.y, strict=True))
    return {(points[i], points[i + 1]) for i in range(0, len(points), 3)}


def test_lines_join_each_node_with_what_it_puts_together():
    frames = scan_figure(TOKENS, *ROUNDS).frames
    assert pairs(frames[0].data[1]) == set()
    own = {((t, 0), (t, 1)) for t in range(5)}
    assert pairs(frames[1].data[1]) == own | {((t - 1, 0), (t, 1)) for t in range(1, 5)}
    assert {line for line in pairs(frames[2].data[1]) if line[0][0] != line[1][0]} == {
        ((t - 2, 1), (t, 2)) for t in range(2, 5)
    }
    assert pairs(frames[2].data[0]) == pairs(frames[1].data[1]), "earlier rounds stay, thin"


def test_form_and_words_tell_what_colours_tell():
    frame = scan_figure(TOKENS, *ROUNDS).frames[1]
    nodes = frame.data[2]
    assert list(nodes.marker.symbol) == ["square"] + 4 * ["circle"] + 2 * ["square"] + 3 * ["circle"]
    assert nodes.customdata[6] == "小 to 猫: keeps 0.125 of what was, adds 6.5"
    assert nodes.customdata[0] == "小: keeps 0.5 of what was, adds 2"
    assert frame.layout.title.text == "after 1 round: 2 of 5 tokens know all that came before them"


def test_titles_count_to_the_end():
    titles = [frame.layout.title.text.split(":")[0] for frame in scan_figure(TOKENS, *ROUNDS).frames]
    assert titles == ["before the first round", "after 1 round", "after 2 rounds", "after 3 rounds"]
    assert "5 of 5 tokens" in scan_figure(TOKENS, *ROUNDS).frames[3].layout.title.text


def test_covered_spans():
    assert [covered(4, number) for number in range(4)] == [(4, 4), (3, 4), (1, 4), (0, 4)]


@pytest.mark.parametrize("rounds", [(ROUNDS[0], ROUNDS[1][1:]), scan_rounds([0.5], [1.0])])
def test_rounds_of_another_text_are_told(rounds):
    with pytest.raises(ValueError, match="expected a and b for each token in each round"):
        scan_figure(TOKENS, *rounds)
