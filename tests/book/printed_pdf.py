"""A PDF and the pages it was printed from, read for comparison."""

import re
import unicodedata
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

FOOT = re.compile(r"\A\s*(?:[ivxlc]+|\d+)\s*MoF from Scratch[^\n]*\n?")  # pypdf reads it first
VOID = {"br", "img", "input", "hr", "meta", "link", "source", "wbr", "col"}


def squeezed(text: str) -> str:
    """Without spaces and line ends, which differ with the width of a line; ligatures as letters."""
    joined = "".join(unicodedata.normalize("NFKC", c) if "\ufb00" <= c <= "\ufb06" else c for c in text)
    return re.sub(r"[\s\u200b\u00ad]+", "", joined)


def pdf_text(reader) -> str:
    """The text of a PDF without the foot of its sheets, which would stand between two halves of a line."""
    return "\n".join(FOOT.sub("", sheet.extract_text()) for sheet in reader.pages)


def outline_titles(reader) -> list[str]:
    """Every entry of the outline, in its order."""

    def walk(entries):
        for entry in entries:
            if isinstance(entry, list):
                yield from walk(entry)
            else:
                yield entry.title

    return list(walk(reader.outline))


@dataclass
class PageText:
    """Headings and lines of code of a page's article."""

    headings: list[str] = field(default_factory=list)
    code: list[str] = field(default_factory=list)


class ArticleParser(HTMLParser):
    """Reads what stands in <article>: h1 to h6 without their link, and the lines of each <pre>."""

    def __init__(self):
        super().__init__()
        self.page = PageText()
        self.open: list[tuple[str, str]] = []
        self.collected = ""

    def inside(self, *names: str) -> bool:
        return any(tag in names for tag, _css in self.open)

    def handle_starttag(self, tag, attributes):
        if tag in VOID:
            return
        self.open.append((tag, dict(attributes).get("class") or ""))
        if re.fullmatch("h[1-6]|pre", tag):
            self.collected = ""

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass
        if self.inside("article") and re.fullmatch("h[1-6]", tag):
            self.page.headings.append(" ".join(self.collected.split()))
        if self.inside("article") and tag == "pre":
            self.page.code += [line for line in self.collected.splitlines() if line.strip()]

    def handle_data(self, data):
        is_link = any("headerlink" in css for _tag, css in self.open)
        if not is_link and any(re.fullmatch("h[1-6]|pre", tag) for tag, _css in self.open):
            self.collected += data


def read_article(path: Path) -> PageText:
    parser = ArticleParser()
    parser.feed(path.read_text(encoding="utf-8"))
    return parser.page
