"""Slides of the chapters, for teachers: `start.py slides [CHAPTER...]`. Shown, they need no network."""

from pathlib import Path

from mof.launcher.console import describe_exit, run_program
from mof.launcher.environment import Environment
from mof.launcher.index_settings import installer_environment
from mof.launcher.problem import Problem
from mof.launcher.web_files import ensure_web_files

OUTPUT = Path("_build") / "slides"  # as book/build_slides.py has it
WRONG_WORDS = 2  # the exit status of book/build_slides.py for a chapter that is not there; it has said so


def build_slides(environment: Environment, chapters: list[str]) -> Path:
    """Writes the decks of the chapters named, or of all; returns the page that lists them.

    Args:
        chapters: numbers, such as "05".

    Raises:
        Problem: the scripts and fonts could not be fetched, or a deck was not written.
    """
    root = environment.root
    certificates = next(environment.folder.glob("**/certifi/cacert.pem"), None)
    ensure_web_files(root, installer_environment()[0], certificates)
    command = [environment.python, root / "book" / "build_slides.py", *chapters]
    status = run_program(command, root, environment.child_variables())
    if status:
        why = "a chapter is not there" if status == WRONG_WORDS else describe_exit(status)
        raise Problem(
            f"The slides were not written ({why}).",
            "The lines above say why. `python start.py slides 05` writes those of one chapter.",
        )
    return root / OUTPUT / "index.html"
