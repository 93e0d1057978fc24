"""Head and loss in one against the logits and their cross entropy, with gradients."""

import numpy as np
import pytest
from keras import ops

from mof.ops.head_loss import head_cross_entropy
from mof.ops.losses import token_cross_entropy
from mof.ops.products import project
from tests.tensors import BFLOAT16_TOLERANCE, FLOAT32_TOLERANCE, assert_all_close, outputs_and_gradients, random_array


def random_inputs(num_rows, num_tokens, vocabulary_size=11, width=6):
    return {
        "hidden": random_array((num_rows, num_tokens, width), 0, 2.0),
        "embedding": random_array((vocabulary_size, width), 1),
        "targets": np.random.default_rng(2).integers(0, vocabulary_size, (num_rows, num_tokens), "int32"),
    }


def from_logits(hidden, embedding, targets):
    return token_cross_entropy(project(hidden, ops.transpose(embedding)), targets)


@pytest.mark.parametrize("shape", [(2, 5), (2, 512)])  # a few rows, and two whole blocks
def test_equals_the_cross_entropy_of_the_logits(shape):
    inputs = random_inputs(*shape)
    expected = outputs_and_gradients(from_logits, inputs)
    assert expected["outputs"].shape == shape
    # the embedding's gradient sums over up to 1,024 tokens
    tolerance = FLOAT32_TOLERANCE._replace(absolute=2e-4)
    assert_all_close(outputs_and_gradients(head_cross_entropy, inputs), expected, tolerance)


def test_bfloat16_stays_close():
    inputs = random_inputs(2, 5)
    expected = outputs_and_gradients(from_logits, inputs)
    actual = outputs_and_gradients(lambda **x: head_cross_entropy(**x, product_dtype="bfloat16"), inputs)
    assert actual["outputs"].dtype == np.float32
    assert not np.array_equal(actual["outputs"], expected["outputs"])
    assert_all_close(actual, expected, BFLOAT16_TOLERANCE)
