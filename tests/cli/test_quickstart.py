"""The first training: from nothing, gone on with, done again; what it shows, and what it leaves alone."""

import shutil

import pytest

from mof.cli import quickstart as quickstart_module


@pytest.fixture(autouse=True)
def few_updates(monkeypatch):
    """Two updates in place of minutes."""
    config = quickstart_module.QUICK_TRAINING.replace(
        num_updates=2, lengths=(16,), num_streams=2, tokens_per_update=32, evaluation_tokens=64
    )
    monkeypatch.setattr(quickstart_module, "QUICK_TRAINING", config)
    from mof.cli import quickstart_view

    shown = quickstart_view.SAMPLE_CONFIG.replace(max_tokens=3)
    monkeypatch.setattr(quickstart_view, "SAMPLE_CONFIG", shown)


def test_everything_is_shown_and_a_second_start_trains_anew(mof, data, tmp_path):
    run = tmp_path / "quick"
    words = ["quickstart", "--minutes", "0.1", "--preset", "nano", "--run", str(run), "--data", str(data)]
    answer = mof(*words)
    assert answer.status == 0, answer
    said = answer.output
    steps = ["春天来了， (Spring has come,)", "Before:", "loss", "bits/byte", "characters/s", "0:00 left"]
    steps += ["bits per byte on held-out text", "After:", "Which expert", "█ RNN", "(start of the text)"]
    steps += [f"The model lies in {run}", "generate --run", "train --base", "chat --run runs/chat"]
    places = [said.find(step) for step in steps]
    assert -1 not in places and places == sorted(places), dict(zip(steps, places, strict=True))
    assert said.count("\n  春天来了，") == 2 and str(data / "dialogues") in said

    first = (run / "run.json").read_bytes()
    again = mof(*words)
    assert again.status == 0 and "is kept in" in again.output
    assert (tmp_path / "quick-before" / "run.json").read_bytes() == first
    third = mof(*words)
    assert third.status == 0 and sorted(path.name for path in tmp_path.iterdir() if path.name != "tokens") == [
        "quick",
        "quick-before",
    ]


def test_unfinished_training_is_gone_on_with(mof, data, tmp_path, monkeypatch):
    from mof.cli import training_session

    class Impatient(training_session.TerminalObserver):
        def wants_stop(self):
            return bool(self._recent)

    words = ["quickstart", "--preset", "nano", "--run", str(tmp_path / "quick"), "--data", str(data)]
    with monkeypatch.context() as patch:
        patch.setattr(training_session, "TerminalObserver", Impatient)
        stopped = mof(*words)
    assert stopped.status == 0 and "Stopped and saved. The same command goes on" in stopped.output
    assert "After:" not in stopped.output
    resumed = mof(*words)
    assert resumed.status == 0 and "Going on with the unfinished training" in resumed.output
    assert "Resuming after update 1" in resumed.output and "After:" in resumed.output


def test_finished_run_of_another_origin_stays(mof, trained, data, tmp_path):
    run = tmp_path / "own"
    shutil.copytree(trained.path, run)
    answer = mof("quickstart", "--preset", "nano", "--run", str(run), "--data", str(data))
    assert answer.status == 1 and "quickstart did not make: choose another folder with --run" in answer.errors
    assert (run / "run.json").exists()


def test_missing_text_is_told(mof, tmp_path):
    answer = mof("quickstart", "--data", str(tmp_path))
    assert answer.status == 1 and answer.errors.count("\n") == 1
    assert "the text to learn from is not there" in answer.errors and "--data" in answer.errors


def test_defaults_are_those_of_the_course(mof):
    said = mof("quickstart", "--help").output
    assert "5 minutes" in said or "default: 5" in said
    assert "--preset" not in said
