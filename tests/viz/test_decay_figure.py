"""What a memory that forgets still hears."""

import math

import numpy as np
import pytest

from mof.viz.decay_figure import decay_figure, share_heard


@pytest.mark.parametrize("decay", [0.5, 0.9, 0.999])
def test_share_equals_the_geometric_sum(decay):
    assert share_heard(decay, 1000) == pytest.approx((1 - decay**1000) / (1 - decay) / 1000)


def test_nothing_fades_at_1():
    assert share_heard(1.0, 37) == 1.0


def test_curves_hold_the_powers_and_the_slider_shows_them():
    figure = decay_figure({"a": 0.5, "b": 1.0}, num_tokens=4)
    first, second = (frame.data[0] for frame in figure.frames)
    np.testing.assert_allclose(first.y, [1.0, 0.5, 0.25, 0.125])
    np.testing.assert_allclose(second.y, 1.0)
    np.testing.assert_array_equal(first.x, range(4))
    np.testing.assert_array_equal(figure.data[0].y, first.y)
    steps = figure.layout.sliders[0].steps
    assert [step.label for step in steps] == ["a", "b"] and list(steps[1].args[0]) == ["b"]
    assert {step.method for step in steps} == {"animate"}


def test_titles_tell_span_and_share():
    figure = decay_figure({"a": math.exp(-1 / 200), "b": 1.0}, num_tokens=1000)
    titles = [frame.layout.title.text for frame in figure.frames]
    assert titles[0] == "d = 0.9950, a span of 200 tokens: 19.9% of the last 1,000 tokens is still heard"
    assert titles[1] == "d = 1, nothing fades: 100.0% of the last 1,000 tokens is still heard"
    assert figure.layout.title.text == titles[0]


@pytest.mark.parametrize("decays", [{}, {"a": 0.0}, {"a": 1.1}, {"a": 0.5, "b": -0.5}])
def test_bad_decays_are_named(decays):
    with pytest.raises(ValueError, match="decays are .*, expected at least one"):
        decay_figure(decays)
