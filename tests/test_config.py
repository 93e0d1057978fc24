"""Configs: defaults, checks, and JSON in both directions."""

import dataclasses
import json

import pytest

from mof.config import Config, ModelConfig, setting


def test_json_round_trip():
    config = ModelConfig(width=64, num_heads=4, experts=("transformer", "recurrent", "transformer"), window=7)
    assert ModelConfig.from_json(config.to_json()) == config
    assert list(json.loads(config.to_json())) == [field.name for field in dataclasses.fields(ModelConfig)]


def test_a_copy_with_changes():
    config = ModelConfig()
    changed = config.replace(width=64, num_heads=4)
    assert (changed.width, changed.num_heads, config.width) == (64, 4, 256)
    assert changed.replace(width=256, num_heads=8) == config


def test_it_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        ModelConfig().width = 3


def test_numbers_widen_and_lists_become_tuples():
    config = ModelConfig(router_temperature=2, experts=["recurrent"])
    assert config.router_temperature == 2.0 and isinstance(config.router_temperature, float)
    assert config.experts == ("recurrent",)


def test_every_field_says_why_it_is_there():
    for field in dataclasses.fields(ModelConfig):
        assert len(field.metadata["help"]) > 10, field.name


@pytest.mark.parametrize(
    "make",
    [
        lambda fields: ModelConfig().replace(**fields),
        lambda fields: ModelConfig.from_json(json.dumps(fields)),
    ],
)
@pytest.mark.parametrize(
    "key, nearest",
    [
        ("widht", "did you mean 'width'"),
        ("heads", "did you mean 'num_heads'"),
        ("zzz", r"no field 'zzz'\. Fields: voc"),
    ],
)
def test_an_unknown_key_names_the_nearest_known_one(make, key, nearest):
    with pytest.raises(ValueError, match=f"ModelConfig has no field '{key}'|{nearest}") as error:
        make({key: 1})
    assert key in str(error.value)
    with pytest.raises(ValueError, match=nearest):
        make({key: 1})


@pytest.mark.parametrize(
    "fields, message",
    [
        (dict(width="64"), "width is '64', expected int"),
        (dict(width=64.0), "width is 64.0, expected int"),
        (dict(width=True), "width is True, expected int"),
        (dict(thought_alpha=True), "thought_alpha is True, expected float"),
        (dict(recurrent_output_gate=1), "recurrent_output_gate is 1, expected bool"),
        (dict(recurrence=3), "recurrence is 3, expected str"),
        (dict(experts="recurrent"), "experts is 'recurrent', expected a list"),
        (dict(experts=3), "experts is 3, expected a list"),
        (dict(recurrence="lstm"), r"recurrence is 'lstm', expected one of \('minimal_gru', 'gru'\)"),
        (dict(recurrence="grus"), "did you mean 'gru'"),
        (
            dict(experts=["recurrent", "mamba"]),
            r"experts is 'mamba', expected one of \('recurrent', 'transformer'\)",
        ),
        (dict(attention_decay="fast"), "attention_decay is 'fast', expected one of"),
        (dict(vocabulary_size=1), "vocabulary_size is 1, expected at least 2"),
        (dict(width=0), "width is 0, expected at least 1"),
        (dict(recurrent_layers=0), "recurrent_layers is 0, expected at least 1"),
        (dict(transformer_layers=-1), "transformer_layers is -1, expected at least 1"),
        (dict(chunk_length=0), "chunk_length is 0, expected at least 1"),
        (dict(chunk_length=65), "chunk_length is 65, expected at most 64"),
        (dict(convolution_length=0), "convolution_length is 0, expected at least 1"),
        (dict(window=-1), "window is -1, expected at least 0"),
        (dict(thought_width=-1), "thought_width is -1, expected at least 0"),
        (dict(embedding_residual=-0.5), "embedding_residual is -0.5, expected at least 0"),
        (dict(embedding_residual=float("nan")), "embedding_residual is nan, expected at least 0"),
        (dict(embedding_residual=1.5), "embedding_residual is 1.5, expected a share between 0 and 1"),
        (dict(experts=()), "experts is empty, expected at least one of"),
        (dict(width=100), "width 100 is no multiple of num_heads 8: choose heads that divide it"),
        (dict(router_temperature=0.0), "router_temperature is 0.0, expected above 0"),
        (dict(router_temperature=float("nan")), "router_temperature is nan, expected a finite number"),
        (dict(router_temperature=float("inf")), "router_temperature is inf, expected a finite number"),
        (dict(thought_alpha=float("nan")), "thought_alpha is nan, expected a finite number"),
        (dict(thought_alpha=float("-inf")), "thought_alpha is -inf, expected a finite number"),
        (
            dict(width=9, num_heads=3, position="sinusoidal"),
            "width is 9, expected an even number for sinusoidal",
        ),
    ],
)
def test_error_messages(fields, message):
    with pytest.raises(ValueError, match=message):
        ModelConfig(**fields)
    with pytest.raises(ValueError, match=message):
        ModelConfig().replace(**fields)


def test_text_that_is_no_config():
    with pytest.raises(ValueError, match="ModelConfig: the text is no JSON .*Was the file cut short"):
        ModelConfig.from_json(ModelConfig().to_json()[:-5])
    with pytest.raises(ValueError, match="ModelConfig: got a JSON list, expected an object with the fields"):
        ModelConfig.from_json("[1, 2]")


@dataclasses.dataclass(frozen=True)
class Sample(Config):
    limit: int | None = setting(None, "a bound that may be absent")
    lengths: tuple[int, ...] = setting((1, 2), "a few numbers", (1, 2, 3))
    laws: tuple[tuple[float, ...], ...] = setting((), "rows of numbers")


def test_optional_fields_and_tuples_with_choices():
    assert Sample().limit is None and Sample(limit=3).limit == 3
    assert Sample.from_json(Sample(limit=3, lengths=[3, 1]).to_json()) == Sample(limit=3, lengths=(3, 1))
    with pytest.raises(ValueError, match="limit is 'x', expected int"):
        Sample(limit="x")
    with pytest.raises(ValueError, match=r"lengths is 4, expected one of \(1, 2, 3\)"):
        Sample(lengths=[1, 4])
    with pytest.raises(ValueError, match="lengths is '1', expected int"):
        Sample(lengths=["1"])
    with pytest.raises(ValueError, match="laws is nan, expected a finite number"):
        Sample(laws=[[1, 2.5], [3, float("nan")]])


def test_a_file_with_a_number_that_is_none_is_refused():
    text = ModelConfig().to_json().replace('"thought_alpha": 0.3', '"thought_alpha": 1e999')
    with pytest.raises(ValueError, match="thought_alpha is inf, expected a finite number"):
        ModelConfig.from_json(text)
