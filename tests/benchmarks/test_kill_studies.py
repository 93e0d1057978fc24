"""The studies of kills: only a kill that hit a process at work is counted. No training."""

import json
import subprocess
import sys

import pytest

from benchmarks import kill_study, plan_kill_study
from benchmarks.kill_study import Stretch

IDENTICAL = {"kills": [], "differences": [], "identical": True, "seconds": 1.0}


@pytest.fixture
def played(tmp_path, monkeypatch):
    """Small programs in place of the trainings: `played(code)` says what the next process does. `tell(stage,
    update)` in it writes what a log would tell."""
    codes = []
    tell = (
        "import pathlib, sys, time\n"
        f"def tell(stage, update):\n"
        f"    pathlib.Path({str(tmp_path)!r}, stage + '.update').write_text(str(update))\n"
    )
    start = subprocess.Popen

    def run(_command, **how):
        return start([sys.executable, "-S", "-c", tell + codes.pop(0)], **how)

    def last_update(path):
        file = tmp_path / f"{path.name}.update"
        return int(file.read_text() or 0) if file.is_file() else 0

    monkeypatch.setattr(plan_kill_study, "_last_update", last_update)
    monkeypatch.setattr(subprocess, "Popen", run)
    return codes.append


def follow(folder, *how, **more):
    """(stage, update, was_killed) of the next process."""
    stretch = plan_kill_study.follow(folder / "plan.toml", *how, **more)
    return stretch.stage, stretch.update, stretch.was_killed


def test_a_kill_waits_for_an_update_of_this_process(played, tmp_path):
    (tmp_path / "pretraining.update").write_text("50")  # by the process before
    played("time.sleep(0.7); tell('pretraining', 51); time.sleep(30)")
    assert follow(tmp_path, ("pretraining", 30)) == ("pretraining", 51, True)
    played("time.sleep(0.5); tell('chat', 1); time.sleep(30)")
    assert follow(tmp_path, ("pretraining", 30)) == ("chat", 1, True), "that stage had ended"


def test_the_seconds_of_a_start_are_measured(played, tmp_path):
    played("time.sleep(0.6); tell('pretraining', 1); time.sleep(0.3)")
    stretch = plan_kill_study.follow(tmp_path / "plan.toml")
    assert 0.5 < stretch.first_seconds < 5 and not stretch.was_killed


def test_a_kill_after_some_seconds_is_one(played, tmp_path):
    played("time.sleep(30)")
    assert follow(tmp_path, kill_after_seconds=0.3) == ("pretraining", 0, True)


@pytest.mark.parametrize("how", [{}, {"kill_at": ("chat", 5)}, {"kill_after_seconds": 60.0}])
def test_a_plan_that_ends_by_itself_was_not_killed(played, tmp_path, how):
    played("tell('pretraining', 3)")
    assert follow(tmp_path, **how) == ("pretraining", 3, False)
    played("sys.exit('the resume has failed')")
    with pytest.raises(RuntimeError, match="ended with 1: the resume has failed"):
        follow(tmp_path, **how)


def test_only_kills_are_counted_and_a_study_goes_on(tmp_path, monkeypatch):
    asked, answers = [], []

    def follow(file, kill_at=None, delay=0.0, after=None):
        asked.append((file.stem, kill_at, after))
        if file.stem == "alone" or kill_at is after is None:
            return plan_kill_study.Stretch("chat", 40, 4.0, False)
        return answers.pop(0)

    monkeypatch.setattr(plan_kill_study, "follow", follow)
    monkeypatch.setattr(plan_kill_study, "differences", lambda *_: [])
    monkeypatch.setattr(plan_kill_study, "make_plan", lambda folder, _: folder.with_suffix(".toml"))
    hit = plan_kill_study.Stretch("pretraining", 7, 4.0, True)
    answers[:] = [hit, hit, hit._replace(was_killed=False)]
    said = []
    result = plan_kill_study.study(tmp_path, 6, 40, report=said.append)
    assert len(result["kills"]) == 2 and any("came to its end before the next kill" in line for line in said)
    assert json.loads((tmp_path / "kills.json").read_text(encoding="utf-8")) == result["kills"]
    first = [row for row in asked if row[0] == "killed" and row[1:] != (None, None)]
    asked.clear()
    answers[:] = [hit] * 4
    assert len(plan_kill_study.study(tmp_path, 6, 40, report=said.append)["kills"]) == 6
    again = [row for row in asked if row[0] == "killed" and row[1:] != (None, None)]
    assert again[0] == first[2] and len(again) == 4, "it goes on where it was"
    (after,) = [after for _, _, after in again if after is not None]
    assert 0 <= after < 4.0, "a kill of a start falls into the seconds that a start was seen to take"


def test_a_worker_is_killed_at_its_update_or_was_not_killed(played, tmp_path):
    tell = "for i in range(1, 9): print(i, flush=True); time.sleep(0.05)\n"
    played(tell + "time.sleep(30)")
    stretch = kill_study.train(tmp_path, kill_at=3)
    assert stretch.last == 3 and stretch.was_killed and stretch.first_seconds > 0
    played("time.sleep(30)")
    assert kill_study.train(tmp_path, kill_after_seconds=0.3) == Stretch(0, 0.0, True)
    for how in ({}, {"kill_at": 20}, {"kill_after_seconds": 60.0}):
        played(tell)
        assert kill_study.train(tmp_path, **how)[::2] == (8, False)
        played("sys.exit('the resume has failed')")
        with pytest.raises(RuntimeError, match="ended with status 1: the resume has failed"):
            kill_study.train(tmp_path, **how)


def test_kills_that_did_not_happen_are_not_counted(tmp_path, monkeypatch):
    answers = [Stretch(9, 4.0, False), Stretch(3, 4.0, True), Stretch(9, 4.0, False), Stretch(9, 0.0, False)]
    monkeypatch.setattr(kill_study, "train", lambda *_: answers.pop(0))
    monkeypatch.setattr(kill_study, "make_run", lambda *_: None)
    monkeypatch.setattr(kill_study, "differences", lambda *_: [])
    said = []
    assert len(kill_study.study(tmp_path, 5, 40, report=said.append)["kills"]) == 1
    assert any("came to its end before the next kill" in line for line in said)


@pytest.mark.parametrize("program", [kill_study, plan_kill_study])
@pytest.mark.parametrize("is_identical", [True, False])
def test_the_runs_stay_where_they_differ(program, is_identical, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    state = tmp_path / "state.json"
    state.write_text('{"conditions": {"cores": 2}}', encoding="utf-8")
    monkeypatch.setattr(program, "list_checkpoints", lambda _: [tmp_path])
    found = [] if is_identical else ["weights a"]
    result = {**IDENTICAL, "differences": found, "identical": is_identical}
    monkeypatch.setattr(program, "study", lambda *_: result)
    assert program.main([]) == (0 if is_identical else 1)
    (kept,) = [*tmp_path.glob("kill_study_*")] or [None]
    assert (
        kept is None
    ) == is_identical and "stay there unless they come out equal" in capsys.readouterr().out
    own = tmp_path / "own"
    own.mkdir()
    program.main(["--folder", str(own)])
    assert own.is_dir(), "a folder that was named stays"
