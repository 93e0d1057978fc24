"""From measurements to figures, with numbers that can be worked by hand."""

from pathlib import Path

import pytest
from speed_cases import Case, distinct_shapes, product_shapes, torch_cases, xiaothink_cases
from speed_summary import fastest_variants, flops_utilization, spread, summarize

from mof.config import ModelConfig
from mof.presets import preset

TIMING = {"seconds": 1.0, "least": 2}
TEXT = {
    "kind": "bpe",
    "vocabulary_size": 6400,
    "characters_per_token": 1.5,
    "train_tokens": "train.tokens",
    "token_dtype": "uint16",
}
SHAPES = {"cube": [(2, 2, 2, 1)], "tiny": [(2, 2, 2, 3), (4, 2, 1, 1)]}


def case(name, kind, variants="", **facts):
    job = {"shapes": [(2, 2, 2), (4, 2, 1)]}
    return Case(name, "python", Path("worker.py"), job, {"kind": kind, **facts}, 1.0, variants)


def measurement(number, name, **figures):
    return {"round": number, "case": name, "figures": figures}


def speed(number, name, tokens_per_second, peak_bytes=100):
    return measurement(
        number, name, tokens_per_second=tokens_per_second, peak_bytes=peak_bytes, parameters=10
    )


PRODUCTS = case("products float32", "products", dtype="float32")
OURS = case(
    "mof tiny float32 bpe",
    "ours",
    model="tiny",
    dtype="float32",
    vocabulary_size=8192,
    characters_per_token=1.5,
)
PLAIN, COMPILED = (
    case(f"peer {way}", "peer", "peer", model="p", dtype="float32", characters_per_token=2.0)
    for way in ("plain", "compiled")
)


def test_the_median_and_the_range():
    assert spread([3.0, 1.0, 2.0]) == {"median": 2.0, "least": 1.0, "most": 3.0, "values": [3.0, 1.0, 2.0]}


def test_the_faster_way_goes_on_and_those_that_stand_alone_stay():
    measurements = [speed(0, "peer plain", 5), speed(0, "peer compiled", 6), speed(1, "peer plain", 99)]
    assert fastest_variants([OURS, PLAIN, COMPILED], measurements) == [OURS, COMPILED]


def test_a_way_that_fails_is_not_chosen():
    failed = {"round": 0, "case": "peer compiled", "failure": "no compiler"}
    assert fastest_variants([PLAIN, COMPILED], [speed(0, "peer plain", 5), failed]) == [PLAIN]
    assert fastest_variants([PLAIN, COMPILED], [failed]) == []


def test_figures_of_a_run():
    measurements = [
        speed(0, "peer plain", 7),
        measurement(1, "products float32", flops_per_second=[10.0, 4.0]),
        measurement(2, "products float32", flops_per_second=[30.0, 4.0]),
        measurement(3, "products float32", flops_per_second=[20.0, 4.0]),
        speed(1, "mof tiny float32 bpe", 6),
        speed(2, "mof tiny float32 bpe", 8, peak_bytes=300),
        speed(3, "mof tiny float32 bpe", 7),
        speed(1, "peer plain", 5),
        {"round": 1, "case": "peer compiled", "failure": "no compiler"},
        {"round": 1, "case": "peer plain", "failure": "no memory, at the first try"},
    ]
    result = summarize([PRODUCTS, OURS, PLAIN], measurements, SHAPES, (8, 256))
    products = result["products"]["float32"]
    assert products["cube_flops_per_second"]["median"] == 20.0
    # 3 products of 16 operations at 20 a second, and one of 16 at 4 a second
    assert products["model_shapes"]["tiny"]["flops_per_second"] == pytest.approx(64 / (48 / 20 + 16 / 4))
    ours, peer = result["cases"]
    assert ours["tokens_per_second"]["median"] == 7 and ours["characters_per_second"] == 10.5
    assert ours["peak_bytes"] == 300 and "mfu" not in peer
    assert ours["mfu"] == pytest.approx(flops_utilization(preset("tiny").model, (8, 256), 7, 20.0))
    assert peer["characters_per_second"] == 10.0
    assert result["failures"] == [{"case": "peer compiled", "said": "no compiler"}]
    assert result["choosing"] == [{"case": "peer plain", "tokens_per_second": 7}]


def test_utilization_by_hand():
    config = ModelConfig(
        experts=("recurrent",), recurrent_layers=1, width=8, recurrent_width=4, vocabulary_size=10
    )
    # 544 operations forward, 1,632 with backward; half of the machine's at 5 tokens a second
    assert flops_utilization(config, (1, 1), 5.0, 2 * 5 * 1632) == 0.5


def test_shapes_are_those_of_the_presets():
    shapes = product_shapes()
    width, vocabulary = preset("small").model.width, preset("small").model.vocabulary_size
    assert (2048, width, vocabulary, 1) in shapes["small"]
    assert (2048, 768, 2304, 9) in shapes["full"]  # the way into each of nine feed-forwards
    listed = distinct_shapes(shapes)
    assert listed[0] == (2048, 2048, 2048) and len(listed) == len(set(listed))


def test_peers_run_both_ways_and_have_names_of_their_own():
    cases = torch_cases("python", TEXT, TIMING) + xiaothink_cases("python", TEXT, TIMING)
    assert len({c.name for c in cases}) == len(cases)
    for name in {c.variants for c in cases}:
        assert [c.job["is_compiled"] for c in cases if c.variants == name] == [False, True]
    assert {c.facts["dtype"] for c in cases if c.facts["model"] == "xiaothink-t6"} == {"float32"}
