"""The book as `python start.py book` built it, read as files: its pages, their links, the ids in them."""

import functools
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

from mof.launcher.book import pages_in_contents

ROOT = Path(__file__).parents[2]
BUILT = ROOT / "_build" / "html"


def listed_pages() -> list[str]:
    """Addresses of the pages in the contents, such as "book/index.html"."""
    return [f"{page}.html" for page in pages_in_contents((ROOT / "_toc.yml").read_text(encoding="utf-8"))]


def missing_pages() -> list[str]:
    """Pages of the contents that were not built."""
    return [page for page in listed_pages() if not (BUILT / page).is_file()]


@dataclass
class Page:
    """What of a page other pages can lead to, and where it leads itself."""

    ids: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)


class PageParser(HTMLParser):
    def __init__(self):
        super().__init__()
        self.page = Page()

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.page.ids |= {given[name] for name in ("id", "name") if given.get(name)}
        self.page.links += [given[name] for name in ("href", "src") if given.get(name)]


@functools.cache
def read_page(path: Path) -> Page:
    parser = PageParser()
    parser.feed(path.read_text(encoding="utf-8"))
    return parser.page


def broken_links(path: Path, root: Path = BUILT) -> list[str]:
    """The links of a page that lead to no file of the book, or to no place in it."""
    broken = []
    for link in read_page(path).links:
        address, place = urldefrag(link)
        if urlsplit(address).scheme or address.startswith("//"):
            continue
        target = (path.parent / unquote(urlsplit(address).path)).resolve() if address else path
        if target.is_dir():
            target = target / "index.html"
        if not target.is_file() or root.resolve() not in target.resolve().parents:
            broken.append(link)
        elif place and target.suffix == ".html" and unquote(place) not in read_page(target).ids:
            broken.append(link)
    return broken
