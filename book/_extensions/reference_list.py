"""The bibliography, from book/data/references.json: `{reference-list}`; and its numbers in the text.

A chapter cites by a plain link to a work's own address, or to `../book/bibliography.md#KEY`: JupyterLab shows
it as it is, and the book puts the work's number behind it.
"""

import json
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from docstring_nodes import words
from docutils import nodes
from later_links import later_link, mark_place
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from mof.course.translation import _, marked

FILE = Path("book") / "data" / "references.json"
PAGE = "book/bibliography"
READ = {
    "full": marked("Read in full."),
    "part": marked("Read in part:"),
    "code": marked("Read as code."),
    "abstract": marked("Read in the abstract alone."),
    "reported": marked("Not read: what others report of it."),
    "named": "",  # the page says it once, above them
}
NAMED = "named"


@dataclass(frozen=True)
class Work:
    """Something that was written by others.

    Args:
        key: for links. authors, year, title, where: as it would be cited.
        read: how we read it, one of READ. note: which part, which file.
        url: its address; "" where it has none. also: more addresses by which texts link to it.
    """

    key: str
    authors: str
    year: str
    title: str
    where: str
    read: str
    url: str = ""
    note: str = ""
    also: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        return f"work-{self.key}"


def read_works(root: Path) -> list[Work]:
    """All works, as they are numbered: the first is number 1. What is merely named comes last.

    Raises:
        ValueError: a work says in no known way how it was read.
    """
    record = json.loads((root / FILE).read_text(encoding="utf-8"))
    works = [Work(**entry | {"also": tuple(entry.get("also", ()))}) for entry in record]
    for work in works:
        if work.read not in READ:
            raise ValueError(f"{work.key}: read is {work.read!r}, expected one of {', '.join(READ)}.")
    return sorted(works, key=lambda work: (work.read == NAMED, plain(work.authors), work.year, work.key))


def plain(name: str) -> str:
    """For sorting: small letters without their marks."""
    letters = unicodedata.normalize("NFD", name.lower())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


class ReferenceList(SphinxDirective):
    """`{reference-list} read`: what was read, each work with how; `named`: what is named as an origin."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        root = Path(self.env.srcdir)
        self.env.note_dependency(str(root / FILE))
        is_named = self.arguments[0] == NAMED
        shown = [(n, w) for n, w in enumerate(read_works(root), 1) if (w.read == NAMED) == is_named]
        entries = nodes.enumerated_list(
            enumtype="arabic", prefix="", suffix=".", start=shown[0][0], classes=["mof-works"]
        )
        slugs = self.env.temp_data.setdefault("mof_slugs", {})
        for number, work in shown:
            place = mark_place(self.env, self.env.docname, work.place)
            entries += nodes.list_item("", place, work_paragraph(work))
            slugs[work.key] = (0, work.place, f"[{number}]")
        return [entries]


def work_paragraph(work: Work) -> nodes.paragraph:
    text = nodes.paragraph("", f"{work.authors} ({work.year}). ")
    text += nodes.emphasis("", work.title)
    text += nodes.Text(". ")
    if work.url:
        text += nodes.reference("", work.where, refuri=work.url)
    else:
        text += nodes.Text(work.where)
    text += nodes.Text(". ")
    said = " ".join(filter(None, [_(READ[work.read]), work.note]))
    text += nodes.inline("", "", *words(said), classes=["mof-read", f"mof-read-{work.read}"])
    return text


def number_citations(app: Sphinx, document: nodes.document) -> None:
    """Puts "[3]" behind each link to a known work, leading to its entry."""
    if app.env.docname == PAGE:
        return
    known = {}
    for number, work in enumerate(read_works(Path(app.srcdir)), 1):
        known |= {address: (number, work) for address in (work.url, *work.also) if address}
        known[f"bibliography#{work.key}"] = (number, work)
    cited = False
    for link in list(
        document.findall(lambda node: "refuri" in getattr(node, "attributes", {}) or is_xref(node))
    ):
        found = known.get(cited_address(link))
        if found and link.parent is not None:
            number, work = found
            label = later_link(f"[{number}]", PAGE, work.place, ("mof-cite",))
            link.parent.insert(link.parent.index(link) + 1, label)
            cited = True
    if cited:
        app.env.note_dependency(str(Path(app.srcdir) / FILE))


def is_xref(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Element) and "reftarget" in node.attributes


def cited_address(link: nodes.Element) -> str:
    """The address that a link names, without a slash at its end; links into the bibliography by their key."""
    address = link.get("refuri") or ""
    if "refuri" not in link:
        page, _sign, key = (link.get("reftarget") or "").partition("#")
        key = link.get("reftargetid") or key
        if key and page.rsplit("/", 1)[-1].removesuffix(".md") == "bibliography":
            return f"bibliography#{key}"
    return address.rstrip("/")
