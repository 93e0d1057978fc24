"""The commands of `start.py`."""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

from mof.launcher.book import build_book, parse_words
from mof.launcher.bundle import bundle_around, bundle_behind, check_bundle
from mof.launcher.bundle_making import PYTHONS, find_system, make_bundle, plan_bundle
from mof.launcher.bundle_opening import open_bundle
from mof.launcher.cleaning import PARTS, clean
from mof.launcher.console import become_program, describe_exit, run_program, use_utf8
from mof.launcher.environment import Environment
from mof.launcher.index_settings import installer_environment
from mof.launcher.machine import check_machine, describe_machine
from mof.launcher.notebooks import copy_chapters
from mof.launcher.problem import Problem
from mof.launcher.publishing import parse_options, publish
from mof.launcher.slides import build_slides
from mof.launcher.updating import pull
from mof.launcher.wheel_download import fetch_wheels

ROOT = Path(__file__).resolve().parents[2]
WORKING_FOLDER = "my-work"
# JupyterLab's own settings, below the environment's folder: without them it asks whether it may fetch news
LAB_SETTINGS = Path("share") / "jupyter" / "lab" / "settings" / "overrides.d" / "mof.json"
QUIET_LAB = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false"}}
JAX_TESTS = (
    "tests/ops",
    "tests/layers",
    "tests/experts",
    "tests/test_model.py",
    "tests/published",
    "tests/generation",
)
EXTRAS = ("test", "lab", "book", "cluster")
BUNDLED_EXTRAS = ("lab", "test")

HELP = """\
  python start.py                  set everything up (once), then train a first small model for about five
                                   minutes. Words after it go to the training: python start.py --minutes 2
  python start.py lab              open the chapters in JupyterLab, on copies of your own (my-work/)
  python start.py test             run the tests of the package. Words after it go to pytest:
                                   python start.py test tests/tokenizer
  python start.py test --jax       the same for the model's mathematics on JAX, without TensorFlow
  python start.py book             build the book as web pages
  python start.py slides 02 05     write slides of these chapters, or of all, for teachers
  python start.py publish          write the built book as a folder for a web server, with a zip to read
                                   from disk and one PDF: python start.py publish --site https://...
  python start.py update           fetch the newest version of the course; your copies stay as they are
  python start.py install          only set up; `install cluster` adds what that chapter needs
  python start.py clean            show what the course takes on your disk, and free it after asking. Trained
                                   models and my-work/ go only by name: python start.py clean runs
  python start.py bundle           make a folder from which a class installs with no internet: packages,
                                   course, data, built book. For which machines: python start.py bundle --help

Options, before the command:
  --installer auto|uv|pip          which program installs. auto: uv, which is fast, or pip
                                   where uv cannot be had
  --folder FOLDER                  in a workshop bundle alone: where to work, in place of mof-workshop in your
                                   home folder

Everything stays in this folder; no administrator rights are needed. Running a command again is safe: what
is there is kept, and a set-up that was interrupted is repaired.
"""


def run(arguments: list[str]) -> int:
    """Runs one command; problems, and what the system refuses, are told in words and give exit status 1."""
    use_utf8()
    try:
        return _dispatch(arguments)
    except Problem as problem:
        print(f"\nCannot go on: {problem.what}\nTo fix it: {problem.fix}", flush=True)
        return 1
    except OSError as error:
        print(
            f"\nCannot go on: {error}\nTo fix it: look whether the disk is full or write-protected, close "
            "other programs that use the file, and run the same command again.",
            flush=True,
        )
        return 1
    except KeyboardInterrupt:
        print("\nStopped. Run the same command to go on.")
        return 130


def _dispatch(arguments: list[str]) -> int:
    options, arguments = _take_options(arguments)
    installer, folder = options.get("--installer", "auto"), options.get("--folder")
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
        "bundle": bundle,
    }
    around = bundle_around(ROOT)
    if around and arguments[:1] != ["bundle"]:
        return open_bundle(around, Path(folder) if folder else None, installer, arguments)
    if folder:
        raise Problem("--folder is for a workshop bundle; this is the course itself.", "Leave it out.")
    if not arguments or arguments[0].startswith("-"):
        return quickstart(arguments, installer)
    if arguments[0] not in commands:
        raise Problem(
            f'There is no command "{arguments[0]}".', f"Choose from: {', '.join(commands)}, or --help."
        )
    return commands[arguments[0]](arguments[1:], installer)


def _take_options(arguments: list[str]) -> tuple[dict[str, str], list[str]]:
    """The options before the command, and the rest."""
    options = {}
    while arguments and arguments[0].split("=", 1)[0] in ("--installer", "--folder"):
        name, *words = arguments[0].split("=", 1) + arguments[1:]
        if name == "--installer" and (not words or words[0] not in ("auto", "uv", "pip")):
            raise Problem(
                "--installer wants one of auto, uv, pip.", "For example: python start.py --installer pip"
            )
        if not words or not words[0]:
            raise Problem("--folder wants a folder.", "For example: python start.py --folder my-course lab")
        options[name], arguments = words[0], words[1:]
    return options, arguments


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
        arguments = arguments if any(map(is_path, arguments)) else [*present, *arguments]
    else:
        environment = Environment(ROOT)
        environment.ensure(("test",), installer)
    status = run_program(pytest_command(environment, arguments), ROOT, environment.child_variables())
    if status not in (0, 1, 2, 5):
        print(f"pytest: {describe_exit(status)}")
    return status


def is_path(word: str) -> bool:
    """Whether a word for pytest names a file or folder, or a test in one; the 0 of `-n 0` does not."""
    path = word.split("::")[0]
    return bool(path) and not path.startswith("-") and os.path.exists(ROOT / path)


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
    settings = environment.folder / LAB_SETTINGS
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(json.dumps(QUIET_LAB), encoding="utf-8")
    print(f"  JupyterLab opens in your browser, on {folder}. Ctrl+C here ends it.", flush=True)
    # a chapter links to ../book: from the project's folder the link leads there, and my-work is what is shown
    options = [
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.root_dir={ROOT}",
        f"--ServerApp.preferred_dir={folder}",
    ]
    first = next((name for name in report.added if name.startswith("00_")), None)
    if first:  # the first time JupyterLab opens on a page that says how it is used
        options.append(f"--LabApp.default_url=/lab/tree/{WORKING_FOLDER}/{first}")
    if hasattr(os, "geteuid") and os.geteuid() == 0:  # the usual user of a container
        options.append("--allow-root")
    command = [environment.python, "-m", "jupyterlab", *options, *arguments]
    return become_program(command, folder, environment.child_variables())


def book(arguments: list[str], installer: str) -> int:
    words = parse_words(arguments)
    environment = Environment(ROOT)
    environment.ensure(("book",), installer)
    first_page = build_book(environment, words)
    print(f"The book: {first_page.as_uri()}")
    return 0


def slides(arguments: list[str], installer: str) -> int:
    environment = Environment(ROOT)
    environment.ensure(("book",), installer)
    print(f"The slides: {build_slides(environment, arguments).as_uri()}")
    return 0


def publish_book(arguments: list[str], installer: str) -> int:
    folder = publish(Environment(ROOT), parse_options(arguments), installer)
    preview = f'python -m http.server --bind 127.0.0.1 --directory "{folder}"'
    print(f"Published into {folder}. To look at it: {preview}")
    return 0


def update(arguments: list[str], installer: str) -> int:
    """Pulls, then lets the new version's own start.py bring the environment up to date."""
    if bundle_behind(ROOT):
        raise Problem(
            "This copy came from a workshop bundle, so it cannot fetch what is new.",
            "Run `python start.py` of a newer bundle: it brings this folder up to date, and my-work and runs "
            "stay.",
        )
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


def bundle(arguments: list[str], installer: str) -> int:
    parser = argparse.ArgumentParser(
        prog="python start.py bundle",
        description="Makes a folder from which a class installs with no internet. Run it again after an "
        "interruption: what is there is kept.",
    )
    several = {"action": "append", "default": []}
    parser.add_argument("folder", nargs="?", help="where it goes; dist/mof-workshop if left out")
    parser.add_argument(
        "--system", **several, help="linux, macos or windows; may be repeated; this one if left out"
    )
    parser.add_argument("--python", **several, choices=PYTHONS, help="may be repeated; else yours")
    parser.add_argument(
        "--with",
        **several,
        choices=EXTRAS,
        dest="extras",
        help=f"packages for another command; may be repeated; {' and '.join(BUNDLED_EXTRAS)} are there",
    )
    parser.add_argument("--zip", action="store_true", help="pack it too, beside the folder")
    parser.add_argument("--dry-run", action="store_true", help="say what it would hold, and its size")
    parser.add_argument("--check", action="store_true", help="compare a bundle's files with their checksums")
    options = parser.parse_args(arguments)
    around = bundle_around(ROOT)
    folder = Path(options.folder or around or ROOT / "dist" / "mof-workshop").expanduser().absolute()
    if options.check:
        num_files, num_bytes = check_bundle(folder)
        print(f"All {num_files} files of {folder} are right: {num_bytes / 1e6:.0f} MB.")
        return 0
    if around or bundle_behind(ROOT):
        raise Problem(
            "This copy of the course came from a workshop bundle.",
            "Copy that bundle as it is; or make one from the course itself, with a network.",
        )
    if not options.system:
        check_machine(describe_machine(), ())
    systems = [find_system(name) for name in options.system] or [describe_machine().system]
    pythons = options.python or [f"{sys.version_info[0]}.{sys.version_info[1]}"]
    machines = tuple(dict.fromkeys((system, python) for system in systems for python in sorted(pythons)))
    environment = Environment(ROOT)
    log = ROOT / ".start" / "bundle.log"

    def fetch(wheels, place):
        with_pip = (environment.python, sys.executable)
        fetch_wheels(wheels, machines, place, with_pip, installer_environment()[0], log)

    plan = plan_bundle(ROOT, folder, machines, (*BUNDLED_EXTRAS, *options.extras))
    made = make_bundle(ROOT, plan, fetch, options.zip, options.dry_run)
    if not options.dry_run:
        print(f"The bundle: {made}\nTo check a copy of it, run in the copy: python start.py bundle --check")
    return 0
