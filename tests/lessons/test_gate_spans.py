"""What is read off the gates, against what the expert itself computes with them."""

import numpy as np
import pytest
from keras import ops

from mof.corpus.conversation import encode_document
from mof.layers.gated_recurrence import MinimalGRU
from mof.lessons import gate_spans
from mof.model import MixtureLanguageModel
from mof.presets import preset
from mof.tokenizer.character_tokenizer import train_character_tokenizer
from tests.layer_contract import perturb_weights

TEXT = "小猫饿了，它在叫"  # "The kitten is hungry, it is crying"
TOKENIZER = train_character_tokenizer([TEXT], 300)


def make_model(**changes):
    config = preset("nano").model.replace(
        vocabulary_size=TOKENIZER.vocabulary_size,
        **{"experts": ("recurrent",), "recurrent_layers": 2, **changes},
    )
    model = MixtureLanguageModel(config, seed=0)
    perturb_weights(model)
    return model


@pytest.mark.parametrize("changes", [{}, {"recurrent_output_gate": False}, {"convolution_length": 1}])
def test_the_gates_are_those_with_which_the_states_are_made(changes):
    """What a layer's own state gets at the start is left, at the end, by the product of what its tokens
    retain."""
    model = make_model(**changes)
    retain, tokens = gate_spans.read_gates(model, TOKENIZER, TEXT)
    assert tokens == ["·", *TEXT] and retain.shape == (2, 9, 96) and retain.dtype == np.float64
    (expert,) = model.experts
    x = model.embed(ops.convert_to_tensor(encode_document(TEXT, TOKENIZER)[None]))
    for layer in range(2):
        ends = []
        for start in (0.0, 1.0):
            state = expert.initial_state(1)
            state[f"layer_{layer}"]["recurrence"]["hidden"] += start
            ends.append(
                ops.convert_to_numpy(expert(x, state)[1][f"layer_{layer}"]["recurrence"]["hidden"])[0]
            )
        np.testing.assert_allclose(ends[1] - ends[0], retain[layer].prod(axis=0), atol=2e-4)


def test_half_lives_by_their_meaning():
    retain = np.array([0.5, 0.25, 0.9, 0.999])
    half_lives = gate_spans.half_lives(retain)
    np.testing.assert_allclose(retain**half_lives, 0.5)
    assert half_lives[0] == pytest.approx(1.0) and half_lives[1] == pytest.approx(0.5)


def test_shares_of_0_and_1_have_finite_half_lives():
    low, high = gate_spans.half_lives([0.0, 1.0])
    assert 0 < low < 0.01 and 1e7 < high < np.inf


def test_over_a_text_the_factors_multiply():
    retain = np.random.default_rng(0).uniform(0.1, 0.99, (2, 7, 3))
    found = gate_spans.mean_half_lives(retain)
    assert found.shape == (2, 3)
    left = retain.prod(axis=1)  # after 7 tokens
    np.testing.assert_allclose(0.5 ** (7 / found), left)


def test_at_rest_the_bias_decides():
    layer = MinimalGRU(64)
    layer.build((None, None, 8))
    half_lives = gate_spans.resting_half_lives(layer)
    spans = 500.0 ** ((np.arange(64) + 0.5) / 64)  # z = 1 / (1 + span)
    np.testing.assert_allclose(0.5 ** (1 / half_lives), spans / (1 + spans), rtol=1e-5)


def test_shares_of_the_embedding():
    model = MixtureLanguageModel(
        preset("nano").model.replace(experts=("recurrent",), recurrent_layers=3, embedding_residual=0.25)
    )
    assert gate_spans.embedding_shares(model) == pytest.approx([0.0, 0.25, 0.25])


def test_what_has_no_such_gates_is_told():
    with pytest.raises(ValueError, match="recurrence is 'gru', expected 'minimal_gru'"):
        gate_spans.read_gates(make_model(recurrence="gru"), TOKENIZER, TEXT)
    with pytest.raises(ValueError, match=r"experts are \['TransformerExpert'\], expected a RecurrentExpert"):
        gate_spans.read_gates(make_model(experts=("transformer",)), TOKENIZER, TEXT)
