"""Decks as pages, and the command that writes them. Skipped where the book's packages are not installed."""

import re
import shutil
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

pytest.importorskip("mdit_py_plugins", reason="the book's packages are not installed (python start.py book)")
pytest.importorskip("myst_nb", reason="the book's packages are not installed (python start.py book)")
pytest.importorskip("jupyter_cache", reason="the book's packages are not installed (python start.py book)")

sys.path.append(str(Path(__file__).parents[2] / "book"))

import build_slides  # noqa: E402
import nbformat  # noqa: E402
from jupyter_cache import get_cache  # noqa: E402
from jupyter_cache.base import CacheBundleIn  # noqa: E402
from slide_block import Block, Slide  # noqa: E402
from slide_page import block_html, deck_html, rendered, slide_html  # noqa: E402

from mof.launcher.book import HASH_OF_CODE, hash_of_code  # noqa: E402
from mof.launcher.web_files import FOLDER  # noqa: E402

ROOT = Path(__file__).parents[2]
LOADS = re.compile(
    r"\b(?:src|data)=\"(?:https?:)?//|<link\b[^>]*href=\"(?:https?:)?//|url\(\s*[\"']?(?:https?:)?//"
)


def slide(*blocks, **given):
    return Slide(**{"title": "Food", "kind": "section", "blocks": tuple(blocks)} | given)


def markdown(text, said=""):
    return Block("markdown", text, 1.0, said)


def test_a_slide_has_its_heading_its_blocks_and_its_notes():
    made = slide_html(slide(markdown("A **bowl**.", "Say *this*."), kicker="Cats"), set())
    assert made.startswith('<section class="slide-section"><p class="slide-kicker">Cats</p><h2>Food</h2>')
    assert "<strong>bowl</strong>" in made
    assert made.endswith('<aside class="notes"><p>Say <em>this</em>.</p>\n</aside></section>')


def test_the_minutes_stand_in_the_notes_of_the_first_slide_of_a_section():
    slides = [slide(markdown(text), number=n, of=2) for n, text in enumerate("ab", 1)]
    first, second = deck_html("Cats", slides, set(), {"Food": "**Teach 3, do 1 minutes.**"}).split(
        "<section "
    )[1:]
    assert "Teach 3" in first and "Teach 3" not in second
    assert "<small>1/2</small>" in first and "<small>2/2</small>" in second


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[05](05_linear_attention.ipynb)", '<a href="05_linear_attention.html">05</a>'),
        ("[06](06_thought_space.ipynb#x)", "06"),
        ("[terms](../book/glossary.md#term-decay)", "terms"),
        ("[there](https://a.b/c)", '<a href="https://a.b/c" target="_blank" rel="noopener">there</a>'),
    ],
)
def test_links_lead_to_decks_or_out_or_are_words(text, expected):
    assert rendered(text, {"05_linear_attention"}, is_inline=True) == expected


def test_code_and_output_are_escaped():
    assert "&lt;" in block_html(Block("code", "a < b", 1.0), set())
    assert block_html(Block("output", "<b>", 1.0), set()).endswith("<samp>&lt;b&gt;</samp></pre>")


def test_no_text_of_a_figure_can_end_its_script():
    given = {"data": [{"name": "</script>"}], "layout": {"meta": {"description": "a <b>."}}}
    made = block_html(Block("figure", given, 1.0), set())
    assert made.count("</script>") == 1 and '<p class="mof-caption">a &lt;b&gt;.</p>' in made


class Balance(HTMLParser):
    """The names of elements that are open."""

    EMPTY = {"meta", "link", "br", "hr", "img", "input"}

    def __init__(self):
        super().__init__()
        self.open, self.sections, self.headings = [], 0, 0

    def handle_starttag(self, tag, attributes):
        self.sections += tag == "section"
        self.headings += tag in ("h1", "h2")
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        pass

    def handle_endtag(self, tag):
        assert self.open and self.open.pop() == tag


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """What the command needs, with stand-ins for the fetched scripts."""
    root = tmp_path_factory.mktemp("project")
    shutil.copytree(ROOT / "notebooks", root / "notebooks", ignore=shutil.ignore_patterns(".*"))
    for name in ("_static", "data", "images"):
        shutil.copytree(ROOT / "book" / name, root / "book" / name)
    shutil.copy(ROOT / "book" / "chapters.json", root / "book")
    for name in ("mathjax", "reveal"):
        (root / FOLDER / name).mkdir(parents=True)
        (root / FOLDER / name / "LICENSE").write_text("MIT", encoding="utf-8")
    return root


def test_the_command_writes_a_deck_for_each_chapter(project, capsys):
    assert build_slides.main([], project) == 0
    folder = project / "_build" / "slides"
    decks = sorted(path.stem for path in folder.glob("*.html"))
    assert decks == sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb")) + ["index"]
    said = capsys.readouterr().out
    assert said.count("its figures are notes (python start.py book)") == len(decks) - 1
    for path in folder.glob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert not LOADS.search(text), path.name
        parser = Balance()
        parser.feed(text)
        assert not parser.open
        assert path.stem == "index" or parser.sections == parser.headings > 20
        for name in re.findall(r'(?:href|src)="(_static/[^"]+)"', text):
            assert name.startswith("_static/reveal/") or (folder / name).is_file(), name


def test_the_decks_bring_their_fonts_and_the_licences(project):
    build_slides.main(["5"], project)
    static = project / "_build" / "slides" / "_static"
    style = (static / "fonts.css").read_text(encoding="utf-8")
    for name in re.findall(r'url\("([^"]+)"\)', style):
        assert (static / name).is_file()
    assert (static / "fonts" / "OFL.txt").is_file() and (static / "reveal" / "LICENSE").is_file()
    assert (static / "plotly.min.js").stat().st_size > 1e6


def test_chapters_are_named_by_number(project, capsys):
    numbers = [page.number for page in build_slides.chosen_chapters(ROOT, ["5", "02"])]
    assert numbers == ["05", "02"]
    assert build_slides.main(["12", "two"], project) == 2
    said = capsys.readouterr().out
    assert "no such chapter: 12, two. Written are 00, 01," in said


def test_the_speaker_is_told_the_minutes_of_a_section(project):
    build_slides.main(["05"], project)
    text = (project / "_build" / "slides" / "05_linear_attention.html").read_text(encoding="utf-8")
    part = text.split("<h2>The form that trains: chunks")[1]
    assert "Teach 7, do 23 minutes" in part.split("</section>")[0]


def test_outputs_come_from_the_cache_unless_the_code_is_newer(tmp_path):
    path = tmp_path / "a.ipynb"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("print(1)")])
    nbformat.write(notebook, path)
    assert build_slides.notebook_with_outputs(tmp_path, path)[1] is False
    executed = nbformat.read(path, as_version=4)
    executed.cells[0].outputs = [nbformat.v4.new_output("stream", name="stdout", text="1\n")]
    cache = get_cache(str(tmp_path / "_build" / ".jupyter_cache"))
    cache.cache_notebook_bundle(CacheBundleIn(executed, str(path)), check_validity=False)
    assert build_slides.notebook_with_outputs(tmp_path, path)[1] is False, "nobody says how old it is"
    (tmp_path / HASH_OF_CODE).write_text(hash_of_code(tmp_path), encoding="utf-8")
    found, has_outputs = build_slides.notebook_with_outputs(tmp_path, path)
    assert has_outputs and found.cells[0].outputs[0].text == "1\n"
    (tmp_path / "mof").mkdir()
    (tmp_path / "mof" / "a.py").write_text("newer", encoding="utf-8")
    assert build_slides.notebook_with_outputs(tmp_path, path)[1] is False
    assert (tmp_path / "_build" / ".jupyter_cache").is_dir(), "slides delete nothing"


def test_a_page_is_titled():
    made = deck_html("05 <Cats>", [slide(markdown("a"))], set(), {})
    assert "<title>05 &lt;Cats&gt;</title>" in made and made.count("<section") == 1
