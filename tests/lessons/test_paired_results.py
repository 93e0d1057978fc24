"""Means, differences and intervals over seeds, against integrals and by hand."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mof.evaluation.student_t import T_QUANTILES, t_quantile
from mof.lessons import ablation_study
from mof.lessons.ablation_study import STUDIES, by_text, show_study, study_lines, summarize
from mof.lessons.paired_results import compare_forms, estimate, table_lines, verdict_lines


def row(form, seed, bits, prose=None, tokens=1e6):
    found = {"form": form, "seed": seed, "bits_per_byte": bits, "tokens": tokens, "seconds": 540.0}
    return found if prose is None else {**found, "bits_by_text": {"prose": prose}}


OURS = [row("ours", seed, bits, 3.0) for seed, bits in enumerate((2.700, 2.740, 2.690))]
WORSE = [row("worse", seed, bits, 3.5, 2e6) for seed, bits in enumerate((2.810, 2.851, 2.799))]
SAME = [row("same", seed, bits, 2.9) for seed, bits in enumerate((2.710, 2.770, 2.710))]
ROWS = [*WORSE, *OURS, *SAME]


@pytest.mark.parametrize("freedom", T_QUANTILES)
def test_t_leaves_a_fortieth_of_students_density_above_it(freedom):
    t = np.linspace(-T_QUANTILES[freedom], T_QUANTILES[freedom], 200_001)
    scale = math.exp(math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2)) / math.sqrt(freedom * math.pi)
    density = scale * (1 + t**2 / freedom) ** (-(freedom + 1) / 2)
    assert np.trapezoid(density, t) == pytest.approx(0.95, abs=6e-5)  # three digits of t


def test_between_the_entries_t_is_the_next_wider_one():
    assert [t_quantile(n) for n in (9, 14, 30)] == [T_QUANTILES[9], T_QUANTILES[10], T_QUANTILES[30]]


def test_the_interval_of_the_chapter():
    found = estimate([0.01, 0.03, 0.02])
    assert found.mean == pytest.approx(0.02) and found.half == pytest.approx(4.303 * 0.01 / math.sqrt(3))
    assert not found.is_clear and estimate([0.02, 0.021, 0.019]).is_clear
    assert estimate([2.5]) == (2.5, None, 1) and not estimate([2.5]).is_clear


@given(st.lists(st.floats(-5, 5), min_size=2, max_size=10), st.floats(-3, 3), st.floats(0.1, 4))
def test_shifting_moves_the_mean_and_stretching_the_interval(values, shift, factor):
    before, after = estimate(values), estimate([factor * value + shift for value in values])
    assert after.mean == pytest.approx(factor * before.mean + shift, abs=1e-9)
    assert after.half == pytest.approx(factor * before.half, abs=1e-6)


@pytest.mark.parametrize("count", [0, 11])
def test_too_few_and_too_many_seeds_are_told(count):
    with pytest.raises(ValueError, match=f"{count} values came, expected 1 to 10"):
        estimate([1.0] * count)


def test_forms_are_compared_seed_by_seed_and_the_base_comes_first():
    base, worse, same = compare_forms(ROWS, "ours")
    assert (base.form, worse.form, same.form) == ("ours", "worse", "same") and base.change is None
    assert base.score.mean == pytest.approx(2.71)
    assert worse.change.mean == pytest.approx(0.11) and worse.change.half < 0.005 and worse.better == 0
    assert worse.change.is_clear and not same.change.is_clear
    assert worse.tokens == 2e6 and worse.seconds == 540.0
    prose = compare_forms(ROWS, "ours", "prose")
    assert [c.score.mean for c in prose] == pytest.approx([3.0, 3.5, 2.9]) and prose[2].better == 3


def test_seeds_that_only_one_of_them_has_are_left_out():
    found = compare_forms([*OURS, *WORSE[:2], row("other", 7, 2.0)], "ours")
    assert found[1].change.count == 2 and found[2].change is None
    with pytest.raises(ValueError, match="no row is of 'mine'; there are: ours, worse"):
        compare_forms([*OURS, *WORSE], "mine")


def test_a_form_may_have_a_base_of_its_own():
    bases = {"same": "worse"}
    base, worse, same = compare_forms(ROWS, "ours", own_bases=bases)
    assert (base.base, worse.base, same.base) == ("ours", "ours", "worse")
    assert worse.change.mean == pytest.approx(0.11) and same.change.mean == pytest.approx(-0.09)
    assert same.better == 3
    assert table_lines([base, worse, same])[-1] == "same: beside worse"
    assert verdict_lines([base, worse, same])[-1].startswith("same: 0.090 bits fewer than worse,")
    entries, _lines = summarize(ROWS, "ours", bases)
    assert [entry["base"] for entry in entries["table"]["prose"]] == ["ours", "ours", "worse"]
    with pytest.raises(ValueError, match="no row is of 'better'"):
        compare_forms(ROWS, "ours", own_bases={"same": "better"})


def test_the_table_marks_what_is_clear():
    header, base, worse, same = table_lines(compare_forms(ROWS, "ours"))
    assert base.split() == ["ours", "2.710", "±", "0.066", "1.00", "M"]
    assert worse.split() == ["worse", "2.820", "±", "0.068", "+0.110", "±", "0.002", "*", "2.00", "M"]
    assert same.split() == ["same", "2.730", "±", "0.086", "+0.020", "±", "0.025", "1.00", "M"]
    assert len({line.rindex(" ±") for line in (worse, same)}) == 1 and header.endswith("tokens")


def test_verdicts_tell_a_difference_from_none():
    assert verdict_lines(compare_forms(ROWS, "ours")) == [
        "worse: 0.110 bits more than ours, and the interval does not hold 0.",
        "same: 0.020 bits more than ours, but anything from -0.005 to +0.045 fits: not told apart.",
    ]
    assert verdict_lines(compare_forms([OURS[0], WORSE[0]], "ours")) == []


def test_a_summary_holds_every_text_and_is_json():
    entries, lines = summarize(ROWS, "ours")
    assert entries["base"] == "ours" and list(entries["table"]) == ["all", "prose"]
    assert entries["table"]["prose"][1]["change"]["mean"] == pytest.approx(0.5)
    assert entries["table"]["all"][0]["change"] is None and entries["table"]["all"][1]["better_in"] == 0
    assert lines == study_lines(by_text(ROWS, "ours"))
    assert "change on" in lines[-3] and lines[-2].split() == ["worse", "+0.500"]


def test_without_texts_the_table_stands_alone():
    rows = [{name: value for name, value in r.items() if name != "bits_by_text"} for r in ROWS]
    assert list(by_text(rows, "ours")) == ["all"]
    assert not any("change on" in line for line in study_lines(by_text(rows, "ours")))


def test_an_unknown_study_is_named():
    with pytest.raises(ValueError, match="name is 'depth', expected one of"):
        show_study("depth")


@pytest.mark.parametrize("name", STUDIES)
def test_a_study_that_nobody_has_run_is_said_to_be_missing(name, monkeypatch, capsys):
    monkeypatch.setattr(ablation_study, "find_record", lambda name: None)
    show_study(name)
    said = capsys.readouterr().out
    assert "has not been run yet" in said and f"python benchmarks/{name}.py" in said
    assert f"About {STUDIES[name][2]} hours" in said


@pytest.mark.parametrize("name", STUDIES)
def test_a_recorded_study_is_drawn_and_printed_as_the_program_prints_it(name, monkeypatch, capsys):
    rows = [{**r, "passes": 0.5} for r in ROWS]
    study, shown = SimpleNamespace(data={"runs": rows}, note="recorded on Sunday"), []
    monkeypatch.setattr(ablation_study, "find_record", {name: study}.get)
    monkeypatch.setattr(ablation_study, "show_figure", lambda *arguments: shown.append(arguments))
    show_study(name)
    ((figure, words),) = shown
    assert figure.layout.title.text == "Recorded: 9 minutes, 0.5 passes over the text, on average"
    assert words.endswith("; recorded on Sunday.")
    assert capsys.readouterr().out.splitlines() == study_lines(by_text(rows, "ours"))
