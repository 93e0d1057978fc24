"""The checks of chapter 05: stubs fail, solutions pass, and each typical mistake gets its own sentence."""

import json
from pathlib import Path

import numpy as np
import pytest

from mof.lessons.linear_attention import (
    check_causal,
    check_chunks,
    check_crossover,
    check_decay,
    check_step,
)

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "05_linear_attention.ipynb"
CHECKS = {
    "crossover": check_crossover,
    "my_attend": check_causal,
    "my_step": check_step,
    "my_decaying_step": check_decay,
    "my_chunks": check_chunks,
}


def cell(tag):
    """The source of the one cell with this tag, without the line that shows the verdict."""
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    (found,) = [c for c in cells if tag in c["metadata"].get("tags", [])]
    lines = [line for line in "".join(found["source"]).splitlines() if not line.startswith("check_")]
    return "\n".join(lines)


def attempt(tag):
    """The function that a tagged cell defines."""
    scope = {"np": np}
    exec(compile(cell(tag), tag, "exec"), scope)
    return scope[tag.split(":")[1]]


@pytest.mark.parametrize("name", CHECKS)
def test_the_stub_is_told_that_it_is_one(name):
    verdict = CHECKS[name](attempt(f"stub:{name}"))
    assert not verdict.is_right and verdict.message.startswith("Not written yet")


@pytest.mark.parametrize("name", CHECKS)
def test_the_solution_passes(name):
    verdict = CHECKS[name](attempt(f"solution:{name}"))
    assert verdict.is_right, verdict.message


def assert_told(verdict, said):
    assert not verdict.is_right and said in verdict.message, verdict.message


def whole(queries, keys, values):
    scores = queries @ keys.T
    return scores @ values / scores.sum(axis=1, keepdims=True)


def masked(queries, keys, values, divide=True, diagonal=0, exponent=False, total=None, first=None):
    scores = queries @ keys.T
    scores = np.exp(scores) if exponent else scores
    sums = scores.sum(axis=1, keepdims=True) if total == "all" else None
    scores = np.tril(scores, diagonal)
    if first is not None:
        scores[0, 0] = first
    sums = scores.sum(axis=1, keepdims=True) if sums is None else sums
    with np.errstate(invalid="ignore"):
        return scores @ values / (sums if divide else 1.0)


def upside_down(queries, keys, values):
    scores = np.triu(queries @ keys.T)
    return scores @ values / scores.sum(axis=1, keepdims=True)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda k: k * k, "size of the memory, not a number of tokens"),
        (lambda k: 2 * k, "Softmax attention needs two as well"),
        (lambda k: k / 2, "The memory needs two as well"),
        (lambda k: k + 1, "One too many"),
        (lambda k: 32, "You say 32 whatever K is"),
        (lambda k: 3 * k + 1, "For K = 16 you say 49"),
        (lambda k: None, "is None"),
        (lambda k: [k], "has the shape [1]"),
    ],
)
def test_crossover(wrong, said):
    assert_told(check_crossover(wrong), said)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (whole, "sees position t + 1"),
        (upside_down, "upside down"),
        (lambda *x: masked(*x, diagonal=-1), "keep the diagonal"),  # the first row is NaN
        (lambda *x: masked(*x, diagonal=-1, first=1.0), "keep the diagonal"),
        (lambda *x: masked(*x, divide=False), "do not sum to 1"),
        (lambda *x: masked(*x, total="all"), "sum after masking"),
        (lambda *x: masked(*x, exponent=True), "softmax attention"),
        (lambda q, k, v: masked(q, k, v).T, "has the shape [2, 7], expected [7, 2]"),
        (lambda q, k, v: masked(q, k, v) + 1.0, "differ from the definition"),
        (lambda q, k, v: v @ v, "stopped with ValueError"),
        (lambda q, k, v: "?", "expected an array of numbers"),
    ],
)
def test_causal(wrong, said):
    assert_told(check_causal(wrong), said)


def test_an_attempt_that_writes_into_its_arguments_is_judged_by_its_result():
    def in_place(queries, keys, values):
        right = masked(queries, keys, values)
        queries *= 2.0
        values += 1.0
        return right

    assert check_causal(in_place).is_right


def step(
    query,
    key,
    value,
    memory,
    write_first=True,
    grow=True,
    divide="sum",
    decay=(1.0, 1.0),
    late=False,
    least=1e-9,
):
    S, z = memory
    new = (decay[0] * S + np.outer(key, value), decay[1] * z + key)
    if late:
        new = (decay[0] * (S + np.outer(key, value)), decay[1] * (z + key))
    if not grow:
        new = (np.outer(key, value), key)
    read = new if write_first else (S, z)
    y = query @ read[0]
    total = query @ read[1]
    with np.errstate(invalid="ignore"):
        y = {"sum": y / np.maximum(total, least), "no": y, "keys": y / np.maximum(read[1].sum(), least)}[
            divide
        ]
    return y, new


def counting_step():
    """Divides by the number of tokens so far."""
    calls = []

    def attempt(query, key, value, memory):
        calls.append(1)
        y, memory = step(query, key, value, memory, divide="no")
        return y / len(calls), memory

    return attempt


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda *x: step(*x, grow=False), "does not grow"),
        (lambda *x: (step(*x)[0], x[3]), "does not grow"),  # gives back the memory that it got
        (lambda *x: step(*x, write_first=False), "write into the memory first"),
        (lambda *x: step(*x, write_first=False, least=0.0), "write into the memory first"),  # NaN
        (lambda *x: step(*x, divide="no"), "Divide what you read by query . z"),
        (counting_step(), "You divide by the number of tokens"),
        (lambda *x: step(*x, divide="keys"), "differ from the definition"),
        (lambda *x: step(*x)[0], "Return two things"),
        (lambda *x: (step(*x)[0], step(*x)[1][0]), "as a pair (S, z)"),
        (lambda *x: (step(*x)[0], (step(*x)[1][0].T, x[1])), "S has the shape [2, 3]"),
    ],
)
def test_step(wrong, said):
    assert_told(check_step(wrong), said)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda q, k, v, m, d: step(q, k, v, m), "Nothing fades yet"),
        (lambda q, k, v, m, d: step(q, k, v, m, decay=(d, 1.0)), "S fades and z does not"),
        (lambda q, k, v, m, d: step(q, k, v, m, decay=(1.0, d)), "z fades and S does not"),
        (lambda q, k, v, m, d: step(q, k, v, m, decay=(d, d), late=True), "new token has faded already"),
        (
            lambda q, k, v, m, d: step(q, k, v, m, decay=(d, d), write_first=False),
            "write into the memory first",
        ),
        (lambda q, k, v, m, d: step(q, k, v, m, decay=(d, d), divide="no"), "Both fade, but the weights"),
        (lambda q, k, v, m, d: step(q, k, v, m, grow=False), "does not grow"),
        (lambda q, k, v, m, d: step(q, k, v, m, decay=(d, d))[0], "Return two things"),
    ],
)
def test_decay(wrong, said):
    assert_told(check_decay(wrong), said)


def chunks(queries, keys, values, length, carry=True, mask=True, early=False, whole_total=True, divide=True):
    outputs, (S, z) = [], (np.zeros((3, 2)), np.zeros(3))
    for start in range(0, len(queries), length):
        q, k, v = (x[start : start + length] for x in (queries, keys, values))
        scores = np.tril(q @ k.T) if mask else q @ k.T
        if early:
            S, z = S + k.T @ v, z + k.sum(axis=0)
        inside = scores.sum(axis=1)
        total = inside + (q @ z if carry and whole_total else 0.0)
        outputs.append((scores @ v + (q @ S if carry else 0.0)) / (total[:, None] if divide else 1.0))
        if not early:
            S, z = S + k.T @ v, z + k.sum(axis=0)
    return np.concatenate(outputs)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda *x: chunks(*x, carry=False), "forgotten the first"),
        (lambda *x: chunks(*x, mask=False), "see the future"),
        (lambda *x: chunks(*x, early=True), "before the chunk is written"),
        (lambda *x: chunks(*x, whole_total=False), "leaves out what was carried"),
        (lambda *x: chunks(*x, divide=False), "The weights do not sum to 1"),
        (lambda q, k, v, c: chunks(q[:4], k[:4], v[:4], c), "has the shape [4, 2], expected [7, 2]"),
    ],
)
def test_chunks(wrong, said):
    assert_told(check_chunks(wrong), said)


@pytest.mark.parametrize("test", [test_crossover, test_causal, test_step, test_decay, test_chunks])
def test_three_typical_mistakes_and_more_have_a_sentence_of_their_own(test):
    (mark,) = [mark for mark in test.pytestmark if mark.name == "parametrize"]
    general = ("differ from the definition", "stopped with", "has the shape", "is None", "expected an array")
    own = {said for _, said in mark.args[1] if not any(words in said for words in general)}
    assert len(own) >= 4, own
