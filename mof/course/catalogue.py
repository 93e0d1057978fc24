"""The catalogue of the course's sentences, for a translator: `python -m mof.course.catalogue`.

Writes the template `locale/mof.pot` from the sources, brings each `locale/LANGUAGE/LC_MESSAGES/mof.po` up to
date with it, and compiles that to the `mof.mo` beside it. A new language starts with

    pybabel init -i mof/course/locale/mof.pot -d mof/course/locale -D mof -l zh_CN
"""

import io
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from mof.course.translation import DOMAIN, LOCALE_FOLDER

PACKAGE = Path(__file__).parent
ROOT = PACKAGE.parents[1]
SOURCES = (
    "mof/course/*.py",
    "mof/lessons/*.py",
    "mof/panel/*.py",
    "mof/viz/*.py",
    "book/_extensions/*.py",
    "book/_printing/*.py",
)  # from the project's folder
KEYWORDS = {"_": None, "marked": None, "ngettext": (1, 2)}
HEADER = "# Sentences of the exercises of MoF from Scratch. Written by `python -m mof.course.catalogue`."


def template():
    """The text of `mof.pot`: every sentence of the course's and the book's sources, with its files.

    Returns:
        str. The same sources give the same text: it holds no dates and no line numbers.
    """
    catalog = Catalog(domain=DOMAIN, header_comment=HEADER, project="mof", version="1", fuzzy=False)
    for path in sorted(path for pattern in SOURCES for path in ROOT.glob(pattern)):
        for _line, message, comments, _context in extract_from_file("python", path, keywords=KEYWORDS):
            catalog.add(message, locations=[(path.name, None)], auto_comments=comments)
    return _as_text(catalog)


def write_catalogues(folder=LOCALE_FOLDER):
    """Write the template, and update and compile the catalogue of each language.

    Args:
        folder: where catalogues lie.

    Returns:
        list of Path, the files written.
    """
    folder = Path(folder)
    folder.mkdir(exist_ok=True)
    written = [folder / f"{DOMAIN}.pot"]
    written[0].write_text(template(), encoding="utf-8", newline="\n")
    for path in sorted(folder.glob(f"*/LC_MESSAGES/{DOMAIN}.po")):
        catalog = read_po(io.BytesIO(path.read_bytes()), locale=path.parts[-3], domain=DOMAIN)
        catalog.update(read_po(io.BytesIO(written[0].read_bytes())), no_fuzzy_matching=True)
        path.write_text(_as_text(catalog), encoding="utf-8", newline="\n")
        compiled = path.with_suffix(".mo")
        with compiled.open("wb") as file:
            write_mo(file, catalog)
        written += [path, compiled]
    return written


def _as_text(catalog):
    stream = io.BytesIO()
    write_po(stream, catalog, width=110, include_lineno=False, sort_output=True, omit_header=False)
    text = stream.getvalue().decode("utf-8")
    dated = ('"POT-Creation-Date:', '"PO-Revision-Date:', '"Generated-By:')
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith(dated))


def main():
    """Write all catalogues and say which."""
    for path in write_catalogues():
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
