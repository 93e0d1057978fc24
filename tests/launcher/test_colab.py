"""Copies of the chapters for Colab: the set-up in front, every link to the site, nothing else changed."""

import json
import re
import shlex
from pathlib import Path

import pytest

from mof.launcher.colab import FOLDER, LINK, colab_copy, write_copies
from mof.launcher.publishing import OUTPUT
from mof.launcher.site_address import COLAB_BRANCH as BRANCH
from mof.launcher.site_address import SiteAddress

ROOT = Path(__file__).resolve().parents[2]
ADDRESS = SiteAddress("https://github.com/someone/mof", "main", "https://some.one/mof")
CHAPTERS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def text(cell):
    return "".join(cell["source"])


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_copy_is_the_chapter_and_one_cell(path):
    chapter = read(path)
    copy = colab_copy(chapter, ADDRESS)
    assert chapter == read(path), "the chapter itself is not changed"
    codes = [cell for cell in copy["cells"] if cell["cell_type"] == "code"]
    assert codes[0]["id"] == "colab-setup"
    assert codes[1:] == [cell for cell in chapter["cells"] if cell["cell_type"] == "code"]
    assert copy["cells"][0]["cell_type"] == "markdown", "the title stands first"
    plain = [cell for cell in copy["cells"] if cell["cell_type"] == "markdown"]
    assert len(plain) == len(copy["cells"]) - len(codes)
    for cell in plain:
        for link in re.findall(r"\]\(([^)#\s]+)", text(cell)):
            assert link.startswith("https://"), f"{link} leads nowhere in Colab"


def test_links_lead_to_the_pages_of_the_site():
    said = (
        "[a](01_the_budget.ipynb), [b](../book/glossary.md#term-decay), [c](https://x.y/z.md), `f(x)[0](y)`"
    )
    cell = {"cell_type": "markdown", "source": [said]}
    copy = colab_copy({"cells": [cell]}, ADDRESS)
    assert text(copy["cells"][0]) == (
        "[a](https://some.one/mof/notebooks/01_the_budget.html), "
        "[b](https://some.one/mof/book/glossary.html#term-decay), [c](https://x.y/z.md), `f(x)[0](y)`"
    )
    bare = colab_copy({"cells": [cell]}, SiteAddress(ADDRESS.repository))
    assert bare["cells"][0] == cell and LINK.search(said)


def test_the_setup_names_the_repository_and_files_that_are_there():
    (setup,) = colab_copy({"cells": []}, ADDRESS)["cells"]
    lines = text(setup).splitlines()
    assert "{" not in text(setup).replace("{home}", "")
    (clone,) = [shlex.split(line.strip(" !")) for line in lines if "git clone" in line]
    assert clone[-2:] == [ADDRESS.repository, "{home}"] and clone[clone.index("--branch") + 1] == "main"
    for name in re.findall(r"\{home\}/(\S+)", text(setup)):
        assert (ROOT / name).exists(), name
    magic = [line for line in lines if line.strip().startswith(("!", "%"))]
    for line in lines:
        assert line in magic or len(line) <= 80
    compile(
        "\n".join(line.replace(line.strip(), "pass") if line in magic else line for line in lines),
        "x",
        "exec",
    )


def test_copies_are_written_for_every_chapter(tmp_path):
    names = write_copies(ROOT / "notebooks", tmp_path / "new", ADDRESS)
    assert names == [path.name for path in CHAPTERS]
    for name in names:
        assert read(tmp_path / "new" / name) == colab_copy(read(ROOT / "notebooks" / name), ADDRESS)


def test_the_workflow_puts_the_folder_on_the_branch():
    workflow = (ROOT / ".github" / "workflows" / "pages.yml").read_text(encoding="utf-8")
    folder = f"{OUTPUT.as_posix()}/{FOLDER}"
    assert f"git -C {folder} init --quiet --initial-branch {BRANCH}\n" in workflow
    assert f"hashFiles('{folder}/*.ipynb')" in workflow and f" {BRANCH}\n" in workflow.split(" push ")[1]
