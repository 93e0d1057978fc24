"""The plans of the instructor's pages: every sum is made again here from the files, in another way."""

import json
import math
import re
import shutil
from pathlib import Path

import pytest
import teaching
from hypothesis import given
from hypothesis import strategies as st

from mof.course.registry import all_exercises
from mof.launcher.course import read_course

ROOT = Path(__file__).parents[2]
GUIDES, PLANS = teaching.read_teaching(ROOT)
RECORD = json.loads((ROOT / teaching.FILE).read_text(encoding="utf-8"))
LENGTHS = {"ninety-minutes": 90, "half-day": 210, "two-days": 2 * 360, "term": 14 * 120}
SESSIONS = [(plan.id, session) for plan in PLANS for session in plan.sessions]
sessions = pytest.mark.parametrize(
    "session", [s for _, s in SESSIONS], ids=[f"{plan}: {s.title}" for plan, s in SESSIONS]
)


def notebook_text(number):
    """All cells of a chapter, as text."""
    (path,) = (ROOT / "notebooks").glob(f"{number}_*.ipynb")
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return "\n".join("".join(cell["source"]) for cell in cells)


def card_seconds(number):
    """What the card says, read without the package's own reader."""
    row = notebook_text(number).split("| to read | to run on 2 cores | memory |")[1].splitlines()[2]
    amount, unit = row.split("|")[2].split()[:2]
    return float(amount) * {"second": 1, "minute": 60}[unit.rstrip("s")]


def minutes_of(slot):
    """The minutes of a slot, from the file alone: (teach, do, break)."""
    if "chapter" not in slot:
        return slot.get("teach", 0), slot.get("do", 0), slot.get("break", 0)
    (chapter,) = (c for c in RECORD["chapters"] if c["number"] == slot["chapter"])
    taken = [s for s in chapter["sections"] if slot["sections"] == "all" or s["heading"] in slot["sections"]]
    exercises = slot.get("exercises", [])
    if exercises == "all":
        exercises = [id for id in all_exercises() if id.startswith(slot["chapter"])]
    done = [all_exercises()[id].minutes for id in exercises if id not in slot.get("homework", [])]
    return sum(s["teach"] for s in taken), sum(s["try"] for s in taken) + sum(done), 0


def test_every_written_chapter_has_a_guide():
    written = [chapter.number for chapter in read_course(ROOT).chapters if chapter.source(ROOT)]
    assert list(GUIDES) == written and len(written) >= 12


@pytest.mark.parametrize("guide", GUIDES.values(), ids=list(GUIDES))
def test_a_guide_says_what_a_teacher_needs(guide):
    assert 3 <= len(guide.goals) <= 5 and all(goal[0].islower() for goal in guide.goals)
    assert guide.opening.endswith((".", "?")) and guide.pitfall.endswith((".", "?"))
    assert guide.code_minutes == pytest.approx(card_seconds(guide.number) * 1.3 / 60)
    assert guide.do >= guide.code_minutes
    headings = re.findall(r"^## (.+)$", notebook_text(guide.number), re.MULTILINE)
    assert [section.heading for section in guide.sections] == headings
    assert all(section.teach > 0 for section in guide.sections)


@pytest.mark.parametrize("number", list(GUIDES))
def test_every_exercise_stands_in_one_section_of_its_chapter(number):
    ids = [id for id in all_exercises() if id.startswith(number)]
    assert list(GUIDES[number].exercises) == ids
    minutes = sum(all_exercises()[id].minutes for id in ids)
    assert GUIDES[number].do == sum(s.tried for s in GUIDES[number].sections) + minutes


def test_the_plans_are_the_four_that_were_promised():
    assert {plan.id: plan.minutes for plan in PLANS} == LENGTHS
    for plan in PLANS:
        assert len(plan.skipped) > 60 and plan.for_whom and plan.before


def test_the_minutes_of_the_slots_sum_to_the_length_of_their_session_and_plan():
    for plan in RECORD["plans"]:
        for session in plan["sessions"]:
            sums = [sum(column) for column in zip(*map(minutes_of, session["slots"]), strict=True)]
            assert sum(sums) == session["minutes"], f"{plan['id']}, {session['title']}: {sums}"
        assert sum(session["minutes"] for session in plan["sessions"]) == LENGTHS[plan["id"]]


@sessions
def test_the_plan_that_is_shown_is_the_one_of_the_file(session):
    raw = next(s for p in RECORD["plans"] for s in p["sessions"] if s["title"] == session.title)
    for slot, given_slot in zip(session.slots, raw["slots"], strict=True):
        assert (slot.teach, slot.do, slot.pause) == minutes_of(given_slot)
        assert slot.minutes > 0


@sessions
def test_there_is_time_for_the_code_of_each_chapter(session):
    for chapter in session.chapters:
        do = sum(slot.do for slot in session.slots if slot.chapter is chapter)
        assert do >= card_seconds(chapter.number) * 1.3 / 60


@sessions
def test_nobody_sits_still_for_two_hours(session):
    since = 0
    for slot in session.slots:
        since = 0 if slot.pause else since + slot.minutes
        assert since <= 125
    if session.minutes >= 180:
        assert sum(slot.pause for slot in session.slots) >= 20


def test_the_ninety_minutes_take_three_notebooks_that_run_in_their_time():
    (plan,) = (plan for plan in PLANS if plan.id == "ninety-minutes")
    (session,) = plan.sessions
    assert len(session.chapters) == 3
    for chapter in session.chapters:
        (slot,) = (slot for slot in session.slots if slot.chapter is chapter)
        assert math.ceil(chapter.code_minutes) <= slot.do, "the whole notebook, not the named sections alone"
        assert slot.left_out, "what is skipped is said"


@given(st.data())
def test_a_slot_has_the_minutes_of_what_it_takes(data):
    number = data.draw(st.sampled_from(sorted(GUIDES)))
    guide = GUIDES[number]
    chosen = data.draw(st.lists(st.sampled_from(guide.sections), min_size=1, unique=True))
    ids = [id for section in chosen for id in section.exercises]
    exercises = data.draw(st.lists(st.sampled_from(ids), unique=True)) if ids else []
    entry = {"chapter": number, "sections": [s.heading for s in chosen], "exercises": exercises}
    slot = teaching._slot(entry, "a plan", GUIDES)
    assert (slot.teach, slot.do, slot.pause) == minutes_of(entry)
    assert len(slot.left_out) + len(slot.sections) == len(guide.sections)


# --- a file that is wrong is refused, with the place ---


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    root = tmp_path_factory.mktemp("project")
    shutil.copytree(ROOT / "notebooks", root / "notebooks", ignore=shutil.ignore_patterns(".*"))
    (root / "book" / "data").mkdir(parents=True)
    shutil.copy(ROOT / "book" / "chapters.json", root / "book")
    return root


def spoiled(change):
    record = json.loads(json.dumps(RECORD))
    change(record)
    return record


def chapter(record, number="05"):
    return next(entry for entry in record["chapters"] if entry["number"] == number)


def slots(record):
    return record["plans"][0]["sessions"][0]["slots"]


def make_idle(record):
    """A slot whose code takes longer than the minutes to do, at an unchanged sum."""
    slot = next(slot for slot in slots(record) if slot.get("chapter") == "03")
    slot["sections"] = ["The question", "A memory of one number"]
    slots(record)[0]["teach"] += 24 - 8


SPOILS = {
    "a longer welcome": (lambda r: slots(r)[0].update(teach=6), "91 minutes, not 90"),
    "a longer plan": (lambda r: r["plans"][0].update(minutes=95), "90 minutes, not 95"),
    "no time for code": (make_idle, "0 minutes to do in chapter 03, its code takes more"),
    "no such section": (lambda r: slots(r)[1]["sections"].append("The end"), "no such section: ['The end']"),
    "no such exercise": (lambda r: slots(r)[1].update(exercises=["02.9"]), "no such exercise: ['02.9']"),
    "an exercise left out": (lambda r: slots(r)[1].update(exercises=["02.5"]), "sections left out: ['02.5']"),
    "no such chapter": (lambda r: slots(r)[1].update(chapter="12"), "no guide to chapter '12'"),
    "a heading that is gone": (lambda r: chapter(r)["sections"][2].update(heading="Costs"), "Costs"),
    "sections in disorder": (lambda r: chapter(r)["sections"].reverse(), "their order"),
    "an unwritten chapter": (lambda r: chapter(r).update(number="12"), "chapter '12' is not written"),
    "half a minute": (lambda r: chapter(r)["sections"][0].update(teach=0.5), "teach is 0.5"),
    "a yes for a number": (lambda r: chapter(r)["sections"][0].update(teach=True), "teach is True"),
    "less than nothing": (lambda r: slots(r)[0].update(teach=-5), "teach is -5"),
}


@pytest.mark.parametrize("name", SPOILS)
def test_a_wrong_file_is_refused(project, name):
    change, message = SPOILS[name]
    (project / teaching.FILE).write_text(json.dumps(spoiled(change)), encoding="utf-8")
    with pytest.raises(ValueError, match=re.escape(message)):
        teaching.read_teaching(project)


def test_the_right_file_is_taken(project):
    (project / teaching.FILE).write_text(json.dumps(RECORD), encoding="utf-8")
    assert teaching.read_teaching(project) == (GUIDES, PLANS)
