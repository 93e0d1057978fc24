"""Freeing the disk: what each part weighs, and what may go."""

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from mof.launcher.environment import STATE, one_at_a_time, remove_environment
from mof.launcher.problem import Problem


@dataclass(frozen=True)
class Part:
    """Something that `clean` can delete: folders and files, as glob patterns inside the project."""

    name: str
    patterns: tuple[str, ...]
    what: str
    is_precious: bool = False  # deleted only when asked by this name


CACHES = ("**/__pycache__", ".pytest_cache", ".ruff_cache", ".hypothesis", "cache", ".start/install.log")
PARTS = (
    Part(
        "environment", (".venv", ".venv-jax", "mof.egg-info"), "installed packages (comes back with start.py)"
    ),
    Part("book", ("_build",), "the built book"),
    Part("bundle", ("dist/mof-workshop", "dist/mof-workshop.zip"), "the workshop bundle"),
    Part("caches", CACHES, "caches, made again when needed"),
    Part("runs", ("runs",), "training runs: your trained models", is_precious=True),
    Part("my-work", ("my-work",), "your own copies of the chapters", is_precious=True),
)


def find_paths(root: Path, part: Part) -> list[Path]:
    """What there is of a part. Nothing inside a precious folder or an environment belongs to another part."""
    guarded = [
        root / pattern for other in PARTS if other != part for pattern in other.patterns if "*" not in pattern
    ]
    found = [path for pattern in part.patterns for path in sorted(root.glob(pattern))]
    return [path for path in found if not any(folder in path.parents for folder in guarded)]


def measure_bytes(path: Path) -> int:
    if path.is_symlink() or path.is_file():
        return path.lstat().st_size
    return sum(file.lstat().st_size for file in path.rglob("*") if not file.is_dir())


def clean(root: Path, names: list[str], is_agreed: bool, ask: Callable[[str], str] = input) -> int:
    """Deletes parts, after saying what they weigh and asking.

    Args:
        names: parts to delete; empty: all that are not precious.
        is_agreed: do not ask.
        ask: asks a question and returns the answer.

    Returns:
        The bytes freed.
    """
    known = {part.name: part for part in PARTS}
    for name in names:
        if name not in known:
            raise Problem(f'There is nothing called "{name}" to clean.', f"Choose from: {', '.join(known)}.")
    chosen = [known[name] for name in names] or [part for part in PARTS if not part.is_precious]
    weights = {}
    for part in PARTS:
        paths = find_paths(root, part)
        weights[part.name] = sum(measure_bytes(path) for path in paths)
        note = "" if part in chosen or not paths else "  (stays; to delete it: `clean " + part.name + "`)"
        print(f"  {weights[part.name] / 1e6:9.1f} MB  {part.name:12} {part.what}{note}")
    total = sum(weights[part.name] for part in chosen)
    if not total:
        print("Nothing to clean.")
        return 0
    present = ", ".join(part.name for part in chosen if weights[part.name])
    question = f"Delete {present} ({total / 1e6:.1f} MB)? [y/N] "
    try:
        answer = "y" if is_agreed else ask(question)
    except EOFError:
        raise Problem("Nobody answered, so nothing was deleted.", "To delete unasked, add --yes.") from None
    if answer.strip().lower() not in ("y", "yes"):
        print("Nothing was deleted.")
        return 0
    with one_at_a_time(root):  # a set-up that is at work ends first
        for part in chosen:
            for path in find_paths(root, part):
                delete(path)
    print(f"Freed {total / 1e6:.1f} MB. Downloads kept by pip or uv for other projects are not touched.")
    return total


def delete(path: Path) -> None:
    if Path(sys.prefix) == path:
        raise Problem(
            f"This very Python runs from {path}.", "Run `deactivate` (or open a new terminal) and try again."
        )
    try:
        if (path / STATE).is_dir() and not path.is_symlink():
            remove_environment(path)
        elif path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
    except OSError as error:
        raise Problem(
            f"{path} cannot be deleted: {error}",
            "Close JupyterLab and every program that uses it, and try again.",
        ) from None
