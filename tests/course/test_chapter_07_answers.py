"""The definitions that answers to chapter 07 are compared with, against the package's."""

import dataclasses

import numpy as np
import pytest
from keras import ops

from mof.course.cases import random_tokens
from mof.course.chapter_07_answers import (
    BLOCK_WIDTH,
    Parts,
    attend_in_window,
    block,
    blocks_at_half_width,
    convolve,
    make_parts,
    package_convolve,
    package_window,
    tokens,
    view,
)
from mof.course.checking import judge
from mof.course.registry import find_exercise
from mof.lessons.reach import field_of_view
from mof.machine.parameter_counts import num_matrix_parameters
from mof.model import make_expert
from mof.presets import preset

PART_NAMES = [field.name for field in dataclasses.fields(Parts)]
PATIENCE_SECONDS = 120.0  # a busy machine is no endless loop
NANO = preset("nano").model.replace(experts=("transformer",))


@pytest.mark.parametrize("num_tokens", [1, 2, 7])
def test_the_convolution_is_the_packages(num_tokens):
    (x,), (kernel,) = random_tokens(0, num_tokens, 5), random_tokens(1, 4, 5)
    found = ops.convert_to_numpy(package_convolve(x, kernel))
    np.testing.assert_allclose(convolve(x, kernel), found, atol=1e-5)


def test_the_block_is_the_packages():
    expert = make_expert("transformer", NANO.replace(transformer_layers=1), 0)
    expert.build((None, None, NANO.width))
    (layer,) = expert.blocks
    (x,) = random_tokens(2, 6, NANO.width)
    with_state = {"convolution", "attention", "thought_space"}

    def rows_of(part):
        return lambda x: part(x[None])[0][0]

    layers = {name: getattr(layer, name) for name in PART_NAMES}
    parts = Parts(**{name: rows_of(p) if name in with_state else p for name, p in layers.items()})
    found = ops.convert_to_numpy(expert(x[None])[0])[0]
    np.testing.assert_allclose(ops.convert_to_numpy(block(x, parts)), found, atol=1e-4)


def test_the_made_parts_keep_the_shape_and_differ():
    parts = make_parts(0)
    (x,) = random_tokens(3, 4, BLOCK_WIDTH)
    results = [ops.convert_to_numpy(part(x)) for part in vars(parts).values()]
    assert all(result.shape == x.shape for result in results)
    for i, one in enumerate(results):
        assert all(np.abs(one - other).max() > 1e-2 for other in results[:i])


@pytest.mark.parametrize("window", [1, 3, 9])
def test_the_window_is_the_packages(window):
    text = tokens(4, 7, 3, 2)
    found = ops.convert_to_numpy(package_window(window)(*map(ops.convert_to_tensor, text)))
    np.testing.assert_allclose(attend_in_window(*text, window), found, atol=1e-4)


def test_half_the_width_has_a_quarter_of_the_matrices():
    def in_blocks(width, depth):
        shape = NANO.replace(
            width=width,
            num_heads=4,
            feed_forward_width=2 * width,
            thought_width=width // 2,
            transformer_layers=depth,
            attention_decay="none",  # its few logits are no square
        )
        return num_matrix_parameters(shape) - num_matrix_parameters(shape.replace(transformer_layers=1))

    assert in_blocks(64, 3) == 2 * (in_blocks(64, 2))
    per_block = in_blocks(64, 2), in_blocks(32, 2)
    assert blocks_at_half_width(5) * per_block[1] == 5 * per_block[0]


@pytest.mark.parametrize("shape", [(1, 2, 1, False), (4, 5, 4, True), (23, 130, 1, False)])
def test_the_view_is_the_packages(shape):
    depth, window, length, has_thought = shape
    config = NANO.replace(
        transformer_layers=depth,
        window=window,
        convolution_length=length,
        thought_width=8 if has_thought else 0,
    )
    assert view(*shape) == field_of_view(config)


def test_a_block_that_sees_the_future_is_told_so():
    def ahead(x, parts):
        return block(ops.flip(x, axis=0), parts)

    assert "sees position t +" in judge(find_exercise("07.2"), ahead, PATIENCE_SECONDS).message


def test_an_unknown_mistake_in_the_view_shows_its_shape():
    verdict = judge(find_exercise("07.5"), lambda n, w, j, thought: 7 * n + w, PATIENCE_SECONDS)
    assert (
        "For depth 1, window 2, a convolution of length 1 and no thought space you say 9" in verdict.message
    )
