"""A loss is promised where a law was fitted for just that, and nowhere else."""

import dataclasses
import json
import math

import pytest

from mof.machine.parameter_counts import num_parameters
from mof.planning.loss_forecast import LossLaw, family_key, forecast_loss, recorded_laws
from mof.planning.scaling_law import effective_tokens
from mof.presets import preset

LAW = LossLaw(
    family=family_key(preset("nano").model),
    corpus="texts",
    unique_tokens=30_000_000,
    most_passes=1.0,
    tokens_per_update=(2048, 4096),
    law=(1.0, 0.5, 0.4, 1.5, 0.25),
    resampled=((1.0, 0.5, 0.4, 1.5, 0.25), (1.1, 0.5, 0.4, 1.4, 0.3)),
    spread=0.02,
    sizes=(300_000.0, 6_000_000.0),
    tokens=(130_000.0, 16_000_000.0),
    source="chapter 17",
)


def ask(shape="tiny", corpus="texts", batch=4096, tokens=60_000_000, laws=(LAW,)):
    return forecast_loss(preset(shape), corpus, batch, tokens, list(laws))


def test_the_law_gives_the_number_and_its_interval():
    loss, words = ask()
    size = num_parameters(preset("tiny").model)
    counted = effective_tokens(60_000_000, 30_000_000)
    expected = 1 + 0.5 / (size / 1e6) ** 0.4 + 1.5 / (counted / 1e6) ** 0.25
    assert loss.centre == pytest.approx(expected)
    least = math.exp(1.2816 * 0.02)
    assert loss.low <= expected / least and loss.high >= expected * least
    assert words == "from chapter 17" and loss.source == "chapter 17"


def test_another_batch_is_told_and_not_refused():
    loss, words = ask(batch=16384)
    assert loss is not None
    told = "its trainings summed 2,048 or 4,096 tokens an update, this plan sums 16,384"
    assert words == f"from chapter 17 ({told})"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"laws": ()}, "no law of the loss has been fitted yet"),
        ({"corpus": "others"}, "no law of the loss was fitted for this corpus"),
        ({"shape": "full"}, "from 300,000 to 6,000,000 parameters, and is believed up to 10 times beyond"),
        ({"tokens": 12_999}, "from 130,000 to 16,000,000 tokens"),
        ({"tokens": 125_000_000}, "reads its text 4.2 times"),
    ],
)
def test_nothing_is_promised_without_a_law_for_just_that(changes, words):
    loss, told = ask(**changes)
    assert loss is None and told.startswith("no forecast: ") and words in told


def test_tokens_too_far_beyond_are_refused():
    law = LAW.replace(unique_tokens=10**9)
    assert ask(tokens=160_000_000, laws=(law,))[0] is not None
    loss, told = ask(tokens=161_000_000, laws=(law,))
    assert loss is None and "up to 10 times beyond; this plan has 161,000,000" in told


def test_more_passes_are_believed_where_the_fit_had_them():
    law = LAW.replace(most_passes=15.3, tokens=(130_000.0, 350_000_000.0))
    assert ask(tokens=900_000_000, laws=(law,))[0] is not None
    assert "reads its text 31.0 times" in ask(tokens=930_000_000, laws=(law,))[1]


def test_another_tokenizer_is_another_law():
    characters = dataclasses.replace(preset("tiny"), tokenizer="characters")
    words = forecast_loss(characters, "texts", 4096, 10**7, [LAW])[1]
    assert "another tokenizer" in words
    smaller = dataclasses.replace(preset("tiny"), model=preset("tiny").model.replace(vocabulary_size=4096))
    assert "another tokenizer" in forecast_loss(smaller, "texts", 4096, 10**7, [LAW])[1]


def test_a_family_differs_in_sizes_alone():
    keys = {family_key(preset(name).model) for name in ("nano", "tiny", "small", "full")}
    assert len(keys) == 1
    model = preset("tiny").model
    assert family_key(model.replace(thought_width=0)) not in keys
    assert family_key(model.replace(attention_decay="none")) not in keys
    other = dataclasses.replace(preset("tiny"), model=model.replace(activation="gelu"))
    assert "another kind of model" in forecast_loss(other, "texts", 4096, 10**7, [LAW])[1]


def test_laws_are_read_from_their_file(tmp_path):
    file = tmp_path / "laws.json"
    assert recorded_laws(file) == []
    file.write_text(json.dumps([dataclasses.asdict(LAW)]), encoding="utf-8")
    assert recorded_laws(file) == [LAW]
    file.write_text("{}", encoding="utf-8")
    with pytest.raises(ValueError, match="holds no list of laws"):
        recorded_laws(file)


def test_the_laws_that_ship_are_read():
    for law in recorded_laws():
        low, centre, high = law.fitted.forecast(law.sizes[1], law.tokens[1])
        assert 0.5 < low < centre < high < 4.0 and law.source and law.corpus


@pytest.mark.parametrize(
    "changes",
    [
        {"law": (1.0, 2.0)},
        {"law": (-1.0, 0.5, 0.4, 1.5, 0.25)},
        {"resampled": ((1.0,),)},
        {"spread": -1.0},
        {"sizes": (2.0, 1.0)},
        {"tokens": (0.0, 1.0)},
        {"unique_tokens": 0},
    ],
)
def test_a_law_that_is_none_is_refused(changes):
    with pytest.raises(ValueError, match="is no law|expected the least|must be above 0"):
        LAW.replace(**changes)
