"""Every slide of every deck in Chromium, at 1280 x 720. Marked `browser`: .ci/run runs it.

After `start.py book` the decks have the chapters' figures; a small deck of its own has one in any case.
"""

import os
import sys
from pathlib import Path

import pytest

from mof.launcher.web_files import FOLDER
from tests.book.browser import find_browser, served, started_browser, watched

sys.path.append(str(Path(__file__).parents[2] / "book"))

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[2]
DECKS = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
SMALLEST = 0.7  # of the size of type: a slide that needs less is too full
SIZE = 1280, 720

# What reaches over the edge of the slide that is shown, and does not scroll.
OVERFLOW = """
const slide = window.mofDeck.getCurrentSlide();
const edge = slide.getBoundingClientRect();
return [...slide.querySelectorAll('.slide-body *, h1, h2')].filter((e) => {
  if (e.closest('mjx-assistive-mml, aside, script, noscript, .js-plotly-plot, svg')) return false;
  const box = e.getBoundingClientRect();
  return box.width > 0 && (box.right > edge.right + 1 || box.bottom > edge.bottom - 8);
}).map((e) => e.outerHTML.slice(0, 120)).slice(0, 3);
"""
STATE = """
const slide = window.mofDeck.getCurrentSlide();
if (slide.dataset.ready !== 'yes') return null;
const figures = [...slide.querySelectorAll('.mof-figure')];
if (figures.some((f) => !['drawn', 'failed'].includes(f.dataset.state))) return null;
const isEmpty = (f) => f.dataset.state === 'failed' || !f.querySelector('.main-svg');
return {
  title: slide.querySelector('h1, h2').textContent,
  shrink: Number(slide.dataset.shrink),
  unset: (slide.querySelector('.slide-body').textContent.match(/\\\\\\(|\\\\\\[/g) ?? []).length
    + slide.querySelectorAll('mjx-merror').length,
  empty: figures.filter(isEmpty).length,
  isLast: window.mofDeck.isLastSlide(),
};
"""


def missing(reason):
    """Skips, or fails where the browser has to be there."""
    (pytest.fail if os.environ.get("MOF_BROWSER_REQUIRED") else pytest.skip)(reason)


@pytest.fixture(scope="module")
def folder():
    for name in ("jupyter_cache", "plotly", "mdit_py_plugins"):
        try:
            __import__(name)
        except ImportError:
            missing(f"{name} is not installed: python start.py install book")
    if not find_browser():
        missing("Chromium and chromedriver are not installed")
    if not (ROOT / FOLDER / "reveal").is_dir():
        missing("reveal.js was not fetched: python start.py slides")
    import build_slides

    assert build_slides.main([]) == 0
    write_small_deck(ROOT / build_slides.OUTPUT / "small.html")
    return ROOT / build_slides.OUTPUT


def write_small_deck(path):
    """A deck with a formula, Chinese, notes, and a figure that has a slider."""
    from page_figures import PLOTLY_TYPE
    from slide_choice import choose_slides
    from slide_page import deck_html

    def bars(height):
        return {"type": "bar", "x": ["猫", "狗"], "y": [1, height]}

    steps = [
        {"method": "animate", "label": str(n), "args": [[str(n)], {"mode": "immediate"}]} for n in (2, 5)
    ]
    figure = {
        "data": [bars(2)],
        "layout": {
            "meta": {"description": "Two bars."},
            "sliders": [{"steps": steps}],
            "yaxis": {"range": [0, 6]},
        },
        "frames": [{"name": "2", "data": [bars(2)]}, {"name": "5", "data": [bars(5)]}],
    }
    output = {"output_type": "display_data", "data": {PLOTLY_TYPE: figure}}
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": "# Cats\n\n*猫*"},
        {
            "cell_type": "markdown",
            "metadata": {},
            "source": "## Food\n\nIt **eats** $\\frac{a}{y_{水}}$. Say it.",
        },
        {"cell_type": "code", "metadata": {}, "source": "show_figure(f)", "outputs": [output]},
    ]
    path.write_text(deck_html("Cats", choose_slides({"cells": cells}), set(), {}), encoding="utf-8")


@pytest.fixture(scope="module")
def address(folder):
    with served(folder) as at:
        yield at


@pytest.fixture(scope="module")
def window(folder):
    with started_browser() as browser:
        yield browser


@pytest.fixture
def browser(window, address):
    with watched(window, address) as browser:
        browser.resize(*SIZE)
        yield browser


def show(browser, address, deck):
    browser.open(f"{address}/{deck}.html")
    browser.wait_for("return window.mofDeck?.isReady()")


@pytest.mark.parametrize("deck", DECKS)
def test_every_slide_fits_and_is_drawn(browser, address, deck):
    show(browser, address, deck)
    wrong = []
    for number in range(browser.run("return window.mofDeck.getTotalSlides()")):
        browser.run("window.mofDeck.slide(arguments[0])", number)
        state = browser.wait_for(STATE, 60)
        over = browser.run(OVERFLOW)
        if over or state["unset"] or state["empty"] or state["shrink"] < SMALLEST:
            wrong.append((state, over))
    assert not wrong and state["isLast"]


def test_a_slider_on_a_slide_moves_its_figure(browser, address):
    show(browser, address, "small")
    browser.run("window.mofDeck.slide(2)")
    browser.wait_for(STATE)
    bar = "document.querySelectorAll('.bars .point path')[1].getBoundingClientRect().height"
    before = browser.run(f"return {bar}")
    browser.press(".mof-figure input[type=range]", "\ue014")
    browser.wait_for(f"return {bar} > 2 * {before}")
    assert browser.run("return window.mofDeck.getState().indexh") == 2, "the arrow moved the slider alone"


def test_formulas_with_chinese_are_set_and_notes_are_hidden(browser, address):
    show(browser, address, "small")
    browser.run("window.mofDeck.slide(1)")
    browser.wait_for(STATE)
    assert browser.run("return document.querySelector('mjx-container').getBoundingClientRect().width") > 15
    assert browser.run("return getComputedStyle(document.querySelector('aside.notes')).display") == "none"
    assert "Say it." in browser.run("return window.mofDeck.getSlideNotes()")
    assert browser.run("return window.mofDeck.hasPlugin('notes')")


def test_the_checks_see_what_is_wrong(browser, address):
    show(browser, address, "small")
    browser.wait_for(STATE)
    assert not browser.run(OVERFLOW)
    browser.run("""
      const body = window.mofDeck.getCurrentSlide().querySelector('.slide-body');
      body.insertAdjacentHTML('beforeend', '<div style="height: 900px">high</div><p>\\\\(x\\\\)</p>');
    """)
    assert browser.run(OVERFLOW) and browser.run(STATE)["unset"] == 1
