"""start.py: which Pythons it accepts, and that an old one can read it."""

import ast
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def start():
    specification = importlib.util.spec_from_file_location("start", ROOT / "start.py")
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 13)])
def test_supported_pythons_pass(start, version):
    assert start.python_problem(version, []) is None


@pytest.mark.parametrize("version", [(2, 7), (3, 6), (3, 10), (3, 14), (4, 0)])
def test_other_pythons_are_refused_with_the_fix(start, version):
    message = start.python_problem(version, [])
    assert "This is Python {}.{}.".format(*version) in message
    assert "3.11, 3.12 or 3.13" in message and "https://www.python.org/downloads/" in message


def test_refusal_names_a_python_that_is_there(start):
    assert "run:  python3.12 start.py" in start.python_problem((3, 9), ["python3.12", "python3.11"])


def test_supported_pythons_are_found_newest_first(start, tmp_path):
    for name in ("python3.10", "python3.11", "python3.13", "python3.14"):
        (tmp_path / name).touch()
    path = os.pathsep.join(["/nowhere", str(tmp_path)])
    assert start.find_supported_pythons(path, is_windows=False) == ["python3.13", "python3.11"]


def test_python_of_the_windows_installer_is_found(start, tmp_path, monkeypatch):
    (tmp_path / "Programs" / "Python" / "Python312").mkdir(parents=True)
    (tmp_path / "Programs" / "Python" / "Python312" / "python.exe").touch()
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    assert start.find_supported_pythons("", is_windows=True) == ["py -3.12"]


def test_an_old_python_can_read_the_file():
    source = (ROOT / "start.py").read_text(encoding="utf-8")
    tree = ast.parse(source, feature_version=(3, 4))
    newer = (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.AsyncFunctionDef, ast.Nonlocal)
    assert not [node for node in ast.walk(tree) if isinstance(node, newer)]
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    assert functions and not any(f.returns or f.args.kwonlyargs or f.args.posonlyargs for f in functions)
    assert source.isascii()  # Python 2 wants a declaration otherwise


def test_launcher_needs_no_installed_package():
    bare = [ROOT / "start.py", ROOT / "mof" / "__init__.py", ROOT / "mof" / "patient_files.py"]
    for path in [*bare, *(ROOT / "mof" / "launcher").glob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                own = name in ("mof", "mof.patient_files")  # which are looked at themselves
                own = own or name.startswith("mof.launcher")
                assert own or name.split(".")[0] in sys.stdlib_module_names, f"{path} imports {name}"


def test_help_is_there_before_anything_is_installed():
    command = [sys.executable, "-I", "-S", str(ROOT / "start.py"), "--help"]  # no site-packages
    result = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
    assert result.returncode == 0 and "python start.py lab" in result.stdout, result.stderr


def test_in_a_bundle_the_project_lies_one_folder_down_and_is_only_read(start, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    assert start.project_folder(str(tmp_path)) == str(tmp_path) and not sys.dont_write_bytecode
    (tmp_path / "project" / "mof").mkdir(parents=True)
    assert start.project_folder(str(tmp_path)) == str(tmp_path / "project") and sys.dont_write_bytecode
