"""The practice of chapter 21: commands are really run, what is killed and repeated is read from real files.
The training itself runs whenever the chapter does, and in the rehearsal's test."""

import json
from types import SimpleNamespace

import pytest

from mof.config import ModelConfig
from mof.lessons import practice_training as module
from mof.lessons.practice_training import Killed, new_practice, newest_saved, repeat_lost, type_command
from mof.planning.rehearsal import RehearsalError
from mof.tokenizer.character_tokenizer import CharacterTokenizer
from mof.training.config import TrainingConfig
from mof.training.run_folder import RunFolder


@pytest.fixture
def root(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "ROOT", tmp_path)
    return tmp_path


def said_by(monkeypatch, words):
    def run_mof(*line, where):
        if isinstance(words, Exception):
            raise words
        return words

    monkeypatch.setattr(module, "run_mof", run_mof)


def test_a_command_is_printed_with_what_it_says(root, monkeypatch, capsys):
    said_by(
        monkeypatch,
        'Read it, then:\n  "/a b/.venv/bin/python" -m mof train\n  .venv/bin/python -m mof stop\n',
    )
    type_command("mof plan --hours 1")
    assert capsys.readouterr().out.splitlines() == [
        "$ mof plan --hours 1",
        "Read it, then:",
        "  mof train",
        "  mof stop",
    ]


def test_of_a_long_output_the_end_is_printed(root, monkeypatch, capsys):
    said_by(monkeypatch, "1\n2\n3\n4\n")
    type_command("mof info", last_lines=2)
    assert capsys.readouterr().out == "$ mof info\n...\n3\n4\n"


def test_a_refusal_is_printed_where_it_is_expected_and_raised_elsewhere(root, monkeypatch, capsys):
    said_by(monkeypatch, RehearsalError("`mof plan` ended with status 1: too often: by heart"))
    type_command("mof plan", may_refuse=True)
    assert capsys.readouterr().out == "$ mof plan\ntoo often: by heart\n"
    with pytest.raises(RehearsalError, match="by heart"):
        type_command("mof plan")


def test_nothing_but_mof_is_run(root):
    with pytest.raises(ValueError, match="begins with 'rm', expected mof"):
        type_command("rm -r runs")


def test_a_real_command_in_the_projects_folder(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    type_command("mof train --help", last_lines=1)
    assert capsys.readouterr().out.startswith("$ mof train --help\n...\n")


def test_a_new_practice_is_empty_and_what_trains_there_is_stopped(root, monkeypatch):
    folder = root / "runs" / "practice"
    (folder / "pretraining").mkdir(parents=True)
    stopped = []
    monkeypatch.setattr(module.background, "is_busy", lambda path: True)
    monkeypatch.setattr(module.background, "stop", lambda path: stopped.append(path) or True)
    assert new_practice() == folder and not list(folder.iterdir()) and stopped == [folder]
    monkeypatch.setattr(module.background, "stop", lambda path: False)
    with pytest.raises(ValueError, match="does not stop"):
        new_practice()


def test_the_newest_checkpoint_tells_its_updates(tmp_path):
    assert newest_saved(tmp_path) == 0
    for name in ("update-00000009", "update-00000012-0003", "writing-update-00000013"):
        (tmp_path / "checkpoints" / name).mkdir(parents=True)
    assert newest_saved(tmp_path) == 12


class Background:
    """A process that has not cut its log back yet when it is first looked at."""

    def __init__(self, run, steps):
        self.run, self.steps = run, iter(steps)

    def wait_until(self, condition, number, output):
        while not condition():
            next(self.steps)(self.run)


def log(run, updates):
    lines = [json.dumps({"update": update, "loss": 4.0 + update}) + "\n" for update in updates]
    (run / "log.jsonl").write_text("".join(lines), encoding="utf-8")


def events(run, count):
    line = json.dumps({"time": "t", "event": "resumed", "update": 1, "words": "w"}) + "\n"
    (run / "events.jsonl").write_text(line * count, encoding="utf-8")


def test_the_old_log_does_not_pass_for_the_repeated_one(root, monkeypatch):
    run, tokenizer = root / "runs" / "practice" / "pretraining", CharacterTokenizer("春")
    model = ModelConfig(vocabulary_size=tokenizer.vocabulary_size)
    RunFolder.create(run, model, TrainingConfig(num_updates=20), tokenizer, {})
    events(run, 1)  # from an earlier kill
    log(run, range(1, 8))
    steps = [lambda run: log(run, range(1, 5)), lambda run: events(run, 2), lambda run: log(run, range(1, 8))]
    playing = Background(run, steps)
    monkeypatch.setattr(module, "wait_until", playing.wait_until)
    monkeypatch.setattr(module.background, "start", lambda plan, where: (1, None))
    again = repeat_lost(Killed(1, 4, 7, {}))
    assert max(again) == 7 and next(playing.steps, "nothing") == "nothing"


def state(update, is_running, name="pretraining"):
    return SimpleNamespace(
        stages=(SimpleNamespace(name=name, update=update, num_updates=10),), is_running=is_running
    )


@pytest.mark.parametrize(
    ("update", "is_running", "share", "stage", "is_done"),
    [
        (4, True, 0.5, "pretraining", False),
        (5, True, 0.5, "pretraining", True),
        (10, True, 1.0, None, False),  # it has still to say so, and to let go of the folder
        (10, False, 1.0, None, True),
    ],
)
def test_when_a_share_is_done(root, monkeypatch, update, is_running, share, stage, is_done):
    monkeypatch.setattr(module, "SECONDS_BETWEEN_LOOKS", 0.0)
    monkeypatch.setattr(module, "look", lambda folder: state(update, is_running))
    line = SimpleNamespace(show=lambda words: None)
    assert module._is_done(root, share, stage, line) is is_done


def test_a_training_that_ended_before_is_told(root, monkeypatch):
    monkeypatch.setattr(module, "SECONDS_BETWEEN_LOOKS", 0.0)
    monkeypatch.setattr(module, "look", lambda folder: state(4, False))
    (root / "output.log").write_text("the corpus is gone", encoding="utf-8")
    with pytest.raises(RehearsalError, match="the corpus is gone"):
        module._is_done(root, 1.0, None, SimpleNamespace(show=lambda words: None))
