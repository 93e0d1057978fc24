"""Differences seed by seed, and one axis for all texts."""

import pytest

from mof.viz.difference_figure import difference_figure


def row(form, seed, bits, prose):
    return {
        "form": form,
        "seed": seed,
        "bits_per_byte": bits,
        "bits_by_text": {"prose": prose},
        "tokens": 1,
        "seconds": 1.0,
    }


ROWS = [row("ours", 0, 2.0, 3.0), row("ours", 1, 2.2, 3.0), row("b", 0, 2.1, 2.0), row("b", 1, 2.4, 2.0)]


def test_a_dot_for_each_seed_and_the_mean_with_its_interval():
    figure = difference_figure(ROWS, "ours")
    dots, means = figure.data
    assert list(dots.x) == pytest.approx([0.1, 0.2]) and list(dots.customdata) == [0, 1]
    assert set(dots.y) == {"b"} == set(means.y)
    assert list(means.x) == pytest.approx([0.15])
    assert means.error_x.array[0] == pytest.approx(12.706 * 0.05, abs=1e-3)


def test_the_slider_goes_through_the_texts_on_one_axis():
    figure = difference_figure(ROWS, "ours")
    assert [frame.name for frame in figure.frames] == ["all held-out text", "prose"]
    assert list(figure.frames[1].data[0].x) == [-1.0, -1.0]
    low, high = figure.layout.xaxis.range
    assert low < -1.0 and high > 0.15 + 12.706 * 0.05
    assert len(figure.layout.sliders[0].steps) == 2


def test_a_form_with_a_base_of_its_own_is_drawn_beside_that():
    rows = [*ROWS, row("c", 0, 4.0, 9.0), row("c", 1, 4.6, 9.5)]
    figure = difference_figure(rows, "ours", own_bases={"c": "b"})
    dots, means = figure.data
    drawn = dict(zip(zip(dots.y, dots.customdata, strict=True), dots.x, strict=True))
    assert [drawn["c", 0], drawn["c", 1]] == pytest.approx([1.9, 2.2])  # 2.0 and 2.4 beside ours
    assert dict(zip(means.y, means.x, strict=True))["c"] == pytest.approx(2.05)
    assert list(figure.frames[1].data[0].x)[-2:] == [7.0, 7.5]


def test_without_texts_nothing_slides():
    rows = [{k: v for k, v in r.items() if k != "bits_by_text"} for r in ROWS]
    figure = difference_figure(rows, "ours")
    assert not figure.frames and not figure.layout.sliders


def test_the_base_alone_is_nothing_to_compare():
    with pytest.raises(ValueError, match="no rows but those of 'ours'"):
        difference_figure(ROWS[:2], "ours")
