"""Glossary, bibliography, notation, reference of the package, index of solutions: each from its one source.

Skipped where the book's packages are not installed.
"""

import ast
import json
import re
from pathlib import Path

import pytest

pytest.importorskip("sphinx", reason="the book's packages are not installed (python start.py book)")
pytest.importorskip("myst_nb", reason="the book's packages are not installed (python start.py book)")

from api_pages import LEFT_OUT, module_files, module_nodes, packages, signature  # noqa: E402
from docstring_nodes import docstring_nodes  # noqa: E402
from docutils import nodes  # noqa: E402
from docutils.utils import new_document  # noqa: E402
from glossary_page import HAN, first_use, read_terms  # noqa: E402
from later_links import later_link, mark_place, resolve_links  # noqa: E402
from reference_list import READ, cited_address, number_citations, read_works  # noqa: E402
from solutions_index import mark_exercises  # noqa: E402

import mof  # noqa: E402
from mof.launcher.course import read_course  # noqa: E402

ROOT = Path(__file__).parents[2]
COURSE = read_course(ROOT)
TERMS = read_terms(ROOT)
WORKS = read_works(ROOT)
PAGES = {page.file: page for page in (*COURSE.front, *COURSE.chapters, *COURSE.appendices)}


def text_of_page(file):
    """What a page says, without its code; "" where it is not written."""
    for path in (ROOT / f"{file}.md", ROOT / f"{file}.ipynb"):
        if path.is_file() and path.suffix == ".md":
            return path.read_text(encoding="utf-8")
        if path.is_file():
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
            return "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    return ""


WRITTEN = {file: text for file in ("book/index", *PAGES) if (text := text_of_page(file))}
LISTS = ("book/glossary", "book/notation", "book/bibliography")

# --- glossary ---


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.term)
def test_a_term_has_all_its_parts(term):
    assert HAN.search(term.chinese) or term.chinese == term.term
    assert term.pinyin and not HAN.search(term.pinyin)
    assert term.meaning.endswith(".") and len(term.meaning) > 30
    assert term.first == "book/index" or term.first in PAGES, "an address of the course"


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.term)
def test_a_term_is_used_where_it_is_said_to_be_first(term):
    if term.first in WRITTEN:
        assert term.pattern.search(WRITTEN[term.first]), f"{term.first} does not say {term.term}"


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.term)
def test_a_term_is_used(term):
    uses = [file for file, text in WRITTEN.items() if file not in LISTS and term.pattern.search(text)]
    assert uses or term.first not in WRITTEN


def test_terms_are_one_each():
    assert (
        len({term.term.lower() for term in TERMS}) == len({term.place for term in TERMS}) == len(TERMS) > 50
    )


def test_the_first_use_is_the_bold_one_and_never_in_a_heading():
    document = new_document("page")
    document += nodes.title("", "Decay")
    document += nodes.raw("", "<p>decay</p>", format="html")
    document += nodes.paragraph("", "a decay, and a ", nodes.literal("", "decay"))
    bold = nodes.strong("", "decay")
    document += nodes.paragraph("", "now ", bold)
    term = next(term for term in TERMS if term.term == "decay")
    assert first_use(document, term.pattern) is bold
    bold.parent.remove(bold)
    assert first_use(document, term.pattern).astext().startswith("a decay")


@pytest.mark.parametrize(
    ("text", "is_found"), [("two memories", True), ("Memory", True), ("memorys", True), ("memorable", False)]
)
def test_a_term_is_found_in_its_forms(text, is_found):
    term = next(term for term in TERMS if term.term == "memory")
    assert bool(term.pattern.search(text)) == is_found


# --- links that wait ---


class Application:
    """As much of Sphinx as the links ask for."""

    class Builder:
        def get_relative_uri(self, page, target):
            return f"../{target}.html"

    class Environment:
        docname = "book/glossary"
        found_docs = {"book/glossary", "notebooks/05_linear_attention", "book/bibliography"}

        def note_dependency(self, name):
            pass

    def __init__(self):
        self.builder, self.env, self.srcdir = self.Builder(), self.Environment(), str(ROOT)


def resolved(page, place, marked=()):
    app, document = Application(), new_document("page")
    for id in marked:
        mark_place(app.env, page, id)
    document += nodes.paragraph("", "", later_link("words", page, place))
    resolve_links(app, document, "book/glossary")
    return document[0][0]


def test_a_link_leads_to_the_place_or_to_the_page_or_nowhere():
    chapter = "notebooks/05_linear_attention"
    assert resolved(chapter, "x", ["x"])["refuri"] == f"../{chapter}.html#x"
    assert resolved(chapter, "y", ["x"])["refuri"] == f"../{chapter}.html"
    words = resolved("notebooks/06_thought_space", "x")
    assert isinstance(words, nodes.inline) and words["classes"] == ["mof-unwritten"]


def test_exercises_have_places():
    app, document = Application(), new_document("page")
    document += nodes.container("", classes=["cell", "tag_stub:05.1"])
    document += nodes.container("", classes=["cell", "tag_solution:05.1", "tag_hide-cell"])
    mark_exercises(app, document)
    assert [node["ids"] for node in document.findall(nodes.target)] == [["stub-05-1"], ["solution-05-1"]]


# --- bibliography ---


@pytest.mark.parametrize("work", WORKS, ids=lambda work: work.key)
def test_a_work_says_how_it_was_read(work):
    assert work.read in READ and (work.note or work.read != "named")
    assert work.authors and work.year and work.title and work.where
    assert work.note or work.read != "part", "which part?"
    assert re.fullmatch(r"[a-z0-9-]+", work.key)
    for address in (work.url, *work.also):
        assert not address or (address.startswith("https://") and not address.endswith("/"))


def test_works_and_addresses_are_one_each():
    addresses = [address for work in WORKS for address in (work.url, *work.also) if address]
    assert len(addresses) == len(set(addresses))
    assert len({work.key for work in WORKS}) == len(WORKS)


def test_every_paper_that_a_page_links_is_in_the_bibliography():
    known = {address for work in WORKS for address in (work.url, *work.also)}
    for file, text in WRITTEN.items():
        for address in re.findall(r"\]\((https://arxiv\.org/[^)\s]+)\)", text):
            assert address in known, f"{file} links {address}: add it to book/data/references.json"


def test_a_link_to_a_known_work_gets_its_number():
    app, document = Application(), new_document("page")
    app.env.docname = "notebooks/05_linear_attention"
    number, work = next((n, w) for n, w in enumerate(WORKS, 1) if w.key == "katharopoulos2020")
    document += nodes.paragraph("", "", nodes.reference("", "the paper", refuri=work.url))
    document += nodes.paragraph("", "", nodes.reference("", "a page", refuri="https://example.org"))
    number_citations(app, document)
    assert document.astext() == f"the paper[{number}]\n\na page"
    assert document[0][1]["page"] == "book/bibliography" and document[0][1]["place"] == work.place


def test_links_into_the_bibliography_are_known_by_their_key():
    from sphinx import addnodes

    link = addnodes.pending_xref("", reftarget="book/bibliography", reftargetid="sun2023", reftype="myst")
    assert cited_address(link) == "bibliography#sun2023"
    assert cited_address(addnodes.pending_xref("", reftarget="notebooks/06", reftargetid=None)) == ""


# --- notation ---


def test_notation_is_that_of_the_package():
    page = (ROOT / "book" / "notation.md").read_text(encoding="utf-8")
    letters = re.findall(r"\b([A-Z]) ([a-z][^\n]*?)(?=\s{2,}|\n|$)", mof.__doc__.split("Letters,")[1])
    assert len(letters) == 12
    for letter, meaning in letters:
        assert f"| ${letter}$ | {meaning} |" in page, f"{letter} {meaning}"


# --- the reference of the package ---


def test_every_package_has_a_page_in_the_contents():
    sections = next(page.sections for page in COURSE.appendices if page.file == "book/api")
    assert set(sections) == {"book/api/mof", *(f"book/api/{name}" for name in packages(ROOT))}
    for file in sections:
        name = file.rsplit("/", 1)[1]
        asked = "." if name == "mof" else name
        assert f"```{{api-modules}} {asked}\n" in (ROOT / f"{file}.md").read_text(encoding="utf-8")
    assert not set(LEFT_OUT) & set(packages(ROOT))


@pytest.mark.parametrize("package", [".", *packages(ROOT)])
def test_every_public_name_is_in_the_reference(package):
    ids = []
    for path in module_files(ROOT, package):
        made = [part for whole in module_nodes(path, ROOT, "") for part in whole.findall(nodes.Element)]
        shown = {id for node in made for id in node["ids"]}
        ids += [id for node in made for id in node["ids"]]
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                assert any(id.endswith(f"-{node.name}") for id in shown), f"{path}: {node.name}"
    assert len(ids) == len(set(ids))


def test_a_docstring_becomes_nodes():
    text = """First line with `code`
    that goes on.

    h = a * b_t ** 2, and * nothing is lost *.

        an equation

    - one
      more
    - two

    visible [B]: a line
        that hangs.

    Letters:
        B batch

    Args:
        x, y: [B, T] float32,
            of any size. z: no entry.
        rest

    Returns:
        A thing.

    Example:
        ::

            f(x)
    """
    made = docstring_nodes(text)
    document = new_document("page")
    document += made
    assert made[0].astext() == "First line with code that goes on."
    assert [node.astext() for node in document.findall(nodes.literal)] == ["code", "x, y"]
    assert "* nothing is lost *" in made[1].astext()
    assert [node.astext() for node in document.findall(nodes.literal_block)] == [
        "an equation",
        "B batch",
        "f(x)",
    ]
    assert "visible [B]: a line that hangs." in document.astext()
    items = [node.astext() for node in document.findall(nodes.list_item)]
    assert items == ["one more", "two", "x, y: [B, T] float32, of any size. z: no entry.", "rest"]
    bold = [node.astext() for node in document.findall(nodes.strong)]
    assert bold == ["Args", "Returns", "Example"]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("def f(a: int, b=1, *, c: str = 'x') -> int: pass", "(a, b=1, *, c='x')"),
        ("class A:\n def __init__(self, a, b=None): pass", "(a, b=None)"),
        ("@dataclass\nclass A:\n a: int\n b: str = ''", "(a, b)"),
        ("class A:\n pass", ""),
    ],
)
def test_signatures(source, expected):
    assert signature(ast.parse(source).body[0]) == expected
