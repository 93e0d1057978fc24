"""Which files are the project's own: those that git tracks, or without git what stands in its own folders
and .gitignore leaves."""

import os
import shutil
import subprocess
from fnmatch import fnmatch
from pathlib import Path

# what stands at the top of the repository: in a copy without git all else is the reader's own
TOP_NAMES = """
    .binder .ci .gitattributes .github .gitignore CHANGELOG.md CITATION.cff CONTRIBUTING.md LICENSE
    LICENSE-PROSE.md NOTICE README.md _config.yml _toc.yml benchmarks book data mof notebooks pyproject.toml
    requirements requirements.txt start.py tests
""".split()


def list_project_files(root: Path) -> list[str]:
    """The project's files, as paths with "/" from its folder; sorted."""
    names = tracked_files(root)
    return sorted(unignored_files(root) if names is None else names)


def tracked_files(root: Path) -> list[str] | None:
    """What git tracks and the disk holds; None where this is no clone, or git cannot tell."""
    if not (root / ".git").exists() or not shutil.which("git"):
        return None
    result = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True)
    if result.returncode:
        return None
    names = result.stdout.decode("utf-8").split("\0")
    return [name for name in names if name and (root / name).is_file()]


def unignored_files(root: Path) -> list[str]:
    """What stands in a copy without git under the names of TOP_NAMES, but for what .gitignore names and for
    bundles made inside it."""
    patterns = [line.strip() for line in (root / ".gitignore").read_text(encoding="utf-8").splitlines()]
    patterns = [line for line in patterns if line and not line.startswith("#")]
    found = []
    for folder, subfolders, files in os.walk(root):
        place = Path(folder).relative_to(root)
        subfolders[:] = [
            name
            for name in subfolders
            if (folder != str(root) or name in TOP_NAMES)
            and not (Path(folder) / name / "bundle.json").is_file()
            and not is_ignored((place / name).as_posix(), True, patterns)
        ]
        paths = [(place / name).as_posix() for name in files if folder != str(root) or name in TOP_NAMES]
        found += [path for path in paths if not is_ignored(path, False, patterns)]
    return found


def is_ignored(path: str, is_folder: bool, patterns: list[str]) -> bool:
    """Whether one of the forms of pattern that our .gitignore uses means this path: /top/, name/, name."""
    for pattern in patterns:
        if pattern.endswith("/") and not is_folder:
            continue
        name = pattern.strip("/")
        if fnmatch(path, name) if pattern.startswith("/") else fnmatch(path.rsplit("/", 1)[-1], name):
            return True
    return False


def files_new_to_git(root: Path) -> list[str]:
    """Files that are neither tracked nor ignored: they are not the project's yet. Empty without git."""
    if tracked_files(root) is None:
        return []
    command = ["git", "ls-files", "-z", "--others", "--exclude-standard"]
    result = subprocess.run(command, cwd=root, capture_output=True)
    return sorted(name for name in result.stdout.decode("utf-8").split("\0") if name)
