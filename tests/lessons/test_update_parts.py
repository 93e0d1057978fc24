"""The parts of an update: that the whole is the engine's, and the remainder is what is left. No test of
speed."""

import numpy as np
import pytest
from keras import ops

from mof.lessons import update_parts
from mof.lessons.update_parts import (
    BETWEEN,
    HEAD,
    MEMORY,
    MUON,
    NUM_BATCHES,
    PARTS,
    PRODUCTS,
    READING,
    UPDATE,
    describe_parts,
    measure_batches,
    measure_parts,
    prepared_update,
)
from mof.machine.element_counts import moved_bytes
from mof.machine.product_counts import (
    model_products,
    orthogonalization_operations,
    training_flops,
    update_operations,
)
from mof.presets import preset


@pytest.fixture(scope="module")
def update():
    with prepared_update("nano", num_streams=2, row_length=32) as prepared:
        yield prepared


def play(monkeypatch, seconds, are_run=True):
    """Each action runs once, or not at all; its time is what `seconds` says."""
    names = []

    def played(actions, num_turns):
        names.extend(actions)
        for action in actions.values() if are_run else ():
            action()
        return {name: [seconds[name]] * num_turns for name in actions}

    monkeypatch.setattr(update_parts, "time_in_turns", played)
    return names


SECONDS = {"batch": 1.0, "apply": 0.5, READING: 0.01, PRODUCTS: 0.4, MEMORY: 0.1, HEAD: 0.2, MUON: 0.3}


def test_the_remainder_is_what_is_left(update, monkeypatch):
    play(monkeypatch, SECONDS)
    found = measure_parts(update, num_turns=1)
    assert found["seconds"] == pytest.approx(
        {PRODUCTS: 0.8, MEMORY: 0.2, HEAD: 0.4, BETWEEN: 0.6, MUON: 0.3, UPDATE: 0.2, READING: 0.02}
    )
    assert list(found["seconds"]) == list(PARTS)
    assert found["whole"] == pytest.approx(2 * 1.01 + 0.5) and sum(found["seconds"].values()) == (
        pytest.approx(found["whole"])
    )
    assert found["tokens"] == NUM_BATCHES * 64
    assert found["flops"] == NUM_BATCHES * training_flops(update.config, 2, 32)
    assert found["between_bytes"] == found["tokens"] * moved_bytes(update.config)


def test_a_remainder_below_0_is_0(update, monkeypatch):
    play(monkeypatch, {**SECONDS, "batch": 0.1, "apply": 0.1}, are_run=False)
    found = measure_parts(update, num_turns=1)["seconds"]
    assert found[BETWEEN] == 0.0 and found[UPDATE] == 0.0 and found[MUON] == 0.1


def test_newton_schulz_for_every_matrix(update, monkeypatch):
    made = []
    monkeypatch.setattr(update_parts, "_call", lambda function, *matrices: made.extend(matrices))
    update_parts._muon(update.config)
    operations = sum(orthogonalization_operations(*matrix.shape) for matrix in made)
    assert operations == update_operations(update.config)
    assert len({float(matrix[0, 0]) for matrix in made}) == len(made)  # equal ones would be computed once


def test_the_products_of_the_layers_are_counted(update):
    config = update.config
    expected = sum(
        3 * p.forward_operations
        for p in model_products(config)
        if p.part != "head" and not p.is_attention and not p.is_running_sum
    )
    assert update_parts._product_operations(config) == expected
    repeated = preset("full").model  # what is computed twice in training is timed once here
    assert update_parts._product_operations(repeated) == sum(
        3 * p.forward_operations
        for p in model_products(repeated)
        if p.part != "head" and not p.is_attention and not p.is_running_sum
    )


def test_as_many_products_as_the_model_has(update, monkeypatch):
    made = []

    def graph(num_tokens, num_inputs, num_outputs, dtype):
        made.append([num_tokens, num_inputs, num_outputs, dtype, 0])
        entry = made[-1]

        def call():
            entry[-1] += 1

        return call

    monkeypatch.setattr(update_parts, "_product_graph", graph)
    update_parts._products(update.config, 64)()
    done = sum(2 * 3 * rows * inputs * outputs * calls for rows, inputs, outputs, _dtype, calls in made)
    assert done == 64 * update_parts._product_operations(update.config)


def test_the_true_engine_runs_and_a_step_of_0_changes_nothing(update):
    engine = update.training.engine
    before = [ops.convert_to_numpy(parameter).copy() for parameter in engine.parameters]
    batch = update.training.batches.next_batch(32)
    loss = update.accumulate(batch, update.training.memory)
    assert 0.5 < loss / (64 * np.log(update.config.vocabulary_size)) < 1.5
    assert np.isfinite(update.apply())
    for one, other in zip(before, engine.parameters, strict=True):
        assert np.array_equal(one, ops.convert_to_numpy(other))


def test_batches_of_other_sizes(update, monkeypatch):
    play(monkeypatch, {"1": 0.5, "3": 0.25})
    found = measure_batches(update, streams=(1, 3), num_turns=1)
    assert found == {"1": 32 / 0.5, "3": 96 / 0.25}


def test_the_table():
    found = {
        "seconds": dict.fromkeys(PARTS, 0.1) | {PRODUCTS: 0.4},
        "whole": 1.0,
        "tokens": 4096,
        "product_operations": 8e10,
        "flops": 1e11,
        "between_bytes": 1e9,
    }
    lines = describe_parts(found)
    assert lines[1].split()[-2:] == ["0.400", "40%"] and len(lines) == 2 + len(PARTS)
    assert lines[-1].endswith("4,096 tokens a second")
    more = describe_parts(found, peak=4e11, bandwidth=2e10)[len(lines) :]
    assert [line.split()[-1] for line in more] == ["50%", "25%", "5%"]
