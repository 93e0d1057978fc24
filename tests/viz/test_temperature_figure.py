"""Temperature and top-p over one distribution."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mof.viz.temperature_figure import heated, nucleus, num_equal_choices, temperature_figure

MUM = np.array([1 / 3, 1 / 3, 1 / 6, 1 / 6])  # the chapter's row


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**31), st.floats(0.2, 5.0))
def test_a_temperature_takes_powers(seed, temperature):
    shares = np.random.default_rng(seed).dirichlet(np.ones(9))
    powers = shares ** (1 / temperature)
    np.testing.assert_allclose(heated(shares, temperature), powers / powers.sum(), rtol=1e-4, atol=1e-6)


def test_the_chapters_row():
    np.testing.assert_allclose(heated(MUM, 0.5), [0.4, 0.4, 0.1, 0.1], atol=1e-6)
    np.testing.assert_allclose(heated(MUM, 2.0), [0.293, 0.293, 0.207, 0.207], atol=5e-4)
    assert nucleus(MUM, 0.6).tolist() == [True, True, False, False]


def test_zeros_stay_zeros():
    assert heated([0.5, 0.0, 0.5], 3.0).tolist() == [0.5, 0.0, 0.5]


def test_equal_choices():
    assert num_equal_choices(np.full(8, 1 / 8)) == pytest.approx(8)
    assert num_equal_choices([0.0, 1.0]) == 1.0
    assert num_equal_choices([0.5, 0.5, 0.0]) == pytest.approx(2)


def test_bars_and_steps():
    figure = temperature_figure(MUM, list("妈骂马·"), [0.5, 1.0, 2.0], top_p=0.6)
    (slider,) = figure.layout.sliders
    assert slider.active == 1 and [step.label for step in slider.steps] == ["0.5", "1", "2"]
    for frame, temperature in zip(figure.frames, (0.5, 1.0, 2.0), strict=True):
        kept, cut = frame.data
        assert list(kept.x) == list(cut.x) == list("妈骂马·")
        together = [a if b is None else b for a, b in zip(kept.y, cut.y, strict=True)]
        np.testing.assert_allclose(together, heated(MUM, temperature), atol=1e-5)
    assert list(figure.frames[1].data[1].y)[:2] == [None, None]
    title = figure.layout.title.text
    choices = math.exp(-(2 / 3 * math.log(1 / 3) + 1 / 3 * math.log(1 / 6)))
    assert title == (
        f"as uncertain as {choices:.1f} equal choices; top-p 0.6 keeps 2 of 4 tokens; the bars hold 100%"
    )


def test_hot_frames_show_the_same_tokens_and_less_of_the_whole():
    shares = np.random.default_rng(0).dirichlet(np.full(100, 0.1))
    labels = [str(i) for i in range(100)]
    figure = temperature_figure(shares, labels, [0.5, 4.0])
    cold, hot = figure.frames
    assert list(cold.data[0].x) == list(hot.data[0].x) and len(cold.data[0].x) == 12
    assert list(cold.data[0].x)[0] == str(int(shares.argmax()))


@pytest.mark.parametrize("temperatures", [[], [0.0], [1.0, -1.0]])
def test_bad_temperatures_are_named(temperatures):
    with pytest.raises(ValueError, match="temperatures are .*, expected at least one, each above 0"):
        temperature_figure(MUM, list("妈骂马·"), temperatures)


def test_labels_must_fit():
    with pytest.raises(ValueError, match="3 labels came for 4 tokens"):
        temperature_figure(MUM, list("妈骂马"), [1.0])
