"""A model's operations under the roof: their work, and that they are measured. No test of speed."""

import pytest

from mof.lessons import operation_speed
from mof.lessons.operation_speed import NORM, measure_operations, operation_works
from mof.machine.product_counts import model_products
from mof.presets import preset

TINY, NANO = preset("tiny").model, preset("nano").model


def test_the_operations_are_the_models():
    works = operation_works(TINY)
    assert set(works) == {
        "feed-forward: in, 256 × 512",
        "router: narrow, 256 × 64",
        "head, 256 × 8192",
        NORM,
    }
    for product in model_products(TINY):
        name = f"{product.part}, {int(product.num_inputs)} × {int(product.num_outputs)}"
        if name in works:
            assert works[name](7).operations == 7 * product.forward_operations / product.count


def test_a_norm_reads_and_writes_each_number_once():
    work = operation_works(TINY)[NORM](10)
    assert work.num_bytes == 4 * (2 * 10 * 256 + 256) and work.operations == 4 * 10 * 256


def test_points_are_operations_over_seconds(monkeypatch):
    monkeypatch.setattr(operation_speed, "product_rate", lambda size, seconds: 1e9 * size)
    monkeypatch.setattr(operation_speed, "memory_bandwidth", lambda num_threads: 5e9)
    found = measure_operations(NANO, rows=(1, 3), num_turns=1)
    assert found["peak"] == 2048e9 and found["bandwidth"] == 5e9
    works = operation_works(NANO)
    assert list(found["points"]) == list(works)
    for name, trail in found["points"].items():
        assert [point["rows"] for point in trail] == [1, 3]
        for point in trail:
            work = works[name](point["rows"])
            assert point["rate"] * point["seconds"] == pytest.approx(work.operations)
            assert point["intensity"] == work.intensity
