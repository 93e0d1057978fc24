"""A run's folder: made once, locked while it trains, and refused in words where a file is wrong."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from mof.tokenizer.character_tokenizer import CharacterTokenizer
from mof.training.checkpoint import save_checkpoint
from mof.training.run_folder import RunError, RunFolder
from tests.training.small_run import MODEL, TOKENIZER, TRAINING

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def run(make_run):
    return make_run()


def test_opens_with_what_it_was_made_of(run):
    opened = RunFolder(str(run.path))
    assert opened.model_config == MODEL and opened.training_config == TRAINING
    assert opened.facts["tokenizer_hash"] == TOKENIZER.hash and opened.facts["preset"] == "nano"
    assert opened.tokenizer().hash == TOKENIZER.hash
    assert opened.newest_checkpoint() is None
    assert opened.read_log() == []


def test_a_folder_without_a_run_is_refused(tmp_path):
    expected = f"{tmp_path} holds no run (run.json is missing). Check the name, or start one with: mof train"
    with pytest.raises(RunError, match=re.escape(expected)):
        RunFolder(tmp_path)
    (tmp_path / "export.json").touch()
    with pytest.raises(RunError, match="is an exported model and holds no run"):
        RunFolder(tmp_path)


def test_a_second_run_in_the_folder_is_refused(run):
    with pytest.raises(
        RunError, match=r"holds a run already: resume it with --resume, or choose another folder"
    ):
        RunFolder.create(run.path, MODEL, TRAINING, TOKENIZER, {})


@pytest.mark.parametrize(
    "text", ["", '{"model": ', "[]", "null", "{}", '{"model": {}, "training": {"minuts": 1}}']
)
def test_a_damaged_run_file_is_refused_by_name(run, text):
    file = run.path / "run.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(RunError, match=re.escape(f"{file} is damaged: ")):
        RunFolder(run.path)


def test_an_unknown_setting_in_the_run_file_names_the_nearest(run):
    file = run.path / "run.json"
    file.write_text(
        file.read_text(encoding="utf-8").replace('"recurrent_width"', '"recurent_width"'), encoding="utf-8"
    )
    with pytest.raises(RunError, match="did you mean 'recurrent_width'"):
        RunFolder(run.path)


def test_a_kill_while_it_is_made_leaves_no_run(tmp_path, monkeypatch):
    def die(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("os.replace", die)
        with pytest.raises(KeyboardInterrupt):
            RunFolder.create(tmp_path / "run", MODEL, TRAINING, TOKENIZER, {})
    with pytest.raises(RunError, match="holds no run"):
        RunFolder(tmp_path / "run")
    RunFolder.create(tmp_path / "run", MODEL, TRAINING, TOKENIZER, {})


def test_another_tokenizer_is_refused(run):
    CharacterTokenizer("别的").save(run.path / "tokenizer.json")
    with pytest.raises(
        RunError, match=r"tokenizer.json is not this run's tokenizer: .* Put the old file back"
    ):
        run.tokenizer()


def test_a_checkpoint_of_another_tokenizer_is_refused(run):
    save_checkpoint(run.checkpoints, {}, {"tokenizer_hash": "0" * 64}, 7)
    with pytest.raises(
        RunError, match=r"update-00000007 belongs to another run: its tokenizer is 000000000000"
    ):
        run.newest_checkpoint()


HOLD = """
import sys
from mof.training.run_folder import RunFolder
with RunFolder(sys.argv[1]).locked():
    print("held")
"""


def second_process(run):
    command = [sys.executable, "-c", HOLD, str(run.path)]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, encoding="utf-8", errors="replace", timeout=120
    )


def test_two_processes_cannot_train_in_one_folder(run):
    with run.locked():
        refused = second_process(run)
    assert refused.returncode != 0 and "held" not in refused.stdout
    assert (
        f"another process is training in {run.path}. Wait for it, stop it, or choose another folder"
        in refused.stderr
    )
    allowed = second_process(run)
    assert (allowed.returncode, allowed.stdout.strip()) == (0, "held")
    with run.locked():  # the process that ended let go of it
        pass


def log_of(run, *updates):
    for update in updates:
        run.append_log({"update": update, "text": "春天"})


# the line's end alone, and into a character of three bytes
@pytest.mark.parametrize("num_bytes_lost", [1, 4, 5, 12])
def test_a_last_line_that_was_cut_is_left_out(run, num_bytes_lost):
    log_of(run, 1, 2, 3)
    file = run.path / "log.jsonl"
    file.write_bytes(file.read_bytes()[:-num_bytes_lost])
    assert [entry["update"] for entry in run.read_log()] == [1, 2]
    run.rewind_log(2)
    log_of(run, 3)
    assert run.read_log() == [{"update": update, "text": "春天"} for update in (1, 2, 3)]


def test_a_damaged_line_inside_is_named(run):
    log_of(run, 1, 2, 3)
    file = run.path / "log.jsonl"
    file.write_bytes(file.read_bytes().replace(b'"update": 2', b'"update" 2'))
    with pytest.raises(RunError, match=re.escape(f"{file} is damaged in line 2: ")):
        run.read_log()


def test_rewinding_drops_what_is_done_again(run):
    log_of(run, 1, 2, 3)
    run.append_log({"event": "evaluation", "update": 2})
    run.rewind_log(2)
    assert [entry["update"] for entry in run.read_log()] == [1, 2, 2]
    run.rewind_log(0)
    assert run.read_log() == []
    assert b"\r" not in (run.path / "log.jsonl").read_bytes()


def test_rewinding_is_not_half_done_by_a_kill(run, monkeypatch):
    def die(*_):
        raise KeyboardInterrupt

    log_of(run, 1, 2, 3)
    with monkeypatch.context() as patch:
        patch.setattr("os.replace", die)
        with pytest.raises(KeyboardInterrupt):
            run.rewind_log(1)
    assert [entry["update"] for entry in run.read_log()] == [1, 2, 3]
    run.rewind_log(1)
    assert [entry["update"] for entry in run.read_log()] == [1]
    assert json.loads((run.path / "log.jsonl").read_text(encoding="utf-8"))["update"] == 1


def test_events_are_kept_through_rewinding_and_a_cut_line(run):
    run.append_event("started", 0, "开始")
    run.append_event("paused", 3, "full", reason="disk")
    run.rewind_log(0)
    file = run.path / "events.jsonl"
    file.write_bytes(file.read_bytes()[:-9])  # a kill in the middle of a line
    run.append_event("resumed", 2, "again")
    events = run.read_events()
    assert [(event["event"], event["update"]) for event in events] == [("started", 0), ("resumed", 2)]
    assert events[0]["words"] == "开始" and re.fullmatch(r"\d{4}-.*[+-]\d\d:\d\d", events[0]["time"])
    assert b"\r" not in file.read_bytes()


def test_a_run_without_events_has_none(run):
    assert run.read_events() == [] and not run.is_training()
    with run.locked():
        assert run.is_training()
