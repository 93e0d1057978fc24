"""The forms of the study of training: each is a valid change of one choice."""

import dataclasses

import pytest

from mof.lessons.training_forms import FORMS, OURS, form_settings, form_training
from mof.presets import preset
from mof.training.config import TrainingConfig


@pytest.mark.parametrize("form", FORMS)
def test_each_form_is_a_config_and_differs_from_ours(form):
    training = TrainingConfig(**form_training(form))
    model = preset("tiny").model.replace(**form_settings(form))
    changed = (training, model) != (TrainingConfig(), preset("tiny").model)
    assert changed == (form != OURS)


def test_names_tell_what_is_set():
    fields = {field.name for field in dataclasses.fields(TrainingConfig)}
    assert all(set(form_training(form)) <= fields for form in FORMS)
    assert form_training("updates of 16,384 tokens")["tokens_per_update"] == 16_384
    assert form_training("updates of 2,048 tokens")["tokens_per_update"] == 2_048
    assert (
        TrainingConfig().learning_rate == 0.01
    )  # "AdamW for all, steps of 0.01" changes the optimiser alone
    assert form_training("AdamW for all, steps of 0.003")["learning_rate"] == 0.003


@pytest.mark.parametrize("ask", [form_settings, form_training])
def test_an_unknown_form_is_named(ask):
    with pytest.raises(ValueError, match="form is 'mine', expected one of"):
        ask("mine")
