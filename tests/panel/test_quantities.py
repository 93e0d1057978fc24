"""Curves of runs: what is drawn is what stands in the log."""

import numpy as np
import pytest

from mof.panel.quantities import quantities_of
from mof.panel.run_reader import RunReader
from mof.panel.thinning import block_ends, block_means, block_rates
from mof.panel.track import Track, band_of_seeds
from mof.panel.track_records import OnTrack
from tests.panel.made_runs import calm_losses, make_run, updates, with_events, write_log

TITLES = ["loss", "held-out text", "speed", "router", "gradient", "thought alphas", "memory"]


@pytest.fixture
def snapshot(tmp_path):
    run = make_run(tmp_path / "one")
    write_log(run, with_events(updates(calm_losses(200))))
    return RunReader(run.path).snapshot()


@pytest.fixture
def bare(tmp_path):
    """A run of which the updates alone were logged."""
    run = make_run(tmp_path / "two")
    write_log(run, updates(calm_losses(100)))
    return RunReader(run.path).snapshot()


def test_blocks_hold_every_update_once():
    for count, points in ((1, 5), (7, 3), (100, 100), (1000, 300)):
        ends = block_ends(count, points)
        assert ends[-1] == count and len(ends) <= points and (np.diff(ends) > 0).all()
    assert len(block_ends(0, 5)) == 0 and len(block_ends(100, 50, least_block=10)) == 10


def test_means_and_rates_by_hand():
    ends = np.array([2, 4])
    np.testing.assert_allclose(block_means([1.0, 3.0, 5.0, np.nan], ends), [2.0, 5.0])
    np.testing.assert_allclose(block_rates([10, 20, 30, 60], [1, 2, 3, 4], ends), [20.0])
    assert np.isnan(block_rates([10, 20], [2, 2], np.array([1, 2])))[0]


def test_everything_that_was_logged_is_drawn(snapshot):
    quantities = quantities_of([snapshot])
    assert [quantity.title for quantity in quantities] == TITLES
    by_title = {quantity.title: quantity for quantity in quantities}
    loss = by_title["loss"].lines[0]
    assert np.average(loss.y, weights=np.diff(loss.x, prepend=0)) == pytest.approx(calm_losses(200).mean())
    np.testing.assert_allclose(by_title["speed"].lines[0].y, 1024.0)
    assert [line.name for line in by_title["router"].lines] == ["one: RNN", "one: Transformer"]
    np.testing.assert_allclose(by_title["router"].lines[1].y, 0.6)
    assert [line.y[0] for line in by_title["thought alphas"].lines] == [0.3, 0.31]
    np.testing.assert_allclose(by_title["memory"].lines[0].y, 0.5)
    np.testing.assert_allclose(by_title["gradient"].lines[0].y, 0.5)


@pytest.mark.parametrize(("axis", "last"), [("tokens", 0.2048), ("hours", 200 / 3600), ("updates", 200)])
def test_axes(snapshot, axis, last):
    for quantity in quantities_of([snapshot], axis):
        # looks and states come every 30 updates
        assert quantity.lines[0].x[-1] == pytest.approx(last, rel=0.11), quantity.title


def test_an_unknown_axis_is_refused(snapshot):
    with pytest.raises(ValueError, match="expected one of"):
        quantities_of([snapshot], "days")


def test_runs_are_compared_and_what_is_missing_is_left_out(snapshot, bare):
    assert [quantity.title for quantity in quantities_of([bare])] == ["loss", "speed", "gradient"]
    loss, held_out = quantities_of([bare, snapshot])[:2]
    assert [(line.name, line.run) for line in loss.lines] == [("two", 0), ("one", 1)]
    assert [(line.name, line.run) for line in held_out.lines] == [("one", 1)]


def test_the_band_lies_over_tokens_and_updates_but_not_over_hours(snapshot):
    band = band_of_seeds([calm_losses(100, seed) for seed in range(5)], np.ones(100), np.full(100, 128))
    tracks = [OnTrack(band, Track("within", 100, None, None), "", False)]
    (ribbon,) = quantities_of([snapshot], "tokens", tracks)[0].ribbons
    np.testing.assert_allclose(ribbon.x, band.updates * 1024 / 1e6)
    np.testing.assert_array_equal(ribbon.low, band.low)
    assert quantities_of([snapshot], "hours", tracks)[0].ribbons == []


def test_the_same_band_is_drawn_once_and_another_beside_it(snapshot):
    def on_track(seeds):  # a band is made anew at each look
        band = band_of_seeds([calm_losses(100, seed) for seed in seeds], np.ones(100), np.full(100, 128))
        return OnTrack(band, Track("within", 100, None, None), "", False)

    tracks = [on_track(range(5)), on_track(range(5)), on_track(range(3, 8))]
    ribbons = quantities_of([snapshot] * 3, "updates", tracks)[0].ribbons
    assert [ribbon.run for ribbon in ribbons] == [0, 2]


def test_a_run_that_is_left_out_keeps_its_colour_from_the_others(snapshot, bare):
    quantities = quantities_of([None, bare, snapshot], "tokens")
    assert [(line.name, line.run) for line in quantities[0].lines] == [("two", 1), ("one", 2)]
    assert {line.run for quantity in quantities[3:4] for line in quantity.lines} == {2}, "the router"
    band = band_of_seeds([calm_losses(100, seed) for seed in range(5)], np.ones(100), np.full(100, 128))
    tracks = [None, OnTrack(None, None, "", False), OnTrack(band, Track("within", 9, None, None), "", False)]
    (ribbon,) = quantities_of([None, bare, snapshot], "tokens", tracks)[0].ribbons
    assert ribbon.run == 2
