"""The course's chapters: `book/chapters.json` holds every address, and `_toc.yml` follows from it.

An address never changes once it is published. `_toc.yml` lists the pages that exist; after a new chapter,
`python -m mof.launcher.course` writes it anew. The page "Contents" of the book comes from the same file.
"""

import json
from dataclasses import dataclass
from pathlib import Path

SUFFIXES = (".ipynb", ".md")


@dataclass(frozen=True)
class Page:
    """A page with a fixed address.

    Args:
        file: its path without suffix; in the built book, its address without ".html".
        number: "05" for a chapter, "" elsewhere.
        after: what the reader can do after a chapter; for an appendix, what it is for.
        paths: ids of the reading paths that it is on.
        sections: pages that stand below it in the contents, with addresses of the same kind.
    """

    file: str
    title: str
    chinese: str
    number: str = ""
    after: str = ""
    paths: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()

    @property
    def heading(self) -> str:
        """What stands at the top of the page: "05 Linear attention"."""
        return f"{self.number} {self.title}".strip()

    def source(self, root: Path) -> Path | None:
        """The notebook or the Markdown file, if it is written; of a chapter, the notebook alone counts."""
        suffixes = SUFFIXES[:1] if self.number else SUFFIXES[1:]
        found = [path for suffix in suffixes if (path := root / f"{self.file}{suffix}").is_file()]
        return found[0] if found else None


@dataclass(frozen=True)
class Part:
    """Chapters that belong together."""

    number: str
    title: str
    chinese: str
    chapters: tuple[Page, ...]

    @property
    def heading(self) -> str:
        return f"Part {self.number}: {self.title}"


@dataclass(frozen=True)
class ReadingPath:
    """A way through the chapters."""

    id: str
    title: str
    chinese: str
    purpose: str


@dataclass(frozen=True)
class Course:
    """The whole book, in order."""

    paths: tuple[ReadingPath, ...]
    front: tuple[Page, ...]
    parts: tuple[Part, ...]
    appendices: tuple[Page, ...]

    @property
    def chapters(self) -> tuple[Page, ...]:
        return tuple(chapter for part in self.parts for chapter in part.chapters)


def read_course(root: Path) -> Course:
    """The course as `book/chapters.json` in the project's folder `root` tells it."""
    record = json.loads((root / "book" / "chapters.json").read_text(encoding="utf-8"))
    return Course(
        paths=tuple(ReadingPath(**entry) for entry in record["paths"]),
        front=tuple(Page(**entry) for entry in record["front"]),
        parts=tuple(
            Part(part["number"], part["title"], part["chinese"], tuple(map(_chapter, part["chapters"])))
            for part in record["parts"]
        ),
        appendices=tuple(
            Page(
                entry["file"],
                entry["title"],
                entry["chinese"],
                after=entry["purpose"],
                sections=tuple(entry.get("sections", ())),
            )
            for entry in record["appendices"]
        ),
    )


def _chapter(entry: dict) -> Page:
    return Page(**entry | {"paths": tuple(entry["paths"])})


def contents_file(course: Course, root: Path) -> str:
    """The text of `_toc.yml`: the pages that are written, each under its part."""
    captions = [("", course.front)]
    captions += [(part.heading, part.chapters) for part in course.parts]
    captions += [("Appendices", course.appendices)]
    lines = [
        "# Written by `python -m mof.launcher.course` from book/chapters.json and the pages that exist.",
        "format: jb-book",
        "root: book/index",
        "parts:",
    ]
    for caption, pages in captions:
        written = [page for page in pages if page.source(root)]
        if written:
            lines += [f'  - caption: "{caption}"', "    chapters:"] if caption else ["  - chapters:"]
            for page in written:
                lines += [f"      - file: {page.file}", *_section_lines(page)]
    return "\n".join(lines) + "\n"


def _section_lines(page: Page) -> list[str]:
    below = [f"          - file: {file}" for file in page.sections]
    return ["        sections:", *below] if below else []


def main() -> None:
    root = Path(__file__).resolve().parents[2]
    contents = contents_file(read_course(root), root)
    (root / "_toc.yml").write_text(contents, encoding="utf-8", newline="\n")
    print(f"_toc.yml: {contents.count('- file:') + 1} pages")


if __name__ == "__main__":
    main()
