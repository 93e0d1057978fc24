"""The whole loop, for real: plan, train, kill, resume, stop, resume, fine-tune, export, chat."""

from pathlib import Path

import keras
import pytest

from mof.planning import rehearsal
from mof.planning.plan_file import read_plan
from mof.planning.rehearsal import RehearsalError, rehearse, wait_until
from mof.training.run_folder import RunFolder

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
@pytest.mark.skipif(keras.backend.backend() == "jax", reason="the doctor measures TensorFlow")
def test_the_whole_loop_in_some_minutes(tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    told = []
    result = rehearse(tmp_path / "rehearsal", ROOT / "data", minutes=1.0, tell=told.append)
    assert len(result.steps) == len(told) == 7
    assert 0 < result.resumed_at < result.killed_at and result.is_same
    assert result.answer.strip()
    plan = read_plan(result.folder / "plan.toml")
    for stage in plan.stages:
        events = [event["event"] for event in RunFolder(result.folder / stage.name).read_events()]
        assert events[0] == "started" and events[-1] == "finished"
    first = [event["event"] for event in RunFolder(result.folder / "pretraining").read_events()]
    assert first.count("resumed") >= 2 - ("stopped" not in first)


def test_a_folder_with_a_plan_is_left_alone(tmp_path):
    (tmp_path / "plan.toml").touch()
    with pytest.raises(ValueError, match="holds a plan already"):
        rehearse(tmp_path)


class Clock:
    """Time goes on only where somebody sleeps, 200 seconds each time; then an update may be done."""

    def __init__(self, monkeypatch, after_each):
        self.now, self._after_each = 0.0, after_each
        monkeypatch.setattr(rehearsal, "time", self)

    def monotonic(self):
        return self.now

    def sleep(self, seconds):
        self.now += 200.0
        self._after_each()


@pytest.fixture
def output(tmp_path):
    (tmp_path / "chat").mkdir()
    path = tmp_path / "output.log"
    path.write_text("waiting for the disk", encoding="utf-8")
    return path


def test_a_training_that_goes_on_is_waited_for_as_long_as_it_takes(output, monkeypatch):
    log = output.parent / "chat" / "log.jsonl"

    def update():
        with log.open("a", encoding="utf-8") as file:
            file.write("{}\n")

    clock = Clock(monkeypatch, update)
    wait_until(lambda: clock.now >= 4000.0, None, output)
    assert len(log.read_text(encoding="utf-8").splitlines()) == 20


def test_one_that_does_no_update_for_ten_minutes_is_told(output, monkeypatch):
    clock = Clock(monkeypatch, lambda: None)
    with pytest.raises(RehearsalError, match="has done no update for 10 minutes: waiting for the disk"):
        wait_until(lambda: clock.now >= 4000.0, None, output)
    assert 600.0 < clock.now < 1000.0


def test_a_fast_machine_may_read_the_little_text_as_often_as_it_does(tmp_path, monkeypatch):
    """`nano` at 500,000 tokens a second reads it hundreds of times in two minutes; plans refuse above 60."""
    asked = []

    def run(*words, **more):
        asked.append(words)
        if words[0] == "plan":
            raise RehearsalError("far enough")

    monkeypatch.setattr(rehearsal, "run_mof", run)
    with pytest.raises(RehearsalError, match="far enough"):
        rehearse(tmp_path, ROOT / "data", tell=lambda words: None)
    wanted = asked[-1][asked[-1].index("--most-passes") + 1]
    assert wanted > 500_000 * 120 / 80_000  # tokens of the two minutes over those of the text
