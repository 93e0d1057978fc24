"""Teaching the course, as book/data/teaching.json plans it: minutes of sections, plans of a day or a term.

Typed in that file are the minutes to explain a section (`teach`), and to run its cells and move its figures
(`try`). All else is computed: exercises bring the minutes of the registry, the code's time is that of the
chapter's card, times 1.3. Nothing here needs Sphinx.
"""

import functools
import json
import re
from dataclasses import dataclass
from pathlib import Path

from mof.course.notebook_cells import STUB, read_notebook, role, source
from mof.course.registry import all_exercises
from mof.launcher.course import read_course
from mof.machine.chapter_times import read_card

FILE = Path("book") / "data" / "teaching.json"
CODE_FACTOR = 1.3  # room for the first run of a room full of laptops, over the time on the card
ALL = "all"
_HEADING = re.compile(r"^## (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Section:
    """A section of a chapter, in class.

    Args:
        heading: as it stands in the notebook, second level.
        teach: minutes to explain it. tried: minutes to run its cells and move its figures.
        exercises: ids of the exercises in it.
    """

    heading: str
    teach: int
    tried: int
    exercises: tuple[str, ...] = ()

    def do(self, exercises: tuple[str, ...] | None = None) -> int:
        """Minutes of work, with all exercises of the section, or with those of them that are given."""
        chosen = [id for id in self.exercises if exercises is None or id in exercises]
        return self.tried + sum(exercise_minutes(id) for id in chosen)


@dataclass(frozen=True)
class ChapterGuide:
    """How to teach a chapter.

    Args:
        number, title, file: as in the course.
        goals: what to ask of the class afterwards. opening: how to begin. pitfall: what goes wrong in heads.
        sections: in the notebook's order, all of them.
        run_seconds, memory_bytes: what its card says.
    """

    number: str
    title: str
    file: str
    goals: tuple[str, ...]
    opening: str
    pitfall: str
    sections: tuple[Section, ...]
    run_seconds: float
    memory_bytes: int

    @property
    def teach(self) -> int:
        return sum(section.teach for section in self.sections)

    @property
    def do(self) -> int:
        return sum(section.do() for section in self.sections)

    @property
    def code_minutes(self) -> float:
        return self.run_seconds * CODE_FACTOR / 60

    @property
    def exercises(self) -> tuple[str, ...]:
        return tuple(id for section in self.sections for id in section.exercises)


@dataclass(frozen=True)
class Slot:
    """A stretch of a session, in one piece.

    Args:
        title: "" for a chapter, which has its own.
        teach, do, pause: minutes.
        chapter: its guide, or None. sections, exercises: what is taken of it.
        homework: exercises for afterwards. text: what happens.
    """

    title: str
    teach: int
    do: int
    pause: int
    text: str = ""
    chapter: ChapterGuide | None = None
    sections: tuple[Section, ...] = ()
    exercises: tuple[str, ...] = ()
    homework: tuple[str, ...] = ()

    @property
    def minutes(self) -> int:
        return self.teach + self.do + self.pause

    @property
    def left_out(self) -> tuple[str, ...]:
        """Headings of the chapter that this slot does not touch."""
        taken = {section.heading for section in self.sections}
        sections = self.chapter.sections if self.chapter else ()
        return tuple(section.heading for section in sections if section.heading not in taken)


@dataclass(frozen=True)
class Session:
    """Slots without a night between them."""

    title: str
    minutes: int
    slots: tuple[Slot, ...]

    @property
    def chapters(self) -> tuple[ChapterGuide, ...]:
        return tuple(dict.fromkeys(slot.chapter for slot in self.slots if slot.chapter))


@dataclass(frozen=True)
class Plan:
    """A workshop or a term.

    Args:
        for_whom: who should come. before: what to do beforehand. skipped: what such a class does not get.
    """

    id: str
    title: str
    minutes: int
    for_whom: str
    before: str
    skipped: str
    sessions: tuple[Session, ...]


@functools.cache
def exercise_minutes(id: str) -> int:
    return all_exercises()[id].minutes


def notebook_sections(path: Path) -> dict[str, tuple[str, ...]]:
    """Headings of the second level, each with the ids of the exercises below it."""
    found, heading = {}, ""
    for cell in read_notebook(path)["cells"]:
        if cell["cell_type"] == "markdown":
            for heading in _HEADING.findall(source(cell)):
                found[heading] = ()
        elif (named := role(cell)) and named[0] == STUB:
            found[heading] += (named[1],)
    return found


def read_teaching(root: Path) -> tuple[dict[str, ChapterGuide], tuple[Plan, ...]]:
    """The guides by chapter number, and the plans.

    Raises:
        ValueError: a section or an exercise that is not in its notebook, a chapter without a card, minutes
            that do not sum to the length of their session, or too few of them for the chapter's code. The
            message says where.
    """
    record = json.loads((root / FILE).read_text(encoding="utf-8"))
    pages = {chapter.number: chapter for chapter in read_course(root).chapters}
    guides = {entry["number"]: _guide(entry, pages, root) for entry in record["chapters"]}
    return guides, tuple(_plan(entry, guides) for entry in record["plans"])


def _guide(entry: dict, pages: dict, root: Path) -> ChapterGuide:
    number = entry["number"]
    page = pages.get(number)
    path = page and page.source(root)
    if path is None:
        raise ValueError(f"{FILE}: chapter {number!r} is not written. Take it out, or write it first.")
    card = read_card(path)
    if card is None:
        raise ValueError(f"{path.name} has no card with seconds and memory: measure them (chapter_cost).")
    there = notebook_sections(path)
    named = [section["heading"] for section in entry["sections"]]
    if named != list(there):
        wrong = sorted(set(named) ^ set(there)) or "their order"
        raise ValueError(f"{FILE}, chapter {number}: sections differ from {path.name}: {wrong}.")
    sections = tuple(
        Section(s["heading"], _minutes(s, "teach", number), _minutes(s, "try", number), there[s["heading"]])
        for s in entry["sections"]
    )
    guide = ChapterGuide(
        number,
        page.title,
        page.file,
        tuple(entry["goals"]),
        entry["opening"],
        entry["pitfall"],
        sections,
        *card,
    )
    if guide.do < guide.code_minutes:
        raise ValueError(f"{FILE}, chapter {number}: {guide.do} minutes to do, its code takes more.")
    return guide


def _plan(entry: dict, guides: dict[str, ChapterGuide]) -> Plan:
    sessions = tuple(_session(session, entry["id"], guides) for session in entry["sessions"])
    total = sum(session.minutes for session in sessions)
    if total != entry["minutes"]:
        place = f"{FILE}, plan {entry['id']}"
        raise ValueError(f"{place}: its sessions have {total} minutes, not {entry['minutes']}.")
    texts = (entry[name] for name in ("for_whom", "before", "skipped"))
    return Plan(entry["id"], entry["title"], entry["minutes"], *texts, sessions)


def _session(entry: dict, plan: str, guides: dict[str, ChapterGuide]) -> Session:
    slots = tuple(_slot(slot, plan, guides) for slot in entry["slots"])
    place = f"{FILE}, plan {plan}, {entry['title']}"
    total = sum(slot.minutes for slot in slots)
    if total != entry["minutes"]:
        raise ValueError(f"{place}: its slots have {total} minutes, not {entry['minutes']}.")
    session = Session(entry["title"], entry["minutes"], slots)
    for chapter in session.chapters:
        do = sum(slot.do for slot in slots if slot.chapter is chapter)
        if do < chapter.code_minutes:
            raise ValueError(f"{place}: {do} minutes to do in chapter {chapter.number}, its code takes more.")
    return session


def _slot(entry: dict, plan: str, guides: dict[str, ChapterGuide]) -> Slot:
    place = f"{FILE}, plan {plan}"
    if "chapter" not in entry:
        minutes = [_minutes(entry, name, plan) if name in entry else 0 for name in ("teach", "do", "break")]
        return Slot(entry["title"], *minutes, text=entry.get("text", ""))
    if entry["chapter"] not in guides:
        raise ValueError(f"{place}: there is no guide to chapter {entry['chapter']!r}.")
    chapter = guides[entry["chapter"]]
    by_heading = {section.heading: section for section in chapter.sections}
    headings = list(by_heading) if entry["sections"] == ALL else entry["sections"]
    if unknown := [heading for heading in headings if heading not in by_heading]:
        raise ValueError(f"{place}, chapter {chapter.number}: no such section: {unknown}.")
    sections = tuple(by_heading[heading] for heading in headings)
    there = [id for section in sections for id in section.exercises]
    homework = tuple(entry.get("homework", ()))
    given = entry.get("exercises", ())
    exercises = tuple(id for id in (there if given == ALL else given) if id not in homework)
    if unknown := [id for id in (*exercises, *homework) if id not in chapter.exercises]:
        raise ValueError(f"{place}, chapter {chapter.number}: no such exercise: {unknown}.")
    if unknown := [id for id in exercises if id not in there]:
        raise ValueError(f"{place}, chapter {chapter.number}: exercises of sections left out: {unknown}.")
    return Slot(
        "",
        sum(section.teach for section in sections),
        sum(section.do(exercises) for section in sections),
        0,
        entry.get("text", ""),
        chapter,
        sections,
        exercises,
        homework,
    )


def _minutes(entry: dict, name: str, place: str) -> int:
    value = entry.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 240:
        raise ValueError(f"{FILE}, {place}: {name} is {value!r}, expected whole minutes, 0 to 240: {entry}.")
    return value
