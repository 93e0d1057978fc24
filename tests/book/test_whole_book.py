"""Every page of the built book, in Chromium and as files. Marked `browser`; `start.py book` comes before.

The sample book of test_browser.py tests how the parts work; this tests every page that there is: what it
shows, what it asks for, what moves, and where its links lead.
"""

import contextlib
import os
import urllib.parse

import pytest

from tests.book import page_checks
from tests.book.browser import find_browser, served, started_browser, watched
from tests.book.built_book import BUILT, broken_links, listed_pages, missing_pages

pytestmark = pytest.mark.browser
PAGES = listed_pages()
MOST_BYTES = 60e6
MOST_PLACES = 12  # of a slider or a menu are tried until the picture changes
COVER, ATTENTION = "book/index.html", "notebooks/05_linear_attention.html"

pages = pytest.mark.parametrize("page", PAGES)


def missing(reason):
    """Skips, or fails where the book has to be there."""
    (pytest.fail if os.environ.get("MOF_BROWSER_REQUIRED") else pytest.skip)(reason)


@pytest.fixture(scope="module")
def address():
    if missing_pages():
        missing(f"not built: {', '.join(missing_pages())}; run: python start.py book")
    if not find_browser():
        missing("Chromium and chromedriver are not installed")
    with served(BUILT) as at:
        yield at


@pytest.fixture(scope="module")
def window(address):
    with started_browser() as browser:
        yield browser


@pytest.fixture
def browser(window, address):
    with watched(window, address) as browser:
        yield browser


def show(browser, address, page):
    """Opens a page and waits until all that is drawn by a script is there."""
    browser.open(f"{address}/{page}")
    browser.wait_for("return document.readyState === 'complete'")
    browser.wait_for(page_checks.ALL_FIGURES_DRAWN)
    browser.wait_for(f"return !(() => {{ {page_checks.UNSET_MATHEMATICS} }})().length || null")
    browser.wait_for("return document.fonts.status === 'loaded'")


def want_motion(browser, is_wanted):
    """What the reader has told the system about things that move by themselves."""
    value = "no-preference" if is_wanted else "reduce"
    browser.command(
        "Emulation.setEmulatedMedia", features=[{"name": "prefers-reduced-motion", "value": value}]
    )


@pages
def test_page_is_whole(browser, address, page):
    show(browser, address, page)
    assert browser.run("return document.querySelectorAll('.bd-article h1').length") == 1
    assert browser.run("return document.cookie") == ""
    assert browser.run("return document.title").strip()
    assert not browser.run(page_checks.EMPTY_FIGURES)
    text = browser.run("return document.querySelector('.bd-article').innerText")
    assert "Traceback (most recent call last)" not in text
    assert "```" not in text and "{cover}" not in text, "a directive that nothing read"


@pages
def test_every_control_changes_its_picture(browser, address, page):
    want_motion(browser, False)  # what reads by itself would change without being moved
    show(browser, address, page)
    browser.run("window.mofBefore = {}")
    stuck = []
    for number, name in enumerate(browser.run(page_checks.CONTROLS)):
        for place in range(MOST_PLACES):
            if not browser.run(page_checks.MOVE, number, place):
                break
            if changed(browser, number):
                break
        else:
            place = MOST_PLACES
        if not changed(browser, number):
            stuck.append(name)
    assert not stuck


def changed(browser, number, seconds=3.0):
    """Whether the picture of a control becomes another one, within some seconds."""
    script = page_checks.HAS_CHANGED.replace("arguments[0]", str(number))
    try:
        return browser.wait_for(script, seconds)
    except TimeoutError:
        return False


@pages
def test_every_widget_answers(browser, address, page):
    """A slider of ipywidgets moves by the keyboard, and what it is linked to follows."""
    show(browser, address, page)
    handles = browser.run("return document.querySelectorAll('.jupyter-widgets .noUi-handle').length")
    if not handles:
        return
    before = browser.run("return document.querySelector('.jupyter-widgets').parentElement.innerHTML")
    browser.press(".jupyter-widgets .noUi-handle", "\ue014")
    after = "document.querySelector('.jupyter-widgets').parentElement.innerHTML"
    browser.wait_for(f"return {after} !== {before!r}" if len(before) < 500 else f"return {after}.length > 0")


@pages
@pytest.mark.parametrize("mode", ["light", "dark"])
def test_text_has_contrast(browser, address, page, mode):
    want_motion(browser, False)
    show(browser, address, page)
    browser.run("document.documentElement.dataset.theme = arguments[0]", mode)
    browser.run("document.documentElement.dataset.mode = arguments[0]", mode)
    browser.run(
        "const still = document.createElement('style');"
        "still.textContent = '*, ::before, ::after { transition: none !important }';"
        "document.head.append(still)"
    )
    assert not browser.run(page_checks.LOW_CONTRAST)


@pages
def test_nothing_is_wider_than_a_phone(browser, address, page):
    browser.resize(390, is_mobile=True)
    show(browser, address, page)
    assert not browser.run(page_checks.TOO_WIDE)
    with contextlib.suppress(TimeoutError):  # a title that is too long is broken after it was drawn once
        browser.wait_for(f"return !(() => {{ {page_checks.CUT_OFF_WORDS} }})().length", 5)
    assert not browser.run(page_checks.CUT_OFF_WORDS)


@pages
def test_links_and_places_resolve(page):
    if missing_pages():
        missing("the book is not built: python start.py book")
    assert not broken_links(BUILT / page)


@pages
def test_foot_has_the_version_and_a_way_to_report(browser, address, page):
    from mof import __version__

    show(browser, address, page)
    foot = "document.querySelector('.mof-foot')"
    assert __version__ in browser.run(f"return {foot}.textContent")
    target = browser.run(f"return {foot}.querySelector('a').href")
    assert "report-an-error" in target or "/issues/new?" in target


@pytest.mark.parametrize("question", ["注意力", "attention"])
def test_search_finds_the_chapter_in_both_languages(browser, address, question):
    if ATTENTION not in PAGES:
        pytest.skip("chapter 05 is not in the book")
    browser.open(f"{address}/search.html?q={urllib.parse.quote(question)}")
    links = "[...document.querySelectorAll('#search-results li a')].map(a => a.pathname.slice(1))"
    end = "document.querySelector('#search-results').innerText.match(/found \\d+ page/i)"
    browser.wait_for(f"return {end}", 30)
    assert ATTENTION in browser.run(f"return {links}")


def test_the_cover_reads_by_itself_and_stops(browser, address):
    want_motion(browser, True)
    show(browser, address, COVER)
    browser.run("document.querySelector('.mof-reading').scrollIntoView({block: 'center'})")
    browser.wait_for("return Number(document.querySelector('.mof-reading').dataset.step) >= 1", 20)
    playing = "document.querySelector('.mof-play').getAttribute('aria-pressed')"
    assert browser.run(f"return {playing}") == "true"
    browser.run("document.querySelector('.mof-play').click()")
    assert browser.run(f"return {playing}") == "false"


def test_the_cover_stays_still_where_motion_is_not_wanted(browser, address):
    want_motion(browser, False)
    show(browser, address, COVER)
    browser.run("document.querySelector('.mof-reading').scrollIntoView({block: 'center'})")
    last = browser.run("return document.querySelectorAll('.mof-token').length - 1")
    import time

    time.sleep(2.5)  # two steps, were it to move
    assert browser.run("return Number(document.querySelector('.mof-reading').dataset.step)") == last
    browser.press(".mof-reading input[type=range]", "\ue012")  # the left arrow
    assert browser.run("return Number(document.querySelector('.mof-reading').dataset.step)") == last - 1


def test_an_error_is_found_by_its_text(browser, address):
    page = "book/troubleshooting.html"
    show(browser, address, page)
    field = "document.querySelector('#mof-error-text')"
    said = "Error: the corpus path poems does not exist (looked in C:/mof). Check its spelling."
    browser.run(f"{field}.value = arguments[0]; {field}.dispatchEvent(new Event('input'))", said)
    terms = "[...document.querySelectorAll('.mof-errors > dt')]"
    shown = f"{terms}.filter((e) => e.checkVisibility()).map((e) => e.textContent)"
    found = browser.run(f"return {shown}")
    assert len(found) < 6 and any("the corpus path" in text for text in found)
    browser.run(f"{field}.value = ''; {field}.dispatchEvent(new Event('input'))")
    assert len(browser.run(f"return {shown}")) > 60


def test_chinese_is_drawn_in_the_font_of_the_site(browser, address):
    show(browser, address, COVER)
    assert "MoF Chinese" in drawn_fonts(browser, ".mof-token b")
    assert "MoF Chinese" not in drawn_fonts(browser, ".mof-doors a")


def drawn_fonts(browser, selector):
    """Families that Chromium used for an element's text."""
    root = browser.command("DOM.getDocument")["root"]["nodeId"]
    browser.command("DOM.enable")
    browser.command("CSS.enable")
    node = browser.command("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
    fonts = browser.command("CSS.getPlatformFontsForNode", nodeId=node)["fonts"]
    return {"MoF Chinese" if font["isCustomFont"] else font["familyName"] for font in fonts}


def test_the_site_is_small():
    if missing_pages():
        missing("the book is not built: python start.py book")
    size = sum(path.stat().st_size for path in BUILT.rglob("*") if path.is_file())
    assert size <= MOST_BYTES, f"{size / 1e6:.0f} MB"


def test_the_checks_see_what_is_wrong(browser, address):
    """Each check, on a page that has been spoiled."""
    want_motion(browser, False)
    show(browser, address, COVER)
    checks = (page_checks.LOW_CONTRAST, page_checks.TOO_WIDE, page_checks.EMPTY_FIGURES)
    assert not any(browser.run(check) for check in (*checks, page_checks.UNSET_MATHEMATICS))
    browser.run("""
      const spoil = (html) => document.querySelector('.bd-article').insertAdjacentHTML('beforeend', html);
      spoil('<p style="color: #999; background: #fff">pale words</p>');
      spoil('<div style="width: 3000px; height: 1px"></div>');
      spoil('<figure class="mof-figure" data-state="drawn">'
        + '<div class="mof-figure-plot" aria-label="void"></div>'
        + '<input type="range" min="0" max="3" aria-label="dead"></figure>');
      spoil('<span class="math">\\\\(x\\\\)</span>');
    """)
    assert any("pale words" in found for found in browser.run(page_checks.LOW_CONTRAST))
    assert any("3000px" in found for found in browser.run(page_checks.TOO_WIDE))
    assert browser.run(page_checks.EMPTY_FIGURES) == ["void"]
    assert browser.run(page_checks.UNSET_MATHEMATICS) == ["\\(x\\)"]
    controls = browser.run(page_checks.CONTROLS)
    dead = next(number for number, name in enumerate(controls) if "dead" in name)
    browser.run("window.mofBefore = {}")
    assert browser.run(page_checks.MOVE, dead, 2) and not changed(browser, dead, 0.5)


def test_a_broken_link_is_seen(tmp_path):
    (tmp_path / "a.html").write_text(
        '<a href="b.html#here">1</a><a href="b.html#gone">2</a><a href="c.html">3</a><a href="#top">4</a>'
        '<img src="d.png"><a href="https://elsewhere.org">5</a><p id="top">',
        encoding="utf-8",
    )
    (tmp_path / "b.html").write_text('<p id="here">', encoding="utf-8")
    assert broken_links(tmp_path / "a.html", tmp_path) == ["b.html#gone", "c.html", "d.png"]
