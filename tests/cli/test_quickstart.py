"""The first training: from nothing, gone on with, done again; what it shows, and what it leaves alone."""

import contextlib
import dataclasses
import functools
import json
import shutil
from pathlib import Path

import pytest

from mof.cli import quickstart as quickstart_module
from mof.cli.default_model import shipped_model
from mof.cli.invocation import command_line
from mof.presets import preset
from mof.training.run_folder import RunError

SMALL_MODEL = {"transformer_layers": 1, "width": 16, "recurrent_width": 16}


@pytest.fixture(autouse=True)
def few_updates(monkeypatch):
    """Two updates of a smaller model in place of minutes."""
    from mof.cli import quickstart_questions, quickstart_run, quickstart_view

    def small_preset(name):
        return dataclasses.replace(preset(name), model=preset(name).model.replace(**SMALL_MODEL))

    config = quickstart_module.QUICK_TRAINING.replace(
        num_updates=2, lengths=(16,), num_streams=2, tokens_per_update=32, evaluation_tokens=64
    )
    monkeypatch.setattr(quickstart_module, "QUICK_TRAINING", config)
    monkeypatch.setattr(quickstart_run, "preset", small_preset)
    shown = quickstart_view.SAMPLE_CONFIG.replace(max_tokens=2)
    monkeypatch.setattr(quickstart_view, "SAMPLE_CONFIG", shown)
    monkeypatch.setattr(quickstart_questions, "BYTES_PER_MINUTE", 20_000)
    monkeypatch.setattr(quickstart_questions, "NUM_QUESTIONS", 2)
    monkeypatch.setattr(quickstart_questions, "FAMILY_NAMES", ("element_symbol", "larger_number"))


def test_everything_is_shown_in_order(mof, data, tmp_path):
    run = tmp_path / "quick"
    words = ["quickstart", "--minutes", "0.1", "--preset", "nano", "--run", str(run), "--data", str(data)]
    answer = mof(*words)
    assert answer.status == 0, answer
    said = answer.output
    steps = [
        "Writing questions",
        "春天来了， (Spring has come,)",
        "Before:",
        "loss",
        "bits/byte",
        "characters/s",
        "0:00 left",
    ]
    steps += [
        "bits per byte on held-out text",
        "After:",
        "What it answers now",
        "of 2",
        "Which expert",
        "█ RNN",
        "(start of the text)",
    ]
    steps += [f"The model lies in {run}", "generate --run", "train --base", "chat --run runs/chat"]
    steps += [f"chat --run {shipped_model('chat')}"]
    places = [said.find(step) for step in steps]
    assert -1 not in places and places == sorted(places), dict(zip(steps, places, strict=True))
    more = command_line("quickstart", "--minutes", "0.6", "--run", str(run), "--data", str(data))
    assert f"So much after 0.1 minutes; with more, more come right: {more}\n" in said
    corpus = json.loads((run / "run.json").read_text(encoding="utf-8"))["corpus"]
    assert corpus[-1] == str(tmp_path / "quick-questions-0.1-minutes.jsonl") and len(corpus) == 3
    assert said.count("\n  春天来了，") == 2 and str(data / "dialogues") in said


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
    resumed = mof(*words, "--minutes", "9")  # whose questions are in a file of their own
    assert resumed.status == 0 and "Going on with the unfinished training" in resumed.output
    assert "Resuming after update 1" in resumed.output and "After:" in resumed.output
    assert "So much after 5 minutes; " in resumed.output, "those of the training, not those asked for now"


def test_finished_model_is_kept_once_when_a_new_one_is_made(mof, trained, data, tmp_path):
    from mof.cli.quickstart_run import MARK, open_or_make_run

    run, before, said = tmp_path / "quick", tmp_path / "quick-before", []

    def start_again():
        return open_or_make_run(
            run, "nano", {}, quickstart_module.QUICK_TRAINING, [str(data / "prose")], said.append
        )

    for i in range(2):  # the second time, the one kept before makes room
        shutil.rmtree(run, ignore_errors=True)
        shutil.copytree(trained.path, run)
        (run / MARK).touch()
        (run / f"model-{i}").touch()
        made, _, _ = start_again()
        assert (before / f"model-{i}").exists() and not (run / f"model-{i}").exists()
        assert made.newest_checkpoint() is None and (run / MARK).exists()
    assert not (before / "model-0").exists()
    assert f"The model trained before is kept in {before}." in said


@pytest.fixture
def set_aside(trained, data, tmp_path):
    """A function that begins anew where a finished run of quickstart lies; what it says is in `said`."""
    from mof.cli.quickstart_run import MARK, open_or_make_run

    run, said = tmp_path / "quick", []
    shutil.copytree(trained.path, run)
    (run / MARK).touch()
    begin = functools.partial(
        open_or_make_run,
        run,
        "nano",
        {},
        quickstart_module.QUICK_TRAINING,
        [str(data / "prose")],
        said.append,
    )
    begin.said = said
    return begin


@pytest.mark.parametrize("num_deletions", range(6))  # a file and another, a folder, the mark, the rest
def test_a_kill_while_the_model_before_is_deleted_is_mended_by_the_next_start(
    set_aside, tmp_path, monkeypatch, num_deletions
):
    before, done = tmp_path / "quick-before", []
    (before / "checkpoints").mkdir(parents=True)
    for name in ("made-by-quickstart", "a", "z", "checkpoints/weights"):
        (before / name).touch()

    def counted(real):
        def delete(path, *arguments, **words):
            if tmp_path / "quick-before" in (path, path.parent):
                if len(done) == num_deletions:
                    raise KeyboardInterrupt
                done.append(path)
            return real(path, *arguments, **words)

        return delete

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", counted(shutil.rmtree))
        for name in ("unlink", "rmdir"):
            patch.setattr(Path, name, counted(getattr(Path, name)))
        patch.setattr("mof.cli.quickstart_run.new_run", lambda *_, **__: None)
        with contextlib.suppress(KeyboardInterrupt):
            set_aside()
    if num_deletions == 5:
        assert len(done) == 5 and (before / "run.json").is_file()
        return
    held = {path.name for path in before.iterdir()}
    assert len(done) == num_deletions and (not held or "made-by-quickstart" in held)
    set_aside()
    assert f"The model trained before is kept in {before}." in set_aside.said
    assert (before / "run.json").is_file() and not (before / "z").exists()


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_a_readers_own_folder_of_that_name_is_left_alone(set_aside, tmp_path, kind):
    before = tmp_path / "quick-before"
    if kind == "folder":
        before.mkdir()
        (before / "notes.txt").touch()
    else:
        before.touch()
    with pytest.raises(RunError, match="quick-before is there and is no model of quickstart's: rename it"):
        set_aside()
    assert (tmp_path / "quick" / "run.json").is_file() and before.exists()
    assert kind == "file" or (before / "notes.txt").exists()


def test_a_kill_while_a_run_is_made_leaves_one_that_quickstart_made(data, tmp_path, monkeypatch):
    from mof.cli import quickstart_run

    def killed(*arguments, **words):
        raise KeyboardInterrupt

    monkeypatch.setattr(quickstart_run, "new_run", killed)
    with pytest.raises(KeyboardInterrupt):
        quickstart_run.open_or_make_run(
            tmp_path / "quick", "nano", {}, quickstart_module.QUICK_TRAINING, [str(data / "prose")], str
        )
    assert [path.name for path in (tmp_path / "quick").iterdir()] == [quickstart_run.MARK]


def test_a_folder_with_other_things_is_left_alone(mof, data, tmp_path):
    (tmp_path / "runs" / "first").mkdir(parents=True)
    answer = mof("quickstart", "--preset", "nano", "--run", str(tmp_path / "runs"), "--data", str(data))
    assert answer.status == 1 and "holds other things: choose another folder with --run" in answer.errors


def test_finished_run_of_another_origin_stays(mof, trained, data):
    answer = mof("quickstart", "--preset", "nano", "--run", trained.path, "--data", str(data))
    assert answer.status == 1 and "quickstart did not make: choose another folder with --run" in answer.errors
    assert (Path(trained.path) / "run.json").exists()


def test_missing_text_is_told(mof, tmp_path):
    answer = mof("quickstart", "--data", str(tmp_path))
    assert answer.status == 1 and answer.errors.count("\n") == 1
    assert "the text to learn from is not there" in answer.errors and "--data" in answer.errors


def test_defaults_are_those_of_the_course(mof):
    said = mof("quickstart", "--help").output
    assert "5 minutes" in said or "default: 5" in said
    assert "--preset" not in said
