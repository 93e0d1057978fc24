"""The two measuring modules with a small model and small arrays: their lines, not their speed."""

import math

import keras
import pytest

from mof.machine import rate_measurement, step_measurement
from mof.machine.measuring import read_rates, read_steps
from mof.presets import preset

SMALLEST = preset("nano").model.replace(width=16, num_heads=2, transformer_layers=1, recurrent_width=16)
only_tensorflow = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="the doctor measures TensorFlow"
)


def as_lines(findings):
    import json

    return [json.dumps(finding) for finding in findings]


@only_tensorflow
def test_real_steps_of_a_small_model(monkeypatch):
    monkeypatch.setattr(step_measurement, "ROW_LENGTH", 16)
    monkeypatch.setattr(step_measurement, "NUM_STREAMS", 2)
    told = []
    step_measurement.measure_steps(SMALLEST.replace(vocabulary_size=32), 0.0, told.append)
    events = [finding["event"] for finding in told]
    a_later_update = ["batch", "batch", "update"]
    assert events == ["backend", "model", "graphs", "batch", "graphs", *a_later_update, *a_later_update]
    assert all(finding["seconds"] >= 0 and finding["peak_bytes"] > 0 for finding in told)
    steps = read_steps(as_lines(told), "nano", "float32")
    assert len(steps.batch_seconds) == 4 and len(steps.update_seconds) == 2
    peaks = [finding["peak_bytes"] for finding in told]
    assert peaks == sorted(peaks)


@only_tensorflow
@pytest.mark.parametrize(("tokens_at_once", "rows"), [(0, 2), (16, 1), (100, 2)])
def test_a_batch_is_taken_in_the_groups_of_a_training(monkeypatch, tokens_at_once, rows):
    import numpy as np

    from mof.training import loop

    shapes = []

    class Engine:
        def accumulate(self, batch, memory, trainable):
            shapes.append(batch.token_ids.shape)
            first = keras.tree.flatten(memory)[0]
            assert first.shape[0] == batch.token_ids.shape[0]
            return 1.0, 1.0, memory

        def apply(self, weight, rates, ages, trainable):
            assert weight == 2 * 2 * 16
            return np.float32(1.0)

    monkeypatch.setattr(step_measurement, "ROW_LENGTH", 16)
    monkeypatch.setattr(step_measurement, "NUM_STREAMS", 2)
    monkeypatch.setattr(step_measurement, "MOST_UPDATES", 0)
    monkeypatch.setattr(loop, "make_engine", lambda *_: Engine())
    told = []
    step_measurement.measure_steps(SMALLEST.replace(vocabulary_size=32), 0.0, told.append, tokens_at_once)
    assert shapes == [(rows, 16)] * (2 * 2 // rows)
    (model,) = [finding for finding in told if finding["event"] == "model"]
    assert model["group_tokens"] == 16 * rows


@pytest.mark.parametrize(("name", "expected"), [("tiny", 0), ("full", 1024)])
def test_a_preset_is_measured_with_its_own_groups(monkeypatch, name, expected):
    asked = []
    monkeypatch.setattr(step_measurement, "measure_steps", lambda *arguments: asked.append(arguments))
    assert step_measurement.main([name]) == 0
    assert asked[0][0] == preset(name).model and asked[0][3] == expected


@only_tensorflow
@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_cases_hold_what_they_count(monkeypatch, dtype):
    """Each case runs, and the shapes are those of the preset's products."""
    monkeypatch.setattr(rate_measurement, "NUM_ROWS", 128)
    cases = list(rate_measurement._cases("nano", dtype))
    assert [c.kind for c in cases if c.kind != "product"] == (["attention"] if dtype == "float32" else []) + [
        "orthogonalize"
    ]
    shapes = {(c.num_inputs, c.num_outputs) for c in cases if c.kind == "product"}
    assert {(64, 1024), (64, 128), (128, 64)} <= shapes
    product = next(c for c in cases if (c.num_inputs, c.num_outputs) == (64, 128) and c.kind == "product")
    assert product.operations == 3 * 2 * 128 * 64 * 128
    for case in (cases[0], product, next(c for c in cases if c.kind == "orthogonalize")):
        fastest, slowest = rate_measurement._time(case)
        assert 0 < fastest <= slowest < math.inf


@only_tensorflow
def test_rates_are_told_until_the_time_is_over(monkeypatch):
    monkeypatch.setattr(rate_measurement, "NUM_ROWS", 128)
    monkeypatch.setattr(rate_measurement, "PRESETS_IN_ORDER", ("nano",))
    told = []
    rate_measurement.measure_rates(3600.0, told.append)
    rates = read_rates(as_lines(told))
    keys = [(r.kind, r.product_dtype, r.num_inputs, r.num_outputs) for r in rates]
    assert len(set(keys)) == len(keys)  # no shape twice
    assert {r.product_dtype for r in rates} == {"float32", "bfloat16"}
    told.clear()
    rate_measurement.measure_rates(-1.0, told.append)  # a start that took all the time: one rate of each kind
    kinds = [rate.kind for rate in read_rates(as_lines(told))]
    assert sorted(kinds) == ["attention", "orthogonalize", "product"]
