"""Imports point one way, and what needs no backend imports none."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "mof"
FILES = sorted(path for path in PACKAGE.rglob("*.py") if "__pycache__" not in path.parts)
BACKENDS = {"tensorflow", "jax", "torch", "jaxlib"}
# a part may import its own line and the lines above it
ORDER = (
    {"shapes", "config", "presets", "seeds", "patient_files", "cores"},
    {"ops"},
    {"layers"},
    {"experts"},
    {"model", "execution"},
    {"corpus", "tokenizer"},
    {
        "training",
        "generation",
        "inference",
        "evaluation",
        "quantization",
        "rl",
        "distributed",
        "published",
        "tasks",
        "sources",
    },
    {"cli", "launcher", "lessons", "machine", "planning", "course", "viz", "panel"},
)


def module_name(path):
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def imported_modules(path):
    """Every module that a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            assert not any(alias.name == "*" for alias in node.names), f"{path}: import *"
            yield node.module


def part(name):
    """ "ops" of "mof.ops.chunks"."""
    return (name.split(".") + [""])[1]


def rank(name):
    for i, parts in enumerate(ORDER):
        if part(name) in parts:
            return i
    return None


@pytest.mark.parametrize("path", FILES, ids=module_name)
def test_imports_point_one_way(path):
    own = rank(module_name(path))
    if own is None:
        pytest.skip("a part that the order does not name")
    for name in imported_modules(path):
        if name == "mof" or name.startswith("mof."):
            other = rank(name)
            assert other is None or other <= own, f"{module_name(path)} imports {name}, which stands above it"


def test_the_core_is_in_the_order():
    for name in ("ops", "layers", "experts", "model", "training", "generation", "evaluation", "cli"):
        assert any(name in parts for parts in ORDER)


@pytest.mark.parametrize("path", FILES, ids=module_name)
def test_only_the_fast_forms_and_the_engines_import_a_backend(path):
    name = path.relative_to(PACKAGE).as_posix()
    is_fast_form = name.startswith("ops/") and path.stem.endswith(("_tensorflow", "_jax"))
    is_engine = name.startswith("training/engine_")
    found = {module.split(".")[0] for module in imported_modules(path)} & BACKENDS
    if is_fast_form or is_engine or name in MAY_IMPORT_A_BACKEND:
        return
    assert not found, f"{name} imports {sorted(found)}"


# as_graph, the recomputation that JAX has built in, the record of threads that a run was made with, and the
# gradients that a chapter compares
MAY_IMPORT_A_BACKEND = {
    "execution.py",
    "ops/recomputation.py",
    "training/conditions.py",
    "lessons/gradients.py",
}


@pytest.mark.parametrize("path", [p for p in FILES if p.name == "__init__.py"], ids=module_name)
def test_package_files_hold_a_docstring_alone(path):
    body = ast.parse(path.read_text(encoding="utf-8")).body
    allowed = (ast.Expr, ast.Assign) if path.parent == PACKAGE else (ast.Expr,)
    if path.parent in (
        PACKAGE / "course",
        PACKAGE / "panel",
    ):  # the one line that a chapter begins with: check, hint, progress; watch, replay
        allowed = (ast.Expr, ast.FunctionDef)
    assert body and isinstance(body[0], ast.Expr) and all(isinstance(node, allowed) for node in body)


def run(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=120)


def test_importing_the_package_is_quick_and_starts_no_backend():
    code = """
import sys, time
start = time.perf_counter()
import mof
seconds = time.perf_counter() - start
started = {"tensorflow", "jax", "keras", "numpy"} & set(sys.modules)
assert not started, started
print(seconds)
"""
    finished = run(code)
    assert finished.returncode == 0, finished.stderr
    assert float(finished.stdout) <= 0.3


@pytest.mark.parametrize("folder", ["corpus", "tokenizer", "inference", "planning"])
def test_what_needs_no_backend_starts_none(folder):
    names = [
        module_name(path) for path in FILES if path.parent == PACKAGE / folder and path.stem != "__init__"
    ]
    code = f"""
import importlib, sys
for name in {names!r}:
    importlib.import_module(name)
started = {{"tensorflow", "jax", "keras"}} & set(sys.modules)
assert not started, started
"""
    finished = run(code)
    assert names and finished.returncode == 0, finished.stderr


def test_the_exercises_of_all_chapters_start_no_backend():
    code = """
import sys
from mof.course import check, hint, progress
from mof.course.registry import all_exercises
assert all_exercises()
assert not {'tensorflow', 'jax', 'keras'} & set(sys.modules)
"""
    finished = run(code)
    assert finished.returncode == 0, finished.stderr


def test_configs_and_presets_start_no_backend():
    finished = run("import sys, mof.presets; assert not {'tensorflow', 'jax', 'keras'} & set(sys.modules)")
    assert finished.returncode == 0, finished.stderr
