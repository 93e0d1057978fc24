"""Notebooks without their solutions, for a class.

Why neither nbgrader nor otter-grader, by the requirements that they state on PyPI: nbgrader 0.9.6 does run in
JupyterLab 4.6, but brings a database (SQLAlchemy, Alembic) and a second notebook server, and gives points
where we want words while the reader works. otter-grader 7.0.0 asks for pandas, a headless browser
(`nbconvert[webpdf]`) and a Docker client. Both assign ids and formats of their own to the cells. Our readers
have two commands, often on Windows, and a folder of small JSON files is all that a class needs here.
"""

import json
from pathlib import Path
from typing import NamedTuple

from mof.course.notebook_cells import SOLUTION, read_notebook, role
from mof.patient_files import replace

SKIPPED_FOLDERS = {".ipynb_checkpoints", "_build"}


class Stripped(NamedTuple):
    """path: of the notebook written. num_solutions: taken out of it."""

    path: Path
    num_solutions: int


def strip_notebook(notebook):
    """Take out solutions and outputs.

    Args:
        notebook: dict as `read_notebook` gives; it is not changed.

    Returns:
        (dict, number of solutions taken out).
    """
    kept = []
    for cell in notebook["cells"]:
        named = role(cell)
        if named and named[0] == SOLUTION:
            continue
        kept.append(
            {**cell, "outputs": [], "execution_count": None} if cell.get("cell_type") == "code" else cell
        )
    metadata = {key: value for key, value in notebook.get("metadata", {}).items() if key != "widgets"}
    return {**notebook, "cells": kept, "metadata": metadata}, len(notebook["cells"]) - len(kept)


def strip_solutions(source, target, overwrite=False):
    """Write copies of notebooks without solutions.

    Args:
        source: a notebook, or a folder whose notebooks are taken with those in its folders.
        target: a notebook's new path, or a folder; it may be new.
        overwrite: whether notebooks that are there may be replaced.

    Returns:
        list of Stripped.

    Raises:
        ValueError: nothing to strip, source and target are one, or something is there already.
    """
    source, target = Path(source), Path(target)
    if source.is_dir():
        found = sorted(p for p in source.rglob("*.ipynb") if not SKIPPED_FOLDERS & set(p.parts))
        found = [path for path in found if target.resolve() not in path.resolve().parents]
        pairs = [(path, target / path.relative_to(source)) for path in found]
    elif source.is_file():
        pairs = [(source, target / source.name if target.is_dir() else target)]
    else:
        raise ValueError(f"{source} is not there. Give a notebook, or a folder of notebooks.")
    if not pairs:
        raise ValueError(f"{source} holds no notebook (.ipynb).")
    written = [(read_notebook(path), path, new) for path, new in pairs]
    for _notebook, path, new in written:
        if new.resolve() == path.resolve():
            raise ValueError(f"{new} would replace the notebook with the solutions. Give another target.")
        if new.exists() and not overwrite:
            raise ValueError(f"{new} is there already. Give another target, or --overwrite to replace it.")
    return [_write(notebook, new) for notebook, _path, new in written]


def _write(notebook, path):
    stripped, num_solutions = strip_notebook(notebook)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    text = json.dumps(stripped, ensure_ascii=False, indent=1) + "\n"
    partial.write_text(text, encoding="utf-8", newline="\n")
    replace(partial, path)
    return Stripped(path, num_solutions)
