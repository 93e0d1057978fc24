"""The count of products, against those that a model really computes and against numbers worked by hand."""

import keras
import numpy as np
import pytest

from mof.config import ModelConfig
from mof.flops import Product, forward_products, training_flops
from mof.model import MixtureLanguageModel

BATCH_SIZE, NUM_TOKENS = 2, 12
SMALL = ModelConfig(
    vocabulary_size=40,
    width=8,
    recurrent_width=6,
    transformer_layers=2,
    num_heads=2,
    feed_forward_width=10,
    thought_width=3,
    router_width=5,
    chunk_length=3,
)


def computed_flops(config, monkeypatch):
    """Run a forward pass operation by operation and add up all products that are no running sums.

    A product by a square of chunks + 1 (the carried memories), with inner or outer width 1 (the mean's
    attention, in which keys are 1) or by a triangle of ones (running sums) is not the model's.
    """
    model = MixtureLanguageModel(config)
    plain_matmul, total = keras.ops.matmul, []
    num_chunks = -(-NUM_TOKENS // config.chunk_length)

    def matmul(left, right):
        (*batch, rows, inner), columns = left.shape, right.shape[-1]
        is_triangle = inner == columns and np.array_equal(right, np.triu(np.ones_like(right)))
        is_carry = rows == inner == num_chunks + 1
        is_mean = len(left.shape) == 5 and left.shape[1] == 1
        if not (is_triangle or is_carry or is_mean):
            total.append(2 * int(np.prod(batch or [1])) * rows * inner * columns)
        return plain_matmul(left, right)

    monkeypatch.setattr(keras.ops, "matmul", matmul)
    model(np.ones((BATCH_SIZE, NUM_TOKENS), "int32"))
    return sum(total)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"experts": ("recurrent",), "recurrent_layers": 3},
        {"experts": ("transformer",), "thought_width": 0, "attention_decay": "none"},
        {"recurrence": "gru", "router_recurrence": "gru", "recurrent_output_gate": False},
        {"attention_output_gate": False, "chunk_length": 5},
        {"experts": ("recurrent", "transformer", "transformer"), "chunk_length": 64},
    ],
    ids=str,
)
def test_the_count_is_what_a_model_computes(changes, monkeypatch):
    config = SMALL.replace(**changes)
    counted = sum(product.flops for product in forward_products(config, BATCH_SIZE, NUM_TOKENS))
    assert counted == computed_flops(config, monkeypatch)


def test_a_step_by_hand():
    config = SMALL.replace(experts=("recurrent",), recurrent_layers=1)
    # per token: 8 x 18 in, 6 x 8 out, 8 x 8 projection, 8 x 40 head; twice for an addition, thrice for a step
    assert training_flops(config, 1, 1) == 6 * (8 * 18 + 6 * 8 + 8 * 8 + 8 * 40)


def test_a_product_counts_multiplications_and_additions():
    assert Product("x", 5, 2, 3, 4).flops == 240


def test_a_window_is_refused():
    with pytest.raises(ValueError, match="window is 4, expected 0"):
        forward_products(SMALL.replace(window=4), 1, 8)
