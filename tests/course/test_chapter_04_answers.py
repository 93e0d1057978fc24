"""The definitions that answers to chapter 04 are compared with, against the package's."""

import math

import numpy as np
import pytest
from keras import ops

from mof.course.cases import random_resets, random_tokens
from mof.course.chapter_04_answers import (
    combine,
    gates,
    gates_with_starts,
    num_rounds,
    row,
    run_gates,
    run_row,
    run_steps,
    scan_with,
    step,
)
from mof.course.checking import judge
from mof.course.registry import find_exercise
from mof.course.verdict import WRONG
from mof.lessons.scan_rounds import scan_rounds
from mof.ops.gated_recurrence import gated_recurrence_recurrent, minimal_gru_gates

LOGITS, CANDIDATES = random_tokens(0, 9, 4, 4)
NO_BIAS = np.zeros(4, "float32")


def package_states(retain, update, hidden=NO_BIAS):
    states, _ = gated_recurrence_recurrent(retain, update, ops.convert_to_tensor(hidden[None]))
    return ops.convert_to_numpy(states)[0]


def test_steps_are_the_packages_minimal_gru():
    retain, update = minimal_gru_gates(LOGITS[None], CANDIDATES[None], NO_BIAS)
    found = run_steps(step, (LOGITS, CANDIDATES))["hidden"]
    np.testing.assert_allclose(found, package_states(retain, update), atol=1e-5)


def test_starts_are_the_packages_resets():
    starts = random_resets(3, 9)
    retain, update = minimal_gru_gates(LOGITS[None], CANDIDATES[None], NO_BIAS, starts[None])
    for found, expected in zip(gates_with_starts(LOGITS, CANDIDATES, starts), (retain, update), strict=True):
        np.testing.assert_allclose(found, ops.convert_to_numpy(expected)[0], atol=1e-6)
    (states,) = run_gates(gates_with_starts, (LOGITS, CANDIDATES, starts)).values()
    np.testing.assert_allclose(states, package_states(retain, update), atol=1e-5)


def test_a_row_is_the_packages_recurrence_from_a_state():
    retain, update = gates(5, 9, 4)
    hidden = CANDIDATES[0]
    states, last = run_row(row, (retain, update, hidden)).values()
    np.testing.assert_allclose(states, package_states(retain[None], update[None], hidden), atol=1e-5)
    np.testing.assert_array_equal(last, states[-1])


@pytest.mark.parametrize("num_tokens", [1, 2, 3, 4, 5, 8, 9, 13])
def test_a_scan_on_the_combination_gives_the_states_in_so_many_rounds(num_tokens):
    text = gates(7, num_tokens, 3)
    calls = []

    def counted(earlier, later):
        calls.append(earlier)
        return combine(earlier, later)

    found = ops.convert_to_numpy(scan_with(counted)(*map(ops.convert_to_tensor, text)))
    np.testing.assert_allclose(found, row(*text, np.zeros(3))[0], atol=1e-5)
    assert len(calls) == num_rounds(num_tokens)
    assert len(scan_rounds(text[0][:, 0], text[1][:, 0])[0]) == 1 + num_rounds(num_tokens)


def test_a_leak_across_a_start_is_shown_as_evidence():
    def late(gate_logits, candidates, starts):
        return gates_with_starts(gate_logits, candidates, np.append(False, starts[:-1]))

    verdict = judge(find_exercise("04.4"), late, 120.0)
    assert "survives the start of a document" in verdict.evidence, str(verdict)


def test_gates_that_see_the_future_are_told_so():
    def ahead(gate_logits, candidates, starts):
        return gates_with_starts(gate_logits, np.roll(candidates, -1, axis=0), starts)

    assert "sees position t + 1" in judge(find_exercise("04.4"), ahead, 120.0).message


@pytest.mark.parametrize(
    ("id", "answer", "words"),
    [
        ("04.1", lambda num_tokens: num_rounds(num_tokens) + 1, "For a text of one token you say 1."),
        ("04.2", lambda u, c, h: h / math.exp(u) + c, "`np.exp` works on arrays"),
        ("04.3", lambda a, b: (np.multiply(a[0], b[0]), b[0] * a[1] + b[1]), "through NumPy"),
    ],
)
def test_slips_of_a_reader_are_told_something_of_use(id, answer, words):
    verdict = judge(find_exercise(id), answer, 120.0)
    assert verdict.state == WRONG and words in verdict.message, str(verdict)
