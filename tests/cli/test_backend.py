"""TensorFlow's own lines are kept from the reader, unless it fails."""

import ast
import shutil
import subprocess
import sys

import pytest

from mof.cli.backend import start_backend
from mof.cli.invocation import command_line

START = "from mof.cli.backend import start_backend; start_backend(); print('started')"


def run_with_keras(tmp_path, source, code=START):
    """start_backend() in a new process, with a keras of our own."""
    (tmp_path / "keras.py").write_text(source, encoding="utf-8")
    environment = {"PYTHONPATH": str(tmp_path), "PYTHONUTF8": "1"}
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)


@pytest.fixture
def beside_the_package(tmp_path):
    import mof

    path = str(mof.__path__[0])
    (tmp_path / "sitecustomize.py").write_text(
        f"import sys; sys.path.append({path!r}.rsplit('mof', 1)[0])", encoding="utf-8"
    )
    return tmp_path


def test_words_of_the_backend_are_kept_back(beside_the_package):
    noisy = "import os, types\nos.write(2, b'oneDNN operations are on')\n"
    result = run_with_keras(
        beside_the_package, noisy + "backend = types.SimpleNamespace(backend=lambda: 'x')\n"
    )
    assert result.stdout.strip() == "started", result.stderr
    assert result.stderr.strip() == "Starting TensorFlow (some seconds)."


def test_words_of_a_failing_backend_are_shown(beside_the_package):
    result = run_with_keras(
        beside_the_package, "import os\nos.write(2, b'no such library')\nraise ImportError('broken')\n"
    )
    assert result.returncode == 1 and "no such library" in result.stderr and "broken" in result.stderr


def test_started_backend_is_not_announced_again(capsys):
    start_backend()
    capsys.readouterr()
    start_backend()
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("program", "expected"),
    [("/x/bin/mof", "mof train --resume"), ("/x/mof/__main__.py", "-m mof train --resume")],
)
def test_commands_are_told_as_they_are_typed(monkeypatch, program, expected):
    monkeypatch.setattr(sys, "argv", [program])
    monkeypatch.setattr(shutil, "which", {"mof": program}.get)
    told = command_line("train", "--resume")
    assert told == expected if program.endswith("mof") else told.endswith(expected)


def test_a_mof_that_the_system_does_not_find_is_told_with_its_folder(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "argv", [str(tmp_path / ".venv" / "bin" / "mof")])
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.chdir(tmp_path)
    told = command_line("chat", "--run", "runs/my run").replace("\\", "/")
    assert told == '.venv/bin/mof chat --run "runs/my run"'


def test_python_of_the_project_is_told_by_its_short_path(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "argv", ["__main__.py"])
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "executable", str(tmp_path / ".venv" / "bin" / "python"))
    assert command_line("info").replace("\\", "/") == ".venv/bin/python -m mof info"
    monkeypatch.setattr(sys, "executable", "/a folder/python")
    assert command_line("info").replace("\\", "/") == '"/a folder/python" -m mof info'


ONE_HEAP = [(-8, 1), (-4, 0), (-1, 2**31 - 1)]  # malloc.h: M_ARENA_MAX, M_MMAP_MAX, M_TRIM_THRESHOLD


@pytest.mark.skipif(sys.platform != "linux", reason="mallopt is glibc's")
@pytest.mark.parametrize(("saves_memory", "asked"), [(False, ([], None)), (True, (ONE_HEAP, "1"))])
def test_one_heap_is_asked_for_where_memory_is_to_be_saved(beside_the_package, saves_memory, asked):
    quiet = "import types\nbackend = types.SimpleNamespace(backend=lambda: 'x')\n"
    code = (
        "import ctypes, os, types; asked = []\n"
        "ctypes.CDLL = lambda name: types.SimpleNamespace(mallopt=lambda *words: asked.append(words))\n"
        "from mof.cli.backend import SYSTEM_ALLOCATOR_SWITCH as SWITCH, start_backend\n"
        f"start_backend(saves_memory={saves_memory}); print((asked, os.environ.get(SWITCH)))"
    )
    result = run_with_keras(beside_the_package, quiet, code)
    assert ast.literal_eval(result.stdout) == asked, result.stderr
