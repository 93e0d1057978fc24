"""Half-lives over a sentence: curves in one order, a slider over the tokens."""

import numpy as np
import pytest

from mof.viz.half_life_figure import half_life_figure

TOKENS = ["·", "走", "走", "。"]  # "go, go.": tokens repeat, places do not


@pytest.fixture
def half_lives():
    return np.random.default_rng(0).uniform(0.5, 50.0, (2, 4, 5))  # [L, T, R]


def test_each_token_shows_its_units_in_the_order_of_their_means(half_lives):
    means = np.exp(np.log(half_lives).mean(axis=1))
    figure = half_life_figure(half_lives, means, TOKENS)
    (slider,) = figure.layout.sliders
    names = [f"{i} {token}" for i, token in enumerate(TOKENS)]
    assert [step.label for step in slider.steps] == names == [frame.name for frame in figure.frames]
    assert {step.method for step in slider.steps} == {"animate"}
    for layer in range(2):
        order = sorted(range(5), key=lambda unit, layer=layer: means[layer, unit])
        for t, frame in enumerate(figure.frames):
            here, over_all = frame.data[2 * layer : 2 * layer + 2]
            np.testing.assert_allclose(here.y, half_lives[layer, t, order], atol=1e-3)
            np.testing.assert_allclose(over_all.y, means[layer, order], atol=1e-3)
            assert (here.name, over_all.name) == (
                f"layer {layer + 1}, this token",
                f"layer {layer + 1}, the sentence",
            )


def test_titles_tell_the_middle_unit():
    half_lives = np.array([[[1.0, 2.0, 30.0]], [[4.0, 5.0, 6.0]]])
    figure = half_life_figure(half_lives, half_lives[:, 0], ["。"])
    assert (
        figure.layout.title.text
        == "。: the middle unit keeps half for 2 tokens in layer 1, 5 tokens in layer 2"
    )


def test_all_frames_fit_the_one_range_and_forms_tell_what_colours_tell(half_lives):
    means = half_lives.mean(axis=1)
    figure = half_life_figure(half_lives, means, TOKENS)
    low, high = figure.layout.yaxis.range
    assert low < np.log10(half_lives.min()) and high > np.log10(half_lives.max())
    assert figure.layout.yaxis.type == "log"
    assert len({trace.marker.symbol for trace in figure.data[::2]}) == 2
    assert len({trace.line.dash for trace in figure.data[1::2]}) == 2


@pytest.mark.parametrize(
    ("shape", "means_shape"), [((2, 3, 5), (2, 5)), ((2, 4, 5), (2, 4)), ((4, 5), (5,)), ((2, 4, 5), (1, 5))]
)
def test_shapes_that_do_not_fit_are_told(shape, means_shape):
    with pytest.raises(ValueError, match=r"expected \[L, T, R\], \[L, R\] and T"):
        half_life_figure(np.ones(shape), np.ones(means_shape), TOKENS)
