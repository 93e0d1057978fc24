"""The instructor's pages show what was computed. Skipped where the book's packages are not installed."""

import json
import math
from pathlib import Path

import pytest

pytest.importorskip("sphinx", reason="the book's packages are not installed (python start.py book)")
pytest.importorskip("myst_nb", reason="the book's packages are not installed (python start.py book)")

import teaching  # noqa: E402
import teaching_pages as pages  # noqa: E402
from docutils import nodes  # noqa: E402
from error_texts import known_errors, launcher_errors  # noqa: E402

from mof.launcher.published_site import show_slides  # noqa: E402

ROOT = Path(__file__).parents[2]
GUIDES, PLANS = teaching.read_teaching(ROOT)
TROUBLES = pages.read_troubles(ROOT)


def rows(table):
    """The text of a table, row by row."""
    return [[cell.astext() for cell in row.findall(nodes.entry)] for row in table.findall(nodes.row)]


def test_the_table_of_all_chapters_adds_up():
    _head, *chapters, last = rows(pages.times_table(GUIDES))
    assert len(chapters) == len(GUIDES)
    for column in range(1, 5):
        assert sum(int(row[column]) for row in chapters) == int(last[column])
    for _name, teach, do, code, together in chapters:
        assert int(teach) + int(do) == int(together) and int(code) <= int(do)


@pytest.mark.parametrize("guide", GUIDES.values(), ids=list(GUIDES))
def test_the_table_of_a_chapter_adds_up(guide):
    _head, *sections, last = rows(pages.section_table(guide))
    assert sum(int(row[1]) for row in sections) == int(last[1]) == guide.teach
    do, code = (int(part.split()[-1]) for part in last[2].split(","))
    assert sum(int(row[2]) for row in sections) == do == guide.do
    assert code == math.ceil(guide.run_seconds * 1.3 / 60)


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.id)
def test_the_clock_of_a_session_runs_to_its_end(plan):
    for session in plan.sessions:
        _head, *slots, last = rows(pages.session_table(session))
        clock = 0
        for start, _what, teach, do, code, pause, minutes in slots:
            assert start == f"{clock // 60}:{clock % 60:02d}"
            assert sum(int(number or 0) for number in (teach, do, pause)) == int(minutes)
            assert int(code or 0) <= int(do or 0)
            clock += int(minutes)
        assert clock == session.minutes == int(last[-1])
        for column in range(2, 6):
            assert sum(int(row[column] or 0) for row in slots) == int(last[column])


def test_a_slot_says_what_is_left_out():
    slot = next(slot for slot in PLANS[0].sessions[0].slots if slot.chapter)
    said = pages.slot_notes(slot)
    for section in slot.chapter.sections:
        taken, _sign, left = said.partition("- Left out: ")
        assert section.heading in (left if section.heading in slot.left_out else taken)


def test_a_plan_says_how_many_exercises_are_done():
    assert "2 of the 15 exercises" in pages.counted(PLANS[0])


@pytest.mark.parametrize("guide", GUIDES.values(), ids=list(GUIDES))
def test_a_chapters_slides_are_linked_once_they_are_published(guide):
    deck = Path(guide.file).name
    said = pages.slides_offer(guide.file).astext()
    assert "hidden" in said and "href" not in said
    shown = show_slides(said, "book/instructors_guide", {deck: f"slides/{deck}.html"})
    assert f'<a href="../slides/{deck}.html">slides</a>' in shown and "hidden" not in shown


# --- troubles ---


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.sign[:40])
def test_a_trouble_has_a_sign_and_a_fix(trouble):
    assert trouble.group and len(trouble.sign) > 15 and len(trouble.fix) > 40


def test_the_troubles_cover_systems_network_time_and_notebooks():
    groups = list(dict.fromkeys(trouble.group for trouble in TROUBLES))
    assert groups == ["Before the class", "Windows", "No network", "Time", "In the notebooks"]
    assert sum(bool(trouble.errors) for trouble in TROUBLES) >= 8


def test_each_error_stands_there_with_its_own_fix():
    text = " ".join(node.astext() for node in pages.trouble_nodes(TROUBLES))
    fixes = {error.text: error.fix for error in (*known_errors(ROOT), *launcher_errors(ROOT))}
    for trouble in TROUBLES:
        assert trouble.sign in text
        for error in trouble.errors:
            assert error in text and fixes[error].replace("`", "") in text


def test_an_error_text_that_nothing_shows_is_refused(tmp_path):
    (tmp_path / "book" / "data").mkdir(parents=True)
    (tmp_path / "mof" / "launcher").mkdir(parents=True)
    (tmp_path / "book" / "data" / "errors.json").write_text("[]", encoding="utf-8")
    entry = {"group": "g", "sign": "s", "fix": "f", "errors": ["The moon is full."]}
    (tmp_path / pages.TROUBLES).write_text(json.dumps([entry]), encoding="utf-8")
    with pytest.raises(ValueError, match=r"no such error text.*The moon is full"):
        pages.read_troubles(tmp_path)


# --- pages ---


def test_the_pages_hold_all_four_parts_and_the_cover_leads_there():
    guide = (ROOT / "book" / "instructors_guide.md").read_text(encoding="utf-8")
    plans = (ROOT / "book" / "workshop_plans.md").read_text(encoding="utf-8")
    for name in ("times", "chapters", "troubles"):
        assert f"```{{teaching}} {name}\n" in guide
    assert "```{teaching} plans\n" in plans
    cover = (ROOT / "book" / "index.md").read_text(encoding="utf-8")
    assert "](instructors_guide.md)" in cover and "](workshop_plans.md)" in cover


def test_no_page_says_that_a_class_was_timed():
    for name in ("instructors_guide", "workshop_plans"):
        text = " ".join((ROOT / "book" / f"{name}.md").read_text(encoding="utf-8").split())
        assert "No class has been timed" in text or "no class has been timed" in text


def test_a_run_of_a_plan_is_told_as_it_was_recorded_and_else_nothing(tmp_path):
    assert pages.measured_run(PLANS[0], tmp_path) == ""
    result = {
        "command": "python it.py",
        "date": "2026-01-02",
        "machine": {"processor": "A chip", "cores": 2.0},
        "busy_cores_before": 0.04,
        "chapters": [{"chapter": "02", "seconds": 79.4}, {"chapter": "03", "seconds": 62.0}],
    }
    (tmp_path / "workshop_ninety-minutes.json").write_text(json.dumps(result), encoding="utf-8")
    said = pages.measured_run(PLANS[0], tmp_path)
    assert "2026-01-02, on A chip, 2 cores of which 0.0 were busy" in said
    assert "chapter 02 79 s, chapter 03 62 s (`python it.py`)" in said
