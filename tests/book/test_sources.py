"""The book's own files: nothing in them asks another host, everything pinned is named in NOTICE."""

import re
from pathlib import Path

import pytest

from mof.launcher.web_files import FOLDER, WEB_PACKAGES

ROOT = Path(__file__).parents[2]
BOOK = ROOT / "book"
SERVED = sorted(path for path in (BOOK / "_static").rglob("*") if path.suffix in (".js", ".css"))
PAGES = sorted(BOOK.glob("*.md"))
# what makes a browser fetch: not a link, which a reader has to click
LOADS = re.compile(
    r"<(?:script|img|iframe|link|video|audio|source|embed|object)\b[^>]*\b(?:src|href|data)\s*=\s*[\"']?(?:https?:)?//"
    r"|!\[[^\]]*\]\(\s*(?:https?:)?//"
    r"|```\{(?:image|figure)\}\s*(?:https?:)?//",
    re.IGNORECASE,
)


@pytest.mark.parametrize("path", SERVED, ids=lambda path: path.name)
def test_scripts_and_styles_name_no_host(path):
    assert not re.search(r"https?://|@import|url\(\s*[\"']?//", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_pages_load_nothing_from_elsewhere(path):
    assert not LOADS.search(path.read_text(encoding="utf-8"))


def test_the_pattern_finds_what_it_should():
    for text in ('<img src="https://a.b/c.png">', "![x](//a.b/c.png)", "```{image} http://a.b/c.png"):
        assert LOADS.search(text), text
    assert not LOADS.search("[a link](https://a.b) and ![a picture](images/a.svg)")


def test_settings_name_no_host():
    text = (ROOT / "_config.yml").read_text(encoding="utf-8")
    assert "http" not in text
    assert FOLDER.as_posix() in text and "nb_execution_raise_on_error: true" in text


def test_the_fetched_files_are_not_in_git():
    assert "/cache/" in (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    assert FOLDER.parts[0] == "cache"


@pytest.mark.parametrize("package", WEB_PACKAGES, ids=lambda package: package.name)
def test_notice_names_every_package_and_version(package):
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8").lower()
    assert f"{package.name} {package.version}" in notice


def test_pictures_have_words():
    for path in PAGES:
        text = path.read_text(encoding="utf-8")
        for block in re.findall(r"```\{(?:image|figure)\}.*?```", text, re.DOTALL):
            assert re.search(r":alt: \S", block), f"{path.name}: {block}"
