"""The hints of each exercise, folded, after its stub: the built book has no kernel to ask for the next."""

import importlib
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx

from mof.course.hints import all_hints_html
from mof.course.registry import all_exercises

STUB_CLASS = "tag_stub:"


def add_hints(app: Sphinx, document: nodes.document) -> None:
    """Puts a fold for each hint behind the cell tagged `stub:ID`. A new hint makes the page new."""
    for cell in list(document.findall(nodes.container)):
        id = exercise_of(cell)
        if id not in all_exercises():
            continue
        exercise = all_exercises()[id]
        hints = nodes.raw("", f'<div class="mof-hints">{all_hints_html(exercise)}</div>', format="html")
        cell.parent.insert(cell.parent.index(cell) + 1, hints)
        module = importlib.import_module(exercise.checker.__module__)
        app.env.note_dependency(str(Path(module.__file__)))


def exercise_of(cell: nodes.container) -> str:
    """ "05.2" for a cell tagged `stub:05.2`, "" for others."""
    for name in cell.get("classes", ()):
        if name.startswith(STUB_CLASS):
            return name.removeprefix(STUB_CLASS)
    return ""
