"""The RNN expert: residuals, the share of the embedding, convolutions and recurrences."""

import keras
import numpy as np
import pytest
from keras import ops

from mof.experts.recurrent_expert import EmbeddingResidual, RecurrentExpert
from tests.layer_contract import WIDTH, LayerContract, MemoryContract
from tests.tensors import DEEP_TOLERANCE, FLOAT32_TOLERANCE, compute, random_array

HIDDEN_WIDTH = 6
IN_BOTH = 4 * WIDTH + WIDTH + HIDDEN_WIDTH * WIDTH  # convolution, norm, way out


class TestRecurrentExpert(MemoryContract):
    tolerance = DEEP_TOLERANCE
    num_weights = 2 * (IN_BOTH + WIDTH * 3 * HIDDEN_WIDTH + HIDDEN_WIDTH) + 1  # and q of the second layer

    def make(self):
        return RecurrentExpert(2, HIDDEN_WIDTH, seed=1, name="layer")

    def test_equals_its_parts_put_together_by_hand(self):
        expert, x = self.built(), random_array((2, 6, WIDTH), 0)

        def by_hand(x):
            embedded = x
            for i in range(2):
                q = ops.sigmoid(expert.residuals[1].logit) if i else 0.0
                read = expert.norms[i](q * embedded + (1 - q) * x)
                read, _ = expert.convolutions[i](read)
                x = x + expert.recurrences[i](read)[0]
            return x

        np.testing.assert_allclose(
            compute(lambda x: expert(x)[0], x), compute(by_hand, x), *FLOAT32_TOLERANCE
        )


class TestRecurrentExpertWithGRU(MemoryContract):
    tolerance = DEEP_TOLERANCE
    # no gate
    num_weights = IN_BOTH + WIDTH * 3 * HIDDEN_WIDTH + 3 * HIDDEN_WIDTH**2 + 6 * HIDDEN_WIDTH

    def make(self):
        return RecurrentExpert(
            1, HIDDEN_WIDTH, "gru", output_gate=False, embedding_residual=0.0, name="layer"
        )


class TestEmbeddingResidual(LayerContract):
    num_weights = 1

    def make(self):
        return EmbeddingResidual(0.4, name="layer")

    def apply(self, layer, x):
        return layer(x, 2.0 * x + 1.0)


def test_the_share_starts_where_it_is_told():
    x, embedded = random_array((2, 3, WIDTH), 0), random_array((2, 3, WIDTH), 1)
    for start in (0.0, 0.25, 0.9, 1.0):
        layer = EmbeddingResidual(start)
        layer.build((None, None, WIDTH))
        np.testing.assert_allclose(ops.convert_to_numpy(layer.share()), start, rtol=1e-6)
        expected = start * embedded + (1 - start) * x
        np.testing.assert_allclose(compute(layer, x, embedded), expected, *FLOAT32_TOLERANCE)


@pytest.mark.parametrize("start, is_trained", [(0.0, False), (0.4, True), (1.0, False)])
def test_exactly_zero_and_one_are_kept(start, is_trained):
    layer = EmbeddingResidual(start)
    layer.build((None, None, WIDTH))
    assert bool(layer.trainable_variables) is is_trained
    if not is_trained:
        assert layer.share() == start


@pytest.mark.parametrize("start", [-0.1, 1.5])
def test_the_share_is_between_zero_and_one(start):
    with pytest.raises(
        ValueError, match=f"embedding residual starts at {start}, expected a share between 0 and 1"
    ):
        EmbeddingResidual(start)


def test_at_least_one_layer():
    with pytest.raises(ValueError, match="num_layers is 0, expected at least 1"):
        RecurrentExpert(0, HIDDEN_WIDTH)


def test_a_convolution_length_of_one_keeps_no_tokens_and_changes_none():
    expert = RecurrentExpert(1, HIDDEN_WIDTH, convolution_length=1)
    expert.build((None, None, WIDTH))
    leaves = keras.tree.flatten(expert.initial_state(2))
    assert sum(int(np.prod(leaf.shape)) for leaf in leaves) == 2 * HIDDEN_WIDTH
    x = random_array((2, 5, WIDTH), 0)
    np.testing.assert_allclose(compute(lambda x: expert.convolutions[0](x)[0], x), x, *FLOAT32_TOLERANCE)
