"""What `clean` deletes, and what only by name."""

import shutil

import pytest

from mof.launcher import environment as environment_module
from mof.launcher.cleaning import clean
from mof.launcher.environment import Environment, try_lock
from mof.launcher.problem import Problem

DISPOSABLE = (".venv/lib/a.py", "_build/html/index.html", "mof/__pycache__/x.pyc", ".pytest_cache/v")
PRECIOUS = ("runs/first/weights.safetensors", "my-work/01_a.ipynb", "my-work/__pycache__/x.pyc", "mof/a.py")


@pytest.fixture
def full(tmp_path):
    for name in DISPOSABLE + PRECIOUS:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x" * 1000)
    return tmp_path


def there(root, names):
    return [name for name in names if (root / name).exists()]


def test_precious_folders_stay(full, capsys):
    assert clean(full, [], is_agreed=True) == 1000 * len(DISPOSABLE)
    assert there(full, DISPOSABLE) == [] and there(full, PRECIOUS) == list(PRECIOUS)
    said = capsys.readouterr().out
    assert "my-work" in said and "`clean runs`" in said


def test_precious_folder_goes_by_name_alone(full):
    assert clean(full, ["runs"], is_agreed=True) == 1000
    assert not (full / "runs").exists()
    assert there(full, (*DISPOSABLE, *PRECIOUS[1:])) == [*DISPOSABLE, *PRECIOUS[1:]]


@pytest.mark.parametrize("answer", ["", "n", "no", "What?"])
def test_nothing_goes_without_a_yes(full, answer):
    assert clean(full, ["my-work"], is_agreed=False, ask=lambda question: answer) == 0
    assert there(full, DISPOSABLE + PRECIOUS) == [*DISPOSABLE, *PRECIOUS]


def test_nothing_goes_where_nobody_can_answer(full):
    def nobody(question):
        raise EOFError

    with pytest.raises(Problem, match="Nobody answered, so nothing was deleted"):
        clean(full, [], is_agreed=False, ask=nobody)
    assert there(full, DISPOSABLE) == list(DISPOSABLE)
    assert clean(full, [], is_agreed=True, ask=nobody) > 0, "with --yes nobody is asked"


def test_a_yes_is_enough(full):
    questions = []
    clean(full, [], is_agreed=False, ask=lambda question: questions.append(question) or "yes")
    assert there(full, DISPOSABLE) == [] and "environment" in questions[0] and "runs" not in questions[0]


def test_an_environment_that_is_half_deleted_is_known_as_such(full, monkeypatch):
    (full / ".venv" / ".mof").mkdir()
    rmtree, environment = shutil.rmtree, Environment(full)
    environment.programs.mkdir()
    environment.python.touch()

    def killed(path):
        raise KeyboardInterrupt

    monkeypatch.setattr(shutil, "rmtree", killed)
    with pytest.raises(KeyboardInterrupt):
        clean(full, ["environment"], is_agreed=True)
    assert environment.needs_rebuild() == "the last set-up did not finish"
    monkeypatch.setattr(shutil, "rmtree", rmtree)
    clean(full, ["environment"], is_agreed=True)
    assert not (full / ".venv").exists()


def test_it_waits_for_a_set_up_that_is_at_work(full, monkeypatch, capsys):
    waited = []
    (full / ".start").mkdir()
    with (full / ".start" / "lock").open("a+b") as lock:
        assert try_lock(lock)

        def finish(seconds):
            waited.append(there(full, DISPOSABLE))
            lock.close()

        monkeypatch.setattr(environment_module.time, "sleep", finish)
        clean(full, [], is_agreed=True)
    assert waited == [list(DISPOSABLE)] and there(full, DISPOSABLE) == []
    assert "waiting for it" in capsys.readouterr().out


def test_unknown_name_is_refused(full):
    with pytest.raises(Problem, match='nothing called "everything"'):
        clean(full, ["everything"], is_agreed=True)


def test_nothing_to_clean(tmp_path, capsys):
    assert clean(tmp_path, [], is_agreed=False) == 0
    assert "Nothing to clean" in capsys.readouterr().out
