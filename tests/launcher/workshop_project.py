"""A project in miniature with the real launcher, its packages, and an index of them: all of it tiny.

Its packages are core (`tiny_core`), lab, uv (which holds no uv) and test (`tiny_native`, a wheel for each
system and Python). Its `python -m mof` prints what `tiny_core` says: then the packages are installed.
"""

import hashlib
import json
import shutil
import sys
import zipfile
from pathlib import Path

import pytest

from mof.launcher import machine
from mof.launcher.machine import SYSTEM_NAMES

# asked while a test is read, before a fixture says otherwise: it starts the real start.py in a deep folder
needs_long_paths = pytest.mark.skipif(
    sys.platform == "win32" and not machine._windows_has_long_paths(),
    reason="this Windows has no long paths, and start.py refuses the folder of the test",
)
ROOT = Path(__file__).resolve().parents[2]
PYTHONS = ("3.11", "3.12", "3.13")
MACHINES = [(system, python) for system in SYSTEM_NAMES.values() for python in PYTHONS]
PLATFORM_TAGS = {
    "linux-x86_64": "manylinux_2_17_x86_64.manylinux2014_x86_64",
    "linux-aarch64": "manylinux_2_28_aarch64",
    "windows-amd64": "win_amd64",
    "macos-arm64": "macosx_11_0_arm64",
}
MAIN = """\
import sys
import tiny_core
print(tiny_core.WORDS, sys.argv[1:], tiny_core.__file__)
"""
# builds the editable project without setuptools
BACKEND = """\
import os, zipfile

def build_editable(folder, config_settings=None, metadata_directory=None):
    name = "mof-0.1.0-py3-none-any.whl"
    info = "mof-0.1.0.dist-info"
    with zipfile.ZipFile(os.path.join(folder, name), "w") as wheel:
        wheel.writestr("mof_project.pth", os.getcwd() + "\\n")
        wheel.writestr(info + "/METADATA", "Metadata-Version: 2.1\\nName: mof\\nVersion: 0.1.0\\n")
        wheel.writestr(info + "/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(info + "/RECORD", "mof_project.pth,,\\n")
    return name
"""
PYPROJECT = """\
[build-system]
requires = []
build-backend = "tiny_backend"
backend-path = ["requirements"]

[project]
name = "mof"
version = "0.1.0"
"""


def this_python():
    return f"{sys.version_info[0]}.{sys.version_info[1]}"


def make_wheel(folder, package, tag="py3-none-any", code="", padding=0):
    """A wheel of one module, version 1.0; `padding`: bytes that make it larger."""
    path = folder / f"{package}-1.0-{tag}.whl"
    info = f"{package}-1.0.dist-info"
    kind, _, platforms = tag.rpartition("-")
    tags = "".join(f"Tag: {kind}-{platform}\n" for platform in platforms.split("."))
    files = {
        f"{package}.py": code + "#" * padding,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n",
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\n{tags}",
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name), text)  # without a time: the same bytes every time
        archive.writestr(
            zipfile.ZipInfo(f"{info}/RECORD"), "".join(f"{name},,\n" for name in (*files, f"{info}/RECORD"))
        )
    return path


def make_index(folder, wheels):
    """A package index as files: an address for pip."""
    for path in wheels:
        package = path.name.split("-")[0].replace("_", "-")
        page = folder / "simple" / package / "index.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, page.parent)
        with page.open("a", encoding="utf-8") as file:
            file.write(f'<a href="{path.name}">{path.name}</a>\n')
    return (folder / "simple").as_uri()


def make_project(root, index_folder):
    """The project in `root`; returns the address of the index of its packages."""
    for name in ("requirements/locks", "notebooks", "data"):
        (root / name).mkdir(parents=True)
    shutil.copytree(
        ROOT / "mof" / "launcher", root / "mof" / "launcher", ignore=shutil.ignore_patterns("*.pyc")
    )
    for name in ("start.py", "mof/__init__.py", ".gitignore"):
        shutil.copy(ROOT / name, root / name)
    (root / "mof" / "__main__.py").write_text(MAIN, encoding="utf-8")
    (root / "requirements" / "tiny_backend.py").write_text(BACKEND, encoding="utf-8")
    (root / "pyproject.toml").write_text(PYPROJECT, encoding="utf-8")
    (root / "notebooks" / "00_a.ipynb").write_text("{}", encoding="utf-8")
    (root / "data" / "春天.txt").write_text("春天来了。\n", encoding="utf-8")
    made = root.parent / "made-wheels"
    made.mkdir()
    wheels = {
        "core": {make_wheel(made, "tiny_core", code="WORDS = 'tiny core speaks'\n"): MACHINES},
        "lab": {make_wheel(made, "tiny_lab"): MACHINES},
        "uv": {make_wheel(made, "tiny_uv"): MACHINES},
        "test": {},
    }
    for system, python in MACHINES:
        digits = f"cp{python.replace('.', '')}"
        path = make_wheel(made, "tiny_native", f"{digits}-{digits}-{PLATFORM_TAGS[system]}", f"# {system}\n")
        wheels["test"][path] = [(system, python)]
    write_locks(root, wheels)
    return make_index(index_folder, [path for own in wheels.values() for path in own])


def write_locks(root, wheels):
    """The locks, and both files of what is known of them, in the form of requirements/lock.py."""
    files, facts = {}, {}
    for lock, own in wheels.items():
        package = next(iter(own)).name.split("-")[0].replace("_", "-")
        hashes = [hashlib.sha256(path.read_bytes()).hexdigest() for path in own]
        lines = [f"{package}==1.0", *(f"    --hash=sha256:{content_hash}" for content_hash in hashes)]
        text = " \\\n".join(lines) + "\n"
        (root / "requirements" / "locks" / f"{lock}.txt").write_text(text, encoding="utf-8")
        files[lock], systems = [], {}
        for (path, machines), content_hash in zip(own.items(), hashes, strict=True):
            num_bytes = path.stat().st_size
            named = "all" if machines == MACHINES else [" ".join(machine) for machine in machines]
            files[lock].append(
                {"file": path.name, "sha256": content_hash, "bytes": num_bytes, "machines": named}
            )
            for system, python in machines:
                pythons = systems.setdefault(system, {"ok": True, "pythons": {}, "refused": {}})["pythons"]
                pythons[python] = {"packages": 1, "download_bytes": num_bytes}
        facts[lock] = {"systems": systems}
    for name, record in (("wheel_files.json", files), ("wheels.json", {"locks": facts})):
        (root / "requirements" / name).write_text(json.dumps(record), encoding="utf-8")
