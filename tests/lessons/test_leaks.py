"""Leaks: functions whose view is known, and whole models read in two ways."""

import math

import numpy as np
import pytest
from keras import ops

from mof.corpus.conversation import encode_document
from mof.experts.transformer_expert import TransformerExpert
from mof.lessons.leaking_thought import RowMeanExpert, TokenExpert, make_model
from mof.lessons.leaks import (
    ROUNDING,
    bits_in_both_readings,
    future_part,
    moves_by_changes,
    moves_by_gradients,
    probability_moves,
)
from mof.presets import preset
from mof.tokenizer.character_tokenizer import train_character_tokenizer
from tests.layer_contract import perturb_weights

TEXTS = ["小猫饿了，它在叫。的", "春天来了，花都开了。"]
TOKENIZER = train_character_tokenizer(TEXTS, 300)
X = np.random.default_rng(0).normal(size=(6, 3)).astype("float32")
FUNCTIONS = {
    "past": (lambda x: ops.cumsum(x, axis=0), np.tril(np.ones((6, 6)))),
    "all": (lambda x: x + ops.mean(x, axis=0), np.ones((6, 6))),
    "itself": (lambda x: 2.0 * x, np.eye(6)),
    "next": (lambda x: ops.roll(x, -1, axis=0), np.roll(np.eye(6), 1, axis=1)),
}


def small_model(expert_class, **changes):
    config = preset("nano").model.replace(
        vocabulary_size=TOKENIZER.vocabulary_size, experts=("transformer",), **changes
    )
    model = make_model(config, 0, expert_class)
    perturb_weights(model)
    return model


@pytest.fixture(scope="module")
def sound():
    return small_model(TransformerExpert)


@pytest.fixture(scope="module")
def leaking():
    return small_model(RowMeanExpert)


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("measure", [moves_by_changes, moves_by_gradients])
def test_both_tests_find_who_sees_whom(name, measure):
    function, expected = FUNCTIONS[name]
    np.testing.assert_array_equal(measure(function, X) > ROUNDING, expected > 0)
    assert (future_part(measure(function, X)) > ROUNDING) == (name in ("all", "next"))


def test_changes_are_as_large_as_what_they_cause_in_a_sum():
    moves = moves_by_changes(lambda x: ops.cumsum(x, axis=0), X)
    changes = np.random.default_rng(0).normal(size=X.shape).astype("float32")
    np.testing.assert_allclose(moves[-1], np.abs(changes).max(axis=1), atol=1e-5)


def test_a_choice_has_no_gradient_and_yet_leaks():
    def pass_the_loud(x):
        loudness = ops.sum(ops.square(x), axis=1)
        return ops.where((loudness > ops.median(loudness))[:, None], x, 0.0)

    assert future_part(moves_by_gradients(pass_the_loud, X)) == 0.0
    assert future_part(moves_by_changes(pass_the_loud, X)) > 0.1


@pytest.mark.parametrize("expert_class", [TransformerExpert, TokenExpert])
def test_a_sound_model_reads_the_same_in_both_ways(expert_class):
    model = small_model(expert_class)
    found = bits_in_both_readings(model, TOKENIZER, TEXTS, num_tokens=7)
    assert found.whole_bits == pytest.approx(found.stepwise_bits, rel=1e-5) and found.num_tokens == 14


def test_the_stepwise_reading_is_the_models_own_stepping(sound):
    total, num_bytes = 0.0, 0
    for text in TEXTS:
        ids, state = encode_document(text, TOKENIZER)[:8], sound.initial_state(1)
        for token, target in zip(ids[:-1], ids[1:], strict=True):
            logits, state = sound.step(ops.convert_to_tensor([token]), state)
            logits = ops.convert_to_numpy(logits)[0].astype("float64")
            total += np.log(np.exp(logits).sum()) - logits[target]
            num_bytes += len(TOKENIZER.token_bytes(int(target)))
    found = bits_in_both_readings(sound, TOKENIZER, TEXTS, num_tokens=7)
    assert found.stepwise_bits == pytest.approx(total / math.log(2) / num_bytes, rel=1e-4)


def test_a_leaking_model_does_not(leaking):
    found = bits_in_both_readings(leaking, TOKENIZER, TEXTS, num_tokens=7)
    assert abs(found.whole_bits - found.stepwise_bits) > 1e-3  # of a sound model below 1e-6


def test_texts_too_short_are_told(sound):
    with pytest.raises(ValueError, match="no text has more than 50 tokens"):
        bits_in_both_readings(sound, TOKENIZER, TEXTS, num_tokens=50)


def test_probabilities_of_a_sound_model_move_with_the_past_alone(sound, leaking):
    moves, tokens = probability_moves(sound, TOKENIZER, TEXTS[1])
    assert moves.shape == (len(tokens), len(tokens)) and tokens[:3] == ["·", "春", "天"]
    assert future_part(moves) < 1e-5 and np.diag(moves)[1:].min() > 1e-4 and (moves <= 1.0).all()
    assert not moves[:, 0].any(), "the document's start is not changed"
    moves, _tokens = probability_moves(leaking, TOKENIZER, TEXTS[1])
    assert future_part(moves) > 1e-3
    with pytest.raises(ValueError, match="replacement is '的的', 2 tokens"):
        probability_moves(sound, TOKENIZER, TEXTS[1], "的的")
