"""Writes the slides of the chapters to _build/slides; `start.py slides [CHAPTER...]` calls it.

    python book/build_slides.py 02 05

Every deck is one page beside the folder _static, which holds all that it needs: it can be carried on a stick.
The outputs come from the cache of the book's build, _build/.jupyter_cache; where that is missing, or older
than the code, the figures are notes.
"""

import shutil
import sys
from pathlib import Path

import nbformat
import plotly
from jupyter_cache import get_cache

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "book" / "_extensions"))

import teaching  # noqa: E402
from slide_block import Slide  # noqa: E402
from slide_choice import choose_slides  # noqa: E402
from slide_page import deck_html, index_html, section_minutes  # noqa: E402

from mof.launcher.book import outputs_are_fresh  # noqa: E402
from mof.launcher.course import Page, read_course  # noqa: E402
from mof.launcher.web_files import FOLDER  # noqa: E402

OUTPUT = Path("_build") / "slides"
OWN_FILES = ("fonts.css", "course.css", "slides.css", "slides.js", "figures.js")


def chosen_chapters(root: Path, words: list[str]) -> list[Page]:
    """The written chapters that the words name, by number, or all of them.

    Raises:
        ValueError: a word names no written chapter.
    """
    written = {page.number: page for page in read_course(root).chapters if page.source(root)}
    numbers = [word.zfill(2) for word in words]
    if unknown := [word for word, number in zip(words, numbers, strict=True) if number not in written]:
        raise ValueError(f"no such chapter: {', '.join(unknown)}. Written are {', '.join(written)}.")
    return [written[number] for number in numbers or written]


def notebook_with_outputs(root: Path, path: Path) -> tuple[nbformat.NotebookNode, bool]:
    """A chapter, with the outputs of the book's build if they are at hand and not older than the code."""
    notebook = nbformat.read(path, as_version=4)
    folder = root / "_build" / ".jupyter_cache"
    if not folder.is_dir() or not outputs_are_fresh(root):
        return notebook, False
    try:
        return get_cache(str(folder)).merge_match_into_notebook(notebook)[1], True
    except KeyError:
        return notebook, False


def write_deck(
    root: Path, page: Page, decks: set[str], minutes: dict[str, str]
) -> tuple[str, list[Slide], bool]:
    """Writes a chapter's deck; returns its file's name, its slides, and whether the outputs were there."""
    notebook, has_outputs = notebook_with_outputs(root, page.source(root))
    slides = choose_slides(notebook)
    name = f"{Path(page.file).name}.html"
    text = deck_html(page.heading, slides, decks, minutes)
    (root / OUTPUT / name).write_text(text, encoding="utf-8", newline="\n")
    return name, slides, has_outputs


def copy_served_files(root: Path) -> None:
    """What the decks load: scripts, styles and fonts of the book, and plotly's script from its wheel."""
    target = root / OUTPUT / "_static"
    shutil.rmtree(target, ignore_errors=True)
    for name in ("mathjax", "reveal"):
        shutil.copytree(root / FOLDER / name, target / name)
    static = root / "book" / "_static"
    shutil.copytree(static / "fonts", target / "fonts")
    icon = root / "book" / "images" / "icon.svg"
    for path in (*(static / name for name in OWN_FILES), icon, plotly_script()):
        shutil.copy(path, target / path.name)


def plotly_script() -> Path:
    return Path(plotly.__file__).parent / "package_data" / "plotly.min.js"


def main(words: list[str], root: Path = ROOT) -> int:
    try:
        pages = chosen_chapters(root, words)
    except ValueError as error:
        print(f"\n{error}\nFor example: python start.py slides 02 05; without a number, all of them.")
        return 2
    (root / OUTPUT).mkdir(parents=True, exist_ok=True)
    copy_served_files(root)
    decks = {Path(page.file).name for page in pages}
    guides, listed = teaching.read_teaching(root)[0], []
    for page in pages:
        name, slides, has_outputs = write_deck(root, page, decks, section_minutes(guides.get(page.number)))
        listed.append((name, page.heading, len(slides)))
        without = "" if has_outputs else "; no outputs at hand: its figures are notes (python start.py book)"
        print(f"  {page.heading}: {len(slides)} slides{without}", flush=True)
    (root / OUTPUT / "index.html").write_text(index_html(listed), encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
