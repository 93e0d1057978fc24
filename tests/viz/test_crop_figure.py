"""Where outputs of a cropped text are put: counted, drawn, and moved by a slider."""

import numpy as np
import pytest

from mof.published.mixture import pad_at_end
from mof.viz.crop_figure import AHEAD_SYMBOL, EMPTY_SYMBOL, RIGHT_SYMBOL, crop_figure, crop_places

TOKENS = ["春", "天", "来", "了"]  # "spring has come"


@pytest.mark.parametrize(("num_tokens", "window"), [(1, 3), (3, 3), (4, 3), (7, 3)])
def test_places_are_those_of_the_published_padding(num_tokens, window):
    """The token's number, cropped and padded by the published function itself; a zero is a place without."""
    numbers = np.arange(1, num_tokens + 1, dtype="float32")[None, max(0, num_tokens - window) :, None]
    padded = np.asarray(pad_at_end(numbers, num_tokens))[0, :, 0]
    assert crop_places(num_tokens, window) == [int(n) - 1 if n else None for n in padded]


def test_a_step_for_each_length_and_three_signs():
    figure = crop_figure(TOKENS, 2)
    assert [frame.name for frame in figure.frames] == ["1", "2", "3", "4"]
    assert figure.layout.sliders[0].active == 1, "it begins where nothing is cut"
    assert figure.layout.title.text == figure.frames[1].layout.title.text
    _lines, read, given = figure.frames[2].data
    assert list(read.marker.symbol) == [EMPTY_SYMBOL, RIGHT_SYMBOL, RIGHT_SYMBOL]
    assert list(given.marker.symbol) == [AHEAD_SYMBOL, AHEAD_SYMBOL, EMPTY_SYMBOL]
    assert list(given.text) == ["at 春: the output of 天", "at 天: the output of 来", "at 来: zeros"]
    assert figure.frames[2].layout.title.text == "3 tokens, 1 zeros at the end, outputs 1 places too early"
    assert set(figure.frames[1].data[2].marker.symbol) == {RIGHT_SYMBOL}


@pytest.mark.parametrize(("tokens", "window"), [([], 2), (TOKENS, 0)])
def test_nothing_to_draw_is_told(tokens, window):
    with pytest.raises(ValueError, match="expected 1 at least"):
        crop_figure(tokens, window)
