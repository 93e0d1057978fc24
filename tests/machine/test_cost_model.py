"""The cost model against sums by hand, and what must hold whatever the rates."""

import math
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mof.machine.cost_model import (
    LEAST_SPREAD,
    UNTESTED_SPREAD,
    Z_80,
    correction,
    interval,
    nearest_rate,
    token_seconds,
)
from mof.machine.element_counts import kept_bytes, model_pieces, moved_bytes, update_bytes
from mof.machine.measurements import Rate
from mof.machine.parameter_counts import num_matrix_parameters, num_other_parameters
from mof.machine.product_counts import training_operations, update_operations
from mof.presets import PRESET_NAMES, preset
from tests.machine.quiet_machine import BANDWIDTH, make_rates


def one_rate(rate):
    """Rates with which every product runs equally fast."""
    return [
        Rate(kind=kind, rate=rate, slowest_rate=rate) for kind in ("product", "attention", "orthogonalize")
    ]


@pytest.mark.parametrize("name", PRESET_NAMES)
def test_with_one_rate_time_is_operations_over_it(name):
    config = preset(name).model
    seconds = token_seconds(config, one_rate(1e11), 1e10)
    assert seconds.products == pytest.approx(training_operations(config) / 1e11)
    assert seconds.elements == pytest.approx(moved_bytes(config) / 1e10)
    bytes_moved = update_bytes(num_matrix_parameters(config), num_other_parameters(config), 2)
    assert seconds.update == pytest.approx((update_operations(config) / 1e11 + bytes_moved / 1e10) / 4096)
    assert seconds.total == pytest.approx(seconds.products + seconds.elements + seconds.update)


@given(st.floats(0.1, 10.0))
def test_a_machine_twice_as_fast_takes_half_the_time(factor):
    config = preset("tiny").model
    slow = token_seconds(config, make_rates(), BANDWIDTH).total
    fast = token_seconds(config, make_rates(factor=factor), factor * BANDWIDTH).total
    assert fast == pytest.approx(slow / factor)


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_larger_presets_take_longer(dtype):
    configs = [preset(name).model.replace(product_dtype=dtype) for name in PRESET_NAMES]
    times = [token_seconds(config, make_rates(), BANDWIDTH).total for config in configs]
    assert times == sorted(times)


def test_bytes_of_an_elementwise_piece_by_hand():
    piece = next(p for p in model_pieces(preset("nano").model) if p.part == "feed-forward: residual")
    # two vectors of 64 read, one written; backward two and one read, two written; in each of two blocks
    assert piece.moved(is_repeated=False) == 2 * (3 * 64 + 5 * 64)
    assert piece.moved(is_repeated=True) == 2 * (2 * 3 * 64 + 5 * 64)


def test_recomputing_keeps_less_and_moves_more():
    config = preset("small").model
    again = config.replace(recompute=True)
    assert kept_bytes(again) < kept_bytes(config) and moved_bytes(again) > moved_bytes(config)


def test_the_rate_of_the_same_shape_is_taken_else_of_the_nearest():
    small, large = (Rate(num_inputs=n, num_outputs=n, rate=n, slowest_rate=n) for n in (100, 1000))
    turned = Rate(num_inputs=1000, num_outputs=10, rate=7.0, slowest_rate=7.0)
    rates = [large, turned, small]
    assert nearest_rate(rates, "product", "float32", 1000, 10) == 7.0
    assert nearest_rate(rates, "product", "float32", 120, 90) == 100
    assert nearest_rate(rates, "product", "float32", 5000, 900) == 1000


def test_a_kind_that_was_not_measured_is_told():
    with pytest.raises(
        ValueError, match="'product' with bfloat16 products was measured: give the doctor more"
    ):
        token_seconds(preset("tiny").model.replace(product_dtype="bfloat16"), one_rate(1e11), 1e10)


def test_correction_by_hand():
    logs = [(6_000_000, math.log(1.2), 0.0), (24_000_000, math.log(1.5), 0.0)]
    found = correction(logs, 96_000_000)  # as far from the second as the second from the first
    assert found.factor == pytest.approx(1.5)
    assert found.spread == pytest.approx(math.hypot(math.log(1.5 / 1.2), LEAST_SPREAD))
    further = correction(logs, 24_000_000 * 16)
    assert further.spread == pytest.approx(math.hypot(2 * math.log(1.5 / 1.2), LEAST_SPREAD))
    assert correction(logs, 1_000_000).factor == pytest.approx(1.2)  # the nearest size, downwards too


def test_one_size_alone_is_trusted_less():
    found = correction([(6_000_000, 0.0, 0.0)], 96_000_000)
    assert found.spread == pytest.approx(math.hypot(UNTESTED_SPREAD, LEAST_SPREAD))
    with pytest.raises(ValueError, match="no real training step"):
        correction([], 1)


def test_an_interval_holds_80_percent():
    normal = statistics.NormalDist()
    assert normal.cdf(Z_80) - normal.cdf(-Z_80) == pytest.approx(0.8, abs=1e-4)
    low, centre, high = interval(100.0, 0.1)
    assert low * high == pytest.approx(centre**2) and math.log(high / centre) == pytest.approx(0.1 * Z_80)
