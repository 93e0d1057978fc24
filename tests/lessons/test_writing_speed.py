"""The shipped model in two formats, and what is timed with it. No test of speed."""

import numpy as np
import pytest

from mof.inference.export import widened
from mof.inference.int8 import quantize
from mof.lessons import writing_speed
from mof.lessons.writing_speed import (
    AGAIN,
    FLOAT32,
    INT8,
    MEMORY,
    PIECE,
    STEP,
    STEPS_A_TURN,
    both_formats,
    describe_formats,
    time_contexts,
    time_formats,
    time_rows,
)
from mof.model import MixtureLanguageModel
from mof.presets import preset

NANO = preset("nano").model


class CountingReader:
    """Counts what it is asked to read."""

    vocabulary_size = 50

    def __init__(self):
        self.reads, self.steps = [], []

    def initial_state(self, batch_size):
        return f"empty {batch_size}"

    def read(self, rows, state=None):
        self.reads.append([len(row) for row in rows])
        return None, ("after", len(rows[0]))

    def step(self, token_ids, state):
        self.steps.append((len(token_ids), state))
        return None, "more"


def test_int8_weights_become_the_numbers_that_they_stand_for():
    weights = {v.path: np.asarray(v.value) for v in MixtureLanguageModel(NANO).trainable_variables}
    stored = dict(weights)
    for name in ("mof/embedding", "mof/output_projection/kernel"):
        matrix = stored.pop(name)
        numbers, scales = quantize(matrix.T if name == "mof/embedding" else matrix)
        stored |= {f"{name}/int8": numbers, f"{name}/scales": scales}
    found = widened(stored, {name: array.shape for name, array in weights.items()})
    assert found.keys() == weights.keys()
    for name, array in found.items():
        assert array.shape == weights[name].shape and array.dtype == np.float32
        is_rounded = name in ("mof/embedding", "mof/output_projection/kernel")
        assert np.array_equal(array, weights[name]) is not is_rounded
        np.testing.assert_allclose(array, weights[name], atol=np.abs(weights[name]).max() / 127)


def test_the_shipped_model_says_nearly_the_same_in_both_formats():
    with both_formats(num_threads=1) as (readers, sizes):
        logits = {name: reader.read([np.array([9, 300, 41])])[0] for name, reader in readers.items()}
    assert logits[FLOAT32].argmax() == logits[INT8].argmax()
    assert np.abs(logits[FLOAT32] - logits[INT8]).max() < 0.5 < np.ptp(logits[FLOAT32])
    assert 0 < np.abs(logits[FLOAT32] - logits[INT8]).max()
    assert 0.25 < sizes[INT8] / sizes[FLOAT32] < 0.30


def test_a_token_is_a_share_of_a_turn_and_a_piece_is_whole(monkeypatch):
    def played(actions, num_turns, rest):
        assert rest > 0
        for action in actions.values():
            action()
        return {FLOAT32: [0.8], INT8: [0.2]}

    monkeypatch.setattr(writing_speed, "time_in_turns", played)
    readers = {FLOAT32: CountingReader(), INT8: CountingReader()}
    found = time_formats(readers, num_turns=1)
    assert found["seconds"][STEP] == {FLOAT32: 0.8 / STEPS_A_TURN, INT8: 0.2 / STEPS_A_TURN}
    assert found["seconds"][PIECE] == {FLOAT32: 0.8, INT8: 0.2}
    assert found["times_as_long"] == {STEP: pytest.approx(4.0), PIECE: pytest.approx(4.0)}
    for reader in readers.values():
        assert reader.reads == [[64]] and len(reader.steps) == STEPS_A_TURN
        assert [state for _rows, state in reader.steps] == ["empty 1"] + ["more"] * (STEPS_A_TURN - 1)


def test_tokens_of_all_texts_count(monkeypatch):
    monkeypatch.setattr(writing_speed, "time_in_turns", lambda actions, *_: {name: [2.0] for name in actions})
    assert time_rows(CountingReader(), rows=(1, 16)) == {
        "1": STEPS_A_TURN / 2,
        "16": 16 * STEPS_A_TURN / 2,
    }


def test_one_more_token_from_the_memory_or_from_the_start():
    reader = CountingReader()
    found = time_contexts(reader, contexts=(3, 5), num_turns=1)
    assert {name: list(line) for name, line in found.items()} == {MEMORY: ["3", "5"], AGAIN: ["3", "5"]}
    assert sorted({row[0] for row in reader.reads}) == [3, 4, 5, 6]
    assert {state for _rows, state in reader.steps} == {("after", 3), ("after", 5)}
    assert {rows for rows, _state in reader.steps} == {1}


def test_the_table():
    found = {"seconds": {STEP: {FLOAT32: 0.004, INT8: 0.001}, PIECE: {FLOAT32: 0.02, INT8: 0.015}}}
    found["times_as_long"] = {STEP: 4.0, PIECE: 1.25}  # of the turns: no quotient of medians
    lines = describe_formats(found, {FLOAT32: 66e6, INT8: 17.5e6})
    assert [line.split()[-1] for line in lines[1:]] == ["0.27", "0.25", "0.80"]
    assert lines[2].split()[-3:-1] == ["4.00", "1.00"]
