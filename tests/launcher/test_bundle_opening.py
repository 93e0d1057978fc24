"""start.py inside a bundle: whose machine, which folder, and an installation that hears of no index."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mof.launcher import bundle_opening, commands
from mof.launcher.bundle import RECORD, Bundle, bundle_around, bundle_behind
from mof.launcher.bundle_making import make_bundle, plan_bundle
from mof.launcher.bundle_opening import open_bundle, prepare
from mof.launcher.environment import Environment
from mof.launcher.index_settings import offline_environment
from mof.launcher.machine import describe_machine
from mof.launcher.problem import Problem
from tests.launcher.workshop_project import make_project, needs_long_paths, this_python

HERE = (describe_machine().system, this_python())
DEAD = "http://127.0.0.1:9"
PROXIES = {name: DEAD for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy")}
NO_NETWORK = PROXIES | {"PIP_INDEX_URL": f"{DEAD}/simple", "UV_DEFAULT_INDEX": f"{DEAD}/simple"}


@pytest.fixture
def bundle(tmp_path):
    """A bundle for this machine, moved to a path with spaces and Chinese after it was made."""
    project = tmp_path / "project"
    make_project(project, tmp_path / "index")
    (project / "_build" / "html").mkdir(parents=True)
    (project / "_build" / "html" / "index.html").write_text("<p>书</p>", encoding="utf-8")

    def fetch(wheels, folder):
        for wheel in wheels:
            shutil.copy(tmp_path / "made-wheels" / wheel.file, folder)

    plan = plan_bundle(project, tmp_path / "first place", (HERE,), ("lab",))
    made = make_bundle(project, plan, fetch, makes_zip=False)
    moved = tmp_path / "优盘 USB stick" / "mof workshop, 课程"
    moved.parent.mkdir()
    shutil.move(made, moved)
    return moved


@pytest.fixture
def home(tmp_path):
    folder = tmp_path / "home of 李 雷"
    folder.mkdir()
    return folder


def start(folder, home, *words, uv=None):
    """Runs start.py as a participant does, with proxies and indexes that lead nowhere."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_"))}
    variables |= NO_NETWORK | {"HOME": str(home), "USERPROFILE": str(home), "PYTHONUTF8": "1"}
    if uv:
        variables["PATH"] = f"{uv.parent}{os.pathsep}{variables['PATH']}"
    command = [sys.executable, str(folder / "start.py"), *words]
    return subprocess.run(
        command, env=variables, cwd=home, capture_output=True, text=True, encoding="utf-8", errors="replace"
    )


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.stat().st_mtime_ns for path in folder.rglob("*")}


def own_uv():
    found = shutil.which("uv") or Path(sys.executable).with_name("uv.exe" if os.name == "nt" else "uv")
    return Path(found) if Path(found).is_file() else None


@needs_long_paths
@pytest.mark.parametrize("installer", ["pip", "uv"])
def test_installs_and_runs_with_no_network_and_writes_nothing_into_the_bundle(bundle, home, installer):
    uv = own_uv() if installer == "uv" else None
    if installer == "uv" and not uv:
        pytest.skip("no uv here")
    before = contents(bundle)
    result = start(bundle, home, "--installer", installer, "--minutes", "1", uv=uv)
    assert result.returncode == 0, result.stdout + result.stderr
    course = home / "mof-workshop"
    assert "tiny core speaks ['quickstart', '--minutes', '1']" in result.stdout
    assert str(course / ".venv") in result.stdout.splitlines()[-1]
    assert (course / "data" / "春天.txt").is_file() and (course / "site" / "index.html").is_file()
    assert contents(bundle) == before

    shutil.move(bundle, bundle.with_name("taken away"))
    again = start(course, home)
    assert again.returncode == 0 and "Setting up" not in again.stdout, again.stdout + again.stderr
    without = start(course, home, "install", "lab")
    assert without.returncode == 1 and "The workshop bundle is not at" in without.stdout
    assert start(bundle.with_name("taken away"), home, "install", "lab").returncode == 0


def test_wrong_index_settings_of_the_participant_are_not_heard(monkeypatch):
    for name in (
        "PIP_INDEX_URL",
        "PIP_EXTRA_INDEX_URL",
        "UV_INDEX",
        "UV_FIND_LINKS",
        "PIP_TARGET",
        "PYTHONPATH",
    ):
        monkeypatch.setenv(name, "/elsewhere")
    monkeypatch.setenv("UV_CACHE_DIR", "/large-disk")
    environment = offline_environment()
    heard = {name for name in environment if name.startswith(("PIP_", "UV_"))}
    assert "/elsewhere" not in environment.values() and environment["UV_CACHE_DIR"] == "/large-disk"
    assert heard >= {"PIP_CONFIG_FILE", "UV_NO_CONFIG", "UV_OFFLINE"} and "PYTHONPATH" not in environment


@pytest.mark.parametrize(
    ("machines", "what", "fix"),
    [
        ((("windows-arm64", "3.11"),), "This machine is", "--system"),
        (((HERE[0], "3.99"),), f"This is Python {HERE[1]}", r"python3\.99 start\.py"),
    ],
)
def test_other_machine_is_refused_before_anything_is_copied(bundle, home, monkeypatch, machines, what, fix):
    monkeypatch.setattr(bundle_opening, "become_program", lambda *words: 0)
    Bundle(bundle, "0.1.0", machines, ("core", "uv")).write()
    with pytest.raises(Problem, match=what) as caught:
        open_bundle(bundle, home / "course", "auto", [])
    assert not (home / "course").exists()
    assert re.search(fix, caught.value.fix)


@pytest.fixture
def opened(bundle, home, monkeypatch):
    """Opens the bundle in home/course; the command that would run there is returned."""
    calls = []
    monkeypatch.setattr(bundle_opening, "become_program", lambda *words: calls.append(words) or 0)

    def run(*words):
        assert open_bundle(bundle, home / "course", "auto", list(words)) == 0
        return [str(word) for word in calls[-1][0]]

    return run


def test_command_goes_to_the_working_folder(opened, home, bundle):
    assert opened("lab", "x")[1:] == [str(home / "course" / "start.py"), "--installer", "auto", "lab", "x"]
    assert bundle_behind(home / "course") == bundle and bundle_around(bundle / "project") == bundle
    assert bundle_around(home / "course") is None and bundle_behind(bundle / "project") is None


def test_same_bundle_copies_only_what_is_missing(opened, home):
    opened()
    edited, lost = home / "course" / "mof" / "__main__.py", home / "course" / "data" / "春天.txt"
    edited.write_text("mine", encoding="utf-8")
    lost.unlink()
    opened()
    assert edited.read_text(encoding="utf-8") == "mine" and lost.is_file()


def test_newer_bundle_replaces_the_course_and_keeps_the_participants_work(opened, home, bundle, tmp_path):
    opened()
    course = home / "course"
    for name in ("my-work/00_a.ipynb", "runs/first/model"):
        (course / name).parent.mkdir(parents=True)
        (course / name).touch()
    project = tmp_path / "project"
    (project / "notebooks" / "00_a.ipynb").write_text('{"newer": 1}', encoding="utf-8")
    (project / "data" / "春天.txt").unlink()
    make_bundle(project, plan_bundle(project, bundle, (HERE,), ("lab",)), None, makes_zip=False)
    opened()
    assert json.loads((course / "notebooks" / "00_a.ipynb").read_text(encoding="utf-8")) == {"newer": 1}
    assert not (course / "data" / "春天.txt").exists()
    assert (course / "my-work" / "00_a.ipynb").exists() and (course / "runs" / "first" / "model").exists()


def test_copy_that_was_cut_off_is_completed(bundle, home, monkeypatch):
    copied = []

    def copy(source, target, content_hash, real=bundle_opening.copy_checked):
        if len(copied) == 3:
            raise KeyboardInterrupt
        copied.append(target)
        real(source, target, content_hash)

    monkeypatch.setattr(bundle_opening, "copy_checked", copy)
    with pytest.raises(KeyboardInterrupt):
        prepare(Bundle.read(bundle), home / "course")
    copied[0].write_text("half", encoding="utf-8")
    monkeypatch.undo()
    prepare(Bundle.read(bundle), home / "course")
    for path in (bundle / "project").rglob("*"):
        copy = home / "course" / path.relative_to(bundle / "project")
        assert copy.is_dir() if path.is_dir() else copy.read_bytes() == path.read_bytes()


def test_damaged_course_is_refused_with_the_file(bundle, home):
    (bundle / "project" / "data" / "春天.txt").write_text("?", encoding="utf-8")
    with pytest.raises(Problem, match=r"春天\.txt is damaged"):
        prepare(Bundle.read(bundle), home / "course")
    assert not (home / "course" / "data" / "春天.txt").exists()


def test_damaged_or_absent_package_is_refused_before_the_installation(bundle, home):
    prepare(Bundle.read(bundle), home / "course")
    path = bundle / "wheels" / "tiny_core-1.0-py3-none-any.whl"
    content = path.read_bytes()
    for damaged in (content[:-1] + b"?", content[:10], None):
        path.unlink() if damaged is None else path.write_bytes(damaged)
        with pytest.raises(Problem, match="1 of 1 packages in .* missing or damaged: tiny_core"):
            Environment(home / "course").ensure()
        assert not (home / "course" / ".venv").exists()


def test_packages_that_the_bundle_lacks_are_told(bundle, home):
    prepare(Bundle.read(bundle), home / "course")
    with pytest.raises(Problem, match="no packages for `test`, only for core, uv, lab"):
        Environment(home / "course").ensure(("test",))


def test_foreign_folder_is_not_touched(bundle, home):
    (home / "letters").mkdir()
    (home / "letters" / "a.txt").touch()
    with pytest.raises(Problem, match="holds something else"):
        prepare(Bundle.read(bundle), home / "letters")
    assert contents(home / "letters").keys() == {"a.txt"}
    with pytest.raises(Problem, match="is a file"):
        prepare(Bundle.read(bundle), home / "letters" / "a.txt")
    with pytest.raises(Problem, match="lies in the bundle"):
        prepare(Bundle.read(bundle), bundle / "mine")


def test_missing_files_of_the_bundle_are_a_problem(bundle, home):
    (bundle / "project" / "data" / "春天.txt").unlink()
    with pytest.raises(Problem, match="could not be copied"):
        prepare(Bundle.read(bundle), home / "course")


def test_commands_in_a_bundle_and_in_its_working_folder(bundle, home, monkeypatch, capsys):
    monkeypatch.setattr(commands, "ROOT", bundle / "project")
    assert (
        commands.run(["bundle", "--check"]) == 0 and f"files of {bundle} are right" in capsys.readouterr().out
    )
    assert commands.run(["bundle"]) == 1 and "came from a workshop bundle" in capsys.readouterr().out
    prepare(Bundle.read(bundle), home / "course")
    monkeypatch.setattr(commands, "ROOT", home / "course")
    assert commands.run(["update"]) == 1 and "a newer bundle" in capsys.readouterr().out
    assert commands.run(["--folder", "x", "install"]) == 1 and "--folder is for" in capsys.readouterr().out
    assert commands.run(["--folder"]) == 1 and "--folder wants a folder" in capsys.readouterr().out


def test_record_of_a_working_folder_is_read_with_care(tmp_path):
    (tmp_path / RECORD).parent.mkdir()
    for text in ("", "[]", "{}", '{"bundle": 3}'):
        (tmp_path / RECORD).write_text(text, encoding="utf-8")
        assert bundle_behind(tmp_path) is None
