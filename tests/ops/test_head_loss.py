"""Head and loss in one against the logits and their cross entropy, with gradients."""

import numpy as np
import pytest
from keras import ops

from mof.ops.head_loss import head_cross_entropy
from mof.ops.losses import token_cross_entropy
from mof.ops.products import project
from tests.tensors import (
    BFLOAT16_TOLERANCE,
    FLOAT32_TOLERANCE,
    assert_all_close,
    compute,
    outputs_and_gradients,
    random_array,
)


def random_inputs(num_rows, num_tokens, vocabulary_size=11, width=6):
    return {
        "hidden": random_array((num_rows, num_tokens, width), 0, 2.0),
        "embedding": random_array((vocabulary_size, width), 1),
        "targets": np.random.default_rng(2).integers(0, vocabulary_size, (num_rows, num_tokens), "int32"),
    }


def from_logits(hidden, embedding, targets):
    return token_cross_entropy(project(hidden, ops.transpose(embedding)), targets)


# a few rows, one row, two whole blocks, a block and one row
@pytest.mark.parametrize("shape", [(2, 5), (1, 1), (2, 512), (3, 171)])
def test_equals_the_cross_entropy_of_the_logits(shape):
    inputs = random_inputs(*shape)
    expected = outputs_and_gradients(from_logits, inputs)
    assert expected["outputs"].shape == shape
    # the embedding's gradient sums over up to 1,024 tokens
    tolerance = FLOAT32_TOLERANCE._replace(absolute=2e-4)
    assert_all_close(outputs_and_gradients(head_cross_entropy, inputs), expected, tolerance)


def test_a_token_without_weight_moves_nothing():
    """The gradient of a weighted sum is that of the tokens that count; the others' is exactly 0."""
    inputs = random_inputs(2, 6)
    weights = np.float32([[0, 1, 1, 0, 2, 0], [0, 0, 0, 0, 1, 0]])

    def weighted(head):
        return lambda **x: ops.sum(head(**x) * weights)

    actual = outputs_and_gradients(weighted(head_cross_entropy), inputs)
    assert_all_close(actual, outputs_and_gradients(weighted(from_logits), inputs), FLOAT32_TOLERANCE)
    _, to_hidden = actual["input_gradients"]  # in the order of their names
    assert not to_hidden[weights == 0].any() and to_hidden[weights > 0].any(axis=-1).all()


def test_targets_may_be_integers_of_64_bits():
    """NumPy's own; JAX makes 32 bits of them by itself."""
    inputs = random_inputs(2, 5)
    expected = compute(head_cross_entropy, *inputs.values())
    wide = {**inputs, "targets": inputs["targets"].astype("int64")}
    np.testing.assert_array_equal(compute(head_cross_entropy, *wide.values()), expected)


def test_large_logits_do_not_overflow():
    inputs = random_inputs(2, 5)
    inputs["hidden"] *= np.float32(200.0)  # exp of such logits is no float32
    actual = outputs_and_gradients(head_cross_entropy, inputs)
    assert np.isfinite(actual["outputs"]).all()
    assert_all_close(
        actual, outputs_and_gradients(from_logits, inputs), FLOAT32_TOLERANCE._replace(absolute=2e-3)
    )


@pytest.mark.parametrize("shape", [(2, 5), (2, 512), (3, 171)])
def test_bfloat16_stays_close(shape):
    inputs = random_inputs(*shape)
    expected = outputs_and_gradients(from_logits, inputs)
    actual = outputs_and_gradients(lambda **x: head_cross_entropy(**x, product_dtype="bfloat16"), inputs)
    assert actual["outputs"].dtype == np.float32
    assert not np.array_equal(actual["outputs"], expected["outputs"])
    # sums over many tokens: their size grows, and the error with it
    largest = max(np.abs(x).max() for x in expected["input_gradients"])
    assert_all_close(actual, expected, BFLOAT16_TOLERANCE._replace(absolute=0.05 * max(1.0, largest / 5)))
