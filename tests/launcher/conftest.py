"""A project folder of its own for each test."""

import json
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


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
