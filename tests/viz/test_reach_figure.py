"""The cone of what the last token sees."""

import pytest

from mof.viz.reach_figure import HIDDEN_SYMBOL, SEEN_SYMBOL, reach_figure, tokens_in_sight

TOKENS = list("猫喝水很多。")  # "The cat drinks much water": six tokens


def seen_by_following(num_tokens, num_blocks, growth):
    """Places in sight at each height, found by following every way down from the last token."""
    seen = {num_tokens - 1}
    levels = [seen]
    for _ in range(num_blocks):
        seen = {place - back for place in seen for back in range(growth + 1) if place >= back}
        levels.append(seen)
    return levels[::-1]


@pytest.mark.parametrize(("num_blocks", "growth"), [(1, 0), (1, 2), (2, 1), (3, 1), (2, 9)])
def test_the_count_is_what_following_every_way_finds(num_blocks, growth):
    found = [len(level) for level in seen_by_following(6, num_blocks, growth)]
    assert tokens_in_sight(6, num_blocks, growth) == found


def test_dots_are_filled_where_the_last_token_sees():
    figure = reach_figure(TOKENS, 2, {"2": 1, "3": 2})
    for frame, growth in zip(figure.frames, (1, 2), strict=True):
        trace = frame.data[0]
        for level, places in enumerate(seen_by_following(6, 2, growth)):
            for x, y, symbol, words in zip(trace.x, trace.y, trace.marker.symbol, trace.text, strict=True):
                if y == level:
                    assert symbol == (SEEN_SYMBOL if x in places else HIDDEN_SYMBOL)
                    assert words == f"{TOKENS[x]}: {'in' if x in places else 'out of'} sight"


def test_a_step_for_each_window_and_titles_that_count():
    figure = reach_figure(TOKENS, 2, {"2": 1, "3": 2})
    (slider,) = figure.layout.sliders
    assert [list(step.args[0]) for step in slider.steps] == [["2"], ["3"]]
    assert {step.method for step in slider.steps} == {"animate"}
    titles = [frame.layout.title.text for frame in figure.frames]
    assert titles == [
        "2 blocks, each adds 1: 3 of 6 tokens in sight",
        "2 blocks, each adds 2: 5 of 6 tokens in sight",
    ]
    assert figure.layout.title.text == titles[0]


@pytest.mark.parametrize(
    ("tokens", "num_blocks", "growths"),
    [([], 1, {"2": 1}), (TOKENS, 0, {"2": 1}), (TOKENS, 1, {}), (TOKENS, 1, {"": -1})],
)
def test_what_cannot_be_drawn_is_refused(tokens, num_blocks, growths):
    with pytest.raises(ValueError, match="expected at least one of each, and no growth below 0"):
        reach_figure(tokens, num_blocks, growths)
