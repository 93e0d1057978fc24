"""The Transformer expert: blocks of convolution, attention, thought space and feed-forward."""

import numpy as np
import pytest
from keras import ops

from mof.experts.transformer_expert import TransformerExpert
from tests.layer_contract import WIDTH, MemoryContract, compute_many, perturb_weights
from tests.tensors import (
    CHUNK_LENGTH,
    DEEP_TOLERANCE,
    EXACT,
    FLOAT32_TOLERANCE,
    LONGEST,
    assert_all_close,
    compute,
    differs,
    random_array,
)

NUM_HEADS, FEED_FORWARD_WIDTH, THOUGHT_WIDTH = 2, 10, 5
SQUARE = WIDTH * WIDTH
NORMS_AND_FEED_FORWARD = 2 * WIDTH + 2 * WIDTH * FEED_FORWARD_WIDTH
THOUGHT = 2 * WIDTH * THOUGHT_WIDTH + 1
DEFAULT_BLOCK = NORMS_AND_FEED_FORWARD + 4 * WIDTH + 5 * SQUARE + WIDTH * NUM_HEADS + NUM_HEADS + THOUGHT


def make_expert(num_layers=2, **arguments):
    defaults = dict(chunk_length=CHUNK_LENGTH, thought_width=THOUGHT_WIDTH, seed=1, name="layer")
    return TransformerExpert(num_layers, NUM_HEADS, FEED_FORWARD_WIDTH, **{**defaults, **arguments})


class TestTransformerExpert(MemoryContract):
    tolerance = DEEP_TOLERANCE
    num_weights = DEFAULT_BLOCK

    def make(self):
        return make_expert(1)

    def test_equals_its_parts_put_together_by_hand(self):
        expert, x = make_expert(2), random_array((2, 6, WIDTH), 0)
        expert.build((None, None, WIDTH))
        perturb_weights(expert)

        def by_hand(x):
            for block in expert.blocks:
                read, _ = block.convolution(block.attention_norm(x))
                x = x + block.attention(read)[0]
                x, _ = block.thought_space(x)
                x = x + block.feed_forward(block.feed_forward_norm(x))
            return x

        np.testing.assert_allclose(
            compute(lambda x: expert(x)[0], x), compute(by_hand, x), *FLOAT32_TOLERANCE
        )

    def test_thought_alphas(self):
        expert = make_expert(thought_alpha=0.25)
        expert.build((None, None, WIDTH))
        assert expert.thought_alphas() == [0.25, 0.25]
        expert = make_expert(thought_width=0)
        expert.build((None, None, WIDTH))
        assert expert.thought_alphas() == []


class TestPublishedParts(MemoryContract):
    """The article's choices in the sound form: denominator, no decay, learned positions, a crop."""

    tolerance = DEEP_TOLERANCE
    num_weights = (
        NORMS_AND_FEED_FORWARD
        + 4 * WIDTH
        + 4 * SQUARE
        + THOUGHT
        + 20 * WIDTH  # one block, and twenty positions
    )

    def make(self):
        return make_expert(
            1,
            activation="gelu",
            decay="none",
            normalizer="denominator",
            output_gate=False,
            window=3,
            position="learned",
            num_positions=20,
        )


class TestWithoutThoughtSpace(MemoryContract):
    tolerance = DEEP_TOLERANCE
    num_weights = DEFAULT_BLOCK - THOUGHT + 1

    def make(self):
        return make_expert(1, thought_width=0, position="sinusoidal")


@pytest.mark.parametrize(
    "thought_width, convolution_length, reach, decay, tolerance",
    [
        (0, 1, 1, "none", EXACT),
        (0, 1, 1, "input", FLOAT32_TOLERANCE),
        (THOUGHT_WIDTH, 1, 2, "none", EXACT),
        (THOUGHT_WIDTH, 3, 3, "input", FLOAT32_TOLERANCE),
    ],
)
def test_receptive_field_of_a_window(thought_width, convolution_length, reach, decay, tolerance):
    """depth x (window - 1) + 1 for attention alone: the outermost token matters, one further back does not.

    A thought space looks back over a window of its own, and a convolution over its length; each adds to the
    reach. Both are here as long as the attention's window, so a block reaches `reach` times as far. A decay
    inside the window is a difference of sums that tokens before the window share, so they may touch the last
    digit.
    """
    depth, window = 2, 3
    expert = make_expert(
        depth,
        window=window,
        decay=decay,
        thought_width=thought_width,
        convolution_length=convolution_length,
        thought_alpha=3.0,
    )
    expert.build((None, None, WIDTH))
    x = random_array((1, LONGEST, WIDTH), 0)
    run = compute_many(lambda x: expert(x)[0][:, -1])
    last, field = run(x), depth * reach * (window - 1) + 1
    inside, outside = x.copy(), x.copy()
    inside[:, -field] *= -3.0
    outside[:, :-field] += 3.0 * random_array((1, 1, WIDTH), 1)
    assert differs(run(inside), last)
    assert_all_close(run(outside), last, tolerance)


def test_at_least_one_layer():
    with pytest.raises(ValueError, match="num_layers is 0, expected at least 1"):
        make_expert(0)


def test_an_unknown_position_names_the_known_ones():
    with pytest.raises(ValueError, match="position is 'rotary', expected one of"):
        make_expert(position="rotary")


def test_blocks_start_different():
    expert = make_expert()
    expert.build((None, None, WIDTH))
    first, second = (ops.convert_to_numpy(block.attention.inputs.kernel) for block in expert.blocks)
    assert differs(first, second)
