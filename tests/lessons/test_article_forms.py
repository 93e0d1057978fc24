"""The forms of the ablation: what each changes, and the mixture without a router."""

import numpy as np
import pytest
from keras import ops

from mof.config import ModelConfig
from mof.lessons.article_forms import (
    CROP_TOKENS,
    FORMS,
    NO_EMBED_Q,
    NO_ROUTER,
    OURS,
    OWN_BASES,
    TWO_LAYERS,
    form_model,
    form_settings,
    form_training,
)
from mof.lessons.equal_mixture import EqualMixture
from mof.model import MixtureLanguageModel
from mof.presets import preset
from mof.published.transformer_expert import TransformerExpert
from mof.training.config import TrainingConfig

SMALL = ModelConfig(
    vocabulary_size=40,
    width=8,
    recurrent_layers=1,
    recurrent_width=8,
    transformer_layers=1,
    num_heads=2,
    feed_forward_width=8,
    thought_width=4,
    router_width=4,
    chunk_length=4,
)
IDS = np.array([[3, 7, 2, 9, 4, 4, 1]], "int32")


@pytest.mark.parametrize("form", FORMS)
def test_settings_fit_the_presets(form):
    for size in ("nano", "tiny"):
        preset(size).model.replace(**form_settings(form))
    TrainingConfig(**form_training(form))


def test_an_unknown_form_is_named():
    with pytest.raises(ValueError, match="form is 'mine', expected one of"):
        form_settings("mine")


def test_the_crop_is_the_published_one():
    assert form_settings("with the crop, 130 tokens") == {"window": CROP_TOKENS}
    assert f"({CROP_TOKENS} there)" in TransformerExpert.__doc__


def test_only_the_form_without_a_router_is_another_model():
    for form in FORMS:
        kind = type(form_model(form, SMALL.replace(**form_settings(form)), 0))
        assert kind is (EqualMixture if form == NO_ROUTER else MixtureLanguageModel)


def test_embed_q_is_taken_out_of_a_model_that_has_one():
    assert OWN_BASES == {NO_EMBED_Q: TWO_LAYERS}

    def parameters(form):
        model = form_model(form, preset("nano").model.replace(**form_settings(form)), 0)
        return {variable.path for variable in model.trainable_variables}

    gone = parameters(TWO_LAYERS) - parameters(NO_EMBED_Q)
    assert [path.rsplit("/", 2)[1] for path in gone] == ["embedding_residual_1"]
    assert not parameters(NO_EMBED_Q) - parameters(TWO_LAYERS)


@pytest.mark.parametrize("form", [form for form in FORMS if form != OURS])
def test_no_form_is_its_base_once_more(form):
    base = OWN_BASES.get(form, OURS)
    if form_training(form) != form_training(base):
        return
    # a change of the config that changes no weight and no arithmetic of `nano` would be the same model again
    models = [
        form_model(name, preset("nano").model.replace(**form_settings(name)), 1) for name in (base, form)
    ]
    paths = [{variable.path for variable in model.trainable_variables} for model in models]
    ids = np.arange(CROP_TOKENS + 20)[None] % 90
    logits = [ops.convert_to_numpy(model(ids)[0]) for model in models]
    assert paths[0] != paths[1] or np.abs(logits[0] - logits[1]).max() > 1e-4


def test_shares_are_equal_and_nothing_but_the_router_is_gone():
    ours, equal = form_model(OURS, SMALL, 3), form_model(NO_ROUTER, SMALL, 3)
    output, _ = equal.features(IDS)
    np.testing.assert_array_equal(ops.convert_to_numpy(output.route_weights), np.full((1, 7, 2), 0.5))
    paths = {variable.path for variable in equal.trainable_variables}
    assert {v.path for v in ours.trainable_variables if "router" not in v.path} == paths
    # a new router gives equal shares too, so before any training the two are one model
    expected, found = (ops.convert_to_numpy(model(IDS)[0]) for model in (ours, equal))
    np.testing.assert_allclose(found, expected, atol=1e-5)
    assert equal.parameter_groups()["router"] == []


def test_the_plain_mean_steps_as_it_reads():
    model = form_model(NO_ROUTER, SMALL, 1)
    whole, _ = model(IDS)
    state = model.initial_state(1)
    for t in range(IDS.shape[1]):
        logits, state = model.step(IDS[:, t], state)
        np.testing.assert_allclose(
            ops.convert_to_numpy(logits), ops.convert_to_numpy(whole)[:, t], rtol=1e-4, atol=1e-4
        )
