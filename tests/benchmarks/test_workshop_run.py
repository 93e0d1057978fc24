"""The program that runs a plan's notebooks, with runs that are played."""

import json

import pytest
import workshop_run

from mof.lessons.chapter_cost import ChapterCost


@pytest.fixture
def program(tmp_path):
    """Runs the program, each notebook for so many seconds; returns (status, what was written, paths)."""

    def run(seconds):
        paths = []

        def measure(path):
            paths.append(path)
            return ChapterCost(1, 1, seconds, 1_200_000_000)

        words = ["--plan", "ninety-minutes", "--output", str(tmp_path / "out.json")]
        status = workshop_run.main(words, measure)
        return status, json.loads((tmp_path / "out.json").read_text(encoding="utf-8")), paths

    return run


def test_three_notebooks_are_run_in_the_order_of_the_plan(program):
    status, result, paths = program(80.0)
    assert status == 0 and [path.stem[:2] for path in paths] == ["02", "03", "05"]
    assert all(path.is_file() for path in paths)
    assert [row["chapter"] for row in result["chapters"]] == ["02", "03", "05"]
    assert all(row["seconds"] == 80.0 and row["do_minutes"] > 2 for row in result["chapters"])
    assert result["date"] and result["machine"]["cores"] >= 1 and "workshop_run.py" in result["command"]


def test_a_notebook_that_takes_too_long_is_told(program, capsys):
    assert program(3600.0)[0] == 1
    assert "too long: 02, 03, 05" in capsys.readouterr().out
