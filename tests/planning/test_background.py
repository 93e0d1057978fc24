"""The process in the background: started by another that ends, found by its lock, asked to stop by a file."""

import subprocess
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from mof.planning import background
from mof.planning.plan import Head, Plan, Stage, StageText
from mof.planning.plan_file import write_plan
from mof.training.folder_lock import held
from mof.training.run_folder import RunError
from tests.planning.conftest import write_texts

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def plan(tmp_path):
    """The file of a plan whose text is there."""
    texts = write_texts(tmp_path / "a.jsonl")
    settings = {"tokens_per_update": 128, "lengths": (16,)}
    stage = Stage.make("pretraining", StageText(corpus=(str(texts),), tokens=10 * 128), settings)
    plan = Plan(Head(folder=str(tmp_path / "plan")), "nano", "characters", {}, (stage,))
    write_plan(tmp_path / "my plan.toml", plan)
    return tmp_path / "my plan.toml"


def test_a_kernels_wish_for_colours_is_not_handed_on(monkeypatch):
    for name in ("FORCE_COLOR", "CLICOLOR_FORCE", "MOF_LANGUAGE"):
        monkeypatch.setenv(name, "1")
    found = background.plain_environment()
    assert "FORCE_COLOR" not in found and "CLICOLOR_FORCE" not in found
    assert found["MOF_LANGUAGE"] == "1" and found["PYTHONIOENCODING"] == "utf-8"


def test_on_windows_the_second_has_no_console_and_leaves_the_job_if_it_may(tmp_path, monkeypatch, capsys):
    """Made up: the names of the flags are Windows', as its documentation gives them."""
    flags = {"CREATE_NEW_PROCESS_GROUP": 0x200, "CREATE_NO_WINDOW": 0x8000000}
    flags |= {"CREATE_BREAKAWAY_FROM_JOB": 0x1000000}
    assert set(flags) == set(background.WINDOWS_FLAGS)
    given = []

    def open_process(command, creationflags, **streams):
        given.append(creationflags)
        if len(given) == 1:
            raise PermissionError("the job lets nobody out")
        return SimpleNamespace(pid=7, returncode=None)

    for name, value in flags.items():
        monkeypatch.setattr(subprocess, name, value, raising=False)
    monkeypatch.setattr(background.os, "name", "nt")
    monkeypatch.setattr(background.subprocess, "Popen", open_process)
    try:
        background.main([str(tmp_path / "output.log"), "train"])
    finally:
        monkeypatch.undo()  # a path made under another name of the system could not be used
    assert given == [0x9000200, 0x8000200] and capsys.readouterr().out == "7\n"


def test_the_first_process_ends_and_the_second_is_nobodys_child(tmp_path):
    output = tmp_path / "output.log"
    command = [sys.executable, "-m", "mof.planning.background", str(output), "train", "--help"]
    first = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=120)
    assert first.returncode == 0, first.stderr
    number = int(first.stdout)
    mine = {child.pid for child in psutil.Process().children(recursive=True)}
    assert number not in mine
    end = time.monotonic() + 300  # on a busy machine Python starts slowly
    while background.is_alive(number) and time.monotonic() < end:
        time.sleep(0.05)
    assert "--tokens-per-update" in output.read_text(encoding="utf-8")


def test_what_ends_at_once_is_told_with_its_words(plan, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    (tmp_path / "a.jsonl").unlink()
    (tmp_path / "plan").mkdir()
    (tmp_path / "plan" / "output.log").write_text("from before\n", encoding="utf-8")
    with pytest.raises(RunError) as caught:
        background.start(plan.name, where=tmp_path)
    words = str(caught.value)
    assert words.startswith("the training ended at once: ") and "does not exist" in words
    assert "from before" not in words
    assert "Traceback" not in words


def test_a_second_one_is_refused_before_it_is_started(plan, tmp_path):
    (tmp_path / "plan").mkdir()
    with held(tmp_path / "plan" / "plan.lock", RuntimeError()):
        with pytest.raises(RunError, match="another process follows a plan in"):
            background.start(plan)


def test_a_stop_is_asked_for_and_waited_for(plan, tmp_path):
    folder = tmp_path / "plan"
    folder.mkdir()
    is_held, seen = threading.Event(), []

    def train():
        with held(folder / "plan.lock", RuntimeError()):
            is_held.set()
            while not (folder / "stop-asked").exists():
                time.sleep(0.01)
            seen.append("asked")

    worker = threading.Thread(target=train)
    worker.start()
    assert is_held.wait(10)
    assert background.stop(plan) is True  # by the plan's file
    worker.join()
    assert seen == ["asked"] and not (folder / "stop-asked").exists()


def test_a_stage_that_is_trained_by_itself_is_stopped_with_its_plan(plan, tmp_path):
    stage = tmp_path / "plan" / "pretraining"
    stage.mkdir(parents=True)
    is_held = threading.Event()

    def train():  # as `mof train --resume --run plan/pretraining`, which looks for its own file
        with held(stage / "run.lock", RuntimeError()):
            is_held.set()
            while not (stage / "stop-asked").exists():
                time.sleep(0.01)

    worker = threading.Thread(target=train)
    worker.start()
    assert is_held.wait(10) and background.is_busy(tmp_path / "plan")
    assert background.stop(plan, seconds=30) is True
    worker.join()
    assert not (stage / "stop-asked").exists() and not (tmp_path / "plan" / "stop-asked").exists()


def test_a_stop_that_takes_long_is_not_waited_for_forever(tmp_path):
    with held(tmp_path / "run.lock", RuntimeError()):  # of a single run
        assert background.stop(tmp_path, seconds=0.3) is False
    assert (tmp_path / "stop-asked").exists()


def test_nothing_to_stop_is_told(tmp_path):
    with pytest.raises(RunError, match="nothing trains in"):
        background.stop(tmp_path)
