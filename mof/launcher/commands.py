"""The commands of `start.py`."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from mof.launcher.book import build_book
from mof.launcher.cleaning import PARTS, clean
from mof.launcher.console import become_program, describe_exit, run_program, use_utf8
from mof.launcher.environment import Environment
from mof.launcher.notebooks import copy_chapters
from mof.launcher.problem import Problem
from mof.launcher.publishing import parse_options, publish
from mof.launcher.slides import build_slides
from mof.launcher.updating import pull

ROOT = Path(__file__).resolve().parents[2]
WORKING_FOLDER = "my-work"
JAX_TESTS = (
    "tests/ops",
    "tests/layers",
    "tests/experts",
    "tests/test_model.py",
    "tests/published",
    "tests/generation",
)
EXTRAS = ("test", "lab", "book", "cluster")

HELP = """\
  python start.py                  set everything up (once), then train a first small model for about five
                                   minutes. Words after it go to the training: python start.py --minutes 2
  python start.py lab              open the chapters in JupyterLab, on copies of your own (my-work/)
  python start.py test             run the tests of the package. Words after it go to pytest:
                                   python start.py test tests/tokenizer
  python start.py test --jax       the same for the model's mathematics on JAX, without TensorFlow
  python start.py book             build the book as web pages
  python start.py slides 02 05     write slides of these chapters, or of all, for who teaches
  python start.py publish          write the built book as a folder for a web server, with a zip to read
                                   from disk and one PDF: python start.py publish --site https://...
  python start.py update           fetch the newest version of the course; your copies stay as they are
  python start.py install          only set up; `install cluster` adds what that chapter needs
  python start.py clean            show what the course takes on your disk, and free it after asking. Trained
                                   models and my-work/ go only by name: python start.py clean runs

Options, before the command:
  --installer auto|uv|pip          which program installs. auto: uv, which is fast, or pip
                                   where uv cannot be had

Everything stays in this folder; no administrator rights are needed. Running a command again is safe: what
is there is kept, and a set-up that was interrupted is repaired.
"""


def run(arguments: list[str]) -> int:
    """Runs one command; problems are told in words and give exit status 1."""
    use_utf8()
    try:
        return _dispatch(arguments)
    except Problem as problem:
        print(f"\nCannot go on: {problem.what}\nTo fix it: {problem.fix}", flush=True)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. Run the same command to go on.")
        return 130


def _dispatch(arguments: list[str]) -> int:
    installer = "auto"
    if arguments[:1] == ["--installer"] or (arguments and arguments[0].startswith("--installer=")):
        installer, arguments = _take_option(arguments)
    if arguments and arguments[0] in ("--help", "-h", "help"):
        print(HELP, end="")
        return 0
    commands = {
        "lab": lab,
        "test": test,
        "book": book,
        "slides": slides,
        "publish": publish_book,
        "update": update,
        "install": install,
        "clean": clean_up,
    }
    if not arguments or arguments[0].startswith("-"):
        return quickstart(arguments, installer)
    if arguments[0] not in commands:
        raise Problem(
            f'There is no command "{arguments[0]}".', f"Choose from: {', '.join(commands)}, or --help."
        )
    return commands[arguments[0]](arguments[1:], installer)


def _take_option(arguments: list[str]) -> tuple[str, list[str]]:
    words = arguments[0].split("=", 1) + arguments[1:]
    if len(words) < 2 or words[1] not in ("auto", "uv", "pip"):
        raise Problem(
            "--installer wants one of auto, uv, pip.", "For example: python start.py --installer pip"
        )
    return words[1], words[2:]


def quickstart(arguments: list[str], installer: str) -> int:
    environment = Environment(ROOT)
    environment.ensure(installer=installer)
    command = [environment.python, "-m", "mof", "quickstart", *arguments]
    return become_program(command, ROOT, environment.child_variables())


def test(arguments: list[str], installer: str) -> int:
    """Runs pytest, on several processes unless the reader says how many, or debugs."""
    tests_jax = "--jax" in arguments
    arguments = [word for word in arguments if word != "--jax"]
    if tests_jax:
        environment = Environment(ROOT, ".venv-jax", core="jax", installs_project=False)
        environment.ensure(installer=installer)
        present = [path for path in JAX_TESTS if (ROOT / path).exists()]
        arguments = (
            arguments if any(not word.startswith("-") for word in arguments) else [*present, *arguments]
        )
    else:
        environment = Environment(ROOT)
        environment.ensure(("test",), installer)
    status = run_program(pytest_command(environment, arguments), ROOT, environment.child_variables())
    if status not in (0, 1, 2, 5):
        print(f"pytest: {describe_exit(status)}")
    return status


def pytest_command(environment: Environment, arguments: list[str]) -> list:
    chooses_processes = any(
        word.startswith(("-n", "--numprocesses", "--pdb", "--trace")) for word in arguments
    )
    # how many processes that is, tests/conftest.py decides
    parallel = [] if chooses_processes else ["-n", "auto", "--dist", "loadfile"]
    return [environment.python, "-m", "pytest", "-q", *parallel, *arguments]


def lab(arguments: list[str], installer: str) -> int:
    environment = Environment(ROOT)
    environment.ensure(("lab",), installer)
    folder = ROOT / WORKING_FOLDER
    report = copy_chapters(ROOT / "notebooks", folder)
    for names, words in (
        (report.added, "new"),
        (report.refreshed, "brought up to date (you had not changed it)"),
    ):
        for name in names:
            print(f"  {WORKING_FOLDER}/{name}: {words}")
    for name, beside in report.beside:
        print(f"  {WORKING_FOLDER}/{name} has your changes and stays; the course's new version is {beside}")
    if not any(folder.rglob("*.ipynb")):
        print(f"  There are no chapters in this version yet; {WORKING_FOLDER}/ is yours to use.")
    print(f"  JupyterLab opens in your browser, on {folder}. Ctrl+C here ends it.", flush=True)
    options = ["--ServerApp.ip=127.0.0.1", f"--ServerApp.root_dir={folder}"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:  # the usual user of a container
        options.append("--allow-root")
    command = [environment.python, "-m", "jupyterlab", *options, *arguments]
    return become_program(command, folder, environment.child_variables())


def book(arguments: list[str], installer: str) -> int:
    environment = Environment(ROOT)
    environment.ensure(("book",), installer)
    first_page = build_book(environment, arguments)
    print(f"The book: {first_page.as_uri()}")
    return 0


def slides(arguments: list[str], installer: str) -> int:
    environment = Environment(ROOT)
    environment.ensure(("book",), installer)
    print(f"The slides: {build_slides(environment, arguments).as_uri()}")
    return 0


def publish_book(arguments: list[str], installer: str) -> int:
    folder = publish(Environment(ROOT), parse_options(arguments), installer)
    print(f'Published into {folder}. To look at it: python -m http.server --directory "{folder}"')
    return 0


def update(arguments: list[str], installer: str) -> int:
    """Pulls, then lets the new version's own start.py bring the environment up to date."""
    if arguments:
        raise Problem(
            f"`update` takes no more words; it got {' '.join(arguments)}.", "Run: python start.py update"
        )
    pull(ROOT)
    command = [sys.executable, str(ROOT / "start.py"), "--installer", installer, "install"]
    return subprocess.call(command, cwd=ROOT)


def install(arguments: list[str], installer: str) -> int:
    for name in arguments:
        if name not in EXTRAS:
            raise Problem(f'There is no extra "{name}".', f"Choose from: {', '.join(EXTRAS)}.")
    environment = Environment(ROOT)
    environment.ensure(tuple(arguments), installer)
    print(f"{environment.folder} is up to date.")
    return 0


def clean_up(arguments: list[str], installer: str) -> int:
    parser = argparse.ArgumentParser(
        prog="python start.py clean", description="Frees the disk, after asking."
    )
    parser.add_argument("names", nargs="*", help=", ".join(part.name for part in PARTS))
    parser.add_argument("--yes", action="store_true", help="do not ask")
    options = parser.parse_args(arguments)
    clean(ROOT, options.names, options.yes)
    return 0
