"""Forecasts of runs whose end is known: synthetic logs, made as the training loop writes them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mof.machine.forecast import FEWEST_UPDATES, forecast_run
from mof.training.config import TrainingConfig
from mof.training.schedule import draw_length

NUM_UPDATES, GRAPH_SECONDS = 600, 8.0
SECONDS_BY_LENGTH = {128: 1.2, 256: 1.1, 512: 1.0}
CONFIG = TrainingConfig(num_updates=NUM_UPDATES, evaluate_seconds=60.0, checkpoint_seconds=120.0)


def make_log(slowness=lambda update: 1.0, checkpoint=0.0, evaluation=0.0, config=CONFIG):
    """The log of a whole run: each update takes its length's seconds times `slowness` of its number."""
    entries, now, seen, saved, looked = [], 0.0, set(), 0.0, 0.0
    for update in range(NUM_UPDATES):
        length = draw_length(config, update, NUM_UPDATES)
        now += SECONDS_BY_LENGTH[length] * slowness(update)
        now += 0.0 if length in seen else GRAPH_SECONDS * (1.5 if not seen else 1.0)
        seen.add(length)
        entries.append({"update": update + 1, "length": length, "seconds": round(now, 3)})
        if evaluation and now - looked >= config.evaluate_seconds:
            looked = now
            entries.append({"event": "evaluation", "update": update + 1, "seconds": now + evaluation})
        if checkpoint and now - saved >= config.checkpoint_seconds:
            saved = now
            now += checkpoint  # the next update's line shows it
    return entries


def part_of(entries, share):
    """The log after that share of the updates, and the seconds of training that were still to come."""
    last = max(FEWEST_UPDATES, round(share * NUM_UPDATES))
    so_far = [entry for entry in entries if entry["update"] <= last]
    times = {entry["update"]: entry["seconds"] for entry in entries if "event" not in entry}
    return so_far, times[NUM_UPDATES] - times[last]


@given(st.floats(0.05, 0.99))
def test_a_steady_run_is_forecast_nearly_exactly(share):
    so_far, left = part_of(make_log(), share)
    forecast = forecast_run(so_far, CONFIG, NUM_UPDATES)
    # before the other lengths have come, their seconds and graphs are guessed
    assert forecast.training_seconds == pytest.approx(left, rel=0.01 if share > 0.3 else 0.15)
    assert forecast.training_low <= left <= forecast.training_high


def test_the_lengths_to_come_are_known():
    """A run whose long rows are slow: the mean of the past is far off, the lengths' own times are not."""
    slow = {128: 1.0, 256: 2.0, 512: 4.0}
    entries = make_log(lambda update: 1.0)
    now, seen = 0.0, set()
    for entry in entries:
        now += slow[entry["length"]] + (0.0 if entry["length"] in seen else GRAPH_SECONDS)
        seen.add(entry["length"])
        entry["seconds"] = now
    so_far, left = part_of(entries, 0.25)
    forecast = forecast_run(so_far, CONFIG, NUM_UPDATES)
    assert forecast.training_seconds == pytest.approx(left, rel=0.02)
    mean_of_the_past = so_far[-1]["seconds"] / len(so_far) * (NUM_UPDATES - len(so_far))
    assert abs(mean_of_the_past - left) > 0.2 * left


def test_saving_is_counted_in():
    so_far, left = part_of(make_log(checkpoint=12.0), 0.5)
    assert forecast_run(so_far, CONFIG, NUM_UPDATES).training_seconds == pytest.approx(left, rel=0.04)


def test_evaluations_take_time_by_the_clock_alone():
    entries = make_log(evaluation=7.0)
    so_far, left = part_of(entries, 0.5)
    forecast = forecast_run(so_far, CONFIG, NUM_UPDATES)
    num_looks = sum("event" in entry for entry in entries) - sum("event" in entry for entry in so_far)
    assert forecast.training_seconds == pytest.approx(left, rel=0.02)
    assert forecast.clock_seconds - forecast.training_seconds == pytest.approx(7.0 * num_looks, abs=10.0)


def test_a_machine_that_slept_is_no_slower_for_it():
    entries = make_log()
    for entry in entries[230:]:
        entry["seconds"] += 3600.0
    so_far, left = part_of(entries, 0.5)
    assert forecast_run(so_far, CONFIG, NUM_UPDATES).training_seconds == pytest.approx(left, rel=0.01)


def test_a_machine_that_became_slower_is_believed():
    so_far, left = part_of(make_log(lambda update: 2.0 if update >= 150 else 1.0), 0.6)
    forecast = forecast_run(so_far, CONFIG, NUM_UPDATES)
    assert forecast.training_seconds == pytest.approx(left, rel=0.02)
    calm = forecast_run(part_of(make_log(), 0.6)[0], CONFIG, NUM_UPDATES)
    width = forecast.training_high / forecast.training_low
    assert width > 1.1 * calm.training_high / calm.training_low


@settings(max_examples=30)
@given(st.floats(0.1, 0.9), st.floats(0.01, 100.0))
def test_units_do_not_matter(share, factor):
    """A run on a machine so many times as slow is forecast so many times as long."""
    entries = make_log()
    scaled = [{**entry, "seconds": factor * entry["seconds"]} for entry in entries]
    plain = forecast_run(part_of(entries, share)[0], CONFIG, NUM_UPDATES)
    longer = forecast_run(part_of(scaled, share)[0], CONFIG, NUM_UPDATES)
    assert longer.training_seconds == pytest.approx(factor * plain.training_seconds, rel=1e-4)


def test_a_thaw_is_waited_for_and_then_counted_from():
    """Half of the run with most of the model frozen, then updates that take twice as long."""
    config = CONFIG.replace(freeze=("rnn@0-0.5",))
    entries = make_log(lambda update: 1.0 if update < NUM_UPDATES // 2 else 2.0, config=config)
    so_far, _left = part_of(entries, 0.4)
    assert forecast_run(so_far, config, NUM_UPDATES) is None
    so_far, left = part_of(entries, 0.5)
    assert forecast_run(so_far, config, NUM_UPDATES) is None, "the next update is the first of the new kind"
    so_far, left = part_of(entries, 0.6)
    forecast = forecast_run(so_far, config, NUM_UPDATES)
    assert forecast.training_seconds == pytest.approx(left, rel=0.02)
    assert forecast_run(so_far, CONFIG, NUM_UPDATES).training_seconds != pytest.approx(left, rel=0.02)


def test_the_interval_narrows_as_the_run_goes_on():
    entries = make_log()
    widths = []
    for share in (0.1, 0.3, 0.6, 0.9):
        forecast = forecast_run(part_of(entries, share)[0], CONFIG, NUM_UPDATES)
        widths.append(forecast.training_high / forecast.training_low)
    assert widths == sorted(widths, reverse=True)


def test_there_is_no_forecast_too_early_or_without_a_plan():
    entries = make_log()
    assert forecast_run(entries[: FEWEST_UPDATES - 1], CONFIG, NUM_UPDATES) is None
    assert forecast_run(entries[:100], CONFIG, None) is None
    assert forecast_run([], CONFIG, NUM_UPDATES) is None


def test_nothing_is_left_of_a_finished_run():
    assert set(forecast_run(make_log(), CONFIG, NUM_UPDATES)) == {0.0}


def test_the_benchmark_cuts_a_log_where_it_says():
    from benchmarks.forecast_accuracy import judge

    entries = make_log(evaluation=7.0)
    found = judge(entries, CONFIG, 5.0)
    times = [entry["seconds"] for entry in entries if "event" not in entry]
    before = max(seconds for seconds in times if seconds <= 300.0)
    assert found["real_seconds_left"] == pytest.approx(times[-1] - before, abs=0.1)
    assert found["forecast_over_real"] == pytest.approx(1.0, abs=0.02) and found["in_interval"]
    assert judge(entries, CONFIG, 11.0) is None  # nearly over
    assert judge(entries, CONFIG, 0.3) is None  # hardly begun
