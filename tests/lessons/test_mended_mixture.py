"""The published model with faults left in or mended: with all the printed one, with none a causal one."""

import numpy as np
import pytest
from keras import ops

from mof.lessons.mended_mixture import (
    CROP,
    FAULTS,
    INDEX,
    MASK,
    NORM,
    ROUTER,
    THOUGHT,
    MendedMixture,
    attend,
    make_mixture,
    seen_tokens,
)
from mof.published.mixture import PublishedMixture
from tests.published.measurements import (
    MODEL_ROUNDING,
    NUM_TOKENS,
    SIZES,
    assign_all,
    future_leak,
    on_one,
    random_ids,
    random_weights,
    run,
)
from tests.published.naive_mixture import Naive, naive_attention

CLEARLY = 1e-3
RANDOM = np.random.default_rng(0)


@pytest.fixture(scope="module")
def model():
    """Every weight random, so that none can be left out unnoticed."""
    model = PublishedMixture(**SIZES)
    model.build((2, NUM_TOKENS))
    assign_all(model, random_weights(model))
    return model


def reading(model, training=False):
    """A function of one text; a second one in the batch shows what a norm over the batch does."""
    return lambda ids: run(model, np.stack([ids, ids[::-1]]), training=training)[0]


def test_with_all_faults_it_is_the_printed_model(model):
    ids = np.stack([random_ids(seed=0), random_ids(seed=1)])
    np.testing.assert_allclose(run(MendedMixture(model, FAULTS), ids), run(model, ids), atol=MODEL_ROUNDING)


def test_with_none_it_is_the_sound_form_in_loops(model):
    """The loops compute BatchNorm as at inference, which is causal; so it is left in here."""
    ids = random_ids()
    expected = Naive(model, is_sound=True).logits(ids)
    np.testing.assert_allclose(on_one(MendedMixture(model, (NORM,)))(ids), expected, atol=MODEL_ROUNDING)


def future_seen(function, ids):
    """How far outputs move before a changed token: the last one, or the first that the crop keeps."""
    before, moves = function(ids), []
    for token in (NUM_TOKENS - 1, NUM_TOKENS - SIZES["trans_window"]):
        other = ids.copy()
        other[token] = (ids[token] + 1) % SIZES["vocabulary_size"]
        moves.append(np.abs(function(other) - before)[:token].max())
    return max(moves)


@pytest.mark.parametrize("is_training", [True, False])
@pytest.mark.parametrize(
    ("faults", "leaks"),
    [((), False), ((INDEX,), False), ((INDEX, MASK), True), ((MASK,), True), ((THOUGHT,), True)]
    + [((ROUTER,), True), ((CROP,), True)],
    ids=str,
)
def test_each_fault_alone_leaks_or_not(model, faults, leaks, is_training):
    leak = future_seen(reading(MendedMixture(model, faults), is_training), random_ids())
    assert (leak > CLEARLY) if leaks else leak == 0


@pytest.mark.parametrize("is_training", [True, False])
def test_the_norm_leaks_in_training_alone(model, is_training):
    leak = future_leak(reading(MendedMixture(model, (NORM,)), is_training), random_ids())
    assert (leak > CLEARLY) if is_training else leak == 0


@pytest.mark.parametrize("window", [None, 3])
def test_attention_with_one_index_is_the_loop(window):
    query, key, value = RANDOM.uniform(0.1, 2, size=(3, 7, 4))
    found = attend(
        *(x[None, None].astype("float32") for x in (query, key, value)), seen_tokens(7, True, window)
    )
    expected = naive_attention(query, key, value, is_sound=True, window=window)
    np.testing.assert_allclose(ops.convert_to_numpy(found)[0, 0], expected, rtol=1e-5)


def test_attention_with_two_indices_and_a_mask_is_the_sum_of_the_past():
    query, key, value = RANDOM.uniform(0.1, 2, size=(3, 1, 1, 7, 4)).astype("float32")
    found = attend(query, key, value, seen_tokens(7), has_two_indices=True)
    np.testing.assert_allclose(ops.convert_to_numpy(found), value.cumsum(axis=2), rtol=1e-4)


def test_who_sees_whom():
    np.testing.assert_array_equal(seen_tokens(3, True, 2), [[1, 0, 0], [1, 1, 0], [0, 1, 1]])
    np.testing.assert_array_equal(seen_tokens(3, False), np.ones((3, 3)))
    for window in (None, 3, 40):  # a text may be shorter than the window
        np.testing.assert_array_equal(seen_tokens(3, True, window), np.tril(np.ones((3, 3))))


def test_the_weights_are_the_published_models_and_no_others(model):
    mended = MendedMixture(model)
    mended.build((2, NUM_TOKENS))
    assert {id(weight) for weight in mended.weights} == {id(weight) for weight in model.weights}
    assert mended.count_params() == model.count_params()


def test_one_seed_gives_the_same_weights_whatever_the_faults():
    found = [make_mixture(faults=faults, seed=4, **SIZES) for faults in (FAULTS, ())]
    for one, other in zip(*(model.published.weights for model in found), strict=True):
        np.testing.assert_array_equal(ops.convert_to_numpy(one), ops.convert_to_numpy(other))
    assert found[0].fault_names == FAULTS and found[1].fault_names == ()


def test_an_unknown_fault_is_named():
    with pytest.raises(ValueError, match=r"faults are \['masks'\], expected names among"):
        MendedMixture(PublishedMixture(vocabulary_size=5), ("masks",))
