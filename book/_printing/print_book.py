"""Prints the built book as one PDF: `python start.py publish` does it.

    python book/_printing/print_book.py --output book.pdf [--site https://...] [--pages _build/html]

Needs the packages of requirements/book.txt, Chromium and its driver. Nothing is fetched: Chromium knows no
host but this machine. What does not fit on its sheet is told, and ends the command with exit status 1.
"""

import argparse
import datetime
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

from one_pdf import Section, count_sheets, heading_sheets, join, write  # noqa: E402
from printed_pages import BOOK, PagePrinter, PrintedPage, contents_html, title_page  # noqa: E402

from mof import __version__  # noqa: E402
from mof.course.translation import _  # noqa: E402
from mof.launcher.book import pages_in_contents  # noqa: E402
from mof.launcher.browser import HOW_TO_INSTALL, find_browser, served, started_browser  # noqa: E402
from mof.launcher.console import use_utf8  # noqa: E402
from mof.launcher.course import Course, read_course  # noqa: E402

BROWSER_SECONDS = 900.0  # for one request: a chapter with thirty figures takes its time on a slow machine
PICTURE = ROOT / "book" / "images" / "model.svg"
REFERENCE = "book/api/"  # its sections are in the outline, not in the printed contents


def sections_of(course: Course, pages: list[str]) -> list[tuple[str, list[str]]]:
    """The book's pages under the titles of the contents: (title, paths), the cover under none."""
    known = [("", ["book/index", *(page.file for page in course.front)])]
    known += [(part.heading, [page.file for page in part.chapters]) for part in course.parts]
    below = [file for page in course.appendices for file in (page.file, *page.sections)]
    known.append((_("Appendices"), below))
    found = [(title, [page for page in pages if page in files]) for title, files in known]
    listed = {page for _title, files in found for page in files}
    found[0][1].extend(page for page in pages if page not in listed)
    return [(title, files) for title, files in found if files]


def names_of(course: Course) -> dict[str, str]:
    """What stands at the foot of a page's sheets: "05 Linear attention"."""
    return {page.file: page.heading for page in (*course.front, *course.chapters, *course.appendices)}


def print_book(root: Path, built: Path, site: str, target: Path) -> list[str]:
    """Prints all pages and writes the PDF.

    Args:
        root: the project's folder, with _toc.yml and book/chapters.json.
        built: the folder of the built pages.
        site: their public address; "" where there is none.

    Returns:
        What does not fit, in words.
    """
    course = read_course(root)
    names = names_of(course)
    pages = pages_in_contents((root / "_toc.yml").read_text(encoding="utf-8"))
    start, number, problems = time.monotonic(), 1, []
    with served(built) as address, started_browser(BROWSER_SECONDS) as browser:
        printer = PagePrinter(browser, address)
        sections, first_sheets = [], {}
        for title, files in sections_of(course, pages):
            printed = []
            for page in files:
                one = printer.print(page, names.get(page, ""), number)
                num_sheets = count_sheets(one.content)
                print(f"  {page}: {num_sheets} sheets, {time.monotonic() - start:.0f} s", flush=True)
                problems += [f"{page}: {problem}" for problem in one.problems]
                first_sheets[page] = number
                number += num_sheets
                printed.append(one)
            sections.append(Section(title, tuple(printed)))
        front = [print_title_page(printer, site)]
        entries = contents_entries(sections, first_sheets, names)
        front.append(printer.print_made(contents_html(entries), _("Contents"), 2, style="lower-roman"))
    about = {"Title": BOOK, "Author": f"The authors of {BOOK}", "Subject": f"Version {__version__}"}
    write(join(front, sections, address, site, about), target)
    num_sheets = number - 1 + sum(count_sheets(page.content) for page in front)
    size = target.stat().st_size / 1e6
    print(f"{target}: {num_sheets} sheets, {size:.1f} MB, {time.monotonic() - start:.0f} s", flush=True)
    return problems


def print_title_page(printer: PagePrinter, site: str) -> PrintedPage:
    browser = printer.browser
    browser.open(f"{printer.address}/book/index.html")
    claim = browser.run("return document.querySelector('.mof-claim')?.innerHTML ?? ''")
    today = datetime.date.today().isoformat()
    lines = [_("Version {version}, printed {date}.").format(version=__version__, date=today)]
    lines += [_("The pages it was printed from: {site}").format(site=site)] if site else []
    lines.append(_("Figures that move on the site stand still here; each says so."))
    lines.append(_("Code: Apache 2.0. Text and pictures: CC BY 4.0."))
    picture = PICTURE.read_text(encoding="utf-8")
    return printer.print_made(title_page(claim, picture[picture.index("<svg") :], lines), BOOK, 1, style="")


def contents_entries(
    sections: list[Section], first_sheets: dict[str, int], names: dict[str, str]
) -> list[tuple[str, str, str, int]]:
    """The rows of the printed contents: parts, pages, and the sections of chapters and appendices."""
    entries = []
    for section in sections:
        if section.title:
            entries.append(("part", section.title, "", 0))
        for printed in section.pages:
            first = first_sheets[printed.page]
            title = names.get(printed.page) or next((h.text for h in printed.headings), printed.page)
            entries.append(("chapter", title, f"/{printed.page}.html", first))
            if not section.title or printed.page.startswith(REFERENCE):
                continue
            for heading, sheet in heading_sheets(printed):
                if heading.level == 2:
                    address = f"/{printed.page}.html#{heading.id}"
                    entries.append(("section", heading.text, address, first + sheet))
    return entries


def main(arguments: list[str] | None = None) -> int:
    use_utf8()
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--output", type=Path, required=True, help="the PDF to write")
    parser.add_argument("--site", default="", help="public address of the pages")
    parser.add_argument("--pages", type=Path, default=ROOT / "_build" / "html", help="the built pages")
    options = parser.parse_args(arguments)
    if not find_browser():
        print(f"Chromium or chromedriver is not installed. {HOW_TO_INSTALL}", file=sys.stderr)
        return 1
    problems = print_book(ROOT, options.pages, options.site, options.output)
    for problem in problems:
        print(f"Does not fit: {problem}", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
