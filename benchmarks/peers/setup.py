"""Makes the peers' environments, each of its own, from the pinned files beside this one. PyPI alone, by uv.

    python benchmarks/peers/setup.py

torch: PyTorch and transformers, Python 3.11. On Linux, PyPI's torch is the CUDA build, some gigabytes more:
--find-links FOLDER takes a CPU wheel of the pinned version from a folder. xiaothink: Python 3.10 with
TensorFlow 2.10.1. An environment that is whole already is left alone. Where Python 3.10 can neither be found
nor fetched, xiaothink is left out, and the benchmark quotes its stored figures as such.
"""

import argparse
import glob
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ENVIRONMENTS = HERE.parents[1] / "runs" / "peers"
PYTHONS = {"torch": "3.11", "xiaothink": "3.10"}
# xiaothink asks for `tensorflow` of any version, and its model cannot be built on the new ones
WITHOUT_DEPENDENCIES = ("xiaothink",)
STAMP = "installed.txt"  # in an environment: the pinned file that it was made from


def interpreter(name, folder=ENVIRONMENTS):
    """Path of an environment's Python if `main` finished it, else None."""
    folder = Path(folder) / name
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    return python if (folder / STAMP).is_file() and python.exists() else None


def find_uv():
    """uv of this environment or of the machine.

    Raises:
        SystemExit: there is none.
    """
    beside = Path(sys.executable).with_name("uv.exe" if os.name == "nt" else "uv")
    found = str(beside) if beside.exists() else shutil.which("uv")
    if not found:
        raise SystemExit("uv is missing: install it with `pip install uv`, and run this again.")
    return found


def find_python(uv, version, given=None):
    """An interpreter of that version: the one given, one that uv or pyenv has, or one that uv can fetch.

    Returns:
        path as str, or None.
    """
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    candidates = [given] if given else sorted(glob.glob(str(pyenv / f"{version}.*" / "bin" / "python")))
    for candidate in candidates:
        if Path(candidate).exists():
            return candidate
    for words in (["find", "--no-python-downloads"], ["install"], ["find"]):
        finished = subprocess.run([uv, "python", *words, version], capture_output=True, text=True)
        if finished.returncode == 0 and words[0] == "find":
            return finished.stdout.strip()
    return None


def make_environment(uv, name, folder, python, find_links):
    """Create an environment and install its pinned packages."""
    target, pins = folder / name, HERE / f"{name}.txt"
    wanted = pins.read_text(encoding="utf-8")
    if interpreter(name, folder) and (target / STAMP).read_text(encoding="utf-8") == wanted:
        print(f"{name}: ready.")
        return
    subprocess.run([uv, "venv", "--no-project", "--clear", "--python", python, str(target)], check=True)
    inside = target / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    links = [word for place in find_links for word in ("--find-links", place)]
    install = [uv, "pip", "install", "--python", str(inside), *links, "-r", str(pins)]
    install += ["--no-deps"] if name in WITHOUT_DEPENDENCIES else []
    subprocess.run(install, check=True)
    (target / STAMP).write_text(wanted, encoding="utf-8")
    print(f"{name}: installed.")


def main():
    """Make what is missing."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, default=ENVIRONMENTS, help="where the environments go")
    parser.add_argument("--find-links", nargs="*", default=[], help="folders of wheels to look into as well")
    parser.add_argument("--python-3.10", dest="python_310", help="path of a Python 3.10, if uv finds none")
    options = parser.parse_args()
    uv, folder = find_uv(), options.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    for name, version in PYTHONS.items():
        python = find_python(uv, version, options.python_310 if name == "xiaothink" else None)
        if python is None:
            print(
                f"{name}: Python {version} is not here and cannot be fetched. The benchmark does without it"
                + (" and quotes the stored figures." if name == "xiaothink" else ".")
            )
            continue
        make_environment(uv, name, folder, python, options.find_links)


if __name__ == "__main__":
    main()
