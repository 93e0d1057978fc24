"""Exercises in JupyterLab, as a reader sees them: stub, answers, hints, solution. Marked `browser`.

Skipped where JupyterLab or Chromium is not installed, unless MOF_BROWSER_REQUIRED is set: then they fail.
"""

import importlib.util
import json
import os
from pathlib import Path

import pytest

from tests.book.browser import find_browser, started_browser
from tests.book.lab import NOTEBOOK, open_notebook, place_of, run_cell, started_lab, type_into

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[2]
CHAPTER = ROOT / "notebooks" / "02_text_into_tokens.ipynb"
IDS = ("02.1", "02.2")
ANSWER = 'def my_encode(text, ids):\n    return [{}]\n\n\ncheck("02.2", my_encode)'


@pytest.fixture(scope="module")
def window(tmp_path_factory):
    """Two exercises of chapter 02, alone in a notebook, open in JupyterLab."""
    do_without = pytest.fail if os.environ.get("MOF_BROWSER_REQUIRED") else pytest.skip
    if not importlib.util.find_spec("jupyterlab"):
        do_without("JupyterLab is not installed (python start.py install lab)")
    if not find_browser():
        do_without("Chromium is not installed")
    folder = tmp_path_factory.mktemp("lab")
    notebook = json.loads(CHAPTER.read_text(encoding="utf-8"))
    tags = {f"{kind}:{id}" for kind in ("stub", "solution") for id in IDS}
    notebook["cells"] = [
        cell
        for cell in notebook["cells"]
        if tags & set(cell["metadata"].get("tags", [])) or "### Exercise" in "".join(cell["source"])
    ]
    (folder / "two.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOF_PROGRESS", str(folder / "progress.json"))
        patch.setenv("PYTHONPATH", str(ROOT))
        with started_lab(folder, folder / "settings") as address, started_browser() as browser:
            browser.resize(1280)
            open_notebook(browser, address, "two.ipynb")
            yield browser


def shown(browser, tag):
    """What of a cell's code can be read: the text nodes that are visible."""
    return browser.run(
        f"{NOTEBOOK} const area = cells[arguments[0]].node.querySelector('.jp-Cell-inputWrapper');"
        "const walker = document.createTreeWalker(area, NodeFilter.SHOW_TEXT);"
        "let text = '';"
        "while (walker.nextNode()) {"
        "  if (walker.currentNode.parentElement.checkVisibility()) text += walker.currentNode.data;"
        "}"
        "return text;",
        place_of(browser, tag),
    )


def test_solutions_are_folded_and_stubs_are_not(window):
    for id in IDS:
        text = shown(window, f"solution:{id}")
        assert "# Solution" in text and "is_solution" not in text and "return" not in text
        assert "check(" in shown(window, f"stub:{id}")


@pytest.mark.parametrize(
    ("answer", "mark", "words"),
    [
        (None, "○", "put your answer in place of the three dots"),
        ("10", "✗", "That is the number of characters"),
        ("20", "✗", "20 is too low"),
        ("27", "✓", "seven times three"),
    ],
)
def test_a_number_is_judged_in_words(window, answer, mark, words):
    place = place_of(window, "stub:02.1")
    if answer is not None:
        lines = [
            "from mof.course import check, hint, progress",
            f"num_bytes = {answer}",
            'check("02.1", num_bytes)',
        ]
        type_into(window, place, "\n".join(lines))
    said = run_cell(window, place)
    assert said.startswith(mark) and words in said and "Traceback" not in said


@pytest.mark.parametrize(
    ("inside", "mark", "words"),
    [
        ('ids.get(c, ids["▩"]) for c in text', "✗", "which one it was is lost"),
        ("ids[c] for c in text", "✗", "KeyError"),
        (
            "i for c in text for i in ([ids[c]] if c in ids else [8 + b for b in c.encode()])",
            "✓",
            "nothing is lost",
        ),
    ],
)
def test_a_function_is_judged_in_words(window, inside, mark, words):
    place = place_of(window, "stub:02.2")
    type_into(window, place, ANSWER.format(inside))
    said = run_cell(window, place)
    assert said.startswith(mark) and words in said and "Traceback" not in said


def test_a_hint_comes_one_at_a_time(window):
    place = place_of(window, "stub:02.1")
    for number in (1, 2):
        type_into(window, place, 'hint("02.1")')
        said = run_cell(window, place)
        assert f"Hint {number} of 3" in said and f"Hint {number + 1} of 3" not in said


def test_a_solution_that_is_run_stays_folded(window):
    place = place_of(window, "solution:02.2")
    window.run(
        f"{NOTEBOOK} panel.content.activeCellIndex = arguments[0];"
        "return window.jupyterapp.commands.execute('notebook:run-cell')",
        place,
    )
    window.wait_for(f"{NOTEBOOK} return cells[{place}].outputArea.node.innerText.includes('✓')")
    assert "is_solution" not in shown(window, "solution:02.2")
