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


def whole(queries, keys, values):
    scores = queries @ keys.T
    return scores @ values / scores.sum(axis=1, keepdims=True)


def masked(queries, keys, values, divide=True, diagonal=0, exponent=False, total=None):
    scores = queries @ keys.T
    scores = np.exp(scores) if exponent else scores
    sums = scores.sum(axis=1, keepdims=True) if total == "all" else None
    scores = np.tril(scores, diagonal)
    if diagonal:
        scores[0, 0] = 1.0
    sums = scores.sum(axis=1, keepdims=True) if sums is None else sums
    return scores @ values / (sums if divide else 1.0)


def upside_down(queries, keys, values):
    scores = np.triu(queries @ keys.T)
    return scores @ values / scores.sum(axis=1, keepdims=True)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda k: k * k, "that factor cancels"),
        (lambda k: 2 * k, "multiplies twice"),
        (lambda k: 7, "For K = 16 you say 7"),
        (lambda k: None, "is None"),
    ],
)
def test_crossover(wrong, said):
    assert said in check_crossover(wrong).message


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (whole, "sees position t + 1"),
        (upside_down, "upside down"),
        (lambda *x: masked(*x, diagonal=-1), "keep the diagonal"),
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
    verdict = check_causal(wrong)
    assert not verdict.is_right and said in verdict.message


def step(query, key, value, memory, write_first=True, grow=True, divide=True, decay=(1.0, 1.0), late=False):
    S, z = memory
    new = (decay[0] * S + np.outer(key, value), decay[1] * z + key)
    if late:
        new = (decay[0] * (S + np.outer(key, value)), decay[1] * (z + key))
    if not grow:
        new = (np.outer(key, value), key)
    read = new if write_first else (S, z)
    y = query @ read[0]
    total = query @ read[1]
    return (y / max(total, 1e-9) if divide else y), new


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda *x: step(*x, grow=False), "does not grow"),
        (lambda *x: step(*x, write_first=False), "write into the memory first"),
        (lambda *x: step(*x, divide=False), "Divide what you read by query . z"),
        (lambda *x: step(*x)[0], "Return two things"),
    ],
)
def test_step(wrong, said):
    assert said in check_step(wrong).message


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda q, k, v, m, d: step(q, k, v, m), "Nothing fades yet"),
        (lambda q, k, v, m, d: step(q, k, v, m, decay=(d, 1.0)), "S fades and z does not"),
        (lambda q, k, v, m, d: step(q, k, v, m, decay=(1.0, d)), "z fades and S does not"),
        (lambda q, k, v, m, d: step(q, k, v, m, decay=(d, d), late=True), "new token has faded already"),
    ],
)
def test_decay(wrong, said):
    assert said in check_decay(wrong).message


def chunks(queries, keys, values, length, carry=True, mask=True, early=False, whole_total=True):
    outputs, (S, z) = [], (np.zeros((3, 2)), np.zeros(3))
    for start in range(0, len(queries), length):
        q, k, v = (x[start : start + length] for x in (queries, keys, values))
        scores = np.tril(q @ k.T) if mask else q @ k.T
        if early:
            S, z = S + k.T @ v, z + k.sum(axis=0)
        inside = scores.sum(axis=1)
        total = inside + (q @ z if carry and whole_total else 0.0)
        outputs.append((scores @ v + (q @ S if carry else 0.0)) / total[:, None])
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
    ],
)
def test_chunks(wrong, said):
    assert said in check_chunks(wrong).message
