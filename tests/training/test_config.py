"""What a TrainingConfig refuses, in words."""

import re

import pytest

from mof.training.config import TrainingConfig


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"minutes": 0.0}, "minutes is 0.0 and num_updates 0, expected minutes above 0"),
        ({"num_updates": -1}, "num_updates is -1, expected at least 0"),
        ({"evaluate_seconds": 0.0}, "evaluate_seconds is 0.0, expected above 0"),
        ({"num_streams": 0}, "num_streams is 0, expected at least 1"),
        ({"weight_decay": -0.1}, "weight_decay is -0.1, expected at least 0"),
        ({"lengths": ()}, "lengths is (), expected at least one length of 2 tokens or more"),
        ({"lengths": (1, 128)}, "lengths is (1, 128), expected at least one length of 2 tokens or more"),
        ({"tokens_per_update": 1000}, "tokens_per_update 1000 is no multiple of length 128 x 8 streams"),
        ({"momentum": 1.5}, "momentum is 1.5, expected a share between 0 and 1"),
        ({"first_decay_rate": 1.0}, "first_decay_rate is 1.0, expected a share from 0 up to below 1"),
        ({"second_decay_rate": 1.0}, "second_decay_rate is 1.0, expected a share from 0 up to below 1"),
        ({"learning_rate": -0.01}, "learning_rate is -0.01, expected a number from 0 on"),
        ({"muon_learning_rate": float("nan")}, "muon_learning_rate is nan, expected a number from 0 on"),
        ({"minutes": float("inf")}, "minutes is inf and num_updates 0, expected minutes above 0 and finite"),
        ({"checkpoint_seconds": -1.0}, "checkpoint_seconds is -1.0, expected at least 0"),
        ({"final_share": -0.1}, "final_share is -0.1, expected a share between 0 and 1"),
        ({"freeze": ("lstm",)}, "freeze names the group 'lstm'"),
        (
            {"optimizer": "muun"},
            "optimizer is 'muun', expected one of ('muon', 'adamw'): did you mean 'muon'?",
        ),
        ({"learning_rte": 1.0}, "TrainingConfig has no field 'learning_rte': did you mean 'learning_rate'?"),
    ],
)
def test_names_the_field_and_what_is_expected(changes, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        TrainingConfig().replace(**changes)


def test_minutes_do_not_matter_where_updates_are_given():
    assert TrainingConfig(minutes=0.0, num_updates=3).num_updates == 3


def test_survives_json():
    config = TrainingConfig(lengths=(64, 128), tokens_per_update=1024, freeze=("rnn@0-0.5",))
    assert TrainingConfig.from_json(config.to_json()) == config
