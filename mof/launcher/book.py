"""Building the book, and counting its pages: a build that makes nothing can end well."""

import argparse
import hashlib
import json
import re
import shutil
from pathlib import Path

from mof.launcher.console import describe_exit, run_program
from mof.launcher.environment import Environment
from mof.launcher.index_settings import installer_environment
from mof.launcher.problem import Problem
from mof.launcher.web_files import ensure_web_files

# what a chapter's outputs depend on beside its own cells: the package, the lock, the data, the models that
# ship, the stored results
CODE_BEHIND_PAGES = (
    "mof/**/*.py",
    "mof/**/*.js",
    "mof/**/*.json",
    "requirements/locks/*.txt",
    "data/**/*.jsonl",
    "data/models/*.json",
    "data/models/*/[!.]*",
    "book/records/*.json",
    "benchmarks/results/*.json",
)
HASH_OF_CODE = Path("_build") / ".code-hash"
PAGE_SOURCES = (
    *CODE_BEHIND_PAGES,
    "notebooks/*.ipynb",
    "book/*.md",
    "book/*.json",
    "book/api/*",
    "book/data/*",
    "book/images/*",
    "book/_extensions/*.py",
    "book/_static/**/*",
    "_config.yml",
    "_toc.yml",
    "NOTICE",
    "CITATION.cff",
)
BUILT_FROM = Path("_build") / "built-from.json"  # what those held when the pages were built, by their SHA-256
NAMED_FILES = 5


def parse_words(arguments: list[str]) -> list[str]:
    """The words that `start.py book` hands on to `jupyter-book build`. Other words than these are refused: by
    some of them it ends well and writes no page, or writes pages elsewhere."""
    parser = argparse.ArgumentParser(
        prog="python start.py book",
        description="Builds the book as web pages, in _build/html. Chapters whose cells and code have not "
        "changed are not run again.",
    )
    parser.add_argument("--all", action="store_true", help="write every page anew")
    parser.add_argument("-v", "--verbose", action="store_true", help="say more")
    parser.add_argument("-q", "--quiet", action="store_true", help="say less")
    given = parser.parse_args(arguments)
    return [f"--{name}" for name, is_given in vars(given).items() if is_given]


def build_book(environment: Environment, arguments: list[str]) -> Path:
    """Builds the book with warnings as errors; returns the path of its first page.

    Args:
        environment: the one that holds the book's packages.
        arguments: words for `jupyter-book build`, from `parse_words`.

    Raises:
        Problem: a chapter failed, the build failed, a page of the table of contents is missing, or the
            scripts and fonts that the pages need could not be fetched.
    """
    root = environment.root
    certificates = next(environment.folder.glob("**/certifi/cacert.pem"), None)
    ensure_web_files(root, installer_environment()[0], certificates)
    forget_stale_outputs(root)
    (root / BUILT_FROM).unlink(missing_ok=True)
    sources = source_digests(root)
    variables = environment.child_variables()
    status = run_program([environment.python, root / "book" / "execute_chapters.py"], root, variables)
    if status:
        raise Problem(
            f"A chapter did not run ({describe_exit(status)}).",
            "The traceback above names the cell. Run the chapter in JupyterLab to look at it.",
        )
    command = [environment.programs / "jupyter-book", "build", root, "-W", "-n", "--keep-going", *arguments]
    status = run_program(command, root, variables)
    if status:
        raise Problem(
            f"The book was not built ({describe_exit(status)}).",
            "The warnings above name the file and the line.",
        )
    pages = pages_in_contents((root / "_toc.yml").read_text(encoding="utf-8"))
    missing = missing_pages(root)
    if missing or not pages:
        raise Problem(
            f"The book has {len(pages)} pages, but {len(missing)} were not built: {', '.join(missing)}",
            "Delete _build (`python start.py clean book`) and build it again.",
        )
    (root / BUILT_FROM).write_text(json.dumps(sources, indent=1), encoding="utf-8")
    print(f"{len(pages)} of {len(pages)} pages built")
    return root / "_build" / "html" / "index.html"


def pages_in_contents(contents: str) -> list[str]:
    """The pages of a _toc.yml, without suffix."""
    entries = re.findall(r"^[\s-]*(?:root|file):\s*[\"']?([^\s\"'#]+)", contents, re.MULTILINE)
    return [re.sub(r"\.(md|ipynb|rst)$", "", entry) for entry in entries]


def missing_pages(root: Path) -> list[str]:
    """Pages of the contents that lie not in _build/html, without suffix."""
    pages = pages_in_contents((root / "_toc.yml").read_text(encoding="utf-8"))
    return [page for page in pages if not (root / "_build" / "html" / f"{page}.html").is_file()]


def why_not_current(root: Path) -> str | None:
    """In words, why the pages in _build/html are not those of the sources; None if they are."""
    missing = missing_pages(root)
    if not (root / "_build" / "html" / "index.html").is_file():
        return "The book is not built: there are no pages in _build/html."
    if missing:
        return f"The book is not built in full: {', '.join(missing)} lack."
    try:
        built_from = json.loads((root / BUILT_FROM).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return (
            "The last build of the book did not come to its end, or was made by an older version of start.py."
        )
    now = source_digests(root)
    changed = sorted(name for name in built_from.keys() | now if built_from.get(name) != now.get(name))
    if not changed:
        return None
    more = f" and {len(changed) - NAMED_FILES} more" if len(changed) > NAMED_FILES else ""
    return (
        f"The built book is older than its sources; changed since: {', '.join(changed[:NAMED_FILES])}{more}."
    )


def source_digests(root: Path) -> dict[str, str]:
    """SHA-256 of every file that the pages come from, by its path in the project."""
    paths = {path for pattern in PAGE_SOURCES for path in root.glob(pattern) if path.is_file()}
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(paths)
    }


def forget_stale_outputs(root: Path) -> None:
    """Empties the notebooks' cache when the code behind them changed: it looks at their cells alone."""
    if not outputs_are_fresh(root):
        shutil.rmtree(root / "_build" / ".jupyter_cache", ignore_errors=True)
        record = root / HASH_OF_CODE
        record.parent.mkdir(exist_ok=True)
        record.write_text(hash_of_code(root), encoding="utf-8")


def outputs_are_fresh(root: Path) -> bool:
    """Whether the notebooks' cache was filled by the code that is there now."""
    record = root / HASH_OF_CODE
    return record.is_file() and record.read_text(encoding="utf-8") == hash_of_code(root)


def hash_of_code(root: Path) -> str:
    """SHA-256 of all that a chapter's outputs depend on besides its cells."""
    digest = hashlib.sha256()
    for pattern in CODE_BEHIND_PAGES:
        for path in sorted(path for path in root.glob(pattern) if path.is_file()):
            digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
