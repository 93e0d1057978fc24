"""The PDF: every heading, Chinese as text, no code cut off, links that stay inside. Marked `browser`.

A small site, written here, tests how pages are printed and joined; the whole book's PDF is looked at where
`start.py publish` has left it.
"""

import itertools
import os
import shutil
import sys

import pytest

from mof.launcher.browser import find_browser
from mof.launcher.publishing import DOWNLOADS, OUTPUT
from tests.book.built_book import BUILT, ROOT, listed_pages, missing_pages
from tests.book.printed_pdf import outline_titles, pdf_text, read_article, squeezed

sys.path.append(str(ROOT / "book" / "_printing"))
pytestmark = pytest.mark.browser

LONG_LINE = "loss = " + " + ".join(f"weights[{i}] * losses[{i}]" for i in range(40)) + "  # 最后一个"
CHINESE = "模型读完一句话，路由器给两个专家分配权重。"
HEAD = (
    '<!DOCTYPE html><html lang="en" data-theme="dark"><head><meta charset="utf-8"><title>x</title>'
    "<style>@keyframes fade { from { opacity: 0 } } details[open] > pre { animation: fade 9s }</style></head>"
    '<body><div class="bd-container"><div class="bd-container__inner">'
    '<nav class="bd-sidebar-primary">other chapters</nav>'
    '<main class="bd-main"><div class="bd-content"><div class="bd-article-container">'
    '<article class="bd-article">'
)
FOOT = "</article></div></div></main></div></div></body></html>"
COVER = f"""<section id="top"><h1>MoF from Scratch<a class="headerlink" href="#top">#</a></h1>
<p class="mof-claim">A model. {CHINESE}</p>
<p><a href="../notebooks/05_linear_attention.html#later">later</a> <a href="https://elsewhere.org/x">elsewhere</a>
<a href="../_downloads/data.json">data</a> <a href="#top">up</a></p></section>"""
CHAPTER = f"""<section id="linear"><h1>Linear attention<a class="headerlink" href="#linear">#</a></h1>
<section id="build"><h2>Build it &amp; see<a class="headerlink" href="#build">#</a></h2>
<div class="highlight"><pre>{LONG_LINE}</pre></div>
<section id="exercise"><h3>Exercise 1 · Build: the sum<a class="headerlink" href="#exercise">#</a></h3>
<p>Do it.</p>
<div class="mof-hints"><details class="mof-hint"><summary>Hint</summary><p>secret hint</p></details></div>
<span class="target" id="solution-05-1"></span><div class="cell tag_solution:05.1"><details class="hide">
<summary>Solution</summary><pre>answer = 42</pre></details></div></section></section>
<div style="height: 2000px">a long way</div>
<section id="later"><h2>Later<a class="headerlink" href="#later">#</a></h2>
<table><tr><td>{"wide_" * 60}</td><td>b</td></tr></table>
<p><a href="../book/index.html">cover</a></p></section></section>"""


def missing(reason):
    """Skips, or fails where it has to be there."""
    (pytest.fail if os.environ.get("MOF_BROWSER_REQUIRED") else pytest.skip)(reason)


@pytest.fixture(scope="module")
def pypdf():
    if not find_browser():
        missing("Chromium and chromedriver are not installed")
    try:
        import pypdf
    except ImportError:
        missing("pypdf is not installed: python start.py install book")
    return pypdf


def write_site(folder, chapter=CHAPTER):
    (folder / "book").mkdir(parents=True)
    shutil.copy(ROOT / "book" / "chapters.json", folder / "book")
    contents = "root: book/index\nchapters:\n- file: notebooks/05_linear_attention\n"
    (folder / "_toc.yml").write_text(contents, encoding="utf-8")
    built = folder / "html"
    for page, body in (("book/index", COVER), ("notebooks/05_linear_attention", chapter)):
        (built / page).parent.mkdir(parents=True)
        (built / f"{page}.html").write_text(HEAD + body + FOOT, encoding="utf-8")
    return built


@pytest.fixture(scope="module")
def small(pypdf, tmp_path_factory):
    """The PDF of two pages, and what was said not to fit."""
    from print_book import print_book

    folder = tmp_path_factory.mktemp("small")
    built = write_site(folder)
    problems = print_book(folder, built, "https://some.one/mof", folder / "book.pdf")
    return pypdf.PdfReader(folder / "book.pdf"), problems


def goes_to(reader, link):
    """The sheet that a link inside the PDF leads to."""
    (page, *_point) = link["/Dest"]
    return reader.get_page_number(page.get_object())


def links(reader, number):
    return [entry.get_object() for entry in reader.pages[number].get("/Annots", ())]


def test_sheets_and_their_numbers(small):
    reader, problems = small
    assert problems == []
    num_body = len(reader.pages) - 2
    assert reader.page_labels == ["i", "ii", *map(str, range(1, num_body + 1))] and num_body >= 3
    for number, label in list(enumerate(reader.page_labels))[1:]:
        shown = squeezed(reader.pages[number].extract_text())
        assert f"{label}MoFfromScratch" in shown, f"sheet {number} does not show {label}"
    assert "MoF from Scratch · 05 Linear attention" in reader.pages[3].extract_text()


def test_outline_has_every_heading_below_its_part(small):
    reader, _problems = small
    assert outline_titles(reader) == [
        "MoF from Scratch",
        "Part 2: The MoF model",
        "Linear attention",
        "Build it & see",
        "Exercise 1 · Build: the sum",
        "Later",
        "Solutions",
        "Exercise 1 · Build: the sum",
    ]
    part, below = reader.outline[1], reader.outline[2]
    assert part.title.startswith("Part 2") and below[0].title == "Linear attention"
    later = next(entry for entry in below[1] if not isinstance(entry, list) and entry.title == "Later")
    assert reader.get_destination_page_number(later) > reader.get_destination_page_number(below[0])


def test_text_is_text(small):
    reader, _problems = small
    text = squeezed(pdf_text(reader))
    assert squeezed(CHINESE) in text and squeezed(LONG_LINE) in text
    assert "secrethint" not in text and "otherchapters" not in text
    assert not [c for c in text if "\u2e80" <= c <= "\u2fdf"], "a radical in place of a character"


def test_contents_give_the_numbers(small):
    reader, _problems = small
    contents = squeezed(reader.pages[1].extract_text())
    later = next(n for n in range(3, len(reader.pages)) if "Later" in reader.pages[n].extract_text().split())
    assert f"Later{reader.page_labels[later]}" in contents and "05Linearattention2" in contents


def test_links_lead_inside_and_out(small):
    reader, _problems = small
    on_cover = links(reader, 2)
    inside = [goes_to(reader, link) for link in on_cover if "/Dest" in link]
    later = next(n for n in range(3, len(reader.pages)) if "Later" in reader.pages[n].extract_text().split())
    assert sorted(inside) == [2, later]
    outside = [str(link["/A"]["/URI"]) for link in on_cover if "/A" in link]
    assert outside == ["https://elsewhere.org/x", "https://some.one/mof/_downloads/data.json"]
    everywhere = [str(link) for n in range(len(reader.pages)) for link in links(reader, n)]
    assert not any("127.0.0.1" in link for link in everywhere)


def test_solutions_stand_at_the_end(small):
    reader, _problems = small
    text = squeezed(pdf_text(reader))
    assert (
        text.index("Doit.") < text.index("Thesolutionstandsattheendofthechapter.") < text.index("answer=42")
    )
    assert text.rindex("Later") < text.index("answer=42")


def test_what_does_not_fit_is_told(pypdf, tmp_path):
    from print_book import print_book

    chapter = CHAPTER.replace("<p>Do it.</p>", '<div style="width: 3000px">too wide</div>')
    built = write_site(tmp_path, chapter)
    problems = print_book(tmp_path, built, "", tmp_path / "book.pdf")
    assert any(problem.endswith(">too wide</div>") for problem in problems), problems


# --- the whole book ---


@pytest.fixture(scope="module")
def whole(pypdf):
    path = ROOT / OUTPUT / DOWNLOADS["pdf"]
    if not path.is_file() or missing_pages():
        missing(
            "the book is not published: python start.py book, then python start.py publish --site https://..."
        )
    return pypdf.PdfReader(path)


@pytest.fixture(scope="module")
def whole_text(whole):
    return squeezed(pdf_text(whole))


@pytest.fixture(scope="module")
def articles():
    return {page: read_article(BUILT / page) for page in listed_pages()}


def test_every_heading_of_every_page_is_in_text_and_outline(whole, whole_text, articles):
    titles = [squeezed(title) for title in outline_titles(whole)]
    headings = [squeezed(heading) for article in articles.values() for heading in article.headings]
    assert len(headings) > 300 and len(titles) >= len(headings)
    plain = [heading for heading in headings if "\\(" not in heading]  # a formula is set in other characters
    assert not [heading for heading in plain if heading not in whole_text]
    assert not [heading for heading in plain if heading not in titles]
    for heading in set(plain):
        assert titles.count(heading) >= headings.count(heading)


def goes_over_to_the_next_sheet(line, sheets):
    """Whether a wrapped line is the last on its sheet, and its rest stands on the sheet after it."""
    return any(
        sheet.endswith(line[:i]) and line[i:] in after
        for sheet, after in itertools.pairwise(sheets)
        for i in range(20, len(line))
    )


def test_no_line_of_code_is_cut(whole, whole_text, articles):
    lines = {line for article in articles.values() for line in article.code}
    longest = sorted(lines, key=len, reverse=True)[:300]
    assert len(longest[0]) > 100
    missing_lines = [squeezed(line) for line in longest if squeezed(line) not in whole_text]
    sheets = [squeezed(sheet.extract_text()) for sheet in whole.pages] if missing_lines else []
    assert not [line for line in missing_lines if not goes_over_to_the_next_sheet(line, sheets)]


def test_chinese_is_text(whole_text):
    for sentence in ("在笔记本电脑的CPU上，从零训练一个中文语言模型", "循环专家", "路由器"):
        assert sentence in whole_text
    assert not [c for c in whole_text if "\u2e80" <= c <= "\u2fdf"], "a radical in place of a character"


def test_sheets_are_numbered_through(whole):
    labels = whole.page_labels
    body = labels.index("1")
    assert labels[body:] == [str(number) for number in range(1, len(labels) - body + 1)]
    for number in (body, body + 10, len(labels) - 1):
        assert f"{labels[number]}MoFfromScratch" in squeezed(whole.pages[number].extract_text())


def test_no_link_leads_to_the_machine_that_printed(whole):
    for sheet in whole.pages:
        for entry in sheet.get("/Annots", ()):
            assert "127.0.0.1" not in str(entry.get_object().get("/A", ""))
