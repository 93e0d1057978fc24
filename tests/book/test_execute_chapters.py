"""Chapters are run two at a time before the build, which then finds their outputs; a failing one is told."""

import json
import sys
from pathlib import Path

import pytest

pytest.importorskip("jupyter_cache", reason="the book's packages are not installed (python start.py book)")

sys.path.append(str(Path(__file__).parents[2] / "book"))

import execute_chapters  # noqa: E402
from kernel_settings import THREADS  # noqa: E402


def notebook(source):
    cell = {
        "cell_type": "code",
        "id": "a",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
        "source": source,
    }
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return json.dumps({"cells": [cell], "metadata": kernel, "nbformat": 4, "nbformat_minor": 5})


@pytest.fixture
def book(tmp_path, monkeypatch):
    """A folder with a contents file and a function that adds a chapter."""
    for name in THREADS:
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "_config.yml").write_text("execute:\n  timeout: 60\n", encoding="utf-8")
    names = []

    def add(name, source):
        names.append(name)
        (tmp_path / "notebooks" / f"{name}.ipynb").write_text(notebook(source), encoding="utf-8")
        lines = "".join(f"  - file: notebooks/{name}\n" for name in names)
        (tmp_path / "_toc.yml").write_text(f"root: book/index\nchapters:\n{lines}", encoding="utf-8")

    add.root = tmp_path
    return add


def outputs(root, name):
    """What the cache holds for a chapter."""
    cache = execute_chapters.get_cache(str(root / "_build" / ".jupyter_cache"))
    found = execute_chapters.read(root / "notebooks" / f"{name}.ipynb")
    return cache.merge_match_into_notebook(found)[1].cells[0].outputs


def test_two_run_at_a_time_each_with_its_share_and_not_again(book, capfd, monkeypatch):
    monkeypatch.setattr(execute_chapters.os, "cpu_count", lambda: 2)
    wait = "import os, pathlib, time\nother = pathlib.Path('{other}')\npathlib.Path('{own}').touch()\n"
    wait += "while not other.exists(): time.sleep(0.1)\n"
    wait += "print(os.environ['OMP_NUM_THREADS'], os.environ['MOF_PROGRESS'])"
    book("00_a", wait.format(own="a", other="b"))  # neither ends before the other has begun
    book("01_b", wait.format(own="b", other="a"))
    assert execute_chapters.main(book.root) == 0
    assert [outputs(book.root, name)[0].text for name in ("00_a", "01_b")] == ["1 off\n"] * 2
    assert "2 chapters run" in capfd.readouterr().out
    assert execute_chapters.main(book.root) == 0
    assert capfd.readouterr().out == ""


def test_a_failing_chapter_is_told_and_not_kept(book, capfd):
    book("00_a", "1 / 0")
    assert execute_chapters.main(book.root) == 1
    said = capfd.readouterr().err
    assert "ZeroDivisionError" in said and "Failed: 00_a.ipynb" in said
    with pytest.raises(KeyError):
        outputs(book.root, "00_a")
