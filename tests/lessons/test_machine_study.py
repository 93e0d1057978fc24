"""The doctor in a chapter: his report as text, a record there and back, and words where there is none."""

import json

import pytest

from mof.lessons import machine_study
from mof.lessons.machine_rates import Roof
from mof.lessons.machine_study import (
    doctor_visit,
    machine_data,
    read_machine,
    report_text,
    show_forecast_accuracy,
    show_recorded_machine,
)
from mof.lessons.page_width import PAGE_COLUMNS
from mof.machine import examination
from mof.machine.measurements import Bandwidths
from mof.machine.measuring import Findings
from tests.machine.quiet_machine import make_facts, make_rates, make_steps

ROOF = Roof(1e10, 8e8, {16: 1e9, 1024: 2e11})


@pytest.fixture
def report(monkeypatch, tmp_path, capsys):
    """A visit whose measurements are played."""
    monkeypatch.setattr(examination, "describe_facts", lambda folder: make_facts())
    monkeypatch.setattr(examination, "measure_bandwidths", lambda *_: Bandwidths())

    def measured(num_seconds, presets, tell, run):
        assert (num_seconds, presets) == (45.0, ("tiny",))
        tell("Measuring training steps of tiny")
        return Findings(make_rates(), (make_steps(),), ())

    monkeypatch.setattr(examination, "measure", measured)
    monkeypatch.setattr(machine_study, "ROOT", tmp_path)
    found = doctor_visit()
    assert "Measuring training steps of tiny ...\n" in capsys.readouterr().out
    assert not list(tmp_path.rglob("*.json"))  # the reader's own report stays
    return found


def test_the_report_is_the_doctors_words_without_a_place_where_it_is_kept(report, monkeypatch):
    monkeypatch.setattr("sys.argv", ["/lib/ipykernel_launcher.py", "-f", "kernel.json"])
    text = report_text(report)
    assert "\n  mof train --preset" in text  # no path of the machine that built the book
    for words in ("Your machine", "What each preset would do here", "What 96 hours buy", "Recommended"):
        assert words in text
    assert "Kept in" not in text and "\x1b" not in text and not text.startswith("\n")
    table = text.split("What each preset would do here\n")[1].split("In brackets")[0]
    for line in text.replace(table, "").splitlines():
        assert len(line) <= PAGE_COLUMNS or line.startswith("  mof "), f"it would scroll in the page: {line}"


def test_a_record_comes_back(report):
    data = json.loads(json.dumps(machine_data(ROOF, report), allow_nan=False))
    assert read_machine(data) == (ROOF, report)


def test_without_a_record_the_command_is_told(capsys):
    show_recorded_machine("no_such_machine")
    assert "python benchmarks/machine_record.py" in capsys.readouterr().out


def test_a_record_is_drawn_and_told(report, monkeypatch, capsys):
    class Stored:
        data, note = machine_data(ROOF, report), "recorded today"

    shown = []
    monkeypatch.setattr(machine_study, "find_record", lambda name: Stored)
    monkeypatch.setattr(machine_study, "show_figure", lambda figure, words: shown.append((figure, words)))
    show_recorded_machine()
    ((figure, words),) = shown
    assert figure.layout.title.text.startswith("Recorded: 16 × 16") and words.endswith("recorded today.")
    assert "What each preset would do here" in capsys.readouterr().out


def test_forecasts_beside_real_trainings(tmp_path, capsys):
    path = tmp_path / "accuracy.json"
    show_forecast_accuracy(path)
    assert "python benchmarks/doctor_accuracy.py" in capsys.readouterr().out
    row = {
        "preset": "tiny",
        "product_dtype": "float32",
        "real_tokens_per_second": 3443.1,
        "forecast_over_real_speed": 0.97,
        "speed_in_interval": False,
        "real_peak_bytes": 2.26e9,
        "forecast_over_real_memory": 0.842,
        "memory_in_interval": True,
    }
    stored = {"date": "2026-11-26", "machine": {"processor": "P"}, "command": "c", "results": [row]}
    path.write_text(json.dumps(stored), encoding="utf-8")
    show_forecast_accuracy(path)
    told = capsys.readouterr().out
    assert "recorded 2026-11-26 on P: c" in told
    assert "3,443 tokens a second; forecast / real 0.97, outside its 80%" in told
    assert "2.26 GB at the most; forecast / real 0.84, inside its 80%" in told
    assert max(map(len, told.splitlines())) <= 80
