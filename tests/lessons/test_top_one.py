"""One expert for each block: both forms, the gradient, and that an expert's memory holds its own blocks."""

import keras
import numpy as np
import pytest
from keras import ops

from mof.lessons.more_experts import model_of
from mof.lessons.top_one import TopOneModel, whole_and_apart
from mof.presets import preset

LENGTH = 4
TOLERANCE = 1e-4  # float32, two orders of the same sums
NANO = preset("nano").model.replace(vocabulary_size=64, width=16, num_heads=2, recurrent_width=8)
NANO = NANO.replace(feed_forward_width=16, thought_width=8, router_width=8, chunk_length=4)


@pytest.fixture(scope="module")
def model():
    made = model_of(("recurrent", "transformer", "dictionary"), NANO, 0, TopOneModel, block_length=LENGTH)
    random = np.random.default_rng(0)
    made.router.choose.kernel.assign(3 * random.normal(size=(8, 3)))  # a router that has made up its mind
    return made


def token_ids(num_rows, num_tokens, seed=1):
    return np.random.default_rng(seed).integers(0, 64, size=(num_rows, num_tokens)).astype("int32")


def test_the_choices_are_those_of_the_router_before_each_block(model):
    ids = token_ids(3, 15)
    weights = np.asarray(model.router(model.embed(ids))[0])
    nothing = np.asarray(ops.softmax(model.router.choose.bias.value))
    choices = model.choices(ids)
    for row in range(3):
        for t in range(15):
            opener = t // LENGTH * LENGTH
            known = weights[row, opener - 1] if opener else nothing
            assert choices[row, t] == known.argmax()
    assert len(np.unique(choices)) > 1, "the test needs a router that changes its mind"


def test_steps_are_the_whole_text(model):
    ids = token_ids(2, 11)
    whole, last = model(ids)
    state = model.initial_state(2)
    for t in range(11):
        logits, state = model.step(ids[:, t], state)
        np.testing.assert_allclose(logits, np.asarray(whole)[:, t], atol=TOLERANCE)
    for one, other in zip(keras.tree.flatten(state), keras.tree.flatten(last), strict=True):
        np.testing.assert_allclose(one, other, atol=TOLERANCE)


def test_a_row_may_be_cut_inside_a_block(model):
    ids = token_ids(2, 11)
    whole, _state = model(ids)
    first, state = model(ids[:, :6])
    second, _state = model(ids[:, 6:], state)
    np.testing.assert_allclose(ops.concatenate([first, second], axis=1), whole, atol=TOLERANCE)


def test_a_document_begins_anew(model):
    ids = token_ids(1, 13)
    resets = np.zeros((1, 13), bool)
    resets[0, 6] = True
    joined, _state = model(ids, None, resets)
    alone, _state = model(ids[:, 6:])
    np.testing.assert_allclose(np.asarray(joined)[:, 6:], alone, atol=TOLERANCE)


def test_padding_changes_nothing(model):
    ids = token_ids(1, 9)
    padded, mask = np.insert(ids, 5, 0, axis=1), np.insert(np.ones((1, 9), bool), 5, False, axis=1)
    found, _state = model(padded, None, None, mask)
    np.testing.assert_allclose(np.asarray(found)[mask][None], model(ids)[0], atol=TOLERANCE)


def test_no_output_sees_a_later_token(model):
    ids = token_ids(1, 12)
    before = np.asarray(model(ids)[0])
    for t in range(12):
        changed = ids.copy()
        changed[0, t] = (changed[0, t] + 7) % 64
        after = np.asarray(model(changed)[0])
        np.testing.assert_allclose(after[:, :t], before[:, :t], atol=1e-6)
        assert not np.allclose(after[:, t], before[:, t])


def test_an_experts_memory_holds_its_own_blocks_alone(model):
    ids = token_ids(1, 12)
    choices = model.choices(ids)[0]
    x = model.embed(ids)
    _hidden, state = model.features(ids)
    for e, expert in enumerate(model.experts):
        own = np.flatnonzero(choices == e)
        if not len(own):
            continue
        _y, expected = expert(ops.take(x, own, axis=1))
        pairs = zip(keras.tree.flatten(state[f"expert_{e}"]), keras.tree.flatten(expected), strict=True)
        for one, other in pairs:
            np.testing.assert_allclose(one, other, atol=TOLERANCE)


def test_reading_apart_gives_the_same(model):
    ids = token_ids(1, 14)
    whole, apart, choices = whole_and_apart(model, ids[0])
    np.testing.assert_allclose(whole, model.features(ids)[0].hidden[0], atol=TOLERANCE)
    np.testing.assert_allclose(apart, whole, atol=TOLERANCE)
    np.testing.assert_array_equal(choices, model.choices(ids)[0])


def test_the_router_gets_a_gradient_and_balance_changes_it(model):
    if keras.backend.backend() != "tensorflow":
        pytest.skip("the gradient is taken by TensorFlow's tape")
    import tensorflow as tf

    ids = token_ids(2, 12)
    found = []
    for balance in (0.0, 1.0):
        model.balance = balance
        with tf.GradientTape() as tape:
            loss = ops.mean(model.token_nats(ids, ids)[0])
        found.append(np.asarray(tape.gradient(loss, model.router.choose.kernel.value)))
    model.balance = 0.0
    assert np.abs(found[0]).max() > 1e-4
    assert np.abs(found[1] - found[0]).max() > 1e-4


def test_it_is_made_again_and_opened_again_with_its_own_arguments(tmp_path):
    made = TopOneModel(NANO, 3, block_length=LENGTH, balance=0.5)
    made.save(tmp_path / "mine.keras")
    for again in (
        TopOneModel.from_config(made.get_config()),
        keras.saving.load_model(tmp_path / "mine.keras"),
    ):
        assert type(again) is TopOneModel
        assert (again.config, again.seed, again.block_length, again.balance) == (NANO, 3, LENGTH, 0.5)
        for one, other in zip(again.get_weights(), made.get_weights(), strict=True):
            np.testing.assert_array_equal(one, other)


def test_ids_of_another_shape_are_refused(model):
    with pytest.raises(ValueError, match=r"token_ids has shape \[3\], expected \[B, T\]"):
        model(token_ids(1, 3)[0])
    with pytest.raises(ValueError, match=r"token_ids has shape \[2, 1\], expected \[B\]"):
        model.step(token_ids(2, 1), model.initial_state(2))


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"experts": ("recurrent",)}, "has one expert"), ({}, "block_length is 0, expected at least 1")],
)
def test_what_cannot_be_routed_is_refused(changes, words):
    with pytest.raises(ValueError, match=words):
        TopOneModel(NANO.replace(**changes), block_length=0 if not changes else LENGTH)
