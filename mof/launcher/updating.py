"""Bringing the course up to date, where it came from git."""

import shutil
import subprocess
from pathlib import Path

from mof.launcher.problem import Problem

ZIP_STEPS = (
    "Download the new zip file and unpack it into a new folder; move the folders my-work and runs (if you "
    "have "
    "them) from here into it; run `python start.py` there; then delete this folder."
)


def pull(root: Path) -> None:
    """Fetches the newest version. Files that git does not track, such as my-work/, are not touched.

    Raises:
        Problem: this is no clone, git is missing, or the new version does not fit on local changes.
    """
    if not (root / ".git").exists():
        raise Problem(
            "This copy came from a zip file, not from git, so it cannot fetch what is new.", ZIP_STEPS
        )
    if not shutil.which("git"):
        raise Problem("The program git is not installed.", "Install it from https://git-scm.com/downloads.")
    status = _git(root, "status", "--porcelain", "--untracked-files=no")
    changed = [line[3:] for line in status.stdout.splitlines()]
    result = _git(root, "pull", "--ff-only")
    if result.returncode == 0:
        print(result.stdout.strip())
        return
    said = "\n".join(f"    | {line}" for line in result.stderr.strip().splitlines()[-6:])
    if changed:
        names = ", ".join(changed[:8])
        raise Problem(
            f"git could not update. You changed files of the course itself: {names}\n{said}",
            "Keep your changes elsewhere (copies belong in my-work), undo them with `git restore FILE`, "
            "and try again.",
        )
    raise Problem(
        f"git could not update.\n{said}", "Check the network, and that this branch follows a remote one."
    )


def _git(root: Path, *arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        ["git", *arguments], cwd=root, capture_output=True, text=True, encoding="utf-8", errors="replace"
    )
