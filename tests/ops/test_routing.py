"""Routing by blocks: the definition by hand, and the form for all tokens at once against it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from mof.lessons.gradients import outputs_and_gradients
from mof.ops.routing import balance_loss, hold_parallel, hold_recurrent, hold_step, routing_memory

FLOAT32_TOLERANCE = 1e-6  # numbers are taken over, not computed


def numbered(num_tokens, num_rows=1):
    """known [B, T, 1] that tells its own place: 0, 1, 2, ..."""
    return np.tile(np.arange(num_tokens, dtype="float32")[None, :, None], (num_rows, 1, 1))


def held_of(known, length, memory=None, **flags):
    memory = routing_memory(len(known), known.shape[-1]) if memory is None else memory
    results = [form(known, memory, length, **flags) for form in (hold_recurrent, hold_parallel)]
    return [ops.convert_to_numpy(held)[..., 0] for held, _memory in results]


def test_a_block_holds_what_was_known_when_it_opened():
    for held in held_of(numbered(7), 3):
        np.testing.assert_array_equal(held, [[0, 0, 0, 3, 3, 3, 6]])


def test_a_document_opens_a_block():
    resets = np.array([[False, False, True, False, False, False, False]])
    for held in held_of(numbered(7), 3, resets=resets):
        np.testing.assert_array_equal(held, [[0, 0, 2, 2, 2, 5, 5]])


def test_padding_is_no_token_of_a_block():
    mask = np.array([[True, False, True, True, True, False, True]])
    for held in held_of(numbered(7), 2, mask=mask):
        np.testing.assert_array_equal(held[mask], [0, 0, 3, 3, 6])


def test_a_document_that_starts_at_padding_opens_a_block_with_its_first_token():
    resets = np.array([[False, True, False, False]])
    mask = np.array([[True, False, True, True]])
    for held in held_of(numbered(4), 4, resets=resets, mask=mask):
        np.testing.assert_array_equal(held[mask], [0, 2, 2])


flags = st.lists(st.booleans(), min_size=6, max_size=6)


@settings(max_examples=25, deadline=None)
@given(
    resets=st.lists(flags, min_size=2, max_size=2),
    mask=st.lists(flags, min_size=2, max_size=2),
    length=st.integers(1, 4),
    cut=st.integers(1, 5),
)
def test_forms_agree_and_a_row_may_be_cut_anywhere(resets, mask, length, cut):
    known = np.random.default_rng(0).uniform(size=(2, 6, 3)).astype("float32")
    resets, mask = np.array(resets), np.array(mask)
    memory = routing_memory(2, 3)
    expected, last = hold_recurrent(known, memory, length, resets, mask)
    whole, whole_last = hold_parallel(known, memory, length, resets, mask)
    first, middle = hold_parallel(known[:, :cut], memory, length, resets[:, :cut], mask[:, :cut])
    second, cut_last = hold_parallel(known[:, cut:], middle, length, resets[:, cut:], mask[:, cut:])
    pieces = ops.concatenate([first, second], axis=1)
    for found in (whole, pieces):
        np.testing.assert_allclose(np.asarray(found)[mask], np.asarray(expected)[mask], atol=1e-6)
    for found in (whole_last, cut_last):
        np.testing.assert_array_equal(found["place"], last["place"])
        runs = np.asarray(last["place"]) > 0  # elsewhere a block is about to open, and nothing is read
        np.testing.assert_allclose(np.asarray(found["held"])[runs], np.asarray(last["held"])[runs], atol=1e-6)


def test_steps_are_the_definition():
    known = np.random.default_rng(1).uniform(size=(2, 5, 2)).astype("float32")
    expected, _memory = hold_recurrent(known, routing_memory(2, 2), 2)
    memory = routing_memory(2, 2)
    for t in range(5):
        held, memory = hold_step(known[:, t], memory, 2)
        np.testing.assert_allclose(held, np.asarray(expected)[:, t], atol=FLOAT32_TOLERANCE)


def test_gradients_reach_the_token_that_opened_the_block():
    known = np.random.default_rng(2).uniform(size=(1, 7, 2)).astype("float32")
    memory = routing_memory(1, 2)
    ones = outputs_and_gradients(lambda x: hold_recurrent(x, memory, 3)[0], known)
    others = outputs_and_gradients(lambda x: hold_parallel(x, memory, 3)[0], known)
    for one, other in zip(ones, others, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)
    assert set(np.flatnonzero(np.abs(others[1]).sum(axis=(0, 2)))) == {0, 3, 6}


def test_balance_is_one_when_even_and_the_number_of_experts_when_one_has_all():
    even = np.full((1, 4, 2), 0.5, "float32")
    turns = np.eye(2, dtype="float32")[[0, 1, 0, 1]][None]
    alone = np.tile(np.array([[[1.0, 0.0]]], "float32"), (1, 4, 1))
    assert float(balance_loss(turns, even)) == pytest.approx(1.0)
    assert float(balance_loss(alone, alone)) == pytest.approx(2.0)
    mask = np.array([[True, True, False, False]])
    mixed = np.concatenate([turns[:, :2], alone[:, :2]], axis=1)
    assert float(balance_loss(mixed, mixed, mask)) == pytest.approx(1.0)


def test_the_gradient_of_balance_takes_weight_from_the_expert_that_has_more():
    chosen = np.tile(np.array([[[1.0, 0.0]]], "float32"), (1, 3, 1))
    shares = np.full((1, 3, 2), 0.5, "float32")
    loss, gradient = outputs_and_gradients(lambda x: ops.reshape(balance_loss(chosen, x), (1,)), shares)
    factor = np.random.default_rng(0).normal()  # what `outputs_and_gradients` multiplies by
    np.testing.assert_allclose(gradient[..., 0] / factor, 2 / 3, rtol=1e-5)  # E f_0 / T
    assert loss == pytest.approx(1.0) and (gradient[..., 1] == 0).all()
