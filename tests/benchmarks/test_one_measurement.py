"""Starting a worker, hearing its result, and timing an action."""

import sys

import numpy as np
import pytest
from one_measurement import MeasurementFailed, measured, peak_bytes, seconds_of

WORKER = """
import json, os, sys
sys.path.insert(0, {folder!r})
from one_measurement import job_of_this_process, tell
job = job_of_this_process()
print("words that are no result")
if job.get("fails"):
    raise RuntimeError("out of luck")
tell({{"twice": 2 * job["number"], "cap": os.environ.get("ONEDNN_MAX_CPU_ISA"), "text": "春"}})
"""


@pytest.fixture
def worker(tmp_path):
    import one_measurement

    path = tmp_path / "worker.py"
    folder = one_measurement.__file__.rsplit("one_measurement", 1)[0]
    path.write_text(WORKER.format(folder=folder), encoding="utf-8")
    return path


def test_a_worker_tells_its_figures_and_its_memory(worker):
    figures = measured(sys.executable, worker, {"number": 21}, {"ONEDNN_MAX_CPU_ISA": "AVX2"})
    assert figures["twice"] == 42 and figures["cap"] == "AVX2" and figures["text"] == "春"
    assert 1e6 < figures["peak_bytes"] < 1e9


def test_the_memory_of_the_starter_is_not_counted(worker):
    ballast = np.ones(300_000_000, dtype="uint8")
    assert measured(sys.executable, worker, {"number": 1})["peak_bytes"] < 200_000_000 < ballast.nbytes


def test_a_failed_worker_says_why(worker):
    with pytest.raises(MeasurementFailed, match="code 1 .*(\n.*)*out of luck"):
        measured(sys.executable, worker, {"fails": True})


def test_a_worker_without_a_result_has_failed(tmp_path):
    silent = tmp_path / "silent.py"
    silent.write_text("print('done')", encoding="utf-8")
    with pytest.raises(MeasurementFailed, match="code 0"):
        measured(sys.executable, silent, {})


def test_what_it_writes_is_shown_on_request(worker, capsys):
    measured(sys.executable, worker, {"number": 1}, is_echoed=True)
    assert capsys.readouterr().out == "words that are no result\n"


def test_warm_calls_are_not_timed():
    calls = []
    assert len(seconds_of(lambda: calls.append(0), num_warm=3, seconds=0.0, num_least=4)) == 4
    assert len(calls) == 7


def test_memory_is_counted_in_bytes():
    assert peak_bytes() > 10_000_000  # an interpreter with pytest
