"""The README's tree names every file of the package, in its folder, and none that is not there."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENTRY = re.compile(r"^( *)(\S+)(?:  |$)")


def files_in_the_tree():
    """Paths under mof/ as the tree writes them; a name with a star stands for all that fit."""
    tree = (ROOT / "README.md").read_text(encoding="utf-8").split("## What lies where")[1].split("```")[1]
    folders, found = [], set()
    for line in tree.splitlines():
        match = ENTRY.match(line)
        if not match:
            continue
        depth, name = len(match[1]) // 2, match[2]
        folders = folders[:depth]
        if name.endswith("/"):
            folders.append(name.rstrip("/"))
        elif folders[:1] == ["mof"]:
            found |= set(ROOT.glob("/".join([*folders, name]))) or {ROOT / "/".join([*folders, name])}
    return {path.relative_to(ROOT).as_posix() for path in found}


def test_every_file_has_its_line_and_every_line_its_file():
    there = {path.relative_to(ROOT).as_posix() for path in (ROOT / "mof").rglob("*.py")}
    there = {path for path in there if not path.endswith("/__init__.py")} | {"mof/__init__.py"}
    assert files_in_the_tree() == there
