"""The settings of a text, and what they refuse."""

import pytest

from mof.generation.config import GenerationConfig


def test_json_brings_every_field_back():
    config = GenerationConfig(max_tokens=3, temperature=0.5, top_k=4, top_p=0.6, seed=7, stop=("完。", "\n"))
    assert GenerationConfig.from_json(config.to_json()) == config


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("max_tokens", 0, "max_tokens is 0, expected at least 1"),
        ("temperature", -0.1, "temperature is -0.1, expected at least 0"),
        ("temperature", float("nan"), "temperature is nan, expected at least 0"),
        ("temperature", float("inf"), "temperature is inf, expected a finite number"),
        ("top_k", -1, "top_k is -1, expected at least 0"),
        ("top_p", 0.0, "top_p is 0.0, expected a share above 0 and at most 1"),
        ("top_p", 1.5, "top_p is 1.5, expected a share above 0 and at most 1"),
        ("repetition_penalty", 0.5, "repetition_penalty is 0.5, expected at least 1"),
        ("repetition_penalty", float("inf"), "repetition_penalty is inf, expected a finite number"),
        ("penalty_window", 0, "penalty_window is 0, expected at least 1"),
        ("seed", -1, "seed is -1, expected at least 0"),
        ("seed", 2**32, "seed is 4294967296, expected at most 4294967295"),
        ("stop", ("",), "stop holds an empty string"),
        ("stop", ("\ud800",), "lone surrogate"),
        ("stop", "完", "stop is '完', expected a list"),
    ],
)
def test_what_does_not_fit_is_refused(field, value, message):
    with pytest.raises(ValueError, match=message):
        GenerationConfig(**{field: value})


def test_an_unknown_field_names_the_nearest():
    with pytest.raises(ValueError, match="did you mean 'temperature'"):
        GenerationConfig().replace(temprature=1.0)
