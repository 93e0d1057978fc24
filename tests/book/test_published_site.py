"""The published book in Chromium, under a path and from disk. Marked `browser`; `start.py book` before."""

import os
import zipfile

import pytest

from mof.launcher.environment import Environment
from mof.launcher.publishing import DOWNLOADS, SLIDES, PublishOptions, write_folder
from tests.book import page_checks
from tests.book.browser import find_browser, served, started_browser, watched
from tests.book.built_book import ROOT, broken_links, listed_pages, missing_pages

pytestmark = pytest.mark.browser
BELOW = "mof"


def missing(reason):
    """Skips, or fails where the book has to be there."""
    (pytest.fail if os.environ.get("MOF_BROWSER_REQUIRED") else pytest.skip)(reason)


@pytest.fixture(scope="module")
def host(tmp_path_factory):
    """A folder that a host serves: the site lies in it below a path."""
    if missing_pages():
        missing(f"not built: {', '.join(missing_pages())}; run: python start.py book")
    if not find_browser():
        missing("Chromium and chromedriver are not installed")
    folder = tmp_path_factory.mktemp("host")
    (folder / BELOW).mkdir()
    write_folder(
        Environment(ROOT), PublishOptions(has_pdf=False), f"https://some.one/{BELOW}", folder / BELOW
    )
    return folder


@pytest.fixture(scope="module")
def window(host):
    with started_browser() as browser:
        yield browser


def test_every_link_of_every_published_page_resolves(host):
    for page in listed_pages():
        assert not broken_links(host / BELOW / page, host / BELOW), page


def test_slides_load_all_that_they_need_from_the_site(host, window):
    decks = sorted((host / BELOW / SLIDES).glob("*.html"))
    if not decks:
        pytest.skip("no slides are written: python start.py slides")
    for deck in decks:
        assert not broken_links(deck, host / BELOW), deck
    with served(host) as address, watched(window, address) as browser:
        browser.open(f"{address}/{BELOW}/{SLIDES}/{decks[0].name}")
        browser.wait_for("return window.mofDeck?.getCurrentSlide()?.dataset.ready === 'yes'")


def test_the_page_for_wrong_addresses_under_a_path(host, window):
    with served(host) as address, watched(window, address) as browser:
        for mode in ("light", "dark"):
            browser.open(f"{address}/{BELOW}/404.html")
            browser.run("localStorage.setItem('theme', arguments[0])", mode)
            browser.open(f"{address}/{BELOW}/404.html")
            browser.wait_for("return document.readyState === 'complete'")
            assert browser.run("return document.documentElement.dataset.theme") == mode
            assert not browser.run(page_checks.LOW_CONTRAST)
        for link in browser.run("return [...document.querySelectorAll('a')].map((link) => link.href)"):
            browser.open(link)
            assert browser.run("return document.querySelectorAll('.bd-article h1').length") == 1, link
        browser.open(f"{address}/{BELOW}/404.html")
        browser.press("input[type=search]", "attention\ue007")
        browser.wait_for("return location.pathname.endsWith('/search.html')")
        browser.wait_for("return document.querySelectorAll('#search-results li a').length", 30)


def test_downloads_are_offered_on_the_cover(host, window):
    with served(host) as address, watched(window, address) as browser:
        browser.open(f"{address}/{BELOW}/book/index.html")
        offered = browser.wait_for(
            "return [...document.querySelectorAll('.mof-downloads a')]"
            ".filter((link) => link.checkVisibility()).map((link) => link.href)"
        )
        assert offered == [f"{address}/{BELOW}/{DOWNLOADS['zip']}"]


@pytest.mark.parametrize("page", ["index.html", "notebooks/05_linear_attention.html"])
def test_the_zip_opens_from_disk(host, window, tmp_path, page):
    with zipfile.ZipFile(host / BELOW / DOWNLOADS["zip"]) as packed:
        packed.extractall(tmp_path)
    window.log("browser")
    window.open((tmp_path / "mof-from-scratch" / page).as_uri())
    window.wait_for(
        "return location.pathname.includes('/book/') || location.pathname.includes('/notebooks/')"
    )
    window.wait_for("return document.readyState === 'complete' && document.fonts.status === 'loaded'")
    window.wait_for(page_checks.ALL_FIGURES_DRAWN)
    assert not window.run(page_checks.EMPTY_FIGURES)
    window.wait_for(f"return !(() => {{ {page_checks.UNSET_MATHEMATICS} }})().length || null")
    assert not [entry["message"] for entry in window.log("browser") if entry["level"] == "SEVERE"]
