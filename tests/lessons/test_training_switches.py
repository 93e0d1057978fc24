"""Switches of a training: what is set, what is run, what is said. No test of speed."""

import json
import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

from mof.lessons import training_switches
from mof.lessons.training_switches import AS_IT_IS, describe_switches, main, measure_switches, switches
from mof.presets import preset


def test_one_thing_is_switched_at_a_time():
    found = switches(cores=4)
    assert found[AS_IT_IS] == ({}, [])
    assert set(found["1 thread"][0].values()) == {"1"} and set(found["16 threads"][0].values()) == {"16"}
    assert found["without oneDNN"] == ({"TF_ENABLE_ONEDNN_OPTS": "0"}, [])
    assert found["without XLA"] == ({}, ["--plain"])
    assert all(not environment or not arguments for environment, arguments in found.values())


def test_rounds_and_medians():
    speeds = iter([100.0, 10.0, 300.0, 20.0, 200.0, 60.0])
    told = []
    found = measure_switches(
        names=(AS_IT_IS, "1 thread"), num_rounds=3, tell=told.append, run=lambda *_how: next(speeds)
    )
    assert found == {AS_IT_IS: 200.0, "1 thread": 20.0}
    assert told[0] == f"round 1, {AS_IT_IS}: 100 tokens a second" and len(told) == 6


def steps(seconds):
    lines = [{"event": "backend", "seconds": 1.0, "peak_bytes": 1}]
    lines += [{"event": name, "seconds": seconds, "peak_bytes": 2} for name in ("batch", "batch", "update")]
    return "\n".join(map(json.dumps, lines))


def test_a_process_with_its_environment(monkeypatch):
    asked = []

    def run(command, env, **_more):
        asked.append((command, env))
        return SimpleNamespace(stdout=steps(0.5), stderr="")

    monkeypatch.setattr(training_switches.subprocess, "run", run)
    speed = training_switches._run_process({"OMP_NUM_THREADS": "1"}, ["--plain"], 3.0)
    assert speed == pytest.approx(1 / (0.5 / 2048 + 0.5 / 4096))
    command, environment = asked[0]
    assert command == [sys.executable, "-m", training_switches.MODULE, "--plain", "--seconds", "3.0"]
    assert environment["OMP_NUM_THREADS"] == "1" and environment["PATH"] == os.environ["PATH"]


def test_a_process_that_gives_nothing_is_told(monkeypatch):
    dead = SimpleNamespace(stdout="", stderr="no memory")
    monkeypatch.setattr(training_switches.subprocess, "run", lambda *_a, **_k: dead)
    with pytest.raises(RuntimeError, match="gave no step of training: no memory"):
        training_switches._run_process({}, [], 1.0)


def test_a_process_that_takes_too_long_is_told(monkeypatch):
    def run(command, timeout, **_more):
        raise subprocess.TimeoutExpired(command, timeout)

    monkeypatch.setattr(training_switches.subprocess, "run", run)
    with pytest.raises(RuntimeError, match="was stopped after 900 s"):
        training_switches._run_process({}, [], 1.0)


@pytest.mark.parametrize(
    ("words", "is_allowed", "dtype"),
    [
        ([], True, "float32"),
        (["--plain"], False, "float32"),
        (["--product-dtype", "bfloat16"], True, "bfloat16"),
    ],
)
def test_the_process_trains_tiny_as_it_is_told(monkeypatch, capsys, words, is_allowed, dtype):
    pytest.importorskip("tensorflow")
    import mof.machine.step_measurement
    from mof.ops.compilation_tensorflow import _is_allowed

    def measure(config, seconds, tell):
        assert _is_allowed.get() is is_allowed and seconds == 2.0
        assert config == preset("tiny").model.replace(product_dtype=dtype)
        tell({"event": "batch"})

    monkeypatch.setattr(mof.machine.step_measurement, "measure_steps", measure)
    assert main([*words, "--seconds", "2"]) == 0 and _is_allowed.get()
    assert json.loads(capsys.readouterr().out) == {"event": "batch"}


def test_the_table():
    lines = describe_switches({AS_IT_IS: 4000.0, "1 thread": 3000.0})
    assert [line.split()[-2:] for line in lines[1:]] == [["4,000", "1.00"], ["3,000", "0.75"]]
