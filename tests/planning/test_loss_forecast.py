"""A loss is promised where a law was fitted for just that, and nowhere else."""

import dataclasses
import json
import math

import pytest

from mof.planning.loss_forecast import LossLaw, forecast_loss, recorded_laws, shape_key
from mof.presets import preset

LAW = LossLaw(
    shape=shape_key(preset("tiny").model),
    corpus="texts",
    tokens_per_update=4096,
    floor=1.0,
    scale=100.0,
    exponent=0.25,
    spread=0.1,
    least_tokens=1_000_000,
    most_tokens=16_000_000,
    source="chapter 17",
)


def ask(shape="tiny", corpus="texts", batch=4096, tokens=100_000_000, laws=(LAW,)):
    return forecast_loss(preset(shape), corpus, batch, tokens, list(laws))


def test_the_law_gives_the_number_and_its_interval():
    loss, words = ask()
    assert loss.centre == pytest.approx(1 + 100 / 100)  # the fourth root of 1e8 is 100
    factor = math.exp(1.2816 * 0.1)
    assert (loss.low, loss.high) == pytest.approx((1 + 1 / factor, 1 + factor))
    assert words == "from chapter 17" and loss.source == "chapter 17"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"laws": ()}, "no law of the loss has been fitted yet"),
        ({"shape": "small"}, "none was fitted for this shape of model"),
        ({"corpus": "others"}, "none was fitted for this corpus, tokenizer and batch"),
        ({"batch": 8192}, "none was fitted for this corpus, tokenizer and batch"),
        ({"tokens": 999_999}, "holds from 1,000,000 tokens"),
        ({"tokens": 160_000_001}, "holds from 1,000,000 tokens to 10 times 16,000,000"),
    ],
)
def test_nothing_is_promised_without_a_law_for_just_that(changes, words):
    loss, told = ask(**changes)
    assert loss is None and told.startswith("no forecast: ") and words in told


def test_another_tokenizer_is_another_law():
    characters = dataclasses.replace(preset("tiny"), tokenizer="characters")
    assert forecast_loss(characters, "texts", 4096, 10**8, [LAW])[0] is None


def test_what_costs_time_alone_changes_no_law():
    model = preset("tiny").model
    same = model.replace(recompute=True, chunk_length=16, vocabulary_size=300)
    assert shape_key(same) == shape_key(model) != shape_key(model.replace(width=128))


def test_laws_are_read_from_their_file_and_none_are_recorded_yet(tmp_path):
    assert recorded_laws() == []  # chapter 17 will change this
    file = tmp_path / "laws.json"
    file.write_text(json.dumps([dataclasses.asdict(LAW)]), encoding="utf-8")
    assert recorded_laws(file) == [LAW]
    file.write_text("{}", encoding="utf-8")
    with pytest.raises(ValueError, match="holds no list of laws"):
        recorded_laws(file)


@pytest.mark.parametrize("changes", [{"scale": 0.0}, {"spread": -1.0}, {"most_tokens": 1}])
def test_a_law_that_is_none_is_refused(changes):
    with pytest.raises(ValueError, match="must be above 0|is below"):
        LAW.replace(**changes)
