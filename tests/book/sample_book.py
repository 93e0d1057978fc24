"""A small book for the browser tests: the project's settings, pages, look and scripts, and one notebook."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from mof.launcher.course import contents_file, read_course
from mof.launcher.web_files import FOLDER, ensure_web_files

ROOT = Path(__file__).parents[2]
CHAPTER = "notebooks/05_linear_attention"  # the sample stands at a chapter's address
TAKEN = ("_config.yml", "NOTICE", "CITATION.cff", "book", "benchmarks/results/hour_run.json")


def prepare_sample_book(folder: Path) -> Path:
    """Copies what the sample needs to `folder`; fetches the served scripts if they are not in the cache."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in TAKEN:
        source = ROOT / name
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if source.is_dir() else shutil.copy)(source, folder / name)
    shutil.copytree(ensure_web_files(ROOT, os.environ), folder / FOLDER)
    (folder / CHAPTER).parent.mkdir()
    shutil.copy(Path(__file__).parent / "sample_chapter.ipynb", folder / f"{CHAPTER}.ipynb")
    (folder / "_toc.yml").write_text(contents_file(read_course(folder), folder), encoding="utf-8")
    return folder


def build_sample_book(folder: Path) -> Path:
    """Builds it as `start.py book` does; returns the folder of the pages.

    Raises:
        RuntimeError: with the end of the build's output.
    """
    prepare_sample_book(folder)
    program = Path(sys.executable).with_name("jupyter-book.exe" if os.name == "nt" else "jupyter-book")
    command = [str(program), "build", str(folder), "-W", "-n", "--keep-going"]
    paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    variables = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths)), "PYTHONUTF8": "1"}
    finished = subprocess.run(
        command, env=variables, capture_output=True, text=True, encoding="utf-8", timeout=600
    )
    if finished.returncode:
        raise RuntimeError(f"the sample book was not built:\n{(finished.stdout + finished.stderr)[-6000:]}")
    return folder / "_build" / "html"
