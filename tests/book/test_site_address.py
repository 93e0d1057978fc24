"""One file holds the public addresses: unset, nothing of them shows; set, all of it does.

Skipped where the book's packages are not installed.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

pytest.importorskip("sphinx", reason="the book's packages are not installed (python start.py book)")

from site_address import foot_html, lead_to_copies, offer_addresses  # noqa: E402
from sphinx.errors import ConfigError  # noqa: E402

from mof import __version__  # noqa: E402
from mof.launcher.site_address import FILE, SiteAddress, read_site_address  # noqa: E402
from tests.book.sample_book import CHAPTER, ROOT, prepare_sample_book  # noqa: E402

GITHUB = "https://github.com/someone/mof-from-scratch"


def test_the_file_of_the_project_is_good():
    address = read_site_address(ROOT)
    assert set(json.loads((ROOT / FILE).read_text(encoding="utf-8"))) == set(vars(address))


@pytest.mark.parametrize(
    "wrong",
    [
        {"repository": "github.com/a/b"},
        {"site": "https://a.b/"},
        {"branch": ""},
        {"repository": "https://a b"},
    ],
)
def test_a_wrong_address_is_refused_in_words(wrong):
    with pytest.raises(ValueError, match=f"{next(iter(wrong))} is .*expected"):
        SiteAddress(**wrong)


@pytest.mark.parametrize("text", ["{", '{"reposotory": ""}', "[]"])
def test_a_file_that_is_no_setting_is_refused_in_words(tmp_path, text):
    (tmp_path / "book").mkdir()
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match="expected an object with repository, branch and site"):
        read_site_address(tmp_path)
    with pytest.raises(ConfigError, match="expected an object"):  # what Sphinx tells without a traceback
        offer_addresses(SimpleNamespace(srcdir=tmp_path), SimpleNamespace())


def test_a_report_names_page_and_version():
    address = SiteAddress(repository=GITHUB)
    report = address.report("book/glossary")
    assert report.startswith(f"{GITHUB}/issues/new?title=Error+on+the+page+book%2Fglossary&body=")
    assert f"Version%3A+{__version__}" in report
    assert address.source("mof/model.py") == f"{GITHUB}/blob/main/mof/model.py"
    elsewhere = SiteAddress(repository="https://gitlab.com/a/b").report("x")
    assert elsewhere.startswith("https://gitlab.com/a/b/-/issues/new?issue%5Btitle%5D=Error+on+the+page+x&")
    assert SiteAddress().report("x") == "" and SiteAddress().source("x") == ""


def test_colabs_button_leads_to_the_copy_of_the_chapter(tmp_path):
    (tmp_path / "book").mkdir()
    (tmp_path / FILE).write_text(json.dumps({"repository": GITHUB}), encoding="utf-8")
    binder = {
        "url": f"https://mybinder.org/v2/gh/someone/mof-from-scratch/main?urlpath=lab/tree/{CHAPTER}.ipynb"
    }
    colab = {"url": f"https://colab.research.google.com/github/someone/mof/blob/main/{CHAPTER}.ipynb"}
    context = {"header_buttons": [{"label": "search"}, {"buttons": [dict(binder), colab]}]}
    lead_to_copies(SimpleNamespace(srcdir=tmp_path), CHAPTER, "page.html", context, None)
    assert context["header_buttons"][1]["buttons"] == [
        binder,
        {
            "url": "https://colab.research.google.com/github/someone/mof-from-scratch/blob/colab/"
            "05_linear_attention.ipynb"
        },
    ]


def test_the_foot_leads_to_the_repository_or_to_the_colophon():
    unset = foot_html(SiteAddress(), "book/index", "colophon.html#report-an-error")
    assert 'href="colophon.html#report-an-error"' in unset and __version__ in unset
    assert f'href="{GITHUB}/issues/new?' in foot_html(SiteAddress(repository=GITHUB), "book/index", "x")


@pytest.mark.browser
@pytest.mark.parametrize(
    ("setting", "shown"),
    [
        ({"repository": "", "branch": "main", "site": ""}, ()),
        (
            {"repository": GITHUB, "branch": "main", "site": "https://some.one/mof"},
            ("mybinder.org", "colab", GITHUB),
        ),
        ({"repository": "https://codeberg.org/a/b", "branch": "main", "site": ""}, ("codeberg.org/a/b",)),
    ],
    ids=["unset", "github", "elsewhere"],
)
def test_buttons_of_a_built_chapter(tmp_path, setting, shown):
    """Built without running a cell. Needs the scripts and fonts of the book."""
    folder = prepare_sample_book(tmp_path / "book")
    (folder / FILE).write_text(json.dumps(setting), encoding="utf-8")
    config = (folder / "_config.yml").read_text(encoding="utf-8")
    config = config.replace("execute_notebooks: cache", 'execute_notebooks: "off"')
    (folder / "_config.yml").write_text(config, encoding="utf-8")
    program = Path(sys.executable).with_name("jupyter-book.exe" if os.name == "nt" else "jupyter-book")
    paths = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    variables = os.environ | {"PYTHONPATH": paths, "PYTHONUTF8": "1"}
    command = [str(program), "build", str(folder), "-W", "-n", "--keep-going"]
    done = subprocess.run(
        command, env=variables, capture_output=True, text=True, encoding="utf-8", timeout=600
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    page = (folder / "_build" / "html" / f"{CHAPTER}.html").read_text(encoding="utf-8")
    for mark in ("mybinder.org", "colab.research.google.com", GITHUB, "codeberg.org/a/b"):
        assert (mark in page) == any(part in mark for part in shown), mark
    assert ('rel="canonical"' in page) == bool(setting["site"])
    assert "executablebooks/jupyter-book" not in page
    assert "/blob/main/notebooks" not in page, "Colab opens the copies, which fetch the course"
