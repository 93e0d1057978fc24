"""A plan from its file to its end: both stages, stopped, gone on with, refused where it should be."""

import errno
import json
import signal
import sys
from pathlib import Path

import pytest

from mof.cli import train_plan
from mof.planning.gate import WhenToTrain
from mof.planning.plan import Head, Plan, Stage, StageText
from mof.planning.plan_file import read_plan, write_plan
from mof.training.folder_lock import held
from mof.training.run_folder import RunFolder

SHAPE = {"transformer_layers": 1, "width": 16, "recurrent_width": 16}
TRAINING = {"lengths": (16,), "tokens_per_update": 32, "num_streams": 2, "evaluation_tokens": 64}


@pytest.fixture
def plan(data, tmp_path, monkeypatch):
    """The file of a plan of 10 updates on prose and 10 on dialogues; this process keeps its priority."""
    for module in ("mof.cli.train", "mof.cli.train_plan"):
        monkeypatch.setattr(
            sys.modules.get(module) or __import__(module, fromlist=["x"]), "make_way", lambda _: None
        )
    stages = (_stage("pretraining", data / "prose"), _stage("chat", data / "dialogues"))
    folder = tmp_path / "plan"
    write_plan(tmp_path / "plan.toml", Plan(Head(folder=str(folder)), "nano", "characters", SHAPE, stages))
    return tmp_path / "plan.toml"


def _stage(name, corpus):
    text = StageText(corpus=(str(corpus),), tokens=10 * 32, validation_fraction=0.2)
    return Stage.make(name, text, TRAINING)


def updates(folder, name):
    return [entry["update"] for entry in RunFolder(folder / name).read_log() if "event" not in entry]


def events(folder, name):
    return [event["event"] for event in RunFolder(folder / name).read_events()]


def test_a_plan_is_followed_to_its_end(mof, plan, tmp_path):
    answer = mof("train", "--plan", str(plan))
    assert answer.status == 0, answer
    folder = tmp_path / "plan"
    assert updates(folder, "pretraining") == updates(folder, "chat") == list(range(1, 11))
    assert events(folder, "pretraining") == events(folder, "chat") == ["started", "finished"]
    facts = json.loads((folder / "chat" / "run.json").read_text(encoding="utf-8"))
    assert facts["base"] == str((folder / "pretraining").resolve())
    assert "chat --run" in answer.output and "export" in answer.output
    again = mof("train", "--plan", str(plan))
    assert again.status == 0 and "The chat is finished." in again.output and "parameters" not in again.output
    told = mof("status", str(plan))
    assert told.status == 0 and "finished" in told.output and "update 10 of 10" in told.output
    spoken = mof("chat", "--run", str(folder / "chat"), "--max-tokens", "4", said="你好\n\n")
    assert spoken.status == 0 and "答 (model)>" in spoken.output


@pytest.mark.slow
def test_the_same_command_goes_on_at_whichever_stage_it_stood(mof, plan, tmp_path, monkeypatch):
    from mof.cli import training_session

    whole = tmp_path / "whole"
    text = plan.read_text(encoding="utf-8")
    (tmp_path / "whole.toml").write_text(
        text.replace(json.dumps(str(tmp_path / "plan")), json.dumps(str(whole))), encoding="utf-8"
    )
    assert mof("train", "--plan", str(tmp_path / "whole.toml")).status == 0

    class Impatient(training_session.TerminalObserver):
        def updated(self, training):
            super().updated(training)
            if training.progress.update == 4:
                signal.raise_signal(signal.SIGTERM)

    with monkeypatch.context() as patch:
        patch.setattr(training_session, "TerminalObserver", Impatient)
        for stage in ("pretraining", "chat"):  # stopped in each; the first is ended in between
            answer = mof("train", "--plan", str(plan))
            assert answer.status == 0 and "The same command goes on" in answer.output
            assert updates(tmp_path / "plan", stage) == [1, 2, 3, 4]
            told = mof("status", str(tmp_path / "plan"))
            assert "not running" in told.output and "Go on with:" in told.output
    assert mof("train", "--plan", str(plan)).status == 0
    for name in ("pretraining", "chat"):
        losses = [
            [entry["loss"] for entry in RunFolder(folder / name).read_log() if "event" not in entry]
            for folder in (whole, tmp_path / "plan")
        ]
        assert losses[0] == losses[1] and len(losses[0]) == 10
        assert events(tmp_path / "plan", name) == ["started", "stopped", "resumed", "finished"]


def test_a_file_stops_it(mof, plan, tmp_path, monkeypatch):
    from mof.cli import training_session

    class Asked(training_session.TerminalObserver):
        def updated(self, training):
            super().updated(training)
            (tmp_path / "plan" / "stop-asked").touch()

    monkeypatch.setattr(training_session, "TerminalObserver", Asked)
    answer = mof("train", "--plan", str(plan))
    assert answer.status == 0 and "as was asked from outside" in answer.output
    assert updates(tmp_path / "plan", "pretraining") == [1]


def test_a_corrupted_checkpoint_is_passed_over(mof, plan, tmp_path):
    assert mof("train", "--plan", str(plan)).status == 0
    checkpoint = RunFolder(tmp_path / "plan" / "chat").newest_checkpoint()
    assert checkpoint.path.name == "update-00000010"
    (checkpoint.path / "weights.safetensors").write_bytes(b"spoiled")
    answer = mof("train", "--plan", str(plan))
    # the only checkpoint of ten quick updates: all are damaged, and that is said
    assert answer.status == 1 and "weights.safetensors is 7 bytes long" in answer.errors


def test_missing_text_is_told_and_nothing_is_lost(mof, plan, data, tmp_path):
    text = plan.read_text(encoding="utf-8").replace(json.dumps(str(data / "dialogues")), '"gone"')
    plan.write_text(text, encoding="utf-8")
    answer = mof("train", "--plan", str(plan))
    assert answer.status == 1 and "[chat] the corpus path gone does not exist" in answer.errors
    assert "the same command goes on" in answer.errors and not (tmp_path / "plan" / "pretraining").exists()


def test_a_second_run_on_one_folder_is_refused(mof, plan, tmp_path):
    (tmp_path / "plan").mkdir()
    with held(tmp_path / "plan" / "plan.lock", RuntimeError()):
        answer = mof("train", "--plan", str(plan))
    assert answer.status == 1 and "another process follows a plan in" in answer.errors


@pytest.mark.slow
def test_a_stop_during_the_last_update_of_a_stage_stops_before_the_next(mof, plan, tmp_path, monkeypatch):
    from mof.cli.terminal import TerminalObserver

    updated = TerminalObserver.updated

    def and_then_a_signal(observer, training):
        updated(observer, training)
        if training.is_finished():
            signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr(TerminalObserver, "updated", and_then_a_signal)
    answer = mof("train", "--plan", str(plan))
    assert "Stopped and saved. The same command goes on" in answer.output, answer.errors
    assert events(tmp_path / "plan", "pretraining")[-1] == "finished"
    assert not (tmp_path / "plan" / "chat").exists()


@pytest.mark.slow
def test_a_full_disk_while_it_is_prepared_is_waited_for(mof, plan, tmp_path, monkeypatch):
    from mof.training import disk_space, run_folder

    monkeypatch.setattr(disk_space, "SECONDS_BETWEEN_TRIES", 0.0)
    write, tries = run_folder._write_facts, []

    def sometimes(path, facts):
        tries.append(1)
        if len(tries) < 3:
            raise OSError(errno.ENOSPC, "No space left on device")
        write(path, facts)

    monkeypatch.setattr(run_folder, "_write_facts", sometimes)
    answer = mof("train", "--plan", str(plan))
    assert answer.status == 0 and answer.output.count("is full:") == 2
    assert updates(tmp_path / "plan", "chat") == list(range(1, 11))


@pytest.mark.slow
def test_outside_its_hours_it_waits_before_anything_is_loaded(mof, plan, tmp_path, monkeypatch):
    from mof.cli import train_plan

    looks = []

    class Night:
        def __init__(self, when):
            assert when == WhenToTrain(day_hours="22-7", niceness=0)
            self.when, self.is_always_open = when, False

        def refusal(self):
            from mof.planning.gate import Refusal

            looks.append(1)
            return Refusal("hours", "Only at night.") if len(looks) < 4 else None

    started = []
    monkeypatch.setattr(train_plan, "Gate", Night)
    monkeypatch.setattr(train_plan, "SECONDS_BETWEEN_LOOKS", 0.0)
    start = train_plan.start_backend
    monkeypatch.setattr(train_plan, "start_backend", lambda **more: (started.append(len(looks)), start()))
    answer = mof("train", "--plan", str(plan), "--day-hours", "22-7", "--niceness", "0")
    assert answer.status == 0 and "Only at night. Nothing is loaded yet." in answer.output
    assert started[0] == 4
    copy = (tmp_path / "plan" / "followed-plan.toml").read_text(encoding="utf-8")
    assert 'day_hours = "22-7"' in copy


def test_the_background_gets_the_same_words(mof, plan, monkeypatch):
    from mof.planning import background

    asked = []
    monkeypatch.setattr(background, "start", lambda *words: (asked.append(words), (77, Path("out.log")))[1])
    answer = mof("train", "--plan", str(plan), "--background", "--day-hours", "22-7", "--niceness", "5")
    assert answer.status == 0 and asked == [(str(plan), "--day-hours", "22-7", "--niceness", "5")]
    assert "process 77" in answer.output and "out.log" in answer.output and "stop" in answer.output


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--plan", "none.toml"], "there is no plan none.toml"),
        (["--plan", "x", "--corpus", "y", "--seed", "1"], "leave out --corpus, --seed."),
        (["--plan", "x", "--resume"], "leave out --resume."),
        (["--plan", "x", "--run", "y"], "leave out --run."),
        (["--background", "--corpus", "x"], "--background needs a plan"),
        (["--corpus", "x", "--day-hours", "late"], "expected such as 22-7"),
    ],
)
def test_wrong_words_are_told(mof, tmp_path, monkeypatch, words, told):
    monkeypatch.chdir(tmp_path)
    answer = mof("train", *words)
    assert answer.status == 1 and told in answer.errors


def test_a_plan_of_ones_own_and_recipes_beside_it_are_all_looked_at(tmp_path):
    from mof.cli.status import _folders

    for place in ("", "recipe-a", "recipe-b"):
        (tmp_path / place).mkdir(exist_ok=True)
        (tmp_path / place / "followed-plan.toml").touch()
    assert _folders(str(tmp_path)) == [str(tmp_path), tmp_path / "recipe-a", tmp_path / "recipe-b"]
    assert _folders(str(tmp_path / "recipe-a")) == [str(tmp_path / "recipe-a")]
    (tmp_path / "followed-plan.toml").unlink()
    assert _folders(str(tmp_path)) == [tmp_path / "recipe-a", tmp_path / "recipe-b"]


def test_a_plan_that_waits_to_begin_is_not_called_training(mof, plan, tmp_path):
    (tmp_path / "plan").mkdir()
    with held(tmp_path / "plan" / "plan.lock", RuntimeError()):
        assert (
            "preparing, or waiting until it may train: its window says which"
            in mof("status", str(plan)).output
        )
        (tmp_path / "plan" / "output.log").touch()
        assert "output.log, says which" in mof("status", str(plan)).output
        with held(tmp_path / "plan" / "pretraining" / "run.lock", RuntimeError()):
            assert f"{tmp_path / 'plan'}: training\n" in mof("status", str(plan)).output


def test_a_process_that_ends_without_saving_is_not_called_saved(mof, plan, tmp_path, monkeypatch):
    from mof.planning import background

    monkeypatch.setattr(background, "stop", lambda path, seconds: True)
    (tmp_path / "plan").mkdir()
    assert "it had not begun to train" in mof("stop", str(plan)).output
    assert mof("train", "--plan", str(plan)).status == 0
    stopped = mof("stop", str(plan))
    assert stopped.status == 0 and stopped.output == "Stopped and saved.\n"
    run = RunFolder(tmp_path / "plan" / "chat")
    last = [entry for entry in run.read_log() if "event" not in entry][-1]
    for update in (11, 12):
        run.append_log({**last, "update": update})
    stopped = mof("stop", str(plan))
    assert stopped.status == 1 and "the last 2 updates are in no checkpoint" in stopped.errors
    assert "output.log" in stopped.errors and "train --plan" in stopped.errors
    told = mof("status", str(plan))
    assert "the last 2 updates are in no checkpoint" in told.output
    with held(tmp_path / "plan" / "plan.lock", RuntimeError()):  # it waits for its hours: those are of before
        stopped = mof("stop", str(plan))
    assert stopped.status == 0 and "it had not begun to train" in stopped.output


def test_a_plan_whose_folder_was_moved_does_not_begin_anew(mof, plan, tmp_path):
    assert mof("train", "--plan", str(plan)).status == 0
    (tmp_path / "new").mkdir()
    folder = (tmp_path / "plan").rename(tmp_path / "new" / "plan")
    moved = plan.rename(tmp_path / "new" / "plan.toml")
    refused = mof("train", "--plan", str(moved))
    assert refused.status == 1 and not (tmp_path / "plan").exists()
    assert f"train --plan {folder / 'followed-plan.toml'}" in refused.errors
    again = mof("train", "--plan", str(folder / "followed-plan.toml"))
    assert again.status == 0 and "The plan is followed to its end. Done." in again.output
    assert mof("train", "--plan", str(moved)).status == 1, "after that, too"
    assert not (tmp_path / "plan").exists()
    text = moved.read_text(encoding="utf-8").replace(json.dumps(str(tmp_path / "plan")), '"another"')
    moved.write_text(text, encoding="utf-8")  # a second training of the same plan is somebody's right
    train_plan._refuse_if_moved(moved, read_plan(moved), Path("another"))


def test_the_command_that_goes_on_keeps_the_hours_that_were_given(mof, plan, tmp_path, monkeypatch):
    from mof.cli import training_session

    class Asked(training_session.TerminalObserver):
        def updated(self, training):
            super().updated(training)
            (tmp_path / "plan" / "stop-asked").touch()

    monkeypatch.setattr(training_session, "TerminalObserver", Asked)
    answer = mof("train", "--plan", str(plan), "--most-other-cores", "99")
    copy = tmp_path / "plan" / "followed-plan.toml"
    assert f"train --plan {copy}" in answer.output
    assert read_plan(copy).when.most_other_cores == 99


def test_what_trains_nothing_cannot_be_stopped(mof, tmp_path):
    answer = mof("stop", str(tmp_path))
    assert answer.status == 1 and "nothing trains in" in answer.errors
    answer = mof("status", str(tmp_path))
    assert answer.status == 1 and "holds neither a plan nor a run" in answer.errors


@pytest.mark.slow
def test_both_recipes_in_one_folder_are_told_and_the_one_that_runs_is_stopped(
    mof, plan, tmp_path, monkeypatch
):
    import shutil

    from mof.planning import background

    assert mof("train", "--plan", str(plan)).status == 0
    shutil.copytree(tmp_path / "plan", tmp_path / "both" / "recipe-a")
    shutil.copytree(tmp_path / "plan", tmp_path / "both" / "recipe-b")
    told = mof("status", str(tmp_path / "both"))
    assert told.status == 0 and told.output.count(": finished\n") == 2
    asked = []
    monkeypatch.setattr(background, "stop", lambda path, seconds: (asked.append(path), True)[1])
    with held(tmp_path / "both" / "recipe-b" / "plan.lock", RuntimeError()):
        assert mof("stop", str(tmp_path / "both")).status == 0
    assert asked == [tmp_path / "both" / "recipe-b"]
    with (
        held(tmp_path / "both" / "recipe-a" / "plan.lock", RuntimeError()),
        held(tmp_path / "both" / "recipe-b" / "plan.lock", RuntimeError()),
    ):
        answer = mof("stop", str(tmp_path / "both"))
    assert answer.status == 1 and "more than one trains there: name one of" in answer.errors
