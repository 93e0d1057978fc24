"""uv first, pip where uv cannot do it, and no second try where it would be in vain."""

from pathlib import Path

import pytest

from mof.launcher import installer as installer_module
from mof.launcher.installer import InstallationFailed, Installer
from mof.launcher.locks import Lock

CORE = Lock("core", Path("/x/core.txt"))
UV_LOCK = Lock("uv", Path("/x/uv.txt"))
# as they stand in a command of this system
UV, PYTHON, PROJECT = (str(Path(path)) for path in ("/usr/bin/uv", "/e/bin/python", "/project"))
OUTPUTS = {
    "network": "error: Failed to fetch\n  cause: dns error\n",
    "certificate": "error: Failed to fetch\n  cause: invalid peer certificate: UnknownIssuer\n",
    "half way": "Prepared 3 packages in 1s\nerror: invalid peer certificate\n",
    "killed": "Resolved 3 packages\n",
    "writing": "Resolved 3 packages\nerror: Failed to install: x\n  cause: Is a directory (os error 21)\n",
    "long path": "Resolved 3 packages\nerror: Failed to install: x\n  cause: (os error 206)\n",
}


@pytest.fixture
def machine(monkeypatch):
    """A machine whose programs only record their command lines, and whose uv prints what it is told to."""
    state = {"commands": [], "uv": (0, ""), "has_uv": True, "fetched": (0, "")}

    def run_logged(command, environment, log, label, keep_open=()):
        words = list(map(str, command))
        state["commands"].append(words)
        if words[0].endswith("uv"):
            return state["uv"]
        return state["fetched"] if str(UV_LOCK.path) in words else (0, "")

    monkeypatch.setattr(installer_module, "run_logged", run_logged)
    monkeypatch.setattr(installer_module.shutil, "which", lambda name: UV)
    monkeypatch.setattr(Installer, "_uv_works", lambda self, uv: state["has_uv"] and str(uv) == UV)
    monkeypatch.setattr(Installer, "_ensure_pip", lambda self: None)
    return state


def make(choice="auto"):
    return Installer(Path(PYTHON), {}, Path("/x/log"), choice, UV_LOCK)


def test_uv_installs_locked_wheels_and_then_the_project_offline(machine):
    make().install([CORE], Path("/project"))
    packages, project = machine["commands"]
    assert packages[:5] == [UV, "pip", "install", "--python", PYTHON]
    assert {"--require-hashes", "--no-deps", "--only-binary", str(CORE.path)} <= set(packages)
    assert {"--no-index", "--no-build-isolation", "--editable", PROJECT} <= set(project)


def test_pip_can_be_chosen(machine):
    make("pip").install([CORE], None)
    assert machine["commands"][0][:4] == [PYTHON, "-m", "pip", "install"]
    assert "--require-hashes" in machine["commands"][0] and len(machine["commands"]) == 1


def test_uv_is_fetched_by_hash_where_there_is_none(machine):
    machine["has_uv"] = False
    make().install([CORE], None)
    assert str(UV_LOCK.path) in machine["commands"][0] and "--require-hashes" in machine["commands"][0]
    assert str(CORE.path) in machine["commands"][1] and "pip" in machine["commands"][1]


def test_no_network_while_fetching_uv_ends_it(machine):
    machine["has_uv"], machine["fetched"] = False, (1, OUTPUTS["network"])
    with pytest.raises(InstallationFailed, match="no network") as failure:
        make().install([CORE], None)
    assert not failure.value.changed


def test_a_full_disk_while_uv_is_written_is_a_change(machine):
    said = "Installing collected packages: uv\nERROR: [Errno 28] No space left on device\n"
    machine["has_uv"], machine["fetched"] = False, (1, said)
    with pytest.raises(InstallationFailed, match="disk is full") as failure:
        make().install([CORE], None)
    assert failure.value.changed


def test_pip_is_tried_where_it_may_succeed(machine):
    machine["uv"] = (1, OUTPUTS["certificate"])
    make().install([CORE], None)
    assert [command[0] for command in machine["commands"]] == [UV, PYTHON]


@pytest.mark.parametrize(
    ("choice", "output", "what", "changed"),
    [
        ("auto", OUTPUTS["network"], "no network", False),
        ("auto", OUTPUTS["half way"], "certificate", True),
        ("auto", OUTPUTS["writing"], "installation failed", True),
        ("auto", OUTPUTS["long path"], "longer than Windows allows", True),
        ("auto", OUTPUTS["killed"], "installation failed", True),
        ("uv", OUTPUTS["certificate"], "certificate", False),
    ],
)
def test_pip_is_not_tried_in_vain(machine, choice, output, what, changed):
    machine["uv"] = (1, output)
    with pytest.raises(InstallationFailed, match=what) as failure:
        make(choice).install([CORE], None)
    assert failure.value.changed is changed and len(machine["commands"]) == 1


@pytest.mark.parametrize("choice", ["auto", "pip"])
def test_a_folder_of_wheels_is_the_only_source(machine, choice):
    machine["has_uv"] = False
    wheels = Path("/stick/mof workshop/wheels")
    worker = Installer(Path(PYTHON), {}, Path("/x/log"), choice, UV_LOCK, (), wheels)
    worker.install([CORE], Path("/project"))
    assert len(machine["commands"]) == (3 if choice == "auto" else 2)
    for command in machine["commands"][:-1]:
        assert command[command.index("--no-index") + 1 :][:2] == ["--find-links", str(wheels)]
        assert "--require-hashes" in command
    machine["has_uv"] = True
    machine["commands"].clear()
    worker.choice = "uv"
    worker.install([CORE], None)
    (command,) = machine["commands"]
    assert command[0] == UV and {"--no-index", "--find-links", str(wheels)} <= set(command)


def test_a_python_without_pip_gets_it_from_the_bundle(monkeypatch, tmp_path):
    commands = []

    def run_logged(command, environment, log, label, keep_open=()):
        commands.append(list(map(str, command)))
        return (1, "No module named ensurepip") if "ensurepip" in command else (0, "")

    monkeypatch.setattr(installer_module, "run_logged", run_logged)
    (tmp_path / "pip-26.0-py3-none-any.whl").touch()
    python = tmp_path / "no-such-python"
    monkeypatch.setattr(
        installer_module.subprocess, "run", lambda *a, **k: type("Failed", (), {"returncode": 1})
    )
    worker = Installer(python, {}, tmp_path / "log", "pip", UV_LOCK, (), tmp_path)
    worker.install([CORE], None)
    own = tmp_path / "pip-26.0-py3-none-any.whl" / "pip"
    assert commands[1][:3] == [str(python), str(own), "install"] and "--no-index" in commands[1]
    assert commands[2][:4] == [str(python), "-m", "pip", "install"]
    (tmp_path / "pip-26.0-py3-none-any.whl").unlink()
    with pytest.raises(InstallationFailed, match="comes without pip"):
        worker.install([CORE], None)
