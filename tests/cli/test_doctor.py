"""`mof doctor` from its flags to its report, on measurements that are played."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from mof.cli.doctor_view import duration, quantity, show_report
from mof.cli.invocation import command_line
from mof.machine import examination
from mof.machine.measurements import Bandwidths
from mof.machine.measuring import Findings
from mof.machine.prediction import CHARACTERS_PER_TOKEN
from mof.machine.report import load_report
from tests.machine.quiet_machine import make_facts, make_rates, make_steps


@pytest.fixture(autouse=True)
def quiet(monkeypatch, tmp_path):
    """A quiet machine, and a folder of one's own; a function that changes the facts."""
    steps = (make_steps(), make_steps("small", (2.5, 2.6, 2.55), (1.1,), peak_bytes=2_400_000_000))
    asked = []

    def measured(num_seconds, presets, tell, run):
        asked.append((num_seconds, presets))
        tell("Measuring")
        return Findings(make_rates(), steps, ())

    def make(**facts):
        monkeypatch.setattr(examination, "describe_facts", lambda folder: make_facts(**facts))

    make()
    make.asked = asked
    monkeypatch.setattr(examination, "measure_bandwidths", lambda *_: Bandwidths())
    monkeypatch.setattr(examination, "measure", measured)
    monkeypatch.chdir(tmp_path)
    return make


def test_the_report_is_told_and_kept(mof, tmp_path):
    answer = mof("doctor", "--hours", "96")
    assert answer.status == 0, answer.errors
    report = load_report(tmp_path / "runs" / "machine.json")
    assert report.recommended == "small" and report.hours == 96.0
    for words in ("Your machine", "Measured in", "What 96 hours buy", "Recommended", "--preset small"):
        assert words in answer.output
    assert re.search(r"tiny .*measured", answer.output) and re.search(r"full .*predicted", answer.output)
    assert "Worth knowing" not in answer.output and "before you choose" not in answer.output


def test_neither_help_nor_the_doctor_itself_starts_a_backend():
    """The measuring processes alone do: the help comes at once."""
    code = """
import sys
import mof.cli.doctor_view, mof.machine.examination
from mof.cli.app import main
try:
    main(["doctor", "--help"])
except SystemExit as end:
    assert not end.code
assert not {"tensorflow", "keras", "jax"} & set(sys.modules)
"""
    package = Path(__file__).resolve().parents[2]
    finished = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=package)
    assert finished.returncode == 0, finished.stderr
    assert "--hours" in finished.stdout


def test_it_is_told_again_without_measuring(mof, quiet):
    mof("doctor")
    before = len(quiet.asked)
    answer = mof("doctor", "--show")
    assert answer.status == 0 and "Recommended" in answer.output and len(quiet.asked) == before


def test_it_is_told_again_for_other_hours(mof, tmp_path):
    mof("doctor", "--hours", "96")
    kept = (tmp_path / "runs" / "machine.json").read_bytes()
    answer = mof("doctor", "--show", "--hours", "0.25")
    assert answer.status == 0 and "What 0.25 hours buy" in answer.output
    assert "  tiny: 0.25 hours give it" in answer.output and "--preset tiny --minutes 15" in answer.output
    assert f"told again by: {command_line('doctor', '--show', '--hours', '0.25')}" in answer.output
    assert (tmp_path / "runs" / "machine.json").read_bytes() == kept
    mof("doctor", "--hours", "0.25")
    own = mof("doctor", "--show")
    assert "What 0.25 hours buy" in own.output and f"by: {command_line('doctor', '--show')}\n" in own.output


def test_the_disk_is_that_of_the_runs_wherever_the_report_goes(mof, monkeypatch, tmp_path):
    asked = []
    monkeypatch.setattr(examination, "describe_facts", lambda folder: asked.append(folder) or make_facts())
    monkeypatch.setattr(examination, "measure_bandwidths", lambda *w: asked.append(w[0]) or Bandwidths())
    (tmp_path / "elsewhere").mkdir()
    assert mof("doctor", "--json", str(tmp_path / "elsewhere" / "m.json")).status == 0
    assert asked == [Path("runs")] * 2


@pytest.mark.parametrize("free", [12_000_000_000, 200_000_000])  # with the second, none is recommended
def test_a_text_takes_the_tokens_of_the_preset_that_is_recommended(mof, quiet, free):
    quiet(available_bytes=free)
    answer = mof("doctor", "--characters", "1e9")
    assert f"your text as tokens {2 / CHARACTERS_PER_TOKEN['bpe']:.1f} GB" in answer.output


def test_flags_reach_the_measuring(mof, quiet, tmp_path):
    answer = mof(
        "doctor", "--seconds", "30", "--preset", "full", "--json", "mine.json", "--characters", "1e9"
    )
    assert answer.status == 0, answer.errors
    assert quiet.asked == [(30.0, ("full",))]
    assert (tmp_path / "mine.json").is_file() and not (tmp_path / "runs").exists()
    assert "1 billion characters" in answer.output
    words = ("--json", "mine.json", "--characters", "1000000000")
    assert f"told again by: {command_line('doctor', '--show', *words)}" in answer.output
    assert "1 billion characters" in mof("doctor", "--show", *words).output


def test_a_report_that_is_not_there_is_made_by_the_command_that_is_told(mof):
    answer = mof("doctor", "--show", "--json", "mine.json")
    assert answer.status == 1 and f"Type: {command_line('doctor', '--json', 'mine.json')}" in answer.errors


def test_a_measurement_that_gave_too_little_is_asked_for_again_as_it_was(mof, monkeypatch):
    monkeypatch.setattr(examination, "measure", lambda *_: Findings((), (), ()))
    answer = mof("doctor", "--hours", "8", "--seconds", "30", "--preset", "full", "--json", "mine.json")
    words = "--hours 8 --seconds 60 --json mine.json --preset full".split()
    assert answer.status == 1 and f"more time: {command_line('doctor', *words)}" in answer.errors


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--preset", "huge"], "preset is 'huge'"),
        (["--hours", "0"], "hours is 0.0, expected above 0"),
        (["--seconds", "1"], "expected at least 10"),
        (["--characters", "0"], "--characters is 0.0"),
        (["--json", "."], "is a folder"),
        (["--show"], "run `mof doctor` without --show first"),
        (["--show", "--preset", "full"], "--show measures nothing: leave --preset away"),
    ],
)
def test_wrong_words_are_told(mof, quiet, words, told):
    answer = mof("doctor", *words)
    assert answer.status == 1 and told in answer.errors and quiet.asked == []


def test_warnings_come_with_what_to_do(mof, quiet):
    quiet(is_on_battery=True, busy_cores=2.0)
    answer = mof("doctor")
    assert answer.output.count("What to do:") == 2 and "Plug it in" in answer.output
    assert "before you choose" in answer.output  # the recommendation rests on a disturbed measurement


def test_nothing_fits(mof, quiet):
    quiet(available_bytes=200_000_000)
    answer = mof("doctor")
    assert answer.status == 0 and "No preset fits" in answer.output and "mof train" not in answer.output


def test_the_table_fits_an_ordinary_terminal(mof, tmp_path):
    mof("doctor")
    console = Console(
        width=80, record=True, highlight=False, file=open(tmp_path / "out", "w", encoding="utf-8")
    )
    show_report(load_report(), 5e7, "runs/machine.json", console)
    assert "…" not in console.export_text()


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (45, "45 seconds"),
        (119, "119 seconds"),
        (720, "12 minutes"),
        (12_600, "3.5 hours"),
        (181_440, "2.1 days"),
    ],
)
def test_durations(seconds, words):
    assert duration(seconds) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1.234e9, "1.23 billion"),
        (35e6, "35 million"),
        (870e3, "870 thousand"),
        (8.53, "8.53"),
        (0.77, "0.77"),
    ],
)
def test_quantities(number, words):
    assert quantity(number) == words
