"""Copies of the chapters for Google Colab, each with one cell more, which fetches the course.

Not yet run: Colab's own Python, packages and restart are known from what is told of them. `start.py publish`
writes the copies where `book/site.json` names a repository on GitHub; .github/workflows/pages.yml puts them
on the branch that Colab opens them from (`COLAB_BRANCH` of mof/launcher/site_address.py).
"""

import json
import re
from pathlib import Path

from mof.launcher.site_address import SiteAddress

FOLDER = "colab"  # in the published site
LINK = re.compile(r"\]\((?P<up>\.\./book/)?(?P<page>\w+)\.(?:ipynb|md)(?P<place>#[\w-]*)?\)")
# Colab's own TensorFlow and tensorflow-cpu would lie in one folder. What Python has loaded stays loaded, so
# it starts anew, and the reader runs the cell once more.
SETUP = """\
# In this copy for Colab alone: the course and its packages, some minutes, once.
# Then Python starts anew (Colab says that it crashed): run this cell again.
import importlib.util
import os

home = "/content/mof-from-scratch"
if not importlib.util.find_spec("mof"):
    !git clone --quiet --depth 1 --branch {branch} {repository} {{home}}
    !python -m pip uninstall --quiet --yes tensorflow
    !python -m pip install --quiet -r {{home}}/requirements/locks/core.txt
    !python -m pip install --quiet --no-deps --editable {{home}}
    os.kill(os.getpid(), 9)
%cd -q {{home}}/notebooks
"""


def colab_copy(notebook: dict, address: SiteAddress) -> dict:
    """A chapter with the set-up as its first cell of code, and links that lead to the site.

    Args:
        notebook: as it is stored; it is not changed.
        address: with a repository; without a site the links stay as they are.
    """
    text = SETUP.format(branch=address.branch, repository=address.repository)
    setup = {
        "cell_type": "code",
        "execution_count": None,
        "id": "colab-setup",
        "metadata": {},
        "outputs": [],
        "source": text.splitlines(keepends=True),
    }
    cells = [with_links(cell, address.site) for cell in notebook["cells"]]
    first = next((i for i, cell in enumerate(cells) if cell["cell_type"] == "code"), len(cells))
    return {**notebook, "cells": [*cells[:first], setup, *cells[first:]]}


def with_links(cell: dict, site: str) -> dict:
    """A cell of text whose links to other pages lead to the site."""
    if cell["cell_type"] != "markdown" or not site:
        return cell

    def absolute(link: re.Match) -> str:
        folder = "book" if link["up"] else "notebooks"
        return f"]({site}/{folder}/{link['page']}.html{link['place'] or ''})"

    text = LINK.sub(absolute, "".join(cell["source"]))
    return {**cell, "source": text.splitlines(keepends=True)}


def write_copies(notebooks: Path, target: Path, address: SiteAddress) -> list[str]:
    """Writes a copy of each chapter; returns their names.

    Args:
        notebooks: the folder of the chapters. target: a folder; it may be new.
        address: with a repository on GitHub.
    """
    written = []
    for path in sorted(notebooks.glob("*.ipynb")):
        copy = colab_copy(json.loads(path.read_text(encoding="utf-8")), address)
        target.mkdir(parents=True, exist_ok=True)
        text = json.dumps(copy, ensure_ascii=False, indent=1)
        (target / path.name).write_text(f"{text}\n", encoding="utf-8", newline="\n")
        written.append(path.name)
    return written
