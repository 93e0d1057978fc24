"""The cells of a notebook that belong to exercises: stubs, tagged `stub:05.2`, and solutions."""

import json
from pathlib import Path

STUB, SOLUTION = "stub", "solution"


def read_notebook(path):
    """A notebook as JSON.

    Args:
        path: of the .ipynb file.

    Returns:
        dict with "cells", a list.

    Raises:
        ValueError: it is no notebook of format 4.
        OSError: it cannot be read.
    """
    try:
        notebook = json.loads(Path(path).read_text(encoding="utf-8"))
    except ValueError as error:  # wrong JSON, wrong UTF-8
        raise ValueError(f"{path} is no notebook: {error}") from error
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if notebook_format(notebook) != 4 or not isinstance(cells, list):
        raise ValueError(f"{path} is no notebook of format 4. Open it in JupyterLab and save it again.")
    return notebook


def notebook_format(notebook):
    """The number of the format, or None for what is no notebook."""
    return notebook.get("nbformat") if isinstance(notebook, dict) else None


def source(cell):
    """The text of a cell."""
    text = cell.get("source", "")
    return text if isinstance(text, str) else "".join(text)


def role(cell):
    """What a cell is for an exercise.

    Returns:
        (STUB or SOLUTION, what follows the colon of its tag: the id), or None.
    """
    for tag in cell.get("metadata", {}).get("tags", []):
        name, _colon, id = str(tag).partition(":")
        if name in (STUB, SOLUTION):
            return name, id
    return None


def exercise_cells(path):
    """The stubs and solutions of a notebook.

    Args:
        path: of the .ipynb file.

    Returns:
        dict from STUB and SOLUTION to a list of pairs (id, source), in order.
    """
    found = {STUB: [], SOLUTION: []}
    for cell in read_notebook(path)["cells"]:
        if named := role(cell):
            found[named[0]].append((named[1], source(cell)))
    return found
