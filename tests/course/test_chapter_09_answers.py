"""The definitions that answers to chapter 09 are compared with, against the published model and by hand."""

import math

import numpy as np
import pytest

from mof.course.cases import random_tokens
from mof.course.chapter_09_answers import (
    CROPS,
    MODELS,
    NUM_IDS,
    READERS,
    TEXT_IDS,
    crop_case,
    cut,
    honest_loss,
    moving_outputs,
    silent_parts,
    small_expert,
    wrong_crop,
)
from mof.course.checking import judge
from mof.course.registry import find_exercise

PATIENCE_SECONDS = 120.0
PEEKING = ("that counts the whole text", "that peeks at the next token")


@pytest.mark.parametrize(("num_tokens", "window", "token"), CROPS)
def test_moving_outputs_are_those_of_the_published_expert(num_tokens, window, token):
    from mof.published.mixture import pad_at_end
    from mof.published.transformer_expert import TransformerExpert

    expert = TransformerExpert(8, 8, num_blocks=1, num_heads=2, trans_window=window, num_positions=16)
    (x,) = random_tokens(0, num_tokens, 8)
    other = x.copy()
    other[token] += 3.0
    before, after = (np.asarray(pad_at_end(expert(row[None]), num_tokens))[0] for row in (x, other))
    moved = np.abs(after - before).max(axis=-1) > 1e-5
    assert moving_outputs(num_tokens, window, token) == np.flatnonzero(moved).tolist()


@pytest.mark.parametrize(("words", "function", "parts", "silent"), MODELS, ids=[m[0] for m in MODELS])
def test_silent_parts_are_as_told_for_any_noise(words, function, parts, silent):
    for seed in range(3):
        assert silent_parts(function, parts, seed) == silent
    for name in silent:  # by an independent way: three sizes of a change, not a replacement
        for size in (0.01, 1.0, 30.0):
            changed = {**parts, name: parts[name] + size}
            if words != "that is the article's attention" or size < 30:  # exp of it would overflow
                np.testing.assert_allclose(function(changed)[-1], function(parts)[-1], atol=1e-8)


def test_the_mended_crop_is_the_crop_at_the_last_position_and_causal_before():
    x, expert, window = crop_case(3, 9, 3, 2, 4)
    y = cut(x, expert, window)
    np.testing.assert_allclose(y[-1], expert(x[-window:])[-1])
    np.testing.assert_allclose(y[0], expert(x[:1])[0])
    np.testing.assert_allclose(y[-1], wrong_crop(pad="front")(x, expert, window)[-1])
    other = x.copy()
    other[6:] += 1.0
    np.testing.assert_array_equal(cut(other, expert, window)[:6], y[:6])


def test_the_small_expert_sees_all_that_it_is_given():
    (x,) = random_tokens(0, 4, 3)
    other = x.copy()
    other[-1] += 1.0
    expert = small_expert(0, 3, 2)
    assert (np.abs(expert(other) - expert(x)) > 1e-3).any(axis=1).all()


def test_the_honest_loss_by_hand():
    even = honest_loss(lambda ids: np.zeros((len(ids), NUM_IDS)), TEXT_IDS)
    assert even == pytest.approx(math.log(NUM_IDS))
    table = np.log([[0.9, 0.1], [0.5, 0.5]])
    loss = honest_loss(lambda ids: table[ids], np.array([0, 0, 1]))
    assert loss == pytest.approx(-(math.log(0.9) + math.log(0.1)) / 2)


@pytest.mark.parametrize(("words", "read"), READERS, ids=[reader[0] for reader in READERS])
def test_readers_leak_as_told(words, read):
    other = TEXT_IDS.copy()
    other[-1] = (other[-1] + 1) % NUM_IDS
    moved = np.abs(np.asarray(read(other)) - np.asarray(read(TEXT_IDS)))[:-1].max()
    assert (moved > 1e-3) == (words in PEEKING)


def test_names_and_not_one_name_are_wanted():
    exercise = find_exercise("09.3")
    message = judge(exercise, lambda function, parts: "one", PATIENCE_SECONDS).message
    assert "expected a list of names" in message
    message = judge(exercise, lambda function, parts: [1], PATIENCE_SECONDS).message
    assert "something that is no name" in message
    message = judge(exercise, lambda function, parts: ["one"], PATIENCE_SECONDS).message
    assert "that adds two parts you say `one`; without effect: none" in message


def test_moving_outputs_may_be_a_range():
    def as_range(num_tokens, window, token):
        return range(0) if token < num_tokens - window else range(min(window, num_tokens))

    assert judge(find_exercise("09.2"), as_range, PATIENCE_SECONDS).is_right


def test_a_choice_that_is_none_is_told():
    assert 'Choose one of "a", "b", "c", "d"' in judge(find_exercise("09.1"), "e").message


def test_the_choices_of_09_1_are_what_they_are_told_to_be():
    from numpy import einsum

    query, key, value = np.random.default_rng(0).uniform(0.1, 2, (3, 5, 4))
    right = (query @ key.T) @ value
    sums = einsum("sd,dv->sv", query, einsum("id,jv->dv", key, value))
    rows_apart = einsum("sd,iv->sv", query, einsum("id,iv->iv", key, value))
    np.testing.assert_allclose(einsum("sd,dv->sv", query, einsum("id,iv->dv", key, value)), right)
    for wrong in (sums, rows_apart):  # one vector, times a number for each row
        assert np.linalg.matrix_rank(wrong) == 1
    assert einsum("sd,dv->dv", query, einsum("id,iv->dv", key, value)).shape == (4, 4)
