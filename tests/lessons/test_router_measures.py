"""Entropies, intervals and what a group tells, against definitions by hand."""

import math
import statistics

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mof.lessons.more_experts import model_of
from mof.lessons.router_measures import (
    MEAN,
    ROUTED,
    difference_and_half,
    entropy,
    explained_share,
    leaning_tokens,
    mean_and_half,
    measure_sheets,
    route_weights_of,
    specialisation,
)
from mof.presets import preset
from mof.tokenizer.character_tokenizer import CharacterTokenizer

TEXTS = {"knowledge": ["春天来了。", "天来了，春天。"], "reasoning": ["来了了春天天。", "春春春。"]}


@pytest.fixture(scope="module")
def read():
    tokenizer = CharacterTokenizer("春天来了。，")
    config = preset("nano").model.replace(vocabulary_size=tokenizer.vocabulary_size, width=16, num_heads=2)
    model = model_of(("recurrent", "transformer"), config.replace(router_width=4))
    model.router.choose.kernel.assign(np.random.default_rng(0).normal(size=(4, 2)))
    return model, tokenizer


def test_the_three_routers_of_the_chapter():
    undecided, turns = np.full((4, 2), 0.5), np.eye(2)[[0, 1, 0, 1]]
    collapsed = np.eye(2)[[0, 0, 0, 0]]
    assert entropy([0.5, 0.5]) == pytest.approx(math.log(2)) and entropy([1.0, 0.0]) == 0
    assert specialisation(undecided) == pytest.approx(0.0)
    assert specialisation(turns) == pytest.approx(math.log(2))
    assert specialisation(collapsed) == pytest.approx(0.0)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(st.floats(0.01, 1), min_size=3, max_size=3), min_size=1, max_size=6))
def test_specialisation_lies_between_nothing_and_all(rows):
    weights = np.array(rows) / np.sum(rows, axis=1, keepdims=True)
    assert -1e-12 <= specialisation(weights) <= math.log(3) + 1e-12


def test_the_interval_of_a_mean():
    mean, half = mean_and_half([1.0, 2.0, 4.0])
    assert mean == pytest.approx(7 / 3)
    assert half == pytest.approx(4.303 * statistics.stdev([1, 2, 4]) / math.sqrt(3))
    values = list(range(40))
    assert mean_and_half(values)[1] == pytest.approx(
        2.0227 * statistics.stdev(values) / math.sqrt(40), rel=1e-4
    )
    gap, both = difference_and_half([1.0, 2.0, 4.0], [1.0, 1.0, 1.0])
    assert gap == pytest.approx(4 / 3) and both == pytest.approx(half)
    with pytest.raises(ValueError, match="1 values came, expected at least 2"):
        mean_and_half([1.0])


def test_a_group_that_tells_all_and_one_that_tells_nothing():
    values = [0.0, 0.0, 1.0, 1.0]
    assert explained_share(values, ["a", "a", "b", "b"]) == pytest.approx(1.0)
    assert explained_share(values, ["a", "b", "a", "b"]) < 0
    assert explained_share(values, ["a", "b", "c", "d"]) == pytest.approx(0.0), "groups of one tell nothing"
    found = explained_share([0.0, 1.0, 4.5, 2.0, 3.0], ["a", "a", "b", "b", "b"])
    rest = [2.5, 3.75, 3.25]  # each predicted by the mean of the others of its group
    errors = [1.0, 1.0, *((x - r) ** 2 for x, r in zip((4.5, 2.0, 3.0), rest, strict=True))]
    assert found == pytest.approx(1 - np.mean(errors) / np.var([0.0, 1.0, 4.5, 2.0, 3.0]))


def test_the_router_of_a_text_is_the_models(read):
    model, tokenizer = read
    weights, labels = route_weights_of(model, tokenizer, "春天来了")
    assert labels == ["·", *"春天来了"] and weights.shape == (5, 2)
    from mof.corpus.conversation import encode_document

    expected = model.features(encode_document("春天来了", tokenizer)[None])[0].route_weights
    np.testing.assert_allclose(weights, np.asarray(expected)[0], atol=1e-6)


def test_sheets_are_scored_as_they_are_and_with_other_weights(read):
    model, tokenizer = read
    found = measure_sheets(model, tokenizer, TEXTS, num_tokens=6)
    assert set(found["kinds"]["knowledge"]["bits"]) == {ROUTED, MEAN, "0", "1"}
    from mof.corpus.conversation import encode_document

    ids = encode_document(TEXTS["reasoning"][0], tokenizer)[:7]
    nats, _state = model.token_nats(ids[None, :-1], ids[None, 1:])
    bits = float(np.mean(np.asarray(nats))) / math.log(2)
    assert found["kinds"]["reasoning"]["bits"][ROUTED][0] == pytest.approx(bits, rel=1e-4)
    weights = route_weights_of(model, tokenizer, TEXTS["reasoning"][0])[0][:6]
    np.testing.assert_allclose(found["kinds"]["reasoning"]["weights"][0], weights.mean(axis=0), atol=1e-5)
    assert len(found["tokens"]["ids"]) == len(found["tokens"]["kinds"]) == len(found["tokens"]["first"])


def test_an_expert_alone_is_scored_without_the_other(read):
    model, tokenizer = read
    found = measure_sheets(model, tokenizer, TEXTS, num_tokens=6)
    from mof.corpus.conversation import encode_document
    from mof.ops.losses import token_cross_entropy

    ids = encode_document(TEXTS["knowledge"][0], tokenizer)
    y, _state = model.experts[1](model.embed(ids[None, :-1]))
    normed = y / np.sqrt(np.mean(np.asarray(y) ** 2, axis=-1, keepdims=True) + 1e-6)
    hidden = model.output_norm(model.output_projection(normed))
    nats = np.asarray(token_cross_entropy(model.logits(hidden), ids[None, 1:]))
    expected = nats.mean() / math.log(2)
    assert found["kinds"]["knowledge"]["bits"]["1"][0] == pytest.approx(expected, rel=1e-4)


def test_leaning_tokens_are_frequent_ones():
    tokens = {"ids": [1] * 3 + [2] * 3 + [3], "first": [0.5] * 3 + [0.2] * 3 + [0.9]}
    most, least = leaning_tokens(tokens, num_tokens=1, least=2)
    assert [row[0] for row in most] == [1] and [row[0] for row in least] == [2]
    assert most[0][1:] == (pytest.approx(0.5), 3)
