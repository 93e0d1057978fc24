"""The .venv folder: when it is left alone, extended, repaired or refused. Nothing is installed here."""

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mof.launcher import environment as environment_module
from mof.launcher.bundle import Bundle
from mof.launcher.environment import Environment, remove_environment, try_lock
from mof.launcher.installer import InstallationFailed
from mof.launcher.locks import WheelFacts, find_lock
from mof.launcher.machine import base_python_fault, python_version
from mof.launcher.problem import Problem


class FakeInstaller:
    """Records what it is asked to install; fails, or is killed, on demand."""

    calls = []
    failure = None

    def __init__(self, python, *arguments):
        self.python = python

    def install(self, locks, project):
        FakeInstaller.calls.append(([lock.name for lock in locks], project))
        self.python.parent.mkdir(exist_ok=True)
        self.python.touch()
        if FakeInstaller.failure:
            raise FakeInstaller.failure


@pytest.fixture
def environment(project, monkeypatch):
    FakeInstaller.calls, FakeInstaller.failure = [], None
    monkeypatch.setattr(environment_module, "Installer", FakeInstaller)
    monkeypatch.setattr(Environment, "_make", lambda self: None)
    monkeypatch.setattr(environment_module, "check_machine", lambda machine, oldest_macos: None)
    monkeypatch.setattr(environment_module, "check_windows_runtime", lambda: None)
    return Environment(project)


def names_installed():
    return [names for names, project in FakeInstaller.calls]


def test_first_run_says_what_it_downloads_and_installs(environment, capsys, wheels):
    environment.ensure()
    assert FakeInstaller.calls == [(["core"], environment.root)]
    said = capsys.readouterr().out
    system = environment_module.describe_machine().system
    python = f"{sys.version_info[0]}.{sys.version_info[1]}"
    num_bytes = wheels["locks"]["core"]["systems"][system]["pythons"][python]["download_bytes"]
    assert f"about {num_bytes / 1e6:.0f} MB" in said and str(environment.folder) in said


def test_second_run_does_and_says_nothing(environment, capsys):
    environment.ensure()
    capsys.readouterr()
    environment.ensure()
    assert len(FakeInstaller.calls) == 1 and capsys.readouterr().out == ""


def test_extra_is_installed_when_first_needed_and_only_then(environment):
    environment.ensure()
    environment.ensure(("lab",))
    environment.ensure(("lab",))
    environment.ensure()
    assert FakeInstaller.calls == [(["core"], environment.root), (["lab"], None)]


def test_new_core_brings_the_installed_extras_along(environment):
    environment.ensure(("lab",))
    for name in ("core", "lab"):
        find_lock(environment.root, name).path.write_text("newer==2.0\n", encoding="utf-8")
    environment.ensure()
    assert names_installed() == [["core", "lab"], ["core", "lab"]]


@pytest.mark.parametrize(
    "name", ["pyproject.toml", "requirements.txt", "requirements/lab.txt", "mof/__init__.py"]
)
def test_new_metadata_install_the_project_alone(environment, name):
    environment.ensure()
    (environment.root / name).parent.mkdir(exist_ok=True)
    (environment.root / name).write_text("[project]\nname='mof'\n", encoding="utf-8")
    environment.ensure()
    environment.ensure()
    assert names_installed() == [["core"], []]


def test_killed_installation_is_repaired(environment, capsys):
    FakeInstaller.failure = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        environment.ensure()
    (environment.folder / "half-written.py").touch()
    FakeInstaller.failure = None
    environment.ensure()
    assert "did not finish" in capsys.readouterr().out and names_installed() == [["core"], ["core"]]
    assert not (environment.folder / "half-written.py").exists()


def test_failed_download_of_an_extra_leaves_the_core_usable(environment):
    environment.ensure()
    FakeInstaller.failure = InstallationFailed(Problem("no network", "check it"), changed=False)
    with pytest.raises(Problem, match="no network"):
        environment.ensure(("lab",))
    FakeInstaller.failure = None
    environment.ensure()
    assert names_installed() == [["core"], ["lab"]]


def test_failure_while_writing_is_repaired(environment):
    environment.ensure()
    FakeInstaller.failure = InstallationFailed(Problem("disk full", "free some"), changed=True)
    with pytest.raises(Problem):
        environment.ensure(("lab",))
    FakeInstaller.failure = None
    environment.ensure()
    assert names_installed() == [["core"], ["lab"], ["core"]]


@pytest.mark.parametrize("fault", ["moved", "python gone"])
def test_unusable_environment_is_made_anew(environment, fault, capsys):
    environment.ensure()
    if fault == "moved":
        (environment.state / "folder.stamp").write_text(json.dumps("/elsewhere/.venv"), encoding="utf-8")
    else:
        environment.python.unlink()
    environment.ensure()
    assert names_installed() == [["core"], ["core"]]
    assert {"moved": "was moved", "python gone": "is gone"}[fault] in capsys.readouterr().out


def made_from(environment, version):
    """Writes what `venv` would of a base Python; its folder, which holds that Python."""
    home = environment.root.parent / "base"
    home.mkdir(exist_ok=True)
    (home / "python.exe").touch()
    lines = f"home = {home}\nversion = {version}\nexecutable = {home / 'python.exe'}\n"
    (environment.folder / "pyvenv.cfg").write_text(lines, encoding="utf-8")
    return home


def test_an_extra_is_announced_for_the_environments_own_python(environment, capsys, wheels):
    environment.ensure()
    other = "3.12" if sys.version_info[:2] != (3, 12) else "3.11"
    made_from(environment, f"{other}.4")
    environment.ensure(("lab",))
    said = capsys.readouterr().out.partition("Setting up (lab)")[2]
    assert f"Python    {other} ({environment.python})" in said
    system = environment_module.describe_machine().system
    row = wheels["locks"]["lab"]["systems"][system]["pythons"][other]
    assert f"{row['packages']} packages" in said


def test_what_is_made_anew_is_announced_for_the_python_that_runs(environment, capsys):
    environment.ensure()
    made_from(environment, "3.99.1")
    (environment.state / "changing").touch()
    environment.ensure()
    assert f"({sys.executable})" in capsys.readouterr().out.partition("did not finish")[2]


def test_a_bundle_for_another_python_than_the_environments_is_refused(environment, monkeypatch, tmp_path):
    environment.ensure()
    made_from(environment, "3.99.1")
    system = environment_module.describe_machine().system
    bundle = Bundle(tmp_path / "bundle", "0.1.0", ((system, "3.13"),), ("core", "lab"))
    monkeypatch.setattr(environment_module, "bundle_behind", lambda root: bundle.folder)
    monkeypatch.setattr(Bundle, "read", classmethod(lambda cls, folder: bundle))
    with pytest.raises(Problem, match=r"\.venv holds Python 3\.99; the bundle .* Python 3\.13") as caught:
        environment.ensure(("lab",))
    assert "clean environment" in caught.value.fix and names_installed() == [["core"]]


def test_an_environment_whose_base_python_was_removed_is_made_anew(environment, monkeypatch, capsys):
    """On Windows; elsewhere its link then leads nowhere."""
    environment.ensure()
    home = made_from(environment, "3.12.4")
    assert base_python_fault(environment.folder, environment.python, is_windows=True) is None
    (home / "python.exe").unlink()
    fault = base_python_fault(environment.folder, environment.python, is_windows=True)
    assert fault == "the Python it was made from is gone"
    monkeypatch.setattr(environment_module, "base_python_fault", lambda *_: fault)
    environment.ensure()
    assert names_installed() == [["core"], ["core"]] and fault in capsys.readouterr().out


@pytest.mark.skipif(os.name == "nt", reason="there an environment's Python is no link")
def test_an_environment_whose_base_python_was_upgraded_is_made_anew(environment, capsys):
    environment.ensure()
    home = made_from(environment, "3.12.4")
    for name in ("python3.12", "python3.13", "python3.12.exe"):
        (home / name).touch()
    link = home / "python3"
    link.symlink_to("python3.12")
    environment.python.unlink()
    environment.python.symlink_to(link)
    environment.ensure()
    assert names_installed() == [["core"]]
    link.unlink()
    link.symlink_to("python3.13")
    environment.ensure()
    assert names_installed() == [["core"], ["core"]]
    assert "made from Python 3.12, and in its place there is Python 3.13 now" in capsys.readouterr().out


def test_this_very_environment_has_its_python():
    if sys.prefix == sys.base_prefix:
        pytest.skip("this Python runs in no environment")
    folder = Path(sys.prefix)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    assert base_python_fault(folder, python) is None
    assert python_version(folder) == f"{sys.version_info[0]}.{sys.version_info[1]}"


def test_foreign_folder_is_not_touched(environment):
    environment.folder.mkdir()
    (environment.folder / "pyvenv.cfg").touch()
    with pytest.raises(Problem, match="did not make"):
        environment.ensure()
    assert (environment.folder / "pyvenv.cfg").exists() and FakeInstaller.calls == []


def test_an_empty_folder_is_what_a_removal_left(environment):
    environment.folder.mkdir()
    environment.ensure()
    assert names_installed() == [["core"]]


def test_a_removal_that_is_cut_off_leaves_a_marked_folder(environment, monkeypatch):
    environment.ensure()
    (environment.folder / "lib").mkdir()

    def killed(path):
        raise KeyboardInterrupt

    monkeypatch.setattr(environment_module.shutil, "rmtree", killed)
    with pytest.raises(KeyboardInterrupt):
        remove_environment(environment.folder)
    monkeypatch.undo()
    assert environment.needs_rebuild() == "the last set-up did not finish"
    remove_environment(environment.folder)
    assert not environment.folder.exists()


def test_too_little_disk_stops_before_anything_is_made(environment, monkeypatch):
    def refuse(folder, needed_bytes):
        raise Problem(f"{needed_bytes / 1e9:.1f} GB are needed", "free some")

    monkeypatch.setattr(environment_module, "check_disk", refuse)
    with pytest.raises(Problem, match="GB are needed"):
        environment.ensure()
    assert not environment.folder.exists() and FakeInstaller.calls == []


def test_only_one_process_at_a_time(tmp_path):
    holder = (
        "import sys; from mof.launcher.environment import try_lock; f = open(sys.argv[1], 'a+b');"
        "print(try_lock(f), flush=True); sys.stdin.read()"
    )
    path = tmp_path / "lock"
    command = [sys.executable, "-c", holder, str(path)]
    root = str(Path(__file__).resolve().parents[2])
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root)
    assert child.stdout.readline() == "True\n"
    with path.open("a+b") as file:
        assert not try_lock(file)
        child.kill()
        child.communicate()
        assert try_lock(file)


@pytest.mark.skipif(os.name == "nt", reason="flock is what other systems have")
@pytest.mark.parametrize(
    ("name", "expected"),
    [("EWOULDBLOCK", False), ("EACCES", False), ("ENOLCK", True), ("ENOSYS", True), ("EOPNOTSUPP", True)],
)
def test_a_file_system_without_locks_keeps_nobody_waiting(tmp_path, monkeypatch, name, expected):
    import fcntl

    def refuse(file, how):
        raise OSError(getattr(errno, name), name)

    monkeypatch.setattr(fcntl, "flock", refuse)
    with (tmp_path / "lock").open("a+b") as file:
        assert try_lock(file) is expected


def test_programs_see_utf8_and_no_foreign_packages(environment, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    monkeypatch.setenv("KERAS_HOME", "/elsewhere")
    variables = environment.child_variables()
    assert "PYTHONPATH" not in variables and variables["KERAS_BACKEND"] == "tensorflow"
    assert variables["KERAS_HOME"] == str(environment.folder / ".keras"), "not the reader's ~/.keras"
    assert variables["PYTHONUTF8"] == "1" and variables["PATH"].split(os.pathsep)[0] == str(
        environment.programs
    )


def test_unknown_sizes_count_as_nothing(project):
    facts = WheelFacts.read(project)
    assert facts.download("core", "plan9-mips", "3.11") == (0, 0)
    assert facts.oldest_macos("core") == (14, 0) and facts.oldest_macos("absent") == (0,)
