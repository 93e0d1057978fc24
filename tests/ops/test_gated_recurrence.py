"""The gated linear recurrence: definition, scan, the backend's fast form; the minimal GRU's gates."""

import numpy as np
import pytest

from mof.ops.gated_recurrence import (
    gated_recurrence,
    gated_recurrence_parallel,
    gated_recurrence_recurrent,
    minimal_gru_gates,
)
from tests.tensors import (
    BATCH_SIZE,
    EXACT,
    FLOAT32_TOLERANCE,
    LENGTHS,
    LONGEST,
    assert_all_close,
    compute,
    outputs_and_gradients,
    padding_mask,
    random_array,
    random_resets,
)

HIDDEN_WIDTH = 6


def random_inputs(num_tokens, seed=0):
    shape = (BATCH_SIZE, num_tokens, HIDDEN_WIDTH)
    retain = 1 / (1 + np.exp(-random_array(shape, seed)))
    retain[random_resets(num_tokens, seed)] = 0.0
    retain[~padding_mask(num_tokens)] = 1.0
    return {
        "retain": retain,
        "update": random_array(shape, seed + 1),
        "hidden": random_array((BATCH_SIZE, HIDDEN_WIDTH), seed + 2),
    }


@pytest.mark.parametrize("form", [gated_recurrence, gated_recurrence_parallel])
@pytest.mark.parametrize("num_tokens", LENGTHS)
def test_fast_forms_equal_the_definition(form, num_tokens):
    inputs = random_inputs(num_tokens)
    expected = outputs_and_gradients(gated_recurrence_recurrent, inputs)
    assert_all_close(outputs_and_gradients(form, inputs), expected, FLOAT32_TOLERANCE)


@pytest.mark.parametrize("form", [gated_recurrence_recurrent, gated_recurrence])
def test_equals_the_recurrence_written_in_numpy(form):
    inputs = random_inputs(LONGEST, seed=10)
    y, last = compute(lambda inputs: form(**inputs), inputs)
    hidden = inputs["hidden"].astype("float64")
    for t in range(LONGEST):
        hidden = inputs["retain"][:, t] * hidden + inputs["update"][:, t]
        np.testing.assert_allclose(y[:, t], hidden, *FLOAT32_TOLERANCE)
    np.testing.assert_array_equal(last, y[:, -1])


def test_numbers_worked_by_hand():
    """Keep half of 4 and add 1: 3. Keep all and add 2: 5. A reset and 7: 7."""
    inputs = {
        "retain": np.float32([0.5, 1.0, 0.0]).reshape(1, 3, 1),
        "update": np.float32([1.0, 2.0, 7.0]).reshape(1, 3, 1),
        "hidden": np.float32([[4.0]]),
    }
    y, hidden = compute(lambda inputs: gated_recurrence(**inputs), inputs)
    np.testing.assert_array_equal(y.ravel(), [3.0, 5.0, 7.0])
    np.testing.assert_array_equal(hidden, [[7.0]])


def minimal_gru(gate_logits, candidate, gate_bias, hidden, resets=None, mask=None):
    return gated_recurrence(*minimal_gru_gates(gate_logits, candidate, gate_bias, resets, mask), hidden)


def test_minimal_gru_equals_its_equations_in_numpy():
    """z = sigmoid(a), h = (1 - z) h + z c; a reset empties h first, on padding too; padding leaves h."""
    shape = (BATCH_SIZE, LONGEST, HIDDEN_WIDTH)
    inputs = {
        "gate_logits": random_array(shape, 20),
        "candidate": random_array(shape, 21),
        "gate_bias": random_array((HIDDEN_WIDTH,), 24),
        "hidden": random_array((BATCH_SIZE, HIDDEN_WIDTH), 22),
        "resets": random_resets(LONGEST, 23),
        "mask": padding_mask(LONGEST),
    }
    assert np.any(inputs["resets"] & ~inputs["mask"]), (
        "the case of a reset on padding must be among the inputs"
    )
    y, last = compute(lambda inputs: minimal_gru(**inputs), inputs)
    z = 1 / (1 + np.exp(-inputs["gate_logits"].astype("float64") - inputs["gate_bias"]))
    for b in range(BATCH_SIZE):
        hidden = inputs["hidden"][b].astype("float64")
        for t in range(LONGEST):
            if inputs["resets"][b, t]:
                hidden = np.zeros(HIDDEN_WIDTH)
            if inputs["mask"][b, t]:
                hidden = (1 - z[b, t]) * hidden + z[b, t] * inputs["candidate"][b, t]
            np.testing.assert_allclose(y[b, t], hidden, *FLOAT32_TOLERANCE)
    np.testing.assert_array_equal(last, y[:, -1])


def test_a_gate_that_is_wide_open_keeps_nothing_but_the_candidate():
    """1 - sigmoid(20) computed as a difference would be 0; sigmoid(-20) keeps its digits."""
    one = np.ones((1, 1, 1), "float32")
    retain, update = compute(minimal_gru_gates, 15.0 * one, one, np.full((1,), 5.0, "float32"))
    np.testing.assert_allclose(retain.item(), np.exp(-20.0), rtol=1e-5)
    np.testing.assert_allclose(update.item(), 1.0, rtol=1e-6)


def test_padding_changes_nothing():
    shape = (BATCH_SIZE, LONGEST, HIDDEN_WIDTH)
    mask = padding_mask(LONGEST)
    hidden = random_array((BATCH_SIZE, HIDDEN_WIDTH), 32)
    logits, candidate = random_array(shape, 30), random_array(shape, 31)
    bias = np.zeros(HIDDEN_WIDTH, "float32")
    before = compute(lambda *x: minimal_gru(*x[:-1], mask=x[-1]), logits, candidate, bias, hidden, mask)
    logits[~mask] += 5.0
    candidate[~mask] -= 5.0
    after = compute(lambda *x: minimal_gru(*x[:-1], mask=x[-1]), logits, candidate, bias, hidden, mask)
    assert_all_close(after, before, EXACT)
