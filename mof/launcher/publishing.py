"""`start.py publish`: the built book as a folder for a web server, with slides, a zip and a PDF."""

import argparse
import contextlib
import os
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from mof import __version__
from mof.launcher.book import build_book, pages_in_contents, why_not_current
from mof.launcher.browser import HOW_TO_INSTALL, find_browser
from mof.launcher.cleaning import measure_bytes
from mof.launcher.colab import FOLDER as COLAB
from mof.launcher.colab import write_copies
from mof.launcher.console import describe_exit, run_program
from mof.launcher.environment import Environment
from mof.launcher.problem import Problem
from mof.launcher.published_site import (
    NOT_FOUND,
    base_path,
    copy_decks,
    copy_pages,
    name_address,
    show_downloads,
    show_slides,
    write_site_files,
    write_zip,
)
from mof.launcher.site_address import FILE, SiteAddress, is_address, read_site_address
from mof.launcher.slides import OUTPUT as DECKS
from mof.launcher.slides import build_slides
from mof.patient_files import replace as rename

NAME = "mof-from-scratch"
OUTPUT = Path("_build") / "publish"
MARK = ".published-by-mof"  # stands in a folder that this command wrote, and may replace
DOWNLOADS = {"pdf": f"downloads/{NAME}.pdf", "zip": f"downloads/{NAME}.zip"}
SLIDES = "slides"  # their folder in the site
HOW_TO_SET = (
    f'Write "site": "https://..." into {FILE.as_posix()} and build the book again, or add --site https://...'
)
PRINTER = Path("book") / "_printing" / "print_book.py"


@dataclass(frozen=True)
class PublishOptions:
    """What to write, and where.

    Args:
        site: the public address, in place of the one in book/site.json; "" takes that.
        output: the folder to write.
        builds: build the book first where it is not current.
        has_pdf: print the PDF. has_zip: pack the zip. has_slides: write the decks of the chapters.
    """

    site: str = ""
    output: Path = OUTPUT
    builds: bool = False
    has_pdf: bool = True
    has_zip: bool = True
    has_slides: bool = True


def parse_options(arguments: list[str]) -> PublishOptions:
    parser = argparse.ArgumentParser(
        prog="python start.py publish",
        description="Writes the built book as a folder for a web server: the pages with their public "
        "address, a site map, a page for wrong addresses, the slides of the chapters, a zip to read without "
        "a network, and one PDF.",
    )
    parser.add_argument("--site", default="", help=f"public address; without it that of {FILE.as_posix()}")
    parser.add_argument("--output", type=Path, default=OUTPUT, help=f"folder to write ({OUTPUT.as_posix()})")
    parser.add_argument("--build", action="store_true", help="build the book first if it is not current")
    parser.add_argument("--no-pdf", action="store_true", help="no PDF; then Chromium is not needed")
    parser.add_argument("--no-zip", action="store_true", help="no zip")
    parser.add_argument("--no-slides", action="store_true", help="no slides, and no links to them")
    given = parser.parse_args(arguments)
    return PublishOptions(
        given.site, given.output, given.build, not given.no_pdf, not given.no_zip, not given.no_slides
    )


def publish(environment: Environment, options: PublishOptions, installer: str = "auto") -> Path:
    """Writes the folder; returns its path. What was there before stays until the new one is whole.

    Raises:
        Problem: no public address, no current book, no browser, or a folder that is somebody else's.
    """
    root = environment.root
    site = public_address(root, options.site)
    output = free_output(root / options.output)
    if options.has_pdf and not find_browser():
        raise Problem(
            "The PDF is printed by Chromium, and Chromium or its chromedriver is not installed.",
            f"{HOW_TO_INSTALL} Or leave the PDF out: python start.py publish --no-pdf",
        )
    stale = why_not_current(root)
    if stale and not options.builds:
        raise Problem(stale, "Run `python start.py book`, or `python start.py publish --build`.")
    if stale or options.has_pdf or options.has_slides:
        environment.ensure(("book",), installer)
    if stale:
        build_book(environment, [])
    if options.has_slides:
        shutil.rmtree(root / DECKS, ignore_errors=True)  # a deck of a chapter that has gone
        build_slides(environment, [])
    old = free_output(output.with_name(output.name + ".old"))
    if old.exists() and output.exists():  # what a run before could not delete
        remove_published(old)
    elif old.exists():  # a run before was killed between its two renames
        rename(old, output)
    partial = output.with_name(output.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    (partial / MARK).write_text(f"{__version__}\n", encoding="utf-8")
    write_folder(environment, options, site, partial)
    put_in_place(partial, output, old)
    return output


def put_in_place(partial: Path, output: Path, old: Path) -> None:
    """Renames the new folder to its name, what was there before to `old`, and deletes that.

    What of it cannot be deleted, for a program has it open, the next run deletes.
    """
    if output.exists():
        rename(output, old)
    try:
        rename(partial, output)
    except OSError:
        if old.exists():
            rename(old, output)
        raise
    if old.exists():
        with contextlib.suppress(OSError):
            remove_published(old)


def remove_published(folder: Path) -> None:
    """Deletes a folder that this command wrote, its mark last: what a deletion leaves is known as ours.

    Raises:
        OSError: something in it is in use.
    """
    for entry in folder.iterdir():
        if entry.name != MARK:
            shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()
    shutil.rmtree(folder)


def write_folder(environment: Environment, options: PublishOptions, site: str, folder: Path) -> None:
    """Fills an empty folder, and says what is in it."""
    root = environment.root
    built = root / "_build" / "html"
    pages = pages_in_contents((root / "_toc.yml").read_text(encoding="utf-8"))
    print(f"Publishing {len(pages)} pages for {site}, below the path {base_path(site)}", flush=True)
    copy_pages(built, folder)
    decks = copy_decks(root / DECKS, folder / SLIDES) if options.has_slides else []
    slides = {deck: f"{SLIDES}/{deck}.html" for deck in decks}
    copies = colab_copies(root, site, folder / COLAB)
    if options.has_pdf:
        print_pdf(environment, site, folder / DOWNLOADS["pdf"])
    if options.has_zip:
        write_zip(built, folder / DOWNLOADS["zip"], NAME)
    there = {kind: path for kind, path in DOWNLOADS.items() if (folder / path).is_file()}
    sizes = {kind: measure_bytes(folder / path) for kind, path in there.items()}
    for path in sorted(path for path in folder.rglob("*.html") if "_static" not in path.parts):
        page = path.relative_to(folder).with_suffix("").as_posix()
        text = name_address(path.read_text(encoding="utf-8"), page, site)
        text = show_slides(show_downloads(text, page, sizes, there), page, slides)
        path.write_text(text, encoding="utf-8", newline="\n")
    names = write_site_files(folder, pages, site, (root / NOT_FOUND).read_text(encoding="utf-8"))
    for name, size in [
        *((there[kind], size) for kind, size in sizes.items()),
        *((path, 0) for deck, path in slides.items() if deck == "index"),
        *((f"{COLAB}/{name}", 0) for name in copies),
        *((name, 0) for name in names),
    ]:
        print(f"  {name}{f': {size / 1e6:.1f} MB' if size else ''}")


def colab_copies(root: Path, site: str, folder: Path) -> list[str]:
    """Writes the chapters for Colab, which opens notebooks from GitHub alone; returns their names."""
    address = replace(stored_address(root), site=site)
    return write_copies(root / "notebooks", folder, address) if address.is_on_github else []


def print_pdf(environment: Environment, site: str, target: Path) -> None:
    """The whole book as one PDF, by the environment's own Python."""
    root = environment.root
    target.parent.mkdir(parents=True, exist_ok=True)
    command = [environment.python, root / PRINTER, "--site", site, "--output", target]
    status = run_program(command, root, environment.child_variables())
    if status:
        raise Problem(
            f"The PDF was not printed ({describe_exit(status)}).",
            "What is wrong stands above. Without a PDF: python start.py publish --no-pdf",
        )


def public_address(root: Path, given: str) -> str:
    """Where the site will be served: the option, or the project's one setting.

    Raises:
        Problem: there is none, or it is wrong.
    """
    if given and not is_address(given):
        raise Problem(
            f"--site is {given!r}, expected https://host or https://host/path, without a slash at its end.",
            "For example: python start.py publish --site https://someone.github.io/mof-from-scratch",
        )
    site = given or stored_address(root).site
    if not site:
        raise Problem(f"No public address: {FILE.as_posix()} leaves `site` open.", HOW_TO_SET)
    return site


def stored_address(root: Path) -> SiteAddress:
    """What the project's one setting says.

    Raises:
        Problem: it is wrong.
    """
    try:
        return read_site_address(root)
    except (OSError, ValueError) as error:
        raise Problem(str(error), HOW_TO_SET) from None


def free_output(output: Path) -> Path:
    """The folder to write, if it is new, empty, or was written by this command.

    Raises:
        Problem: something else lies there.
    """
    output = Path(os.path.abspath(output))
    output = output.resolve() if output.is_symlink() else output  # the link stays and leads to the new one
    if output.exists() and not (output / MARK).is_file() and (not output.is_dir() or any(output.iterdir())):
        raise Problem(
            f"{output} holds something that `publish` did not write.",
            "Choose another folder: python start.py publish --output FOLDER",
        )
    return output
