"""Shapes of equal size, and ways to tell order: one change each."""

import pytest

from mof.config import ModelConfig
from mof.lessons.transformer_forms import (
    ALONE,
    DEPTHS,
    NEITHER,
    ORDERS,
    OURS,
    SHAPES,
    equal_shape,
    order_settings,
    shape_settings,
)
from mof.machine.parameter_counts import num_parameters
from mof.presets import preset

# rounding the feed-forward width to a step moves a small model more than a large one
CLOSE = {"nano": 0.02, "tiny": 0.01}


@pytest.mark.parametrize("size", CLOSE)
@pytest.mark.parametrize("form", SHAPES)
def test_shapes_have_as_many_parameters(form, size):
    base = preset(size).model.replace(**ALONE)
    config = base.replace(**shape_settings(form, size))
    assert num_parameters(config) == pytest.approx(num_parameters(base), rel=CLOSE[size])
    assert config.width // config.num_heads == base.width // base.num_heads
    assert config.thought_width == config.width // 2
    assert config.experts == ("transformer",)


@pytest.mark.parametrize("size", CLOSE)
def test_deeper_is_never_wider_and_the_presets_own_depth_is_the_preset(size):
    base = preset(size).model.replace(**ALONE)
    shapes = [equal_shape(base, depth) for depth in DEPTHS]
    widths = [shape["width"] for shape in shapes]
    assert widths == sorted(widths, reverse=True) and widths[0] > widths[-1]
    (own,) = [shape for shape in shapes if shape["transformer_layers"] == base.transformer_layers]
    assert base.replace(**own) == base


def test_names_tell_the_depth():
    assert SHAPES[:2] == ("1 block", "2 blocks")
    assert [shape_settings(form)["transformer_layers"] for form in SHAPES] == list(DEPTHS)


def test_without_a_thought_space_there_is_none():
    base = preset("nano").model.replace(**ALONE, thought_width=0)
    assert equal_shape(base, 4)["thought_width"] == 0


def test_too_many_blocks_are_refused():
    with pytest.raises(ValueError, match="no shape of 100000 blocks has only"):
        equal_shape(preset("nano").model.replace(**ALONE), 100_000)


def test_orders_switch_what_they_name():
    default = ModelConfig()
    assert ORDERS[OURS] == {}
    assert NEITHER["convolution_length"] == 1 and NEITHER["attention_decay"] == "none"
    assert default.convolution_length > 1 and default.attention_decay != "none"
    assert {**ORDERS["decay alone"], **ORDERS["convolution alone"]} == ORDERS["neither"] == NEITHER
    for form, kind in (("neither, but a table", "learned"), ("neither, but sines", "sinusoidal")):
        assert ORDERS[form] == {**NEITHER, "position": kind}


@pytest.mark.parametrize("form", ORDERS)
def test_orders_fit_the_presets(form):
    assert preset("tiny").model.replace(**order_settings(form)).experts == ("transformer",)


@pytest.mark.parametrize(("settings", "form"), [(shape_settings, "3 blocks"), (order_settings, "rotary")])
def test_an_unknown_form_is_named(settings, form):
    with pytest.raises(ValueError, match=f"form is '{form}', expected one of"):
        settings(form)
