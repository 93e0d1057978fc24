"""The errors that a reader may meet, as they stand in the sources; those of `start.py` come from its code.

A sentence of the code with something filled in, f"This is {name}", reads here "This is …".
"""

import ast
import json
from dataclasses import dataclass
from pathlib import Path

FILE = Path("book") / "data" / "errors.json"
GAP = "…"
LAUNCHER = Path("mof") / "launcher"


@dataclass(frozen=True)
class ErrorText:
    """An error by its text.

    Args:
        text: what is shown, with … for what is filled in.
        fix: what to do.
        file: where the text stands, from the project's folder.
        means: what is behind it; "" where the text says it.
        group: a heading; "" for what `start.py` says.
    """

    text: str
    fix: str
    file: str
    means: str = ""
    group: str = ""


def known_errors(root: Path) -> list[ErrorText]:
    """What book/data/errors.json explains, in its order."""
    record = json.loads((root / FILE).read_text(encoding="utf-8"))
    return [ErrorText(**entry) for entry in record]


def launcher_errors(root: Path) -> list[ErrorText]:
    """Every failure that `mof.launcher` tells with its fix: each `Problem`, each failed installation."""
    found = []
    for path in sorted((root / LAUNCHER).glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for call, scope in calls_with_scope(tree):
            texts = told(call, scope)
            if texts and all(text.strip(f" \n{GAP}") for text in texts):
                found.append(ErrorText(*(trimmed(text) for text in texts), path.relative_to(root).as_posix()))
    return found


def told(call: ast.Call, scope: dict[str, ast.expr]) -> list[str]:
    """What a call tells and its fix, if it makes a Problem or a FailureKind; else nothing."""
    name = getattr(call.func, "id", "")
    if name == "Problem" and len(call.args) == 2:
        return [as_text(argument, scope) for argument in call.args]
    if name == "FailureKind" and len(call.args) >= 4:
        return [as_text(argument, scope) for argument in call.args[2:4]]
    return []


def calls_with_scope(tree: ast.Module):
    """Each call, with the names that are assigned around it: its function's hide those of the module."""
    outer = assignments(tree.body)
    for node in tree.body:
        for function in ast.walk(node):
            if isinstance(function, ast.Call):
                inner = next(
                    (
                        assignments(ast.walk(owner))
                        for owner in ast.walk(node)
                        if isinstance(owner, ast.FunctionDef) and function in set(ast.walk(owner))
                    ),
                    {},
                )
                yield function, outer | inner


def assignments(nodes) -> dict[str, ast.expr]:
    """Names that are assigned, with what they are assigned; one that is assigned twice is left out."""
    found, twice = {}, set()
    for node in nodes:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            twice |= {name} & found.keys()
            found[name] = node.value
    return {name: value for name, value in found.items() if name not in twice}


def as_text(node: ast.expr, scope: dict[str, ast.expr]) -> str:
    """What an expression gives, as far as its source tells: … for the rest."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(as_text(part, scope) for part in node.values)
    if isinstance(node, ast.FormattedValue):
        return as_text(node.value, scope)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return as_text(node.left, scope) + as_text(node.right, scope)
    if isinstance(node, ast.Name) and node.id in scope:
        rest = {name: value for name, value in scope.items() if name != node.id}
        return as_text(scope[node.id], rest)
    return GAP


def trimmed(text: str) -> str:
    """On one line."""
    return " ".join(text.split())


def texts_of_file(path: Path) -> list[str]:
    """Every string of a source, with … for what is filled in."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside = {part for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    return [
        as_text(node, {})
        for node in ast.walk(tree)
        if node not in inside
        and (
            isinstance(node, ast.JoinedStr)
            or (isinstance(node, ast.Constant) and isinstance(node.value, str))
        )
    ]
