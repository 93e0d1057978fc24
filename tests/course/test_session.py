"""What a reader sees of `check`, `hint` and `progress`: in a script as text, in a notebook as HTML, and
kept."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mof.course import check, hint, progress, session
from mof.course.display import print_safely
from mof.course.progress_file import read_entries
from mof.course.registry import all_exercises
from mof.course.session import _file_at

ROOT = Path(__file__).parents[2]


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """The path where this test's progress is kept."""
    path = tmp_path / "progress.json"
    monkeypatch.setenv("MOF_PROGRESS", str(path))
    _file_at.cache_clear()
    session._unsolved_since.clear()
    return path


def right(head_width):
    return head_width


def stub(head_width):
    raise NotImplementedError


def test_answers_are_shown_and_remembered(kept, capsys):
    check("05.1", stub)
    assert capsys.readouterr().out.startswith("○ Not written yet") and not kept.exists()
    check("05.1", lambda k: k * k)
    shown = capsys.readouterr().out
    assert shown.startswith("✗ That is the size") and '`hint("05.1")` gives a hint' in shown
    check("05.1", right)
    assert capsys.readouterr().out.splitlines() == [
        "✓ Right: at T = K both need the same. From there on the memory wins, and its lead grows with T.",
        "  Chapter 05: 1 of 5 solved.",
    ]
    entry = read_entries(kept)["05.1"]
    assert entry["attempts"] == 2 and entry["solved"] >= entry["first_try"] and entry["solution_run"] is None


def test_a_solution_counts_for_nobody(kept, capsys):
    check("05.1", right, is_solution=True)
    assert "solved" not in capsys.readouterr().out
    entry = read_entries(kept)["05.1"]
    assert entry["attempts"] == 0 and entry["solved"] is None and entry["solution_run"]
    progress()
    assert "○ solution run" in capsys.readouterr().out


@pytest.mark.parametrize("answer", [stub, lambda head_width: head_width**2], ids=["unwritten", "wrong"])
def test_a_solution_that_is_run_with_the_whole_notebook_gives_nothing_away(kept, capsys, answer):
    check("05.1", answer)
    capsys.readouterr()
    check("05.1", right, is_solution=True)
    shown = capsys.readouterr().out
    assert shown.startswith("○ The solution works. It ran together with the cell above")
    assert "T = K" not in shown
    assert not (read_entries(kept) or {}).get("05.1", {}).get("solution_run")
    check("05.1", right)
    progress()
    assert "✓ solved  " in capsys.readouterr().out


def test_a_solution_that_is_run_again_is_meant(kept, capsys):
    check("05.1", stub)
    check("05.1", right, is_solution=True)
    capsys.readouterr()
    check("05.1", right, is_solution=True)
    assert "✓ Right" in capsys.readouterr().out and read_entries(kept)["05.1"]["solution_run"]


def test_a_solution_that_is_run_later_or_after_a_right_answer_is_shown(kept, capsys, monkeypatch):
    check("05.1", stub)
    monkeypatch.setattr(session, "RUN_ALL_SECONDS", 0.0)
    check("05.1", right, is_solution=True)
    assert "✓ Right" in capsys.readouterr().out and read_entries(kept)["05.1"]["solution_run"]
    monkeypatch.undo()
    monkeypatch.setenv("MOF_PROGRESS", str(kept))
    check("05.1", right)
    check("05.1", right, is_solution=True)
    assert "The solution works" not in capsys.readouterr().out


def test_a_first_solution_keeps_its_date(kept):
    check("05.1", right)
    first = read_entries(kept)["05.1"]["solved"]
    check("05.1", lambda k: 3)
    check("05.1", right)
    assert read_entries(kept)["05.1"]["solved"] == first


def test_hints_come_one_by_one_and_end(kept, capsys):
    for count in (1, 2, 3, 3):
        hint("05.1")
        shown = capsys.readouterr().out.splitlines()
        assert [line[:13] for line in shown[:-1]] == [f"Hint {i} of 3: "[:13] for i in range(1, count + 1)]
        assert shown[-1].startswith("That was the last hint" if count == 3 else "Run it again")
    assert read_entries(kept)["05.1"]["hints"] == 3


def test_the_table_tells_what_is_done(kept, capsys):
    check("05.1", right)
    check("05.3", lambda *x: 3)
    hint("05.3")
    capsys.readouterr()
    progress("05")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "1 of 5 exercises solved" and lines[-1] == f"Kept in {kept}"
    rows = {line[:4]: line for line in lines if line.startswith("05.")}
    assert "✓ solved" in rows["05.1"] and rows["05.3"].split()[-3:] == ["tried", "1", "1/3"]
    assert "○ open" in rows["05.2"]


def test_unknown_names_are_refused():
    with pytest.raises(ValueError, match="there is no exercise '05.77'"):
        check("05.77", right)
    with pytest.raises(ValueError, match="there is no exercise 'x'"):
        hint("x")
    with pytest.raises(ValueError, match="chapter '99' has no exercises; these have: .*05"):
        progress("99")


def test_while_a_book_is_built_nothing_is_kept(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("MOF_PROGRESS", "off")
    monkeypatch.chdir(tmp_path)
    check("05.1", right)
    assert "of 5 solved" not in capsys.readouterr().out and not list(tmp_path.iterdir())


SCRIPT = """
from mof.course import check, hint, progress
check("05.1", lambda k: k * k)
hint("05.1")
progress()
"""


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "ascii"])
def test_a_plain_script_on_any_console(kept, encoding):
    variables = {"PYTHONPATH": str(ROOT), "MOF_PROGRESS": str(kept), "PYTHONIOENCODING": encoding}
    finished = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, env=_environment(variables), cwd=kept.parent
    )
    assert finished.returncode == 0, finished.stderr
    lines = finished.stdout.decode(encoding).splitlines()
    mark = "✗" if encoding == "utf-8" else "-"
    assert lines[0].startswith(f"{mark} That is the size") and lines[2].startswith("Hint 1 of 3: ")
    assert any("05.1 when does the memory win?" in line for line in lines)


def test_what_no_console_can_write_becomes_a_question_mark(capsys):
    print_safely("✓ 注意")
    assert capsys.readouterr().out == "✓ 注意\n"


def test_in_a_notebook_each_is_a_box(kept):
    nbclient = pytest.importorskip("nbclient", reason="the book's packages are not installed")
    nbformat = pytest.importorskip("nbformat", reason="the book's packages are not installed")
    notebook = nbformat.v4.new_notebook()
    cells = [SCRIPT, "def f(k):\n    y = k + 1\n    return y / 0\n\ncheck('05.1', f)"]
    cells.append("def g(k):\n    while True:\n        print(k)\n\nfrom mof.course import checking")
    cells.append(
        "from mof.course.registry import find_exercise\nchecking.judge(find_exercise('05.1'), g, 0.2)"
    )
    notebook.cells = [nbformat.v4.new_code_cell(cell) for cell in cells]
    variables = _environment({"PYTHONPATH": str(ROOT), "MOF_PROGRESS": str(kept)})
    client = nbclient.NotebookClient(
        notebook, timeout=600, resources={"metadata": {"path": str(kept.parent)}}
    )
    client.execute(env=variables)
    outputs = [cell.outputs for cell in notebook.cells]
    assert [output.output_type for output in outputs[0]] == ["display_data"] * 3
    verdict, hints, table = (output.data["text/html"] for output in outputs[0])
    assert 'class="verdict verdict-wrong" role="status"' in verdict
    assert '<details class="mof-hint" open><summary>Hint 1 of 3</summary>' in hints
    assert "<caption" in table and table.count('<th scope="row"') == len(all_exercises())
    assert outputs[0][0].data["text/plain"].startswith("✗ That is the size")
    (failed,) = outputs[1]
    assert "line 3" in failed.data["text/plain"] and ">return y / 0</pre>" in failed.data["text/html"]
    (late,) = outputs[3]
    assert "still running after 0.2 seconds" in late.data["text/plain"]
    json.dumps(notebook)


def _environment(variables):
    return {**os.environ, **variables}
