"""The study of widths in words and curves."""

import pytest

from mof.lessons import width_study
from mof.lessons.coordinate_check import PARTS
from mof.lessons.width_study import describe_drift, grid_curves, lowest_losses


def row(width, exponent, nats, rule="r", seed=0):
    return {"rule": rule, "width": width, "exponent": exponent, "seed": seed, "nats": nats}


ROWS = [
    row(width, exponent, nats)
    for width, best in ((32, 0), (256, -2))
    for exponent, nats in ((e, 3.0 + 0.1 * (e - best) ** 2 - width / 1e3) for e in range(-4, 3))
]


def test_curves_leave_out_what_is_far_above():
    curves = grid_curves([*ROWS, row(32, 3, None), row(32, 4, 9.0)])
    assert set(curves["r"]) == {32, 256} and 3 not in curves["r"][32] and 4 not in curves["r"][32]
    assert curves["r"][32][0] == pytest.approx(2.968) and curves["r"][256][1] > curves["r"][256][0]
    assert lowest_losses(ROWS, "r") == pytest.approx({32: 2.968, 256: 2.744})


def test_the_verdict_is_told():
    words = describe_drift(ROWS)
    assert words[0] == "r:" and words[1] == "  best factor by width   32: 1, 256: 1/4"
    assert words[2] == "  between the steps      32: 1.00, 256: 0.25"
    assert words[3] == "  moves 2 steps of the grid over 8 times the width: at most one step does not hold"


def test_without_a_record_it_says_so(monkeypatch, capsys):
    monkeypatch.setattr(width_study, "find_record", lambda name: None)
    width_study.show_grid()
    width_study.show_recorded_coordinates()
    assert capsys.readouterr().out.count("has not been run yet") == 2


def test_a_check_is_drawn_and_told(monkeypatch, capsys):
    shown = []
    monkeypatch.setattr(width_study, "show_figure", lambda figure, words: shown.append((figure, words)))
    rows = [
        {"width": width, "rule": rule, "change": dict.fromkeys(PARTS, 0.1 * width)}
        for rule in ("one", "two")
        for width in (32, 64)
    ]
    width_study.show_coordinates(rows, "Recorded", "recorded somewhere")
    figure, words = shown[0]
    assert (
        words.endswith("Move the slider from rule to rule. recorded somewhere.") and len(figure.frames) == 2
    )
    assert "2.0 times" in capsys.readouterr().out
