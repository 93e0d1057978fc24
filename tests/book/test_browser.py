"""The built book in Chromium: no kernel, no other host, a phone, the dark. Marked `browser`: .ci/run runs it.

The sample book (sample_book.py) has the project's own settings, pages, style and scripts, and one notebook.
"""

import json
import os
import re
from pathlib import Path

import pytest

from mof.launcher.problem import Problem
from mof.viz.replay_figure import Moment, replay_figure
from tests.book.browser import find_browser, served, started_browser, watched
from tests.book.sample_book import CHAPTER, build_sample_book

pytestmark = pytest.mark.browser
CHAPTER_PAGE = f"{CHAPTER}.html"
PAGES = (
    CHAPTER_PAGE,
    "book/index.html",
    "book/contents.html",
    "book/prerequisites.html",
    "book/how_this_book_is_tested.html",
    "book/colophon.html",
)
LOADS = re.compile(
    r"<(?:script|img|iframe|source|video|audio|embed)\b[^>]*\bsrc=\"(?:https?:)?//[^\"]*\""
    r"|<link\b(?![^>]*rel=\"(?:canonical|author|license)\")[^>]*\bhref=\"(?:https?:)?//[^\"]*\""
    r"|https?://(?:cdn|unpkg|fonts\.g)[^\"\s]*"
)


def missing(reason):
    """Skips, or fails where the browser has to be there."""
    (pytest.fail if os.environ.get("MOF_BROWSER_REQUIRED") else pytest.skip)(reason)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    for name in ("jupyter_book", "plotly", "ipywidgets"):
        try:
            __import__(name)
        except ImportError:
            missing(f"{name} is not installed: python start.py install book")
    if not find_browser():
        missing("Chromium and chromedriver are not installed")
    try:
        return build_sample_book(tmp_path_factory.mktemp("book") / "sample")
    except Problem as problem:
        missing(problem.what)


@pytest.fixture(scope="module")
def address(site):
    with served(site) as at:
        yield at


@pytest.fixture(scope="module")
def window(site):
    with started_browser() as browser:
        yield browser


@pytest.fixture
def browser(window, address):
    with watched(window, address) as browser:
        yield browser


def show(browser, address, page=CHAPTER_PAGE):
    """Opens a page and waits until all that moves in it is there."""
    browser.open(f"{address}/{page}")
    browser.wait_for("return document.readyState === 'complete'")
    if page == CHAPTER_PAGE:
        browser.run("document.querySelectorAll('.mof-figure').forEach(f => f.scrollIntoView())")
        browser.wait_for(
            "return [...document.querySelectorAll('.mof-figure')].every(f => f.dataset.state === 'drawn')"
        )
        browser.wait_for("return document.querySelector('.widget-slider, .jupyter-widget-slider')")


def set_mode(browser, mode):
    browser.run("document.documentElement.dataset.theme = arguments[0]", mode)


def test_pages_name_no_other_host_for_what_they_load(site):
    pages = list(site.rglob("*.html"))
    assert len(pages) > len(PAGES)
    for page in pages:
        found = LOADS.search(page.read_text(encoding="utf-8"))
        assert not found, f"{page.relative_to(site)}: {found.group()}"


@pytest.mark.parametrize("page", PAGES)
def test_page_opens(browser, address, page):
    show(browser, address, page)
    assert browser.run("return document.querySelectorAll('.bd-article h1').length") == 1
    assert browser.run("return document.cookie") == ""


def test_mathematics_is_set(browser, address):
    show(browser, address)
    browser.wait_for("return document.querySelectorAll('mjx-container').length >= 3")
    assert browser.run("return document.querySelector('mjx-container').getBoundingClientRect().width") > 10
    assert not browser.run("return document.querySelectorAll('mjx-merror').length")


def test_a_slider_moves_a_figure_without_a_kernel(browser, address):
    show(browser, address)
    bar = "return document.querySelector('.mof-figure .bars .point path').getBoundingClientRect().height"
    before = browser.run(bar)
    assert before > 0
    browser.press(".mof-figure input[type=range]", "\ue014\ue014\ue014")  # the right arrow, three times
    assert browser.run("return document.querySelector('.mof-control-words').textContent") == "tokens: 512"
    browser.wait_for(f"return (() => {{ {bar} }})() > 7 * {before}")


def test_a_menu_changes_a_figure(browser, address):
    show(browser, address)
    browser.run(
        "const menu = document.querySelector('.mof-figure select'); menu.selectedIndex = 1;"
        "menu.dispatchEvent(new Event('change'))"
    )
    plots = "document.querySelectorAll('.mof-figure-plot')"
    browser.wait_for(f"return {plots}[1].data[0].z.flat().every(value => value === 1)")


MEASURE_REPLAY = """
const given = JSON.parse(arguments[0]);
const place = document.querySelector('.bd-article');
place.insertAdjacentHTML('afterbegin', '<figure class="mof-figure" id="replayed">'
  + '<div class="mof-figure-plot"></div><script type="application/json"></script></figure>'
  + '<div id="as-in-a-notebook" style="width: 900px"></div>');
document.querySelector('#replayed script').textContent = arguments[0];
const script = document.createElement('script');  // the page's own has looked for figures already
script.src = document.querySelector('script[src*="figures.js"]').src;
document.head.append(script);
document.querySelector('#replayed').scrollIntoView();
window.mofOverlap = null;
const plot = document.querySelector('#as-in-a-notebook');
const at = (part) => plot.querySelector(part).getBoundingClientRect();
Plotly.newPlot(plot, given).then(() => Plotly.animate(plot, ['2.00 h'], {mode: 'immediate'})).then(() => {
  window.mofOverlap = [at('.legend').top - at('.gtitle').bottom, at('.nsewdrag').top - at('.legend').bottom,
    at('.gtitle').top - plot.getBoundingClientRect().top];
});
"""


def test_a_long_title_lies_over_nothing_in_a_notebook_and_above_the_figure_in_a_page(browser, address):
    show(browser, address)
    moments = [Moment(f"{hours}.00 h", hours, 4.0, "loss 4", ["春天" * 40] * hours) for hours in (1, 2)]
    shares = {name: ([1.0, 2.0], [0.5, 0.5]) for name in ("RNN", "Transformer")}
    figure = replay_figure(([0.0, 2.0], [5.0, 4.0]), shares, moments, "A run")
    browser.run(MEASURE_REPLAY, figure.to_json())
    browser.wait_for("return window.mofOverlap")
    assert min(browser.run("return window.mofOverlap")) >= 0
    browser.wait_for("return document.querySelector('#replayed').dataset.state === 'drawn'")
    title, height, top = browser.run(
        "const figure = document.querySelector('#replayed');"
        "const plot = figure.querySelector('.mof-figure-plot');"
        "return [figure.querySelector('.mof-figure-title').textContent, plot.clientHeight,"
        " plot._fullLayout._size.t]"
    )
    assert title.startswith("A run, loss 4") and height == 604 and top < 80, "its margin has gone with it"


def test_figures_have_words(browser, address):
    show(browser, address)
    labels = browser.run(
        "return [...document.querySelectorAll('.mof-figure-plot')].map(p => p.getAttribute('aria-label'))"
    )
    assert len(labels) == 2 and labels[0].startswith("Bars: ") and labels[1] == "Who reads whom"
    assert browser.run("return document.querySelector('.mof-caption').textContent").startswith("Bars: ")
    title = browser.run("return document.querySelector('.mof-figure-title').textContent")
    assert title.startswith("Work for one more token")


def test_linked_widgets_move_each_other(browser, address):
    show(browser, address)
    browser.press(".widget-slider .noUi-handle, .jupyter-widget-slider .noUi-handle", "\ue014")
    browser.wait_for("return document.querySelector('.widget-text input').value === '65'")


def test_widgets_set_mathematics(browser, address):
    show(browser, address)
    browser.wait_for("return document.querySelector('.jupyter-widgets mjx-container')")


def brightness(colour):
    red, green, blue = (float(part) for part in re.findall(r"[\d.]+", colour)[:3])
    return (0.299 * red + 0.587 * green + 0.114 * blue) / 255


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_everything_follows_the_mode(browser, address, mode):
    show(browser, address)
    set_mode(browser, "light" if mode == "dark" else "dark")
    set_mode(browser, mode)
    colours = (
        "const of = (selector, name) => getComputedStyle(document.querySelector(selector))[name];"
        "return [of('.mof-figure .xtick text', 'fill'), of('.mof-figure-title', 'color'),"
        " of('.widget-label, .jupyter-widgets label', 'color'), of('.mof-card', 'color'),"
        " of('.mof-exercise', 'color')]"
    )
    is_right = {"light": lambda value: value < 0.45, "dark": lambda value: value > 0.55}[mode]
    for _ in range(50):
        found = browser.run(colours)
        if all(is_right(brightness(colour)) for colour in found):
            break
    assert all(is_right(brightness(colour)) for colour in found), found
    grounds = browser.run(
        "return ['.mof-card', '.mof-exercise', 'body'].map("
        "s => getComputedStyle(document.querySelector(s)).backgroundColor)"
    )
    assert not any(is_right(brightness(colour)) for colour in grounds), grounds


@pytest.mark.parametrize("page", PAGES)
def test_nothing_is_wider_than_a_phone(browser, address, page):
    browser.resize(390, is_mobile=True)
    show(browser, address, page)
    if page == CHAPTER_PAGE:
        browser.wait_for("return document.querySelectorAll('mjx-container').length >= 3")
    wide = browser.run("""
      const scrolls = (e) => e && e !== document.body && (
        /auto|scroll|hidden/.test(getComputedStyle(e).overflowX) || scrolls(e.parentElement));
      return [...document.querySelectorAll('.bd-article *')]
        .filter((e) => e.getBoundingClientRect().right > 391 && !scrolls(e))
        .map((e) => e.outerHTML.slice(0, 120));
    """)
    assert not wide
    assert browser.run("return document.documentElement.scrollWidth") <= 390


def test_a_solution_is_closed_and_says_so(browser, address):
    show(browser, address)
    fold = "document.querySelector('[class*=tag_solution] details')"
    assert browser.run(f"return {fold}.open") is False
    assert browser.run(f"return {fold}.querySelector('.collapsed').textContent") == "Solution"
    text = browser.run("return document.querySelector('.bd-article').innerText")
    assert "Traceback" not in text and "NotImplementedError  # your answer" in text


def test_chapters_in_preparation_are_named_and_not_linked(browser, address):
    show(browser, address, "book/contents.html")
    links = browser.run("return [...document.querySelectorAll('.bd-article a')].map(a => a.textContent)")
    assert "05 Linear attention" in links and "06 Thought space" not in links
    assert browser.run("return document.querySelectorAll('.mof-preparation').length") >= 22
    show(browser, address)
    assert browser.run("return document.querySelector('.mof-unwritten').textContent") == "02"


@pytest.mark.parametrize(
    ("question", "page"),
    [
        ("注意力", CHAPTER_PAGE),
        ("猫", CHAPTER_PAGE),
        ("循环专家", "book/index.html"),
        ("memories", CHAPTER_PAGE),  # the stem of memory
        ("licence", "book/colophon.html"),
        ("Transformer 专家", "book/index.html"),
    ],
)
def test_search_in_two_scripts(browser, address, question, page):
    import urllib.parse

    browser.open(f"{address}/search.html?q={urllib.parse.quote(question)}")
    links = "[...document.querySelectorAll('#search-results li a')].map(a => a.pathname.slice(1))"
    # results come one by one
    assert browser.wait_for(f"return {links}.includes({json.dumps(page)})", 20)


def test_search_finds_only_what_is_there(browser, address):
    browser.open(f"{address}/search.html?q=%E9%BE%99%E8%99%BE")  # 龙虾, lobster
    browser.wait_for("return /did not match|no results/i.test(document.body.innerText)", 20)


def test_page_without_figures_does_not_load_plotly(browser, address):
    show(browser, address, "book/index.html")
    names = browser.run("return performance.getEntriesByType('resource').map(entry => entry.name)")
    assert names and not any("plotly" in name or "embed-amd" in name for name in names)


def test_served_parts_keep_their_licences(site):
    static = Path(site) / "_static"
    assert "Apache License" in (static / "mathjax" / "LICENSE").read_text(encoding="utf-8")
    assert (static / "widgets" / "LICENSES-OF-PARTS.txt").is_file()
    assert "plotly.js" in (static / "plotly.min.js").read_text(encoding="utf-8")[:200]
