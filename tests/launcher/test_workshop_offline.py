"""The real thing, slow: a machine without any network installs from a bundle and runs chapter 00.

The packages are fetched from the package index once (pip keeps copies). What follows runs where nothing can
be reached: as root on Linux in a network namespace of its own, with the bundle mounted read-only; elsewhere
proxies and indexes lead to a dead address.
"""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mof.launcher.cleaning import measure_bytes
from mof.launcher.machine import describe_machine
from tests.launcher.workshop_project import needs_long_paths

ROOT = Path(__file__).resolve().parents[2]
CHAPTER = "00_check_your_machine.ipynb"
DEAD = "http://127.0.0.1:9"
# Brings the loopback device up, which the kernel of a notebook speaks over; mounts the bundle read-only; then
# becomes the command. SIOCSIFFLAGS and IFF_UP: linux/sockios.h, linux/if.h.
ALONE = """
import fcntl, os, socket, struct, subprocess, sys
with socket.socket() as device:
    fcntl.ioctl(device, 0x8914, struct.pack("16sh14x", b"lo", 1))
assert [name for _, name in socket.if_nameindex()] == ["lo"], socket.if_nameindex()
bundle = sys.argv[1]
subprocess.run(["mount", "--bind", bundle, bundle], check=True)
subprocess.run(["mount", "-o", "remount,bind,ro", bundle], check=True)
try:
    open(os.path.join(bundle, "x"), "w")
except OSError:
    os.execvp(sys.argv[2], sys.argv[2:])
sys.exit("the bundle can be written")
"""


def can_be_alone():
    if sys.platform != "linux" or os.geteuid() != 0 or not shutil.which("unshare"):
        return False
    return subprocess.run(["unshare", "--net", "--mount", "true"], capture_output=True).returncode == 0


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """Runs a command where no network can be reached; the bundle that it may read."""
    place = tmp_path_factory.mktemp("workshop")
    result = subprocess.run(
        [sys.executable, str(ROOT / "start.py"), "bundle", str(place / "bundle")],
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    if "no network" in result.stdout or "does not answer" in result.stdout:
        pytest.skip("the packages of the bundle have to be fetched first, and there is no network")
    assert result.returncode == 0, result.stdout + result.stderr
    bundle = place / "优盘 stick" / "mof workshop"
    bundle.parent.mkdir()
    (place / "bundle").rename(bundle)
    home = place / "home of 李 雷"
    home.mkdir()
    print(f"bundle: {measure_bytes(bundle) / 1e6:.0f} MB")

    def run(*command):
        names = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
        variables = {
            name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_"))
        }
        variables |= dict.fromkeys(names, DEAD) | {"PIP_INDEX_URL": DEAD, "UV_DEFAULT_INDEX": DEAD}
        variables |= {
            "HOME": str(home),
            "USERPROFILE": str(home),
            "MOF_PROGRESS": "off",
            "NO_PROXY": "127.0.0.1",
        }
        variables.pop("KERAS_BACKEND", None)
        words = list(map(str, command))
        if can_be_alone():
            words = ["unshare", "--net", "--mount", sys.executable, "-c", ALONE, str(bundle), *words]
        start = time.monotonic()
        finished = subprocess.run(
            words, env=variables, cwd=home, capture_output=True, text=True, encoding="utf-8", errors="replace"
        )
        print(f"{command[-1]}: {time.monotonic() - start:.0f} s")
        assert finished.returncode == 0, finished.stdout[-4000:] + finished.stderr[-4000:]
        return finished.stdout

    run.bundle, run.course = bundle, home / "mof-workshop"
    yield run
    shutil.rmtree(place, ignore_errors=True)  # 2.5 GB


@needs_long_paths
@pytest.mark.weekly
def test_a_bundle_installs_trains_and_runs_chapter_00_without_a_network(alone):
    said = alone(sys.executable, alone.bundle / "start.py", "lab", "--version")
    assert "Setting up (core, lab)" in said and f"Working in {alone.course}" in said
    python = alone.course / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    told = alone(python, "-c", "import mof, tensorflow; print(mof.__file__)")
    assert told.strip() == str(alone.course / "mof" / "__init__.py")

    notebook = alone.course / "my-work" / CHAPTER
    alone(python, "-m", "nbconvert", "--to", "notebook", "--execute", "--inplace", notebook)
    assert '"output_type": "error"' not in notebook.read_text(encoding="utf-8")
    assert '"output_type"' in notebook.read_text(encoding="utf-8")

    trained = alone(sys.executable, alone.course / "start.py", "--minutes", "0.1")
    assert "Setting up" not in trained and (alone.course / "runs" / "quickstart").is_dir()
    print(f"installed: {measure_bytes(alone.course) / 1e9:.2f} GB on {describe_machine().system}")
