"""Notebooks without solutions."""

import json
from pathlib import Path

import pytest

from mof.course.notebook_cells import STUB, exercise_cells, read_notebook
from mof.course.strip import strip_solutions
from tests.course.notebook_answers import NOTEBOOKS


def code(text, *tags, outputs=()):
    return {
        "cell_type": "code",
        "id": text[:4],
        "metadata": {"tags": list(tags)} if tags else {},
        "source": text.splitlines(keepends=True),
        "outputs": list(outputs),
        "execution_count": 3,
    }


@pytest.fixture
def notebook(tmp_path):
    cells = [
        {"cell_type": "markdown", "id": "m", "metadata": {}, "source": "猫 *cat*"},
        code("stub", "stub:05.1", outputs=[{"output_type": "stream", "name": "stdout", "text": "x"}]),
        code("answer", "hide-cell", "solution:05.1"),
        code("plain"),
        code("old", "solution"),
    ]
    content = {
        "cells": cells,
        "metadata": {"widgets": {}, "kernelspec": {}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    path = tmp_path / "class" / "a" / "n.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return path


def test_solutions_and_outputs_go_and_the_rest_stays(notebook, tmp_path):
    before = notebook.read_bytes()
    ((path, number),) = strip_solutions(notebook.parents[1], tmp_path / "out")
    assert (path, number) == (tmp_path / "out" / "a" / "n.ipynb", 2)
    stripped = read_notebook(path)
    assert [cell["id"] for cell in stripped["cells"]] == ["m", "stub", "plai"]
    assert stripped["cells"][1]["outputs"] == [] and stripped["cells"][1]["execution_count"] is None
    assert stripped["metadata"] == {"kernelspec": {}} and stripped["cells"][0]["source"] == "猫 *cat*"
    assert notebook.read_bytes() == before


def test_one_notebook_to_a_file_or_into_a_folder(notebook, tmp_path):
    assert strip_solutions(notebook, tmp_path / "x.ipynb")[0].path == tmp_path / "x.ipynb"
    assert strip_solutions(notebook, tmp_path)[0].path == tmp_path / "n.ipynb"


def test_nothing_is_replaced_unasked(notebook, tmp_path):
    strip_solutions(notebook, tmp_path)
    with pytest.raises(ValueError, match="is there already. Give another target, or --overwrite"):
        strip_solutions(notebook, tmp_path)
    strip_solutions(notebook, tmp_path, overwrite=True)
    for target in (notebook, notebook.parent):
        with pytest.raises(ValueError, match="would replace the notebook with the solutions"):
            strip_solutions(notebook, target, overwrite=True)


def test_a_target_inside_the_source_is_not_read(notebook):
    folder = notebook.parents[1]
    strip_solutions(folder, folder / "out")
    assert len(strip_solutions(folder, folder / "out", overwrite=True)) == 1


def test_what_is_no_notebook_is_refused(tmp_path):
    with pytest.raises(ValueError, match="is not there"):
        strip_solutions(tmp_path / "x", tmp_path / "y")
    with pytest.raises(ValueError, match="holds no notebook"):
        strip_solutions(tmp_path, tmp_path / "y")
    for number, content in enumerate((b"{", b"\xff", b"[]", b'{"nbformat": 3, "worksheets": []}')):
        path = tmp_path / f"{number}.ipynb"
        path.write_bytes(content)
        with pytest.raises(ValueError, match=f"{number}.ipynb is no notebook"):
            strip_solutions(path, tmp_path / "y.ipynb")
    assert not (tmp_path / "y.ipynb").exists()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_chapters_keep_their_stubs_and_nothing_of_a_solution(path, tmp_path):
    (stripped,) = strip_solutions(path, tmp_path / path.name)
    cells = exercise_cells(path)
    assert stripped.num_solutions == len(cells["solution"])
    assert exercise_cells(stripped.path) == {STUB: cells[STUB], "solution": []}
    assert "is_solution" not in Path(stripped.path).read_text(encoding="utf-8")
