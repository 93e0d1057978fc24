"""`start.py publish` on a small site: what it writes, and when it refuses. The PDF is tests/book/'s."""

import json
import os
import shutil
import xml.etree.ElementTree as ElementTree
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mof.launcher import commands, publishing
from mof.launcher.book import BUILT_FROM, source_digests, why_not_current
from mof.launcher.environment import Environment
from mof.launcher.problem import Problem
from mof.launcher.published_site import base_path, name_address, show_downloads, show_slides
from mof.launcher.publishing import DOWNLOADS, MARK, PublishOptions, parse_options, publish
from mof.launcher.site_address import is_address
from tests.book.built_book import broken_links

ROOT = Path(__file__).resolve().parents[2]
SITE = "https://some.one/mof"
PAGES = ("book/index", "notebooks/05_attention")
PAGE = (
    '<!DOCTYPE html>\n<html><head><title>{name}</title><link rel="canonical" href="https://old.one/x.html" />'
    '</head><body>{body}<a href="../book/index.html">cover</a></body></html>\n'
)
OFFER = (
    '<div class="mof-downloads" data-downloads="" hidden><ul>'
    '<li data-download="pdf" hidden>Take <a>one PDF</a></li>'
    '<li data-download="zip" hidden><a>a zip</a> to read</li></ul></div>'
)

OFFERED_SLIDES = (
    '<p>The chapter <span data-slides="05_attention" hidden>Its <a>slides</a>.</span>'
    '<span data-slides="06_thought" hidden>Its <a>slides</a>.</span></p>'
)
DECK = '<head><link rel="icon" href="_static/icon.svg"></head><body><a href="{other}.html">on</a></body>'


def write_decks(environment, chapters):
    """What `start.py slides` leaves: a list and one deck, with scripts and fonts of their own."""
    assert chapters == []
    folder = environment.root / "_build" / "slides"
    (folder / "_static").mkdir(parents=True)
    for name, other in (("index", "05_attention"), ("05_attention", "index")):
        (folder / f"{name}.html").write_text(DECK.format(other=other), encoding="utf-8")
    return folder / "index.html"


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project whose book is built: two pages, a picture, a file that nobody should be served."""
    root = tmp_path / "project"
    built = root / "_build" / "html"
    bodies = (OFFER, f'<img src="../_static/icon.svg">{OFFERED_SLIDES}')
    for page, body in zip(PAGES, bodies, strict=True):
        path = built / f"{page}.html"
        path.parent.mkdir(parents=True)
        path.write_text(PAGE.format(name=page, body=body), encoding="utf-8", newline="\n")
    (built / "_static").mkdir()
    (built / "_static" / "icon.svg").write_text("<svg/>", encoding="utf-8")
    (built / "index.html").write_text(
        '<meta http-equiv="Refresh" content="0; url=book/index.html" />', "utf-8"
    )
    (built / ".buildinfo").write_text("private", encoding="utf-8")
    (root / "book").mkdir()
    for name in ("book/not_found.html", "book/site.json"):
        shutil.copy(ROOT / name, root / name)
    (root / "_toc.yml").write_text(
        "root: book/index\nchapters:\n- file: notebooks/05_attention\n", encoding="utf-8"
    )
    mark_current(root)
    monkeypatch.setattr(Environment, "ensure", lambda self, extras=(), installer="auto": None)
    monkeypatch.setattr(publishing, "build_slides", write_decks)
    return root


def mark_current(root):
    (root / BUILT_FROM).write_text(json.dumps(source_digests(root)), encoding="utf-8")


def published(root, *, pdf=False, **options):
    return publish(Environment(root), PublishOptions(**{"site": SITE, "has_pdf": pdf} | options))


def read(folder, name):
    return (folder / name).read_text(encoding="utf-8")


class Links(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.found += [value for name, value in attributes if name in ("href", "src", "action")]


def test_the_folder_holds_the_pages_with_their_address(project):
    folder = published(project)
    assert folder == project / "_build" / "publish"
    for page in PAGES:
        text = read(folder, f"{page}.html")
        assert text.count('rel="canonical"') == 1
        assert f'<link rel="canonical" href="{SITE}/{page}.html" />\n</head>' in text
        assert not broken_links(folder / f"{page}.html", folder)
    assert read(folder, "index.html") == read(project / "_build" / "html", "index.html")
    assert not (folder / ".buildinfo").exists() and (folder / ".nojekyll").is_file()


def test_the_map_names_every_page_once(project):
    tree = ElementTree.fromstring(read(published(project), "sitemap.xml"))
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    assert tree.tag == f"{space}urlset"
    assert [loc.text for loc in tree.iter(f"{space}loc")] == [f"{SITE}/{page}.html" for page in PAGES]


@pytest.mark.parametrize("site", ["https://some.one", SITE, "https://some.one/a/b"])
def test_a_wrong_address_leads_back_at_any_depth(project, site):
    folder = published(project, site=site)
    links = Links(read(folder, "404.html")).found
    assert links
    for link in links:
        for asked in ("/nothing", "/x/y/z/nothing.html"):
            found = urljoin(site + asked, link)
            assert found.startswith(f"{site}/"), link
            name = urlsplit(found).path.removeprefix(base_path(site))
            assert (
                name in ("book/contents.html", "book/troubleshooting.html", "search.html")
                or (folder / name).is_file()
            )


def test_the_page_for_wrong_addresses_leads_to_pages_that_the_book_has():
    links = Links(read(ROOT, "book/not_found.html").replace("${base}", "/")).found
    contents = read(ROOT, "_toc.yml")
    for page in (link.strip("/").removesuffix(".html") for link in links if "/book/" in link):
        assert page in contents


@pytest.mark.parametrize(("site", "is_there"), [("https://some.one", True), (SITE, False)])
def test_robots_are_told_where_they_look(project, site, is_there):
    folder = published(project, site=site)
    assert (folder / "robots.txt").is_file() == is_there
    if is_there:
        assert f"Sitemap: {site}/sitemap.xml" in read(folder, "robots.txt")


def test_the_zip_is_the_built_site_and_the_same_each_time(project):
    first = (published(project) / DOWNLOADS["zip"]).read_bytes()
    os.utime(project / "_build" / "html" / "_static" / "icon.svg", (1e9, 1e9))
    folder = published(project)
    assert (folder / DOWNLOADS["zip"]).read_bytes() == first
    built = project / "_build" / "html"
    with zipfile.ZipFile(folder / DOWNLOADS["zip"]) as packed:
        names = {name.removeprefix("mof-from-scratch/") for name in packed.namelist()}
        there = {path.relative_to(built).as_posix() for path in built.rglob("*") if path.is_file()}
        assert names == there - {".buildinfo"}
        text = packed.read(f"mof-from-scratch/{PAGES[0]}.html").decode()
    assert text == read(built, f"{PAGES[0]}.html") and OFFER in text  # offers nothing that is not in the zip


def test_downloads_show_where_they_are(project):
    folder = published(project)
    text = read(folder, f"{PAGES[0]}.html")
    assert (
        '<li data-download="zip"><a href="../downloads/mof-from-scratch.zip">a zip</a> (1 MB) to read</li>'
        in text
    )
    assert '<li data-download="pdf" hidden>Take <a>one PDF</a></li>' in text
    assert 'data-downloads="" hidden' not in text
    assert (folder / f"{PAGES[0]}.html").parent.joinpath("../downloads/mof-from-scratch.zip").is_file()
    bare = published(project, has_zip=False)
    assert OFFER in read(bare, f"{PAGES[0]}.html") and not (bare / "downloads").exists()


def test_the_pages_of_the_book_offer_what_publish_knows():
    sizes = dict.fromkeys(DOWNLOADS, 9_400_000)
    for name in ("book/index.md", "book/colophon.md"):
        text = read(ROOT, name)
        shown = show_downloads(text, name, sizes, DOWNLOADS)
        for path in DOWNLOADS.values():
            assert f'<a href="../{path}">' in shown and f'"{path}"' not in text
        assert (
            shown.count("(9 MB)") == len(DOWNLOADS) and "hidden" not in shown.split("data-downloads")[1][:400]
        )


def test_slides_lie_beside_the_pages_and_are_linked(project):
    old = project / "_build" / "slides" / "04_gone.html"
    old.parent.mkdir()
    old.touch()
    folder = published(project)
    assert sorted(path.name for path in (folder / "slides").iterdir()) == ["05_attention.html", "index.html"]
    for name in ("index", "05_attention"):
        assert not broken_links(folder / "slides" / f"{name}.html", folder)
        assert f'href="{SITE}/slides/{name}.html"' in read(folder, f"slides/{name}.html")
    text = read(folder, f"{PAGES[1]}.html")
    assert (
        '<span data-slides="05_attention">Its <a href="../slides/05_attention.html">slides</a>.</span>'
        in text
    )
    assert '<span data-slides="06_thought" hidden>Its <a>slides</a>.</span>' in text, "no such deck, no link"
    assert "slides" not in read(folder, "sitemap.xml")


def test_chapters_for_colab_are_written_where_the_code_lies_on_github(project):
    (project / "notebooks").mkdir()
    (project / "notebooks" / "05_attention.ipynb").write_text('{"cells": []}', encoding="utf-8")
    mark_current(project)
    assert not (published(project) / "colab").exists()
    setting = {"repository": "https://github.com/a/b", "site": ""}
    (project / "book" / "site.json").write_text(json.dumps(setting), encoding="utf-8")
    mark_current(project)
    copy = read(published(project), "colab/05_attention.ipynb")
    assert "git clone" in copy and "https://github.com/a/b" in copy


def test_without_slides_there_are_no_links_to_them(project):
    published(project)
    folder = published(project, has_slides=False)
    assert not (folder / "slides").exists() and OFFERED_SLIDES in read(folder, f"{PAGES[1]}.html")


def test_slides_that_were_not_written_end_the_publishing(project, monkeypatch):
    def fail(*_):
        raise Problem("The slides were not written.", "Look above.")

    monkeypatch.setattr(publishing, "build_slides", fail)
    with pytest.raises(Problem, match="slides were not written"):
        published(project)
    assert not (project / "_build" / "publish").exists()


def test_the_guide_offers_the_slides():
    text = read(ROOT, "book/instructors_guide.md")
    shown = show_slides(text, "book/instructors_guide", {"index": "slides/index.html"})
    assert '<a href="../slides/index.html">' in shown and text.count('data-slides="index" hidden') == 1


def test_the_pdf_is_printed_by_the_environments_own_python(project, monkeypatch):
    asked = []

    def run(command, folder, variables):
        asked.append(list(map(str, command)))
        Path(command[-1]).write_bytes(b"%PDF" + bytes(2_000_000))
        return 0

    monkeypatch.setattr(publishing, "run_program", run)
    monkeypatch.setattr(publishing, "find_browser", lambda: ("chromium", "chromedriver"))
    folder = published(project, pdf=True)
    (command,) = asked
    assert command[0] == str(Environment(project).python) and command[1].endswith("print_book.py")
    assert command[2:4] == ["--site", SITE]
    assert '<a href="../downloads/mof-from-scratch.pdf">one PDF</a> (2 MB)' in read(
        folder, f"{PAGES[0]}.html"
    )


def test_what_was_published_stays_until_the_new_is_whole(project, monkeypatch):
    folder = published(project)
    (folder / "kept").touch()
    monkeypatch.setattr(publishing, "run_program", lambda *arguments: 1)
    monkeypatch.setattr(publishing, "find_browser", lambda: ("chromium", "chromedriver"))
    with pytest.raises(Problem, match="The PDF was not printed"):
        published(project, pdf=True)
    assert (folder / "kept").is_file() and (folder / "404.html").is_file()
    published(project)
    assert not (folder / "kept").exists()


@pytest.mark.parametrize("deleted_first", [MARK, "404.html"])
def test_a_deletion_that_is_cut_off_leaves_what_the_next_run_knows(project, monkeypatch, deleted_first):
    """A file that another program has open, or a kill: whatever a folder lists first goes first."""
    folder = published(project)

    def cut_off(path):
        (Path(path) / deleted_first).unlink(missing_ok=True)
        raise PermissionError(13, "open in a viewer", str(path))

    with monkeypatch.context() as patch:
        patch.setattr(publishing.shutil, "rmtree", cut_off_after(cut_off))
        assert published(project) == folder and (folder / "404.html").is_file()
    assert published(project) == folder
    assert sorted(path.name for path in folder.parent.glob("publish*")) == ["publish"]


def cut_off_after(cut_off, real=shutil.rmtree):
    """rmtree as it is, but for the folder that was replaced."""

    def rmtree(path, **options):
        return cut_off(path) if ".old" in str(path) else real(path, **options)

    return rmtree


@pytest.mark.parametrize("at", [1, 2])
def test_a_kill_between_the_renames_loses_no_site(project, monkeypatch, at):
    folder = published(project)
    (folder / "kept").touch()
    renames = []

    def rename(source, target):
        renames.append(target)
        if len(renames) == at:
            raise KeyboardInterrupt
        os.replace(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(publishing, "rename", rename)
        with pytest.raises(KeyboardInterrupt):
            published(project)
    monkeypatch.setattr(publishing, "write_folder", lambda *_: (_ for _ in ()).throw(Problem("no", "yes")))
    with pytest.raises(Problem, match="no"):
        published(project)
    assert (folder / "kept").is_file()


def test_a_folder_that_cannot_be_renamed_brings_the_old_site_back(project, monkeypatch):
    folder = published(project)
    (folder / "kept").touch()

    def rename(source, target):
        if str(source).endswith(".partial"):
            raise PermissionError(13, "held")
        os.replace(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(publishing, "rename", rename)
        with pytest.raises(PermissionError, match="held"):
            published(project)
    assert (folder / "kept").is_file()
    assert published(project) == folder and not (folder / "kept").exists()


def test_no_browser_no_pdf(project, monkeypatch):
    monkeypatch.setattr(publishing, "find_browser", lambda: None)
    with pytest.raises(Problem, match="not installed") as caught:
        published(project, pdf=True)
    assert "--no-pdf" in caught.value.fix
    assert published(project).is_dir()


def test_an_open_address_is_refused(project):
    with pytest.raises(Problem, match="leaves `site` open") as caught:
        published(project, site="")
    assert "--site" in caught.value.fix
    setting = {"repository": "", "branch": "main", "site": "https://set.one/book"}
    (project / "book" / "site.json").write_text(json.dumps(setting), encoding="utf-8")
    mark_current(project)
    assert "https://set.one/book/book/index.html" in read(published(project, site=""), "sitemap.xml")


@pytest.mark.parametrize(
    "site", ["http://some.one", "https://some.one/", "some.one", "https://a b", "https://", "https://a.b?c"]
)
def test_a_wrong_address_is_refused(project, site):
    with pytest.raises(Problem, match="expected https://host"):
        published(project, site=site)


def test_a_wrong_setting_is_refused(project):
    (project / "book" / "site.json").write_text('{"site": "ftp://x"}', encoding="utf-8")
    with pytest.raises(Problem, match="site is 'ftp://x'"):
        published(project, site="")


def unbuild(root):
    shutil.rmtree(root / "_build" / "html")


def lose_a_page(root):
    (root / "_build" / "html" / f"{PAGES[1]}.html").unlink()


def change_a_source(root):
    (root / "book" / "site.json").write_text('{"site": ""}', encoding="utf-8")


def add_a_source(root):
    (root / "notebooks").mkdir()
    (root / "notebooks" / "06_thought.ipynb").write_text("{}", encoding="utf-8")


def lose_the_record(root):
    (root / BUILT_FROM).unlink()


@pytest.mark.parametrize(
    ("spoil", "what"),
    [
        (unbuild, "not built"),
        (lose_a_page, "notebooks/05_attention lack"),
        (change_a_source, r"older than its sources; changed since: book/site.json\."),
        (add_a_source, "changed since: notebooks/06_thought.ipynb"),
        (lose_the_record, "did not come to its end"),
    ],
)
def test_a_book_that_is_not_current_is_refused_or_built(project, monkeypatch, spoil, what):
    assert why_not_current(project) is None
    spoil(project)
    with pytest.raises(Problem, match=what) as caught:
        published(project)
    assert "start.py book" in caught.value.fix and not (project / "_build" / "publish").exists()
    asked = []

    def build(environment, arguments):
        asked.append(environment.root)
        path = project / "_build" / "html" / f"{PAGES[1]}.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(PAGE.format(name="x", body=""), encoding="utf-8")
        (project / "_build" / "html" / "book").mkdir(exist_ok=True)
        shutil.copy(path, project / "_build" / "html" / f"{PAGES[0]}.html")

    monkeypatch.setattr(publishing, "build_book", build)
    assert published(project, builds=True).is_dir() and asked == [project]


def test_somebody_elses_folder_is_left_alone(project, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    assert published(project, output=other) == other  # empty: taken
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("mine", encoding="utf-8")
    (tmp_path / "file").touch()
    (tmp_path / "new.old").mkdir()
    (tmp_path / "new.old" / "letter.txt").touch()
    for taken in (tmp_path / "mine", tmp_path / "file", project, tmp_path / "new"):
        with pytest.raises(Problem, match="did not write"):
            published(project, output=taken)
    assert (tmp_path / "mine" / "letter.txt").is_file() and (tmp_path / "new.old" / "letter.txt").is_file()


@pytest.mark.skipif(os.name == "nt", reason="Windows lets not everybody make links")
def test_a_link_to_the_folder_stays_one(project, tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    for _ in range(2):
        assert published(project, output=tmp_path / "link") == tmp_path / "real"
    assert (tmp_path / "link").is_symlink() and (tmp_path / "link" / "404.html").is_file()


def test_the_command_says_where(project, monkeypatch, capsys):
    monkeypatch.setattr(commands, "ROOT", project)
    assert commands.run(["publish", "--site", SITE, "--no-pdf"]) == 0
    said = capsys.readouterr().out
    assert "2 pages" in said and "below the path /mof/" in said and "http.server" in said
    assert commands.run(["publish", "--no-pdf"]) == 1
    assert "To fix it: " in capsys.readouterr().out


def test_options():
    assert parse_options([]) == PublishOptions()
    given = ["--site", SITE, "--output", "x", "--build", "--no-pdf", "--no-zip", "--no-slides"]
    assert parse_options(given) == PublishOptions(SITE, Path("x"), True, False, False, False)


@given(
    host=st.from_regex(r"[a-z]{1,8}\.[a-z]{2,3}", fullmatch=True),
    parts=st.lists(st.sampled_from("abc"), max_size=3),
)
def test_the_base_path_is_where_the_pages_lie(host, parts):
    site = "/".join([f"https://{host}", *parts])
    assert is_address(site) and not is_address(f"{site}/")
    assert urljoin(f"https://{host}", f"{base_path(site)}book/index.html") == f"{site}/book/index.html"


def test_an_address_is_written_as_html():
    text = name_address("<head></head>", "a", "https://x.y/a&b")
    assert 'href="https://x.y/a&amp;b/a.html"' in text
