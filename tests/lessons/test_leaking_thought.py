"""The two thought spaces that the package's is compared with, against their definitions in NumPy."""

import numpy as np
import pytest
from keras import ops

from mof.experts.transformer_expert import TransformerExpert
from mof.layers.thought_space import ThoughtSpace
from mof.lessons.leaking_thought import (
    RowMeanExpert,
    RowMeanThoughtSpace,
    TokenExpert,
    TokenThoughtSpace,
    make_model,
    with_running_mean,
)
from mof.model import MixtureLanguageModel
from mof.presets import preset
from tests.layer_contract import perturb_weights

CONFIG = preset("nano").model.replace(vocabulary_size=20, experts=("transformer",))
X = np.random.default_rng(0).normal(size=(2, 5, 6)).astype("float32")
IDS = np.random.default_rng(1).integers(0, 20, (2, 9))


def built(layer_class):
    layer = layer_class(4, seed=3)
    layer.build((None, None, 6))
    return layer


def by_hand(layer, means):
    """x plus what the layer's own dense layers make of means [B, T, D]."""
    inner, outer = (
        ops.convert_to_numpy(v) for v in (layer.processor.inner.kernel, layer.processor.outer.kernel)
    )
    u = means @ inner
    gelu = 0.5 * u * (1 + np.tanh(np.sqrt(2 / np.pi) * (u + 0.044715 * u**3)))
    return X + float(ops.convert_to_numpy(layer.alpha)) * (gelu @ outer)


NORMED = X / np.sqrt(np.mean(X.astype("float64") ** 2, axis=-1, keepdims=True) + 1e-6)


def test_the_mean_of_the_row():
    layer = built(RowMeanThoughtSpace)
    y, _state = layer(X)
    expected = by_hand(layer, np.broadcast_to(NORMED.mean(axis=1, keepdims=True), X.shape))
    np.testing.assert_allclose(ops.convert_to_numpy(y), expected, atol=1e-5)


def test_padding_is_left_out_of_it():
    layer, mask = built(RowMeanThoughtSpace), np.arange(5) < np.array([[3], [5]])
    y = ops.convert_to_numpy(layer(X, mask=mask)[0])
    alone = ops.convert_to_numpy(layer(X[:1, :3])[0])
    np.testing.assert_allclose(y[:1, :3], alone, atol=1e-6)


def test_the_token_alone_in_both_forms():
    layer = built(TokenThoughtSpace)
    y, state = layer(X)
    np.testing.assert_allclose(ops.convert_to_numpy(y), by_hand(layer, NORMED), atol=1e-5)
    step, _state = layer.step(ops.convert_to_tensor(X[:, 2]), state)
    np.testing.assert_allclose(ops.convert_to_numpy(step), ops.convert_to_numpy(y)[:, 2], atol=1e-6)


def test_a_mean_of_the_row_cannot_be_taken_step_by_step():
    layer = built(RowMeanThoughtSpace)
    with pytest.raises(NotImplementedError, match="take the running mean"):
        layer.step(X[:, 0], layer.initial_state(2))


@pytest.mark.parametrize(
    ("expert_class", "layer_class"),
    [
        (TransformerExpert, ThoughtSpace),
        (RowMeanExpert, RowMeanThoughtSpace),
        (TokenExpert, TokenThoughtSpace),
    ],
)
def test_all_classes_begin_with_the_packages_weights(expert_class, layer_class):
    model, packages = make_model(CONFIG, 5, expert_class), MixtureLanguageModel(CONFIG, 5)
    assert type(model.experts[0].blocks[0].thought_space) is layer_class
    assert [w.path for w in model.weights] == [w.path for w in packages.weights]
    for own, weight in zip(model.weights, packages.weights, strict=True):
        np.testing.assert_array_equal(ops.convert_to_numpy(own), ops.convert_to_numpy(weight))
    same = np.allclose(*(ops.convert_to_numpy(m(IDS)[0]) for m in (model, packages)), atol=1e-5)
    assert same == (expert_class is TransformerExpert)


def test_mended_is_the_packages_model_with_the_weights_of_the_leaking_one():
    leaking = make_model(CONFIG, 5, RowMeanExpert)
    perturb_weights(leaking)
    mended, sound = with_running_mean(leaking), make_model(CONFIG, 5, TransformerExpert)
    for own, weight in zip(sound.weights, leaking.weights, strict=True):
        own.assign(weight.value)
    found, expected = (ops.convert_to_numpy(model(IDS)[0]) for model in (mended, sound))
    np.testing.assert_allclose(found, expected, atol=1e-6)
    assert isinstance(mended, MixtureLanguageModel) and not mended.has_own_experts


def test_other_experts_stay_as_they_are():
    config = CONFIG.replace(experts=("recurrent", "transformer"))
    model = make_model(config, 0, RowMeanExpert)
    assert [type(expert).__name__ for expert in model.experts] == ["RecurrentExpert", "RowMeanExpert"]
