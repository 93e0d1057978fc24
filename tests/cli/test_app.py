"""Help, unknown words and unforeseen failures, whatever the command."""

import subprocess
import sys

import pytest

from mof.cli import app as app_module
from mof.cli import info as info_module

COMMANDS = (
    "doctor",
    "quickstart",
    "plan",
    "train",
    "watch",
    "status",
    "stop",
    "rehearsal",
    "chat",
    "generate",
    "evaluate",
    "abilities",
    "export",
    "snapshot",
    "restore",
    "info",
)


def test_help_lists_the_commands(mof):
    answer = mof("--help")
    assert answer.status == 0 and all(f"\n  {name} " in answer.output for name in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_each_command_says_what_it_does(mof, command):
    answer = mof(command, "--help")
    assert answer.status == 0 and answer.errors == ""
    assert len(answer.output.splitlines()[2].strip()) > 30  # after the usage, a sentence


@pytest.mark.parametrize(
    ("words", "nearest"),
    [
        (["trian"], "train"),
        (["train", "--minuts", "3"], "--minutes"),
        (["train", "--recurent-width", "8"], "--recurrent-width"),
        (["generate", "--temprature", "1"], "--temperature"),
        (["evaluate", "--max-token", "3"], "--max-tokens"),
    ],
)
def test_unknown_words_name_the_nearest(mof, words, nearest):
    answer = mof(*words)
    assert answer.status == 2 and nearest in answer.errors and "Traceback" not in answer.errors


def test_number_that_is_none_is_refused(mof):
    answer = mof("generate", "--max-tokens", "many")
    assert answer.status == 2 and "--max-tokens" in answer.errors and "integer" in answer.errors


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(28, "No space left on device"), "Error: [Errno 28] No space left on device"),
        (ValueError("a sentence."), "Error: a sentence."),
        (ArithmeticError("the loss is nan."), "Error: the loss is nan."),
        (MemoryError(), "Error: the memory is full. Close other programs, or take a smaller preset."),
    ],
)
def test_failures_are_told_without_a_traceback(mof, monkeypatch, error, words):
    def fail():
        raise error

    monkeypatch.setattr(info_module, "start_backend", fail)
    answer = mof("info")
    assert (answer.status, answer.errors.strip()) == (1, words)


def test_help_starts_no_backend():
    code = (
        "import sys; sys.argv = ['mof', 'train', '--help']\n"
        "from mof.cli.app import main\n"
        "try:\n    main()\nfinally:\n    assert not {'tensorflow', 'keras', 'jax'} & set(sys.modules)\n"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8")
    assert result.returncode == 0 and "--carry-memory" in result.stdout, result.stderr


def test_every_command_is_registered():
    assert [command.callback.__name__ for command in app_module.app.registered_commands] == list(COMMANDS)
