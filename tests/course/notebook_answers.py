"""The answers in a notebook: what its stub and solution cells define, run without their checks."""

import ast
import linecache
from pathlib import Path

from mof.course.notebook_cells import exercise_cells, read_notebook, role, source

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))


def notebook_of(exercise):
    """The chapter's notebook."""
    (path,) = [path for path in NOTEBOOKS if path.name.startswith(exercise.chapter)]
    return path


def check_call(text):
    """The call at the end of a cell, `check("05.2", my_attend)`: (id, name, is_solution).

    Raises:
        AssertionError: the cell does not end so.
    """
    last = ast.parse(text).body[-1]
    assert isinstance(last, ast.Expr) and isinstance(last.value, ast.Call), ast.unparse(last)
    call = last.value
    assert ast.unparse(call.func) == "check" and len(call.args) == 2, ast.unparse(call)
    keywords = {keyword.arg: ast.literal_eval(keyword.value) for keyword in call.keywords}
    return ast.literal_eval(call.args[0]), ast.unparse(call.args[1]), keywords.get("is_solution", False)


def answer_in(path, kind, id):
    """What the stub or the solution of an exercise defines.

    Args:
        path: of the notebook. kind: "stub" or "solution". id: of the exercise.
    """
    (text,) = [text for found, text in exercise_cells(path)[kind] if found == id]
    name = check_call(text)[1]
    lines = text.splitlines()
    body = "\n".join(lines[: ast.parse(text).body[-1].lineno - 1]) + "\n"
    scope = dict(definitions(path))
    file = f"<{path.stem} {kind} {id}>"
    linecache.cache[file] = (len(body), None, body.splitlines(keepends=True), file)
    exec(compile(body, file, "exec"), scope)
    return scope[name]


def definitions(path):
    """The imports and functions of a notebook's other cells, without running what they do."""
    scope = {"__name__": "__main__"}
    for cell in read_notebook(path)["cells"]:
        if cell["cell_type"] != "code" or role(cell):
            continue
        kept = [
            node
            for node in ast.parse(source(cell)).body
            if isinstance(node, ast.Import | ast.ImportFrom | ast.FunctionDef)
        ]
        exec(compile(ast.Module(kept, []), path.name, "exec"), scope)
    return scope
