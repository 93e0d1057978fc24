"""How far a window sees: the count beside the gradient, and what crop and window keep."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from mof.lessons.reach import (
    cropped_beside_windowed,
    field_of_view,
    furthest,
    influence,
    influence_on_last,
    reach_by_part,
    state_numbers,
)
from mof.presets import preset

NANO = preset("nano").model.replace(attention_decay="none", transformer_layers=2)


@pytest.mark.parametrize(
    ("window", "length", "thought", "counted"),
    [(3, 1, 0, 5), (3, 2, 0, 7), (3, 1, 8, 9), (3, 3, 8, 13), (1, 1, 8, 1), (1, 4, 0, 7)],
)
def test_the_count_is_what_the_gradient_finds(window, length, thought, counted):
    config = NANO.replace(window=window, convolution_length=length, thought_width=thought)
    assert field_of_view(config) == counted
    strengths = influence(config, num_tokens=counted + 4)
    assert furthest(strengths) == counted
    assert np.all(strengths[:counted] > 0), "there is no hole in the view"


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 23), st.integers(1, 130), st.integers(1, 5), st.sampled_from([0, 8]))
def test_the_count_walks_back_part_by_part(depth, window, length, thought):
    config = NANO.replace(
        transformer_layers=depth, window=window, convolution_length=length, thought_width=thought
    )
    oldest = 0  # of the tokens in sight, counted back from the last
    for _ in range(depth):
        oldest += window - 1 if thought else 0
        oldest += window - 1
        oldest += length - 1
    assert field_of_view(config) == oldest + 1
    assert ("thought space" in reach_by_part(config)) == bool(thought)


def test_without_a_window_there_is_nothing_to_count():
    with pytest.raises(ValueError, match="window is 0: every token of the past is in sight"):
        field_of_view(NANO)


def test_influence_of_a_sum_that_is_known():
    weights = np.array([0.0, 0.0, 2.0, 0.0, 1.0], "float32")[:, None]
    tokens = np.ones((5, 3), "float32")
    strengths = influence_on_last(lambda x: ops.cumsum(x * weights, axis=0), tokens)
    assert strengths[0] > 0
    np.testing.assert_allclose(strengths / strengths[0], [1, 0, 2, 0, 0], rtol=1e-6)
    assert furthest(strengths) == 3 and furthest(np.zeros(4)) == 0


def test_a_crop_is_right_at_the_last_position_of_one_block_alone():
    one, two = cropped_beside_windowed(1, 4, 9), cropped_beside_windowed(2, 4, 9)
    assert one[-1] < 1e-4 and one[:-1].min() > 1e-2
    assert two.min() > 1e-3


@pytest.mark.parametrize("window", [0, 5])
def test_the_state_is_counted(window):
    config = NANO.replace(window=window)
    heads, width, past = config.num_heads, config.width, max(window - 1, 0)
    inner = width // heads
    whole = {"attention": heads * (inner * inner + inner), "thought_space": width + 1}
    queue = {"attention": past * (2 * width + heads + 1), "thought_space": past * (1 + width + 1 + 1)}
    filter_state = (config.convolution_length - 1) * (width + 1)
    assert state_numbers(config) == {"convolution": filter_state, **(queue if window else whole)}
