"""The figures that stand in the prose of chapter 09, worked out again."""

import json
import re
from functools import partial
from pathlib import Path

import keras
import numpy as np
import pytest
from keras import ops

from mof.lessons import mixture_run
from mof.lessons.leaks import future_part, moves_by_changes
from mof.lessons.mended_mixture import FAULTS, MendedMixture, make_mixture
from mof.lessons.mixture_study import FORMS
from mof.lessons.probes import change, effect_by_position, on_single_text, spread, spreads_by_block
from mof.lessons.records import ROOT
from mof.published.attention import linear_attention_as_printed
from mof.published.mixture import pad_at_end
from tests.lessons.chapter_prose import NOTEBOOKS, flat_prose

NAME = "09_reading_the_published_code"
FLAT = flat_prose(NAME)
CELLS = json.loads(Path(NOTEBOOKS / f"{NAME}.ipynb").read_text(encoding="utf-8"))["cells"]
PROSE = "\n".join("".join(cell["source"]) for cell in CELLS if cell["cell_type"] == "markdown")
CODE = "\n".join("".join(cell["source"]) for cell in CELLS if cell["cell_type"] == "code")
ASKING = {"猫": (1, 0), "喝": (1, 1), "水": (1, 0)}
OFFERING = {"猫": (2, 1), "喝": (0, 1), "水": (1, 1)}
SAYING = {"猫": 10, "喝": 20, "水": 40}
X = np.random.default_rng(1).normal(size=(10, 32)).astype("float32")


def said(words):
    assert words in FLAT, f"the chapter does not say: {words}"


@pytest.fixture(scope="module")
def article():
    return make_mixture(50, trans_window=6, num_blocks=4).published


@pytest.fixture(scope="module")
def mended(article):
    return MendedMixture(article)


def test_three_tokens_by_hand():
    keys, values = np.array(list(OFFERING.values())), np.array(list(SAYING.values()))
    key_sum, value_sum = keys.sum(axis=0), values.sum()
    assert list(key_sum) == [3, 3] and value_sum == 70
    said(r"= (3, 3) \cdot 70 = (210, 210)")
    assert list((keys * values[:, None]).sum(axis=0)) == [60, 70]
    for token, query in ASKING.items():
        asked, weight = int(query @ (key_sum * value_sum)), int(np.dot(query, key_sum))
        assert f"| {token} | {asked} | {weight} | {asked // weight} |" in PROSE
        assert asked / weight == 70
    said("70 lies outside the values 10 to 40")
    first = re.search(rf"\| 喝 .*\| \(1, 1\) \| \(0, 1\) \| {SAYING['喝']} \|", PROSE)
    assert first, "the tokens' table"


def test_what_has_no_effect_has_no_gradient():
    from mof.lessons.gradients import outputs_and_gradients

    def one_head(*parts):
        return linear_attention_as_printed(*(x[None, None] for x in parts))[0, 0]

    features = np.random.default_rng(0).uniform(0.1, 2, (3, 6, 4))
    y, by_query, by_key, by_value = map(np.abs, outputs_and_gradients(one_head, *features))
    assert y.max() > 1 and by_value.max() > 0.1
    assert max(by_query.max(), by_key.max()) < 1e-4


def test_the_parameters_that_sleep():
    asleep = 23 * 2 * (512 * 512 + 512)
    assert asleep == 12_082_176 and round(100 * asleep / 82_673_953, 1) == 14.6
    assert "82_673_953" in CODE and "blocks, width = 23, 512" in CODE
    said("is 82,673,953")


def test_fault_one_in_the_whole_layer(article, mended):
    layer = article.transformer_expert.blocks[0].attention
    forms = on_single_text(layer), on_single_text(partial(mended.attention, layer))
    outputs = [ops.convert_to_numpy(form(X)) for form in forms]
    assert spread(outputs[0]) < 1e-4 and spread(outputs[1]) > 0.05
    said("the query moves the output by rounding")
    for form, is_moved in zip(forms, (False, True), strict=True):
        moves = effect_by_position(partial(form, X), layer.query_projection.kernel)
        assert (moves.max() > 1e-3) == is_moved
        assert effect_by_position(partial(form, X), layer.value_projection.kernel).max() > 0.05


def test_fault_two_which_parts_see_the_future(article):
    said("Three parts see the future whenever the model runs")
    block, norm = article.transformer_expert.blocks[0], keras.layers.BatchNormalization()
    clean = {"RNN": article.recurrent_expert, "norm in use": norm}
    leaking = {
        "attention": block.attention,
        "thought": block.thought_space,
        "router": article.router,
        "norm in training": partial(norm, training=True),
        "crop": lambda x: pad_at_end(article.transformer_expert(x), 10),
    }
    for part in clean.values():
        assert future_part(moves_by_changes(on_single_text(part), X)) == 0.0
    for name, part in leaking.items():
        assert future_part(moves_by_changes(on_single_text(part), X)) > 1e-4, name
    square = moves_by_changes(on_single_text(leaking["crop"]), X) > 1e-6
    assert not square[6:].any() and not square[:, :4].any() and square[:6, 4:].all()


def test_fault_two_in_the_whole_model(article, mended):
    ids = np.arange(10)[None]
    other = np.where(ids == 9, 40, ids)
    leaks = [change(*(model(tokens)[0, :1] for tokens in (ids, other))) for model in (article, mended)]
    assert leaks[0] > 1e-3 and leaks[1] == 0.0


def test_fault_three_the_expert_is_silent_beyond_the_crop(article, mended):
    said("At six tokens the expert speaks, at seven it is silent")

    def last(model, length, weight):
        return effect_by_position(lambda: model(np.arange(length)[None])[0], weight)[-1]

    expert, router = article.transformer_expert.output_dense.kernel, article.router.router_dense.bias
    assert last(article, 6, expert) > 1e-3 and last(article, 7, expert) == last(article, 10, expert) == 0.0
    assert min(last(mended, length, expert) for length in (6, 7, 10)) > 1e-3
    assert last(article, 10, router) < 0.05 * last(article, 6, router)


def test_fault_four_block_by_block(article, mended):
    blocks = article.transformer_expert.blocks
    many = np.random.default_rng(2).normal(size=(40, 32)).astype("float32")
    places = ops.convert_to_numpy(article.transformer_expert.position_table(np.arange(40)))
    found = {}
    for name, stack in (
        ("as printed", blocks),
        ("mended", [partial(mended.block, b, window=6) for b in blocks]),
    ):
        spreads, last = spreads_by_block(stack, many + places)
        found[name] = spreads, change(last, spreads_by_block(stack, many[::-1] + places)[1])
    spreads, backwards = found["as printed"]
    said("each block divides what tells the tokens apart, until nothing is left of it")
    assert all(after < before / 2 for before, after in zip(spreads, spreads[1:], strict=False))
    assert spreads[-1] < 1e-3 and backwards < 1e-2
    assert min(found["mended"][0]) > 0.3 and found["mended"][1] > 0.3


def test_sizes_and_numbers_of_the_run():
    said("(three blocks, a width of 64)")
    said("start at a variance of 1 and forget 1% of it at each update")
    norm = keras.layers.BatchNormalization()
    assert norm.momentum == 0.99
    assert FORMS["only no mask"] == ("no mask",)
    assert mixture_run.SIZES["num_blocks"] == 3 and mixture_run.SIZES["width"] == 64
    said(f"{mixture_run.NUM_UPDATES} updates of 32 rows of 32 characters")
    said("The crop is set to 32 too")
    assert mixture_run.UNCROPPED == {"trans_window": 32}
    said("with a crop of 19 for rows of 32, the proportions of the package's 130 and 220")
    assert (mixture_run.NUM_ROWS, mixture_run.ROW_TOKENS, mixture_run.SIZES["trans_window"]) == (32, 32, 19)
    assert round(32 * 130 / 220) == 19
    said("eight forms with three seeds each")
    assert len(FORMS) == 8 and len(FAULTS) == 6


def test_what_is_told_of_the_package_stands_in_a_stored_result():
    stored = json.loads((ROOT / "benchmarks" / "peers" / "xiaothink_stored.json").read_text(encoding="utf-8"))
    assert stored["peak_bytes"] == 4_133_000_000
    said("peaked at 4.13 GB. That is 3.85 if a GB is $2^{30}$ bytes, as Windows counts")
    assert round(4_133_000_000 / 2**30, 2) == 3.85
    path = ROOT / "benchmarks" / "peers" / "xiaothink_probes.json"
    probes = json.loads(path.read_text(encoding="utf-8"))
    leak = probes["first_logits_moved_by_last_of_100_tokens"]
    largest, deviation = leak["largest"], leak["logit_standard_deviation"]
    said(f"by up to {largest}, where logits have a standard deviation of {deviation}")
    effects = probes["last_logits_moved_by_noise_in_the_transformer_output_layer"]
    said(f"by {effects['120']} with 120 tokens and {effects['130']} with 130, and by exactly 0.0 with 131")
    assert effects["131"] == effects["190"] == 0.0
    said("57 of 83 million parameters")
    assert round(probes["transformer_parameters"] / 1e6) == 57 and round(probes["parameters"] / 1e6) == 83
    spreads = probes["transformer_output_spread"]
    over_positions, over_channels = spreads["over_positions"], spreads["over_channels"]
    said(f"was {over_positions:.0e}, and that over a vector's numbers {over_channels:.2f}")
    assert 220 - 130 + 1 == 91
    said("position 1 is given what the expert made of character 91")
