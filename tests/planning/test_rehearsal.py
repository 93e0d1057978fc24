"""The whole loop, for real: plan, train, kill, resume, stop, resume, fine-tune, export, chat."""

from pathlib import Path

import keras
import pytest

from mof.planning import rehearsal
from mof.planning.plan_file import read_plan
from mof.planning.rehearsal import RehearsalError, rehearse
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
