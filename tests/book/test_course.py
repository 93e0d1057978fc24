"""Addresses: book/chapters.json is their one source, and _toc.yml follows from it."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from mof.launcher.book import pages_in_contents
from mof.launcher.course import Page, contents_file, read_course

ROOT = Path(__file__).parents[2]
COURSE = read_course(ROOT)
# The published addresses. A chapter may be rewritten; its address stays. Add to this list, never change it.
ADDRESSES = """
00_check_your_machine 01_the_budget 02_text_into_tokens 03_a_first_language_model 04_the_rnn_expert
05_linear_attention 06_thought_space 07_the_transformer_expert 08_the_router_and_the_mixture
09_reading_the_published_code 10_training_well 11_where_the_time_goes 12_generating 13_smaller_numbers
14_cleaning_text 15_instructions 16_sparse_attention 17_predicting_before_paying 18_rewards_you_can_check
19_many_machines 20_trust 21_the_four_day_training 22_the_run_replayed
""".split()


def test_the_addresses_of_all_chapters_are_fixed():
    assert [chapter.file for chapter in COURSE.chapters] == [f"notebooks/{name}" for name in ADDRESSES]


def test_chapters_are_numbered_in_order_and_parts_too():
    assert [chapter.number for chapter in COURSE.chapters] == [f"{number:02d}" for number in range(23)]
    assert [part.number for part in COURSE.parts] == [str(number) for number in range(7)]


def test_every_page_has_both_titles_and_a_purpose():
    for page in (*COURSE.chapters, *COURSE.appendices):
        assert page.title and page.after and not page.after.endswith("."), page
        assert re.search(r"[\u4e00-\u9fff]", page.chinese), page


def test_reading_paths():
    numbers = {
        path.id: [chapter.number for chapter in COURSE.chapters if path.id in chapter.paths]
        for path in COURSE.paths
    }
    assert set(numbers) == {id for chapter in COURSE.chapters for id in chapter.paths}
    assert numbers["four-days"] == "00 01 02 04 05 06 07 08 10 11 21 22".split()
    assert len(numbers["the-whole"]) == 23


def test_contents_file_is_up_to_date():
    written = (ROOT / "_toc.yml").read_text(encoding="utf-8")
    assert written == contents_file(COURSE, ROOT), "run: python -m mof.launcher.course"


def test_contents_file_lists_every_notebook_and_nothing_else():
    listed = pages_in_contents((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    assert len(listed) == len(set(listed))
    for page in listed:
        assert any((ROOT / f"{page}{suffix}").is_file() for suffix in (".md", ".ipynb")), page
    notebooks = {f"notebooks/{path.stem}" for path in (ROOT / "notebooks").glob("*.ipynb")}
    assert notebooks == {page for page in listed if page.startswith("notebooks/")}, "see book/chapters.json"
    pages = {path.relative_to(ROOT).with_suffix("").as_posix() for path in (ROOT / "book").rglob("*.md")}
    assert pages == {page for page in listed if page.startswith("book/")}


def test_contents_file_of_a_growing_course(tmp_path):
    (tmp_path / "notebooks").mkdir()
    for name in ("02_text_into_tokens", "00_check_your_machine"):
        (tmp_path / "notebooks" / f"{name}.ipynb").write_text("{}", encoding="utf-8")
    text = contents_file(COURSE, tmp_path)
    assert pages_in_contents(text) == [
        "book/index",
        "notebooks/00_check_your_machine",
        "notebooks/02_text_into_tokens",
    ]
    assert [part for part in re.findall(r'"(.*)"', text)] == ["Part 0: Start", "Part 1: Text"]


def test_only_a_notebook_makes_a_chapter(tmp_path):
    (tmp_path / "a.md").write_text("", encoding="utf-8")
    chapter = Page("a", "A", "甲", number="00")
    assert chapter.source(tmp_path) is None and chapter.heading == "00 A"
    assert replace(chapter, number="").source(tmp_path) == tmp_path / "a.md"


def test_data_file_is_written_as_json_writes_it():
    text = (ROOT / "book" / "chapters.json").read_text(encoding="utf-8")
    assert text == json.dumps(json.loads(text), ensure_ascii=False, indent=1) + "\n"


@pytest.mark.parametrize("name", ["paths", "chapters"])
def test_contents_page_shows_it(name):
    assert f"```{{course-contents}} {name}\n" in (ROOT / "book" / "contents.md").read_text(encoding="utf-8")


def test_pages_below_a_page_stand_below_it(tmp_path):
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "api.md").write_text("", encoding="utf-8")
    text = contents_file(COURSE, tmp_path)
    assert "      - file: book/api\n        sections:\n          - file: book/api/mof\n" in text
