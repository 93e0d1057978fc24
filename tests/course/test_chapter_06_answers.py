"""The definitions that answers to chapter 06 are compared with, against the package's."""

import numpy as np
import pytest
from keras import ops

from mof.course.cases import random_resets, random_tokens
from mof.course.chapter_06_answers import (
    NUM_TOKENS,
    VIEWS,
    look_ahead,
    means,
    meeting_point,
    package_think,
    package_window_means,
    run_steps,
    step,
    think,
    thought_case,
    window_means,
)
from mof.course.checking import judge
from mof.course.registry import find_exercise
from mof.ops.running_mean import running_mean_chunked, running_mean_memory

(X,) = random_tokens(0, 11, 3)
STARTS = random_resets(1, 11)


def test_means_with_and_without_starts_are_the_packages():
    for starts in (None, STARTS):
        flags = None if starts is None else starts[None]
        expected, _ = running_mean_chunked(X[None], running_mean_memory(1, 3), flags, chunk_length=4)
        np.testing.assert_allclose(means(X, starts), ops.convert_to_numpy(expected)[0], atol=1e-5)


@pytest.mark.parametrize("window", [1, 3, 20])
def test_means_of_a_window_are_the_packages(window):
    expected = ops.convert_to_numpy(package_window_means(ops.convert_to_tensor(X), window))
    np.testing.assert_allclose(window_means(X, window), expected, atol=1e-5)


def test_steps_are_the_definition():
    found = run_steps(step, (X, STARTS))
    np.testing.assert_allclose(found["mean"], means(X, STARTS), atol=1e-5)
    last = int(np.flatnonzero(STARTS)[-1])
    assert found["count"] == 11 - last
    np.testing.assert_allclose(found["total"], X[last:].sum(axis=0), atol=1e-5)


def test_the_mended_layer_is_the_packages():
    case = thought_case(2, 7, 3, 4)
    expected = ops.convert_to_numpy(package_think(*map(ops.convert_to_tensor, case)))
    np.testing.assert_allclose(think(*case), expected, atol=1e-5)


def test_where_both_means_listen_alike():
    for decay in (0.5, 0.9):
        t = meeting_point(decay)
        assert 1 / t == pytest.approx(1 - decay)


@pytest.mark.parametrize(("words", "function", "ahead"), VIEWS, ids=[view[0] for view in VIEWS])
def test_the_views_are_as_told(words, function, ahead):
    """By an independent way: each pair by itself, both signs and three sizes of the change."""
    (x,) = random_tokens(20, NUM_TOKENS, 3)
    before, seen = np.array(function(x)), set()
    for t in range(NUM_TOKENS):
        for size in (-30.0, 0.1, 30.0):
            changed = x.copy()
            changed[t] += size
            after = np.array(function(changed))
            seen |= {t - i for i in range(t) if not np.array_equal(after[i], before[i])}
    assert max(seen, default=0) == ahead == look_ahead(function, x)


def test_a_mean_that_looks_one_token_ahead_is_told_so():
    def ahead(x, window):
        following = ops.concatenate([x[1:], ops.zeros_like(x[:1])])
        return 0.9 * package_window_means(x, window) + 0.1 * following

    assert "sees position t + 1" in judge(find_exercise("06.2"), ahead, 120.0).message


def test_a_leak_across_a_start_is_shown_as_evidence():
    def late(token, starts, memory):
        total, count = memory
        total, count = total + token, count + 1
        return total / count, ((0 * total, 0) if starts else (total, count))

    assert "survives the start of a document" in judge(find_exercise("06.3"), late, 120.0).evidence


def test_a_test_that_always_finds_a_leak_is_told_where_there_is_none():
    message = judge(find_exercise("06.4"), lambda function, x: 3, 120.0).message
    assert "that gives each token back as it came you say 3; it sees 0 tokens ahead" in message
