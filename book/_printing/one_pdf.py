"""Printed pages put together as one PDF: links stay inside it, every heading is in the outline."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urldefrag

from plain_characters import plain_table
from printed_pages import Heading, PrintedPage
from pypdf import PdfReader, PdfWriter
from pypdf.constants import PageLabelStyle
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    Fit,
    FloatObject,
    NameObject,
    NullObject,
    TextStringObject,
)


@dataclass(frozen=True)
class Section:
    """Pages under a common title in the outline; without a title they stand there themselves."""

    title: str
    pages: tuple[PrintedPage, ...]


@dataclass
class Places:
    """Where everything lies in the whole PDF.

    Args:
        starts: number of a page's first sheet, from 0, by the page's path.
        points: (sheet, left, top) of an id in a page, by (path, id).
        owners: the path of the page that each sheet belongs to.
    """

    starts: dict[str, int] = field(default_factory=dict)
    points: dict[tuple[str, str], tuple[int, float, float]] = field(default_factory=dict)
    owners: list[str] = field(default_factory=list)

    def find(self, page: str, id: str) -> tuple[int, float, float] | None:
        """A place in a page, else the page's beginning, else None."""
        if (page, id) in self.points:
            return self.points[page, id]
        return (self.starts[page], 0.0, 10_000.0) if page in self.starts else None


def count_sheets(content: bytes) -> int:
    return len(PdfReader(io.BytesIO(content)).pages)


def heading_sheets(printed: PrintedPage) -> list[tuple[Heading, int]]:
    """Each heading with the number of its sheet in its page, from 0."""
    points = dict(named_points(PdfReader(io.BytesIO(printed.content))))
    return [(heading, points.get(heading.id, (0, 0.0, 0.0))[0]) for heading in printed.headings]


def named_points(reader: PdfReader) -> Iterator[tuple[str, tuple[int, float, float]]]:
    """The places that Chromium has written down: (id, (sheet, left, top))."""
    for name, destination in reader.named_destinations.items():
        sheet = reader.get_destination_page_number(destination)
        if sheet is not None and sheet >= 0:
            left, top = (float(value or 0) for value in (destination.left, destination.top))
            yield unquote(name.lstrip("/")), (sheet, left, top)


def join(
    front: list[PrintedPage], sections: list[Section], address: str, site: str, about: dict[str, str]
) -> PdfWriter:
    """One PDF of all pages.

    Args:
        front: sheets before the book itself, numbered by themselves.
        sections: the book in its order.
        address: where the site was served while it was printed; links to it become links in the PDF.
        site: its public address, for links to what the PDF does not hold; "" removes them.
        about: title, author and so on.
    """
    writer, places = PdfWriter(), Places()
    pages = [*front, *(page for section in sections for page in section.pages)]
    # all of them stay open: pypdf knows by an object's address in memory what it has copied already
    readers = [PdfReader(io.BytesIO(printed.content)) for printed in pages]
    for printed, reader in zip(pages, readers, strict=True):
        add_page(writer, printed.page, reader, places)
    sheets = list(writer.pages)
    for number, sheet in enumerate(sheets):
        keep_links_inside(sheet, places.owners[number], places, sheets, address, site)
    keep_characters_plain(sheets)
    add_outline(writer, sections, places)
    num_front = sum(len(reader.pages) for reader in readers[: len(front)])
    if num_front:
        writer.set_page_label(0, num_front - 1, style=PageLabelStyle.LOWERCASE_ROMAN)
    writer.set_page_label(num_front, len(sheets) - 1, style=PageLabelStyle.DECIMAL, start=1)
    writer.add_metadata({f"/{name}": words for name, words in about.items()})
    writer.page_mode = "/UseOutlines"
    writer.create_viewer_preferences().display_doctitle = True
    writer.root_object[NameObject("/Lang")] = TextStringObject("en")
    return writer


def add_page(writer: PdfWriter, page: str, reader: PdfReader, places: Places) -> None:
    """Adds the sheets of a page, and writes down what lies where."""
    first = len(places.owners)
    if page:
        places.starts[page] = first
    for sheet in reader.pages:
        writer.add_page(sheet)
        places.owners.append(page)
    for id, (sheet, left, top) in named_points(reader):
        places.points[page, id] = (first + sheet, left, top)


def keep_links_inside(sheet, owner: str, places: Places, sheets: list, address: str, site: str) -> None:
    """Turns a sheet's links to the served pages into links to their sheets; others it leaves as they are."""
    kept = ArrayObject()
    for entry in sheet.get("/Annots", ()):
        link = entry.get_object()
        action = link.get("/A")
        target = str(action.get_object().get("/URI", "")) if action else ""
        if "/Dest" in link:
            point = places.find(owner, unquote(str(link["/Dest"]).lstrip("/")))
        elif target.startswith(f"{address}/"):
            path, id = urldefrag(target[len(address) + 1 :])
            point = places.find(unquote(path).removesuffix(".html"), unquote(id))
            if point is None and site:
                link[NameObject("/A")].get_object()[NameObject("/URI")] = TextStringObject(f"{site}/{path}")
        else:
            point = None
        if point:
            link.pop("/A", None)
            link[NameObject("/Dest")] = destination(sheets, *point)
        if point or (action and (site or not target.startswith(f"{address}/"))):
            kept.append(entry)
    if "/Annots" in sheet:
        sheet[NameObject("/Annots")] = kept


def keep_characters_plain(sheets: list) -> None:
    """Rewrites the table of each font by which glyphs become text again."""
    seen = set()
    for sheet in sheets:
        for font in fonts_in(sheet.get("/Resources"), seen):
            table = font["/ToUnicode"]
            old = table.get_data()
            new = plain_table(old)
            if new != old:
                table.set_data(new)


def fonts_in(resources, seen: set[int]) -> Iterator[DictionaryObject]:
    """The fonts with such a table that a sheet and the pictures on it use, none twice."""
    resources = resources.get_object() if resources is not None else {}
    for kind in ("/Font", "/XObject"):
        for entry in resources.get(kind, DictionaryObject()).get_object().values():
            found = entry.get_object()
            if id(found) in seen:
                continue
            seen.add(id(found))
            if "/ToUnicode" in found:
                yield found
            if "/Resources" in found:
                yield from fonts_in(found["/Resources"], seen)


def destination(sheets: list, number: int, left: float, top: float) -> ArrayObject:
    place = sheets[number].indirect_reference
    return ArrayObject([place, NameObject("/XYZ"), FloatObject(left), FloatObject(top), NullObject()])


def add_outline(writer: PdfWriter, sections: list[Section], places: Places) -> None:
    """Every heading of every page, below its section."""
    for section in sections:
        parent = None
        if section.title and section.pages:
            first = places.starts[section.pages[0].page]
            parent = writer.add_outline_item(title=section.title, page_number=first, bold=True, is_open=False)
        for printed in section.pages:
            above = [(0, parent)]
            for heading in printed.headings:
                while above[-1][0] >= heading.level:
                    above.pop()
                sheet, left, top = places.find(printed.page, heading.id)
                item = writer.add_outline_item(
                    title=heading.text,
                    page_number=sheet,
                    parent=above[-1][1],
                    fit=Fit.xyz(left=left, top=top),
                    is_open=False,
                )
                above.append((heading.level, item))


def write(writer: PdfWriter, target: Path) -> None:
    """Writes the file, there in full or not at all."""
    partial = target.with_name(target.name + ".partial")
    with partial.open("wb") as file:
        writer.write(file)
    partial.replace(target)
