"""The glossary, from book/data/terms.json: `{glossary-terms}`. The first use of a term is linked."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from docutils import nodes
from later_links import later_link, mark_place
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from mof.course.translation import _
from mof.launcher.course import Course, read_course

FILE = Path("book") / "data" / "terms.json"
# what is no prose, or is written as it is
NO_PROSE = (
    nodes.title,
    nodes.literal,
    nodes.literal_block,
    nodes.raw,
    nodes.math,
    nodes.math_block,
    nodes.comment,
)
HAN = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True)
class Term:
    """A word of the trade.

    Args:
        term: English, as the book writes it.
        chinese, pinyin: the same in Chinese, and how it is said.
        meaning: a sentence or two.
        first: the page that introduces it, from the project's folder, without suffix.
        symbol: in formulas, in LaTeX; "" where it has none.
        forms: how else it stands in texts ("memories"), to find it there.
    """

    term: str
    chinese: str
    pinyin: str
    meaning: str
    first: str
    symbol: str = ""
    forms: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """The id of its entry, and of its first use."""
        return "term-" + re.sub(r"[^a-z0-9]+", "-", self.term.lower()).strip("-")

    @property
    def pattern(self) -> re.Pattern:
        """Finds it in a text: whole words, in either case."""
        words = "|".join(re.escape(form) for form in (self.term, *self.forms))
        return re.compile(rf"(?<![A-Za-z])(?:{words})(?:s|es)?(?![A-Za-z])", re.IGNORECASE)


def read_terms(root: Path) -> list[Term]:
    """All terms, in the order of the alphabet."""
    record = json.loads((root / FILE).read_text(encoding="utf-8"))
    terms = [Term(**entry | {"forms": tuple(entry.get("forms", ()))}) for entry in record]
    return sorted(terms, key=lambda term: term.term.lower())


def page_title(course: Course, page: str) -> str:
    """What a link to a page is called: "chapter 05", or the title of another page."""
    for chapter in course.chapters:
        if chapter.file == page:
            return _("chapter {number}").format(number=chapter.number)
    for other in (*course.front, *course.appendices):
        if other.file == page:
            return other.title
    return _("the cover")


class GlossaryTerms(SphinxDirective):
    """`{glossary-terms}`: every term with its Chinese, its symbol, its meaning and its first use."""

    def run(self) -> list[nodes.Node]:
        self.env.note_reread()  # where a term is used first may change on another page
        root = Path(self.env.srcdir)
        course = read_course(root)
        entries = nodes.definition_list(classes=["mof-terms"])
        slugs = {}
        for term in read_terms(root):
            entries += entry_nodes(term, page_title(course, term.first))
            slugs[term.place] = (0, term.place, term.term)
        self.env.temp_data["mof_slugs"] = slugs
        return [entries]


def entry_nodes(term: Term, first_title: str) -> nodes.definition_list_item:
    head = nodes.term("", "", nodes.strong("", term.term), ids=[term.place])
    head += nodes.Text(" ")
    head += nodes.inline("", term.chinese, classes=["mof-chinese"])
    head += nodes.Text(" ")
    head += nodes.emphasis("", term.pinyin)
    if term.symbol:
        head += nodes.Text(" ")
        head += nodes.math(term.symbol, term.symbol)
    text = nodes.paragraph("", term.meaning + " ")
    text += nodes.inline("", _("First in") + " ", classes=["mof-soft"])
    text += later_link(first_title, term.first, term.place, ("mof-soft",))
    text += nodes.inline("", ".", classes=["mof-soft"])
    return nodes.definition_list_item("", head, nodes.definition("", text))


def mark_first_uses(app: Sphinx, document: nodes.document) -> None:
    """Puts a place into the page that introduces a term: at its bold words, else at the first."""
    page = app.env.docname
    terms = [term for term in read_terms(Path(app.srcdir)) if term.first == page]
    for term in terms:
        found = first_use(document, term.pattern)
        if found is not None:
            found.parent.insert(found.parent.index(found), mark_place(app.env, page, term.place))
    if terms:
        app.env.note_dependency(str(Path(app.srcdir) / FILE))


def first_use(document: nodes.document, pattern: re.Pattern) -> nodes.Node | None:
    """The bold words, or the text, where a pattern is found first; headings, code, formulas do not count."""
    for strong in document.findall(nodes.strong):
        if pattern.match(strong.astext()):
            return strong
    for text in document.findall(nodes.Text):
        if pattern.search(text) and not isinstance(text.parent, NO_PROSE):
            return text
    return None


def add_slugs(app: Sphinx, document: nodes.document) -> None:
    """Lets `[words](../book/glossary.md#term-decay)` lead to an entry, from notebooks too."""
    slugs = app.env.temp_data.pop("mof_slugs", None)
    if slugs:
        own = app.env.metadata[app.env.docname].setdefault("myst_slugs", {})
        own.update(slugs)
