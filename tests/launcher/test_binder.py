"""What Binder builds from, which nobody has run yet: every file that it names is there."""

import os
import re
import tomllib
from pathlib import Path

from mof.launcher.locks import find_lock

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".binder"


def read(name):
    return (FOLDER / name).read_text(encoding="utf-8")


def test_it_takes_the_locked_packages():
    """Binder looks at no other file of the project once there is a folder .binder."""
    (named,) = [line for line in read("requirements.txt").splitlines() if not line.startswith("#")]
    assert (FOLDER / named.removeprefix("-r ")).resolve() == find_lock(ROOT, "core").path


def test_its_python_is_one_of_the_projects():
    assert (match := re.fullmatch(r"python-3\.(\d+)", read("runtime.txt").strip()))
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "requires-python"
    ]
    oldest, beyond = map(int, re.fullmatch(r">=3\.(\d+),<3\.(\d+)", wanted).groups())
    assert oldest <= int(match[1]) < beyond


def test_what_it_runs_at_last():
    text = read("postBuild")
    assert text.startswith("#!/usr/bin/env bash\n") and "\r" not in text and "set -e" in text
    assert "not yet run" in text
    for name in re.findall(r"--requirement (\S+)", text):
        assert (ROOT / name).is_file(), name
    assert "python -m pip install --no-cache-dir --no-deps --editable .\n" in text
    assert os.name == "nt" or os.access(FOLDER / "postBuild", os.X_OK)
