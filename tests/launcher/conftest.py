"""A project folder of its own for each test."""

import json
import shutil
from pathlib import Path

import pytest

from mof.launcher import machine

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def long_paths(monkeypatch):
    """The folders of the tests are longer than what is safe on a Windows without long paths."""
    monkeypatch.setattr(machine, "_windows_has_long_paths", lambda: True)


@pytest.fixture
def project(tmp_path):
    """A small project: two locks, their sizes, a pyproject.toml. Nothing in it can be installed."""
    root = tmp_path / "project"
    locks = root / "requirements" / "locks"
    locks.mkdir(parents=True)
    for name in ("core", "lab", "uv"):
        (locks / f"{name}.txt").write_text(f"{name}-package==1.0\n", encoding="utf-8")
    shutil.copy(ROOT / "requirements" / "wheels.json", root / "requirements")
    (root / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    return root


@pytest.fixture
def wheels():
    return json.loads((ROOT / "requirements" / "wheels.json").read_text(encoding="utf-8"))
