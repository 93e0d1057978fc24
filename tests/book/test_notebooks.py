"""The notebooks as they are stored: what a chapter may hold, without running it."""

import ast
import json
import re
from pathlib import Path

import pytest

from mof.launcher.course import read_course

ROOT = Path(__file__).parents[2]
SAMPLE = Path(__file__).parent / "sample_chapter.ipynb"
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb")) + [SAMPLE]
MOST_LINES = 15
# installs, downloads, and the loop of a training belong to start.py and to the package
FORBIDDEN = (
    r"^\s*[%!]",
    r"\bpip install\b",
    r"\bimport (requests|urllib|httpx)\b|\burllib\.request\b|\burlretrieve\b|\bget_file\(",
    r"\bGradientTape\b|\bvalue_and_grad\b|\.apply_gradients\(|\.fit\(",
)


def cells(path, kind):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    return [(cell, "".join(cell["source"])) for cell in notebook["cells"] if cell["cell_type"] == kind]


def tags(cell):
    return cell["metadata"].get("tags", [])


notebooks = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


@notebooks
def test_stored_without_outputs(path):
    for cell, text in cells(path, "code"):
        assert not cell["outputs"] and cell["execution_count"] is None, text[:80]
    assert "widgets" not in json.loads(path.read_text(encoding="utf-8"))["metadata"]


@notebooks
def test_cells_are_short(path):
    for _, text in cells(path, "code"):
        lines = [line for line in text.splitlines() if line.strip()]
        assert len(lines) <= MOST_LINES, f"{len(lines)} lines: {text[:80]}"


@notebooks
def test_cells_install_and_download_and_train_nothing(path):
    for _, text in cells(path, "code"):
        for pattern in FORBIDDEN:
            assert not re.search(pattern, text, re.MULTILINE), f"{pattern} in: {text[:200]}"


@notebooks
def test_cells_are_python(path):
    for _, text in cells(path, "code"):
        ast.parse(text)


@notebooks
def test_first_heading_is_the_chapters_title(path):
    name = "05_linear_attention" if path == SAMPLE else path.stem
    chapter = next(c for c in read_course(ROOT).chapters if c.file == f"notebooks/{name}")
    first = cells(path, "markdown")[0][1].splitlines()[0]
    assert first in (f"# {chapter.heading}", f"# {chapter.title}")
    titles = [text for _, text in cells(path, "markdown") if re.search(r"^# ", text, re.MULTILINE)]
    assert len(titles) == 1, "one heading of the first level"


@notebooks
def test_every_stub_has_its_check_and_its_solution(path):
    ids = {prefix: [] for prefix in ("stub", "solution")}
    for cell, text in cells(path, "code"):
        for prefix, id in (tag.split(":") for tag in tags(cell) if ":" in tag):
            ids[prefix].append(id)
            # the check at the end tells an unwritten stub that it is one, and lets the page go on
            ending = "" if prefix == "stub" else ", is_solution=True"
            is_checked = re.match(rf'check\("{id}", \w+{ending}\)', text.splitlines()[-1])
            assert is_checked or path == SAMPLE, text[-80:]
            is_stub = "raise NotImplementedError" in text or re.search(r"^\w+ = \.\.\.", text, re.MULTILINE)
            assert bool(is_stub) == (prefix == "stub"), text[:80]
    assert ids["stub"] == ids["solution"]


@notebooks
def test_solutions_are_collapsed_in_jupyterlab_and_in_the_book(path):
    for cell, text in cells(path, "code"):
        if any(tag == "solution" or tag.startswith("solution:") for tag in tags(cell)):
            assert "hide-cell" in tags(cell), text[:80]
            assert cell["metadata"].get("jupyter", {}).get("source_hidden") is True, text[:80]
            # JupyterLab shows the first line of what is folded, and might give the answer away
            assert text.startswith("# Solution\n"), text[:80]


@notebooks
def test_solutions_are_where_the_text_says(path):
    """Folded on a screen, at the end of the chapter on paper, nowhere in copies for a class."""
    text = " ".join(" ".join(text for _, text in cells(path, "markdown")).split())
    assert "folded below" not in text, "true on a screen alone; see the sentence of chapter 02"


@notebooks
def test_text_shows_as_text_in_jupyterlab(path):
    for _, text in cells(path, "markdown"):
        assert not re.search(r"^(```|:::+)\{", text, re.MULTILINE), (
            f'JupyterLab shows a directive as code; use <div class="mof-card"> and the like: {text[:80]}'
        )


@notebooks
def test_links_to_chapters_are_addresses_of_the_course(path):
    course = read_course(ROOT)
    known = {Path(page.file).name for page in (*course.chapters, *course.appendices, *course.front)}
    for _, text in cells(path, "markdown"):
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", text):
            if re.match(r"(\.\./notebooks/)?\d\d_", target):
                assert Path(target).suffix == ".ipynb", f"JupyterLab needs .ipynb: {target}"
                assert Path(target).stem in known, target


def exported_names():
    """Public functions and classes of the package, with their files; answers to exercises left out."""
    found = {}
    for file in sorted((ROOT / "mof").rglob("*.py")):
        if re.fullmatch(r"chapter_\d\d(_answers)?\.py", file.name) or {"cli", "launcher"} & set(file.parts):
            continue
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                found.setdefault(node.name, file.relative_to(ROOT).as_posix())
    return found


EXPORTED = exported_names()


@notebooks
def test_nothing_is_defined_that_the_package_has(path):
    """A chapter builds a thing once, in a cell tagged `build-it`, and after that imports it."""
    for cell, text in cells(path, "code"):
        defined = {n.name for n in ast.parse(text).body if isinstance(n, ast.FunctionDef | ast.ClassDef)}
        twice = {name: EXPORTED[name] for name in defined & EXPORTED.keys()}
        assert not twice or "build-it" in tags(cell), f"import it, or tag the cell build-it: {twice}"


def test_the_package_exports_what_it_should():
    assert EXPORTED["linear_attention_recurrent"] == "mof/ops/linear_attention.py"
    assert {"MixtureLanguageModel", "check", "load_record", "Exercise"} <= EXPORTED.keys()
