"""What a construction can tell of the order, and what it cannot."""

import pytest

from mof.lessons.word_order import order_gap

BARE = {"convolution_length": 1, "attention_decay": "none", "thought_width": 0}
ROUNDING = 1e-5  # a sum of three terms in another order, in float32


def test_one_bare_block_sees_no_order():
    assert order_gap(**BARE) < ROUNDING


@pytest.mark.parametrize(
    "change",
    [
        {"num_layers": 2},
        {"thought_width": 32},  # a mean of what has read: a second look at the past in the same block
        {"attention_decay": "fixed"},
        {"attention_decay": "input"},
        {"convolution_length": 2},
        {"position": "learned"},
        {"position": "sinusoidal"},
    ],
)
def test_each_way_of_telling_it_is_seen(change):
    assert order_gap(**{**BARE, **change}) > 10 * ROUNDING
