"""What chapter 11 shows: each measurement by one function, just now and recorded, and the verdicts."""

from types import SimpleNamespace

import pytest

from mof.lessons import time_study
from mof.lessons.chain_speed import FUSED, PLAIN
from mof.lessons.product_forms import BFLOAT16, FLAT, HALF, ZEROS
from mof.lessons.time_study import show, show_recorded, show_verdicts, verdict_figures
from mof.lessons.update_parts import PARTS
from mof.lessons.writing_speed import AGAIN, FLOAT32, INT8, MEMORY, PIECE, STEP

POINTS = [{"rows": 1, "intensity": 0.5, "rate": 1e9}, {"rows": 64, "intensity": 30.0, "rate": 1e11}]
DATA = {
    "operations": {"peak": 2e11, "bandwidth": 2e10, "points": {"a product": POINTS}},
    "parts": {
        "seconds": dict.fromkeys(PARTS, 0.1),
        "whole": 1.0,
        "tokens": 4096,
        "product_operations": 1e10,
        "flops": 1e11,
        "between_bytes": 1e9,
        "peak": 2e11,
        "bandwidth": 2e10,
    },
    "forms": {
        "seconds": {FLAT: 0.01, BFLOAT16: 0.02, ZEROS: 0.01, HALF: 0.005},
        "times_as_long": {FLAT: 1.0, BFLOAT16: 2.0, ZEROS: 1.01, HALF: 0.5},
    },
    "chain": {"seconds": {PLAIN: 0.03, FUSED: 0.01}, "times_as_long": {PLAIN: 3.0, FUSED: 1.0}},
    "blocks": {"1024": 3.0, "65536": 1.0, "67108864": 2.0},
    "threads": {
        "cores": 2,
        "rates": {
            "1": {"1": 1e9, "2048": 1e11},
            "2": {"1": 1.1e9, "2048": 1.9e11},
            "8": {"1": 1e9, "2048": 0.95e11},
        },
    },
    "formats": {
        "seconds": {STEP: {FLOAT32: 0.004, INT8: 0.001}, PIECE: {FLOAT32: 0.02, INT8: 0.015}},
        "times_as_long": {STEP: 4.0, PIECE: 1.33},
        "sizes": {FLOAT32: 100, INT8: 26},
    },
    "texts": {"1": 100.0, "4": 380.0, "64": 2000.0},
    "contexts": {MEMORY: {"64": 0.001, "1024": 0.001}, AGAIN: {"64": 0.01, "1024": 0.2}},
    "batches": {"1": 3000.0, "8": 4000.0},
    "switches": {"as it is": 4000.0, "1 thread": 2500.0},
}
FIGURES = {"operations", "parts", "blocks", "threads", "contexts"}


@pytest.fixture
def shown(monkeypatch):
    figures = []
    monkeypatch.setattr(time_study, "show_figure", lambda figure, words: figures.append((figure, words)))
    return figures


def record_of(monkeypatch, data):
    record = SimpleNamespace(data=data, note="recorded on Sunday") if data is not None else None
    monkeypatch.setattr(time_study, "find_record", {"where_time_goes": record}.get)


def test_the_data_hold_every_kind():
    assert set(DATA) == set(time_study._SHOWN)


@pytest.mark.parametrize("kind", DATA)
def test_each_kind_is_shown_just_now_and_recorded_alike(kind, shown, monkeypatch, capsys):
    show(kind, DATA[kind])
    now = capsys.readouterr().out.replace("Just now", "TITLE")
    record_of(monkeypatch, DATA)
    show_recorded(kind)
    out = capsys.readouterr().out
    assert len(shown) == (2 if kind in FIGURES else 0)
    if kind in FIGURES:
        (first, _), (second, words) = shown
        assert first.layout.title.text.startswith("Just now")
        assert second.layout.title.text.startswith("Recorded") and words.endswith("; recorded on Sunday.")
        assert now == out
    else:
        assert now.splitlines()[1:] == out.splitlines()[1:]
        assert out.splitlines()[0] == "Recorded; recorded on Sunday"


def test_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="kind is 'energy', expected one of"):
        show("energy", {})


@pytest.mark.parametrize("data", [None, {"chain": DATA["chain"]}])
def test_what_nobody_has_recorded_is_said_once(data, monkeypatch, capsys):
    record_of(monkeypatch, data)
    show_recorded("chain", "forms", "texts")
    out = capsys.readouterr().out
    assert out.count("python benchmarks/where_time_goes.py") == 1
    assert ("one compiled piece" in out) == (data is not None)
    missing = "chain, forms, texts" if data is None else "forms, texts"
    assert f"Not recorded yet: {missing}. " in out and max(map(len, out.splitlines())) <= 76


def test_figures_of_the_verdicts_by_hand(monkeypatch):
    monkeypatch.setattr(time_study, "forward_operations", lambda config: config.width * 1e6 / 384 * 33)
    figures = verdict_figures(DATA)
    expected = {
        "INT8: bytes of the weights, of float32's": 0.26,
        "INT8: time of a written token, of float32's": 0.25,
        "INT8: time of 64 tokens of a prompt, of float32's": 1 / 1.33,
        "training: speed with batches of 1, of that with 8": 0.75,
        "writing: tokens a second, 64 texts at once over 1": 20.0,
        "threads: a product of 1 row, all cores over one": 1.1,
        "threads: a product of 1 row, 8 threads over all cores": 1 / 1.1,
        "threads: a product of 2,048 rows, all cores over one": 1.9,
        "threads: a product of 2,048 rows, 8 threads over all cores": 0.5,
        "pruning: time with nine weights of ten at 0": 1.01,
        "pruning: time with half of the columns": 0.5,
        "bfloat16: time of a product, of float32's": 2.0,
        "cache: time in the best blocks, of one pass each": 0.5,
        "memory: time of a token after 1,024, of reading again": 0.005,
        "update: share of the layers' products": 0.2,
    }
    label = "inference: operations a second, writing (shipped, int8), of training's (tiny)"
    expected[label] = 100 * 33_000_000 / 1e11
    assert figures == pytest.approx(expected)


def test_one_core_is_not_compared_with_itself():
    threads = {"cores": 1, "rates": {"1": {"1": 1e9}, "4": {"1": 5e8}}}
    assert verdict_figures({"threads": threads}) == {
        "threads: a product of 1 row, 4 threads over all cores": 0.5
    }


@pytest.mark.parametrize(("data", "columns"), [(None, 1), (DATA, 2)])
def test_verdicts_side_by_side(data, columns, monkeypatch, capsys):
    record_of(monkeypatch, data)
    show_verdicts({"blocks": DATA["blocks"]})
    lines = capsys.readouterr().out.splitlines()
    assert ("recorded" in lines[0]) == (columns == 2)
    (row,) = (line for line in lines if line.startswith("cache"))
    assert row.split()[-columns:] == ["0.50"] * columns
    if columns == 2:  # what was measured in one place alone stands in its own column
        (row,) = (line for line in lines if line.startswith("bfloat16"))
        assert row.endswith("2.00") and len(row.split("2.00")[0]) > len(lines[0]) - 10
