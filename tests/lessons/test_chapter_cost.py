"""What a chapter's card says."""

import json

import pytest

from mof.lessons.chapter_cost import count_words, main


def notebook(folder, *cells):
    path = folder / "n.ipynb"
    kinds = [
        {"cell_type": kind, "id": f"c{i}", "metadata": {}, "source": s} for i, (kind, s) in enumerate(cells)
    ]
    for cell in kinds:
        if cell["cell_type"] == "code":
            cell.update(outputs=[], execution_count=None)
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    content = {"cells": kinds, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return path


def test_words_are_what_holds_a_letter(tmp_path):
    text = '<div class="mof-card">\n\n**Read** the 3 | 4 tokens 猫喝水 of 1,000.\n\n</div>'
    assert count_words(notebook(tmp_path, ("markdown", text), ("code", "a = b + 1"))) == 7


def test_a_notebook_is_run_and_its_memory_watched(tmp_path, capsys):
    pytest.importorskip("nbclient", reason="the book's packages are not installed (python start.py book)")
    code = "import time\nimport mof\nx = bytearray(150_000_000)\ntime.sleep(0.6)"
    main([str(notebook(tmp_path, ("code", code)))])
    words, rest = capsys.readouterr().out.split(" words, ")
    assert words.endswith("n.ipynb: 7") and rest.startswith("5 minutes to read; ")
    assert 0.15 < float(rest.split(";")[2].split()[0]) < 1.0
