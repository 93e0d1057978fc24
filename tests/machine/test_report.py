"""The doctor's record survives its file, and a damaged one is refused in words."""

import json

import pytest

from mof.machine import examination
from mof.machine.examination import examine
from mof.machine.measurements import Bandwidths
from mof.machine.measuring import Findings
from mof.machine.report import DoctorReport, load_report
from tests.machine.quiet_machine import make_facts, make_rates, make_steps

STEPS = (make_steps(), make_steps("small", (2.5, 2.6, 2.55), (1.1,), peak_bytes=2_400_000_000))


@pytest.fixture
def quiet(monkeypatch):
    """An examination of a quiet machine; a function that changes what it finds."""

    def make(findings=None, **facts):
        found = Findings(make_rates(), STEPS, ()) if findings is None else findings
        monkeypatch.setattr(examination, "describe_facts", lambda folder: make_facts(**facts))
        monkeypatch.setattr(examination, "measure_bandwidths", lambda *_: Bandwidths())
        monkeypatch.setattr(examination, "measure", lambda *_: found)

    make()
    return make


def test_a_report_survives_its_file(quiet, tmp_path):
    report = examine(folder=tmp_path)
    report.save(tmp_path / "deep" / "machine.json")
    assert load_report(tmp_path / "deep" / "machine.json") == report
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["machine.json"]


def test_there_may_be_no_report(tmp_path):
    assert load_report(tmp_path / "none.json") is None


def test_the_report_holds_what_follows(quiet):
    report = examine(hours=96.0)
    assert report.recommended == "small" and "96 hours" in report.reason and report.advice == ()
    assert report.prediction("tiny").is_measured and report.prediction("tiny", "float16") is None
    assert examine(hours=1.0).recommended == "tiny"


def test_too_little_memory_recommends_nothing(quiet):
    quiet(available_bytes=300_000_000)
    report = examine()
    assert report.recommended == "" and {"little_memory", "too_large"} <= {a.name for a in report.advice}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"hours": 0.0}, "hours is 0.0, expected above 0"),
        ({"num_seconds": 3.0}, "seconds is 3.0, expected at least 10"),
        ({"presets": ("huge",)}, "preset is 'huge'"),
    ],
)
def test_bad_arguments_are_told(quiet, arguments, words):
    with pytest.raises(ValueError, match=words):
        examine(**arguments)


def test_without_tensorflow_nothing_is_measured(quiet):
    quiet(tensorflow="")
    with pytest.raises(ValueError, match="python start.py install"):
        examine()


def test_measurements_without_result_say_why_and_what_to_do(quiet):
    quiet(Findings((), (), ("Nothing came of the steps: it was stopped after 180 s.",)))
    with pytest.raises(ValueError, match="stopped after 180 s.*mof doctor --seconds 120"):
        examine()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda f: f.pop("facts"), "must be an object with the fields date, hours"),
        (lambda f: f.update(more=1), "must be an object with the fields"),
        (lambda f: f.update(hours="many"), "hours of the doctor's report is 'many', expected a number"),
        (lambda f: f.update(reason=3), "reason of the doctor's report is 3, expected text"),
        (lambda f: f.update(rates={}), "rates of the doctor's report is no list"),
        (lambda f: f["facts"].update(cores=3), "no field 'cores'"),
        (lambda f: f["rates"][0].update(rate=-1.0), "slowest_rate"),
        (lambda f: f["predictions"].append(7), "expected an object"),
    ],
)
def test_a_damaged_report_is_refused(quiet, change, words):
    fields = json.loads(examine().to_json())
    change(fields)
    with pytest.raises(ValueError, match=words):
        DoctorReport.from_json(json.dumps(fields))


def test_half_a_file_is_refused(quiet):
    with pytest.raises(ValueError, match="no JSON.*mof doctor"):
        DoctorReport.from_json(examine().to_json()[:100])
