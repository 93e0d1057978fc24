"""Chapters' times from their cards."""

import json

import pytest

from mof.machine.chapter_times import CARD_TOKENS_PER_SECOND, chapter_times, read_card


def write_notebook(path, text):
    cells = [{"cell_type": "markdown", "source": text.splitlines(keepends=True)}]
    path.write_text(json.dumps({"cells": cells}), encoding="utf-8")
    return path


CARD = "# A chapter\n\n| to read | to run on 2 cores | memory |\n|---|---|---|\n| 45 minutes | {} | {} |\n"


@pytest.mark.parametrize(
    ("run", "memory", "expected"),
    [
        ("72 seconds", "1.2 GB", (72.0, 1_200_000_000)),
        ("1 minute", "0.9 GB", (60.0, 900_000_000)),
        ("2.5 minutes, at most", "1 GB", (150.0, 1_000_000_000)),
        ("1 hour", "4 GB", (3600.0, 4_000_000_000)),
        ("not yet measured", "1 GB", None),
    ],
)
def test_cards(tmp_path, run, memory, expected):
    assert read_card(write_notebook(tmp_path / "a.ipynb", CARD.format(run, memory))) == expected


def test_a_page_without_card(tmp_path):
    assert read_card(write_notebook(tmp_path / "a.ipynb", "# No card")) is None


def test_the_written_chapters_scale_with_the_speed():
    here = chapter_times(CARD_TOKENS_PER_SECOND)
    slower = chapter_times(CARD_TOKENS_PER_SECOND / 3)
    assert here and all(chapter.seconds == pytest.approx(chapter.card_seconds) for chapter in here)
    assert [c.seconds for c in slower] == pytest.approx([3 * c.seconds for c in here])


def test_without_the_course_there_are_no_chapters(tmp_path):
    assert chapter_times(1000.0, root=tmp_path) == []
