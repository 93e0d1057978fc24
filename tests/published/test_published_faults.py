"""Each fault of the published form, pinned by a measurement.

The same measurement is taken of the sound form, computed by NumPy loops from the same weights, and must not
find the fault there: no test can pass for both.
"""

import functools

import numpy as np
import pytest

from mof.published.attention import elu_plus_one, linear_attention_as_printed
from mof.published.mixture import pad_at_end
from tests.published.measurements import (
    CLEARLY,
    NUM_TOKENS,
    ROUNDING,
    SIZES,
    future_leak,
    gradients,
    on_one,
    random_ids,
    random_vectors,
    relative_change,
    run,
    spread_over_positions,
    with_other_last,
)
from tests.published.naive_mixture import Naive, exact_features, naive_attention, to_numpy

WIDTH, TRANS_WINDOW, NUM_POSITIONS = SIZES["width"], SIZES["trans_window"], SIZES["num_positions"]
TRACE = 5e-3  # what the mixture norm's epsilon of 1e-3 lets through of a factor that it should divide out

# Fault: the attention is a sum of all values


def test_attention_output_is_the_sum_of_values_at_every_position(model):
    layer, x = model.transformer_expert.blocks[0].attention, random_vectors()
    outputs = on_one(layer)(x)
    sum_of_values = Naive.dense(layer.output_projection, Naive.dense(layer.value_projection, x).sum(axis=0))
    assert spread_over_positions(outputs) < ROUNDING
    np.testing.assert_allclose(
        outputs, np.tile(sum_of_values, (NUM_TOKENS, 1)), atol=ROUNDING * np.abs(outputs).max()
    )

    sound = Naive(model, is_sound=True).attention(layer, x)
    assert spread_over_positions(sound) > CLEARLY
    assert relative_change(outputs, sound) > CLEARLY


def test_attention_leaves_the_range_of_the_values():
    random = np.random.default_rng(0)
    query, key = random.uniform(0.1, 2, size=(2, NUM_TOKENS, 4)).astype("float32")
    value = random.uniform(1, 2, size=(NUM_TOKENS, 4)).astype("float32")
    published = to_numpy(linear_attention_as_printed(query[None, None], key[None, None], value[None, None]))
    assert published.min() > NUM_TOKENS * 0.99
    sound = naive_attention(query, key, value, is_sound=True)
    assert 0.99 < sound.min() and sound.max() < 2.01


def test_query_and_key_have_no_gradient_and_no_effect(model):
    layer, x = model.transformer_expert.blocks[0].attention, random_vectors()
    projections = (layer.query_projection, layer.key_projection, layer.value_projection)
    query, key, value = (
        np.abs(gradient).max() for gradient in gradients(layer, [p.kernel for p in projections], x[None])
    )
    assert value > 1
    assert max(query, key) < 1e-5 * value

    sound_form = Naive(model, is_sound=True)
    before, sound_before = on_one(layer)(x), sound_form.attention(layer, x)
    for projection in projections[:2]:
        projection.kernel.assign(np.random.default_rng(2).normal(size=(WIDTH, WIDTH)).astype("float32"))
    assert relative_change(before, on_one(layer)(x)) < ROUNDING
    assert relative_change(sound_before, sound_form.attention(layer, x)) > CLEARLY


# Fault: elu(u) + 1 is exactly 0 far below 0


def test_feature_map_is_elu_plus_one():
    u = np.linspace(-5, 5, 41).astype("float32")
    np.testing.assert_allclose(to_numpy(elu_plus_one(u)), exact_features(u.astype("float64")), atol=2e-7)


def test_feature_map_is_exactly_zero_below_minus_17():
    u = np.array([-16.5, -17.5, -18.0, -40.0], "float32")
    published = to_numpy(elu_plus_one(u))
    assert published[0] > 0
    assert (published[1:] == 0).all()
    assert (exact_features(u) > 0).all()  # float32 too: exp alone is never rounded near 1


def test_keys_far_below_zero_switch_the_attention_off():
    u, value = np.full((NUM_TOKENS, 4), -18.0, "float32"), np.ones((NUM_TOKENS, 4), "float32")
    query = np.ones_like(u)
    published = linear_attention_as_printed(query[None, None], elu_plus_one(u)[None, None], value[None, None])
    assert (to_numpy(published) == 0).all()
    sound = naive_attention(query, exact_features(u), value, epsilon=1e-20, is_sound=True)
    np.testing.assert_allclose(sound, 1.0, atol=ROUNDING)


# Fault: the future leaks, by each of five ways


def test_attention_sees_the_future(model):
    layer, x = model.transformer_expert.blocks[0].attention, random_vectors()
    assert future_leak(on_one(layer), x) > CLEARLY
    assert future_leak(lambda x: Naive(model, is_sound=True).attention(layer, x), x) == 0


def test_thought_space_sees_the_future(model):
    layer, x = model.transformer_expert.blocks[0].thought_space, random_vectors()
    assert future_leak(on_one(layer), x) > CLEARLY
    assert future_leak(lambda x: Naive(model, is_sound=True).thought_space(layer, x), x) == 0


def test_router_sees_the_future_and_weighs_a_text_once(model):
    x = random_vectors()
    weights = on_one(model.router)(x)
    assert weights.shape == (2,)  # one for each expert, none for each position
    np.testing.assert_allclose(weights, Naive(model).router(x)[0], atol=ROUNDING)
    assert np.abs(on_one(model.router)(with_other_last(x)) - weights).max() > CLEARLY

    sound = Naive(model, is_sound=True)
    assert sound.router(x).std(axis=0).max() > CLEARLY
    assert future_leak(sound.router, x) == 0


@pytest.mark.parametrize("is_training", [True, False])
def test_batch_norm_sees_the_future_and_the_rest_of_the_batch_in_training(model, is_training):
    token_ids = np.stack([random_ids(seed=0), random_ids(seed=1)])
    other_last, other_text = token_ids.copy(), token_ids.copy()
    other_last[0] = with_other_last(token_ids[0])
    other_text[1] = random_ids(seed=2)
    first, after_other_last, after_other_text = (
        run(model.front, ids, training=is_training)[0, 0] for ids in (token_ids, other_last, other_text)
    )
    for after in (after_other_last, after_other_text):
        if is_training:
            assert np.abs(after - first).max() > CLEARLY
        else:
            np.testing.assert_array_equal(after, first)


def test_padding_moves_outputs_to_earlier_positions(model):
    outputs = random_vectors(TRANS_WINDOW)[None]
    padded = to_numpy(pad_at_end(outputs, NUM_TOKENS))
    np.testing.assert_array_equal(padded[:, :TRANS_WINDOW], outputs)
    assert (padded[:, TRANS_WINDOW:] == 0).all()
    np.testing.assert_array_equal(to_numpy(pad_at_end(outputs, TRANS_WINDOW)), outputs)


def test_recurrent_expert_is_causal(model):
    assert future_leak(on_one(model.recurrent_expert), random_vectors()) == 0


@pytest.mark.parametrize("num_tokens", [TRANS_WINDOW, NUM_TOKENS])
def test_last_token_moves_the_first_logits(model, num_tokens):
    token_ids, sound = random_ids(num_tokens), Naive(model, is_sound=True)
    assert future_leak(on_one(model), token_ids) > CLEARLY
    assert future_leak(sound.logits, token_ids) == 0
    # The zero means something: the same change does move the logits of the last position.
    moved = sound.logits(with_other_last(token_ids))[-1] - sound.logits(token_ids)[-1]
    assert np.abs(moved).max() > CLEARLY


# Fault: beyond the crop the Transformer expert and the router have no effect on the last position


def effect_on_logits(function, weight, token_ids):
    """Largest change of the logits at each position when a weight is replaced by random numbers."""
    before = function(token_ids)
    weight.assign(np.random.default_rng(3).normal(size=weight.shape).astype("float32"))
    return np.abs(function(token_ids) - before).max(axis=-1)


@pytest.mark.parametrize("num_tokens", [TRANS_WINDOW, NUM_TOKENS])
def test_transformer_expert_has_no_effect_on_the_last_position_beyond_the_crop(model, num_tokens):
    kernel = model.transformer_expert.output_dense.kernel
    effect = effect_on_logits(on_one(model), kernel, random_ids(num_tokens))
    assert (effect[:TRANS_WINDOW] > CLEARLY).all()
    assert (effect[TRANS_WINDOW:] == 0).all()


def test_sound_transformer_expert_has_an_effect_on_the_last_position(model):
    kernel = model.transformer_expert.output_dense.kernel
    effect = effect_on_logits(Naive(model, is_sound=True).logits, kernel, random_ids())
    assert (effect > CLEARLY).all()


def test_router_has_no_effect_on_the_last_position_beyond_the_crop(model):
    bias, effects = model.router.router_dense.bias, []
    for function in (on_one(model), Naive(model, is_sound=True).logits):
        bias.assign([0.0, 0.0])
        before = function(random_ids())
        bias.assign([1.0, -1.0])
        effects.append(np.abs(function(random_ids()) - before).max(axis=-1))
    published, sound = effects
    assert (published[:TRANS_WINDOW] > CLEARLY).all()
    assert (published[TRANS_WINDOW:] < TRACE).all()
    assert (sound > CLEARLY).all()


# Fault: positions


def spreads_block_by_block(form, x, num_applications=3):
    """Spread over positions after one, two and three blocks, and the last output."""
    spreads = []
    for _ in range(num_applications):
        x = form(x).astype("float32")
        spreads.append(spread_over_positions(x))
    return np.array(spreads), x


def test_blocks_make_all_positions_equal_at_initialisation(initial_model):
    """Each block divides what tells 48 positions apart by 5 or more; the rest ignores their order."""
    block, x = initial_model.transformer_expert.blocks[0], random_vectors(NUM_POSITIONS)
    table = to_numpy(initial_model.transformer_expert.position_table.embeddings).astype("float32")
    published, sound = on_one(block), functools.partial(Naive(initial_model, is_sound=True).block, block)

    spreads, outputs = spreads_block_by_block(published, x + table)
    assert (spreads < np.array([1, *spreads[:-1]]) / 5).all()
    assert spreads[-1] < 1e-3
    assert relative_change(outputs, spreads_block_by_block(published, x[::-1] + table)[1]) < 1e-3

    spreads, outputs = spreads_block_by_block(sound, x + table)
    assert (spreads > 0.5).all()
    assert relative_change(outputs, spreads_block_by_block(sound, x[::-1] + table)[1]) > 0.5


def test_positions_count_from_the_start_of_the_fed_text(model):
    """The same window alone and after a longer text: two outputs, unless the position table is emptied."""
    expert, x = model.transformer_expert, random_vectors()
    assert relative_change(on_one(expert)(x), on_one(expert)(x[-TRANS_WINDOW:])) > CLEARLY
    expert.position_table.embeddings.assign(np.zeros((NUM_POSITIONS, WIDTH), "float32"))
    assert relative_change(on_one(expert)(x), on_one(expert)(x[-TRANS_WINDOW:])) < ROUNDING
