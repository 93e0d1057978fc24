"""Predictions: what was measured is told as it is, the rest grows with the size, and JSON keeps it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mof.machine.element_counts import kept_bytes
from mof.machine.measurements import StepTimes
from mof.machine.prediction import (
    CHARACTERS_PER_TOKEN,
    LONGEST_BATCH_TOKENS,
    MEMORY_GROWTH,
    ONE_HEAP_MEMORY_GROWTH,
    PresetPrediction,
    predict,
    predict_presets,
)
from mof.presets import PRESET_NAMES, preset
from mof.training.config import TrainingConfig
from tests.machine.quiet_machine import BANDWIDTH, make_rates, make_steps

TINY = make_steps()
SMALL = make_steps("small", (2.5, 2.6, 2.55), (1.1,), peak_bytes=2_400_000_000)


def predictions(steps=(TINY, SMALL), rates=None):
    return predict_presets(make_rates() if rates is None else rates, steps, BANDWIDTH)


def by_name(found, dtype="float32"):
    return {p.preset: p for p in found if p.product_dtype == dtype}


def test_every_preset_in_both_formats():
    assert [(p.preset, p.product_dtype) for p in predictions()] == [
        (name, dtype) for name in PRESET_NAMES for dtype in ("float32", "bfloat16")
    ]


def test_only_formats_with_rates_are_predicted():
    found = predictions(rates=make_rates(dtypes=("float32",)))
    assert {p.product_dtype for p in found} == {"float32"}


def test_a_measured_preset_has_its_own_speed():
    found = by_name(predictions())
    assert found["tiny"].is_measured and found["small"].is_measured
    assert not found["full"].is_measured and not found["nano"].is_measured
    assert found["tiny"].tokens_per_second == pytest.approx(1.0 / (0.53 / 2048 + 0.1 / 4096))
    assert found["small"].tokens_per_second == pytest.approx(1.0 / (2.55 / 2048 + 1.1 / 8192))


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_larger_presets_are_slower_and_need_more(dtype):
    found = list(by_name(predictions(), dtype).values())
    speeds, disks = [p.tokens_per_second for p in found], [p.run_disk_bytes for p in found]
    assert speeds == sorted(speeds, reverse=True) and disks == sorted(disks)
    memories = [p.peak_bytes for p in found if not preset(p.preset).tokens_at_once]
    assert memories == sorted(memories)


def test_a_prediction_is_less_sure_than_a_measurement_and_a_far_one_less_than_a_near_one():
    # the factor of the two sizes differs much: 2.5 s of small, then 4 s
    unlike = by_name(predictions((TINY, make_steps("small", (4.0, 4.0, 4.0), (1.1,)))))

    def width(prediction):
        return prediction.tokens_per_second_high / prediction.tokens_per_second_low

    assert width(unlike["full"]) > width(by_name(predictions())["full"]) > width(unlike["small"])
    assert width(unlike["nano"]) > width(unlike["full"])


def test_steps_in_the_other_format_are_used_with_less_trust():
    one = make_steps(dtype="bfloat16", batch_seconds=(0.4, 0.4, 0.4))
    with_own = predict("tiny", "bfloat16", make_rates(), (TINY, SMALL, one), BANDWIDTH)
    without = predict("tiny", "bfloat16", make_rates(), (TINY, SMALL), BANDWIDTH)
    assert with_own.is_measured and not without.is_measured
    assert with_own.tokens_per_second == pytest.approx(1.0 / (0.4 / 2048 + 0.1 / 4096))
    ratio = without.tokens_per_second_high / without.tokens_per_second_low
    assert ratio > with_own.tokens_per_second_high / with_own.tokens_per_second_low


def test_memory_of_a_measured_preset_by_hand():
    """The measured peak, less what 2,048 tokens keep, plus what 4,096 keep, and growth over a training."""
    peak = by_name(predictions())["tiny"].peak_bytes
    more = kept_bytes(preset("tiny").model) * (LONGEST_BATCH_TOKENS - 2048)
    assert peak == pytest.approx(590e6 + MEMORY_GROWTH * (1_500_000_000 - 590e6 + more), rel=1e-6)


def test_what_a_group_of_rows_holds_is_counted_once():
    """`full` is measured and trained with 1,024 tokens at once: the peak grows, and nothing is added."""
    peak_bytes, growth = 5_000_000_000, ONE_HEAP_MEMORY_GROWTH
    measured = make_steps("full", (9.0, 9.1, 9.2), (4.0,), peak_bytes=peak_bytes, group_tokens=1024)
    found = by_name(predictions((measured,)))["full"].peak_bytes
    assert found == pytest.approx(590e6 + growth * (peak_bytes - 590e6), rel=1e-6)
    # an older report measured the whole batch: what its other half kept is no part of a training
    whole = make_steps("full", (9.0, 9.1, 9.2), (4.0,), peak_bytes=peak_bytes)
    less = kept_bytes(preset("full").model) * 1024
    assert by_name(predictions((whole,)))["full"].peak_bytes == pytest.approx(found - growth * less, rel=1e-6)


def test_memory_of_whole_trainings_is_forecast():
    """benchmarks/doctor_accuracy.py on two cores: the peaks that two whole trainings had, from its steps."""
    steps = (
        make_steps("tiny", start_bytes=541_941_760, peak_bytes=1_420_517_376),
        make_steps("small", start_bytes=542_547_968, peak_bytes=2_462_511_104),
    )
    found = by_name(predictions(steps))
    for name, real in (("tiny", 2_260_172_800), ("small", 4_288_921_600)):
        assert found[name].peak_bytes == pytest.approx(real, rel=0.05)
        assert found[name].peak_bytes_low <= real <= found[name].peak_bytes_high


def test_the_default_training_is_the_one_predicted():
    config = TrainingConfig()
    assert config.tokens_per_update == preset("tiny").tokens_per_update
    assert config.num_streams * max(config.lengths) == LONGEST_BATCH_TOKENS
    for name in PRESET_NAMES:  # whole batches of the default lengths
        assert preset(name).tokens_per_update % LONGEST_BATCH_TOKENS == 0
        assert preset(name).tokens_at_once % max(config.lengths) == 0


def test_characters_per_token_are_named_for_every_tokenizer():
    assert {preset(name).tokenizer for name in PRESET_NAMES} <= set(CHARACTERS_PER_TOKEN)


@given(st.floats(0.01, 1000.0))
def test_hours_buy_in_proportion(hours):
    p = by_name(predictions())["small"]
    low, read, high = p.tokens(hours)
    assert low <= read <= high and read == pytest.approx(hours * p.tokens(1.0)[1])
    assert p.characters(hours)[1] == pytest.approx(read * p.characters_per_token)
    assert p.tokens_per_parameter(hours) == pytest.approx(read / p.num_parameters)
    assert p.operations(hours) == pytest.approx(read * p.operations_per_token)


def test_predictions_survive_json():
    for p in predictions():
        assert PresetPrediction.from_json(p.to_json()) == p


def test_an_interval_without_its_centre_is_refused():
    with pytest.raises(ValueError, match="outside its interval"):
        PresetPrediction(tokens_per_second=5.0, tokens_per_second_low=6.0, tokens_per_second_high=7.0)


def test_nothing_measured_is_told():
    with pytest.raises(ValueError, match="no rate"):
        predictions(rates=())
    with pytest.raises(ValueError, match="no real training step"):
        predictions(())


def test_one_size_is_enough():
    found = by_name(predictions((TINY,)))
    assert found["full"].tokens_per_second_high > 1.4 * found["full"].tokens_per_second


def test_a_step_of_unknown_memory_still_gives_a_forecast():
    blind = StepTimes(preset="tiny", batch_seconds=(0.5,), update_seconds=(0.1,), start_bytes=0, peak_bytes=0)
    assert by_name(predictions((blind,)))["tiny"].peak_bytes > 0
