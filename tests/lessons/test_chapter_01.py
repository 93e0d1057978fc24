"""The figures that stand in the prose of chapter 01, worked out again."""

import json

import pytest

from mof.config import ModelConfig
from mof.lessons.budget import (
    ARTICLE,
    NANOCHAT,
    PEAK_MEMORY,
    PUBLISHED_PARAMETERS,
    PUBLISHED_TABLES,
    STORED_PEER,
    TRAINING_SPEED,
    memory_parts,
    preset_sizes,
    published_speed,
    recorded_hour,
    recorded_peak,
)
from mof.lessons.rental import rental_inputs, rental_results
from mof.machine.element_counts import kept_bytes
from mof.machine.prediction import CHARACTERS_PER_TOKEN
from mof.machine.product_counts import training_operations, update_operations
from mof.presets import PRESET_NAMES, preset
from mof.viz.budget_figure import size_for, tokens_per_parameter
from mof.viz.calculator import evaluate
from tests.lessons.chapter_prose import flat_prose

FLAT = flat_prose("01_the_budget")
HOUR = recorded_hour()
OPERATIONS = HOUR.rate * 3600 * 96


def said(words):
    assert words in FLAT, f"the chapter does not say: {words}"


def test_the_napkin():
    layer, head, embedding = 2 * 2, 2 * 3, 3 * 2
    said("20 for this token")
    assert 2 * (layer + head) == 20
    said("60 operations for 猫, **6 for each weight**")
    assert 3 * 2 * (layer + head) == 60
    said("$6 + 4 + 6 = 16$ parameters, and $6 \\cdot 16 = 96$, not 60")
    assert 6 * (embedding + layer + head) == 96
    said("there are 10 parameters, and the rule is right to the last digit")
    assert 6 * (layer + head) == 60


def test_six_times_the_parameters_is_always_too_low():
    said("Close, and always too low, by four to six percent")
    for name in PRESET_NAMES:
        share = training_operations(preset(name).model) / (6 * preset_sizes((name,))[name])
        assert 1.035 < share < 1.065, name


def test_the_update_is_a_part_worth_counting():
    said("A larger model sums more before each")
    shares = []
    for name in ("tiny", "small", "full"):
        config = preset(name).model
        shares.append(update_operations(config) / 4096 / training_operations(config))
    assert shares == sorted(shares) and shares[0] > 0.1
    own = [preset(name).tokens_per_update for name in ("tiny", "small", "full")]
    assert own == sorted(set(own)) and own[0] == 4096


def test_what_the_hours_buy():
    sizes = preset_sizes()
    said("four days belong to a model between `tiny` and `small`")
    assert sizes["tiny"] < size_for(20.0, HOUR.rate, 96) < sizes["small"]
    said("some twenty million parameters")
    assert 15e6 < size_for(20.0, HOUR.rate, 96) < 25e6
    said("nearly four hundred million tokens")
    assert 370e6 < 20 * size_for(20.0, HOUR.rate, 96) < 400e6
    said("the article's size would want ten weeks")
    assert 96 / 24 / 7 * 20.0 / tokens_per_parameter(80e6, HOUR.rate, 96) == pytest.approx(10, abs=0.5)
    said("four times the mark is half the size")
    assert size_for(80.0, 1e11, 96) == pytest.approx(size_for(20.0, 1e11, 96) / 2)


def test_the_text_that_ships_is_soon_read():
    said("At the recorded rate the 124,000 characters in `data/` last `tiny` for less than half a minute")
    seconds = 124_000 / CHARACTERS_PER_TOKEN["bpe"] / HOUR.tokens_per_second
    assert 15 < seconds < 30
    said("about 1.43 Chinese characters")
    assert CHARACTERS_PER_TOKEN["bpe"] == 1.43
    said("takes three bytes in UTF-8")
    assert {len(character.encode("utf-8")) for character in "猫喝水中文"} == {3}


def test_memory():
    said("about 44,000 (`tiny`), 106,000 (`small`) or 100,000 (`full`) *for each token of the batch*")
    numbers = {name: kept_bytes(preset(name).model) / 4e3 for name in ("tiny", "small", "full")}
    assert {name: round(number) for name, number in numbers.items()} == {
        "tiny": 44,
        "small": 106,
        "full": 100,
    }
    said("and takes 1,024 tokens at a time")
    peak = json.loads(PEAK_MEMORY.read_text(encoding="utf-8"))
    assert preset("full").tokens_at_once == peak["tokens_at_once"] == 1024
    said("is higher than the count by 1.1 GB")
    counted = sum(memory_parts("full", batch_tokens=1024).values())
    assert recorded_peak("full") - counted == pytest.approx(1.1e9, abs=0.05e9)
    said("1.6 GB")
    assert 80e6 * 5 * 4 == 1.6e9
    stored = json.loads(PEAK_MEMORY.read_text(encoding="utf-8"))["bytes"]["float32"]
    said("2.88 GB, and 2.64 GB with `--recompute-products`")
    assert round(stored["training"] / 1e9, 2) == 2.88
    assert round(stored["training, --recompute-products"] / 1e9, 2) == 2.64
    cases = json.loads(TRAINING_SPEED.read_text(encoding="utf-8"))["cases"]
    peaks = [case["peak_bytes"] for case in cases if case["name"].startswith("xiaothink")]
    said("as a graph 4.98 GB")
    assert [round(peak / 1e9, 2) for peak in peaks] == [4.98]
    said("took 4.13 GB")
    assert json.loads(STORED_PEER.read_text(encoding="utf-8"))["peak_bytes"] == 4_133_000_000


def test_the_articles_four_days():
    said("has 82.7 million parameters; 6.2 million of these stand in tables")
    assert round(PUBLISHED_PARAMETERS / 1e6, 1) == 82.7 and round(PUBLISHED_TABLES / 1e6, 1) == 6.2
    characters = (ARTICLE.pretraining_bytes + ARTICLE.finetuning_bytes) / 3
    needed = characters / (3600 * ARTICLE.hours)
    said("about the rate that our own program sustains")
    assert 0.7 < needed * 6 * (PUBLISHED_PARAMETERS - PUBLISHED_TABLES) / HOUR.rate < 1.4
    said("reached 288 characters a second")
    said("about one pass in 96 hours")
    assert (round(published_speed()), round(published_speed() / needed, 2)) == (288, 0.99)
    said("109 to 118, which is less than half a pass")
    stored = json.loads(STORED_PEER.read_text(encoding="utf-8"))["characters_per_second"]
    assert (stored["least"], stored["most"]) == (109, 118) and stored["most"] / needed < 0.5
    said("It has 1.25 characters for each parameter")
    assert characters / ARTICLE.parameters == 1.25


def test_what_our_models_reached_on_a_gpu():
    said("16.7 million parameters on an H200 and `full` on an H100 reached 23% and 25% of nanochat's rate")
    shares = []
    for name in ("accelerator_run", "accelerator_full"):
        stored = json.loads((TRAINING_SPEED.parent / f"{name}.json").read_text(encoding="utf-8"))
        run = stored["runs"]["pretraining"]
        config = ModelConfig.from_json(json.dumps(run["model"]))
        shares.append(run["tokens_per_second"] * training_operations(config) / NANOCHAT.rate)
    assert [f"{share:.0%}" for share in shares] == ["23%", "25%"]


def test_the_gpu():
    said("operations by its own count in 10,949 seconds")
    assert (round(NANOCHAT.seconds), f"{NANOCHAT.operations:.2e}") == (10_949, "4.33e+19")
    values = {entry.name: entry.value for entry in rental_inputs()}
    found = {result.label: evaluate(result, values) for result in rental_results()}
    said("by a factor of hundreds")
    assert 100 < found["time, laptop"] / found["time, GPU"] < 1000
    said("about a quarter of an hour")
    assert 0.2 < found["time, GPU"] < 0.3
    said("at these watts by a factor of more than ten")
    assert found["energy, laptop"] / found["energy, GPU"] > 10
    said("Even at a share of 1% it uses less than the laptop")
    one_percent = {result.label: evaluate(result, {**values, "share": 1.0}) for result in rental_results()}
    assert one_percent["energy, GPU"] < one_percent["energy, laptop"]
    said("is less than the electricity of four days")
    assert found["money, GPU"] < found["money, laptop"]
    said("The balance turns round where the share is small")
    assert one_percent["money, GPU"] > one_percent["money, laptop"]
    said("a dollar or so at the first values")
    assert 0.7 < found["money, laptop"] < 1.5
