"""The instructor's pages: `{teaching} times`, `chapters`, `plans` and `troubles`.

Minutes are those of teaching.py, computed from the cards, the exercises and book/data/teaching.json. The
troubles of a class stand in book/data/class_troubles.json; the fix of an error comes from the list of errors.
"""

import json
import math
from dataclasses import dataclass
from pathlib import Path

import teaching
from docstring_nodes import words
from docutils import nodes
from docutils.statemachine import StringList
from error_texts import known_errors, launcher_errors
from later_links import later_link
from sphinx.util.docutils import SphinxDirective

from mof.course.translation import _, ngettext
from mof.lessons.records import ROOT as PROJECT

TROUBLES = Path("book") / "data" / "class_troubles.json"
ERRORS_PAGE = "book/troubleshooting"
RESULTS = PROJECT / "benchmarks" / "results"


@dataclass(frozen=True)
class Trouble:
    """What goes wrong in class.

    Args:
        group: a heading. sign: what is seen. fix: what an instructor does.
        errors: texts of the list of errors, or of `start.py`, that belong to it.
    """

    group: str
    sign: str
    fix: str
    errors: tuple[str, ...]


def read_troubles(root: Path) -> list[Trouble]:
    """All troubles, in their order.

    Raises:
        ValueError: an error text that nothing shows.
    """
    record = json.loads((root / TROUBLES).read_text(encoding="utf-8"))
    known = {error.text for error in (*known_errors(root), *launcher_errors(root))}
    found = [Trouble(**entry | {"errors": tuple(entry["errors"])}) for entry in record]
    for trouble in found:
        if lost := [text for text in trouble.errors if text not in known]:
            raise ValueError(f"{TROUBLES}: no such error text in the list of errors or in start.py: {lost}.")
    return found


class Teaching(SphinxDirective):
    """`{teaching} times`: a line a chapter; `chapters`: each with its sections; `plans`; `troubles`."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        self.env.note_reread()  # cards, exercises and headings change on other pages
        if self.arguments[0] == "troubles":
            return trouble_nodes(read_troubles(PROJECT))
        guides, plans = teaching.read_teaching(PROJECT)
        if self.arguments[0] == "times":
            return [times_table(guides)]
        if self.arguments[0] == "plans":
            return [self.plan_section(plan) for plan in plans]
        return [self.chapter_section(guide) for guide in guides.values()]

    def chapter_section(self, guide: teaching.ChapterGuide) -> nodes.section:
        made = section(f"teach-{guide.number}", f"{guide.number} {guide.title}")
        link = later_link(_("The chapter"), guide.file)
        made += nodes.paragraph("", "", link, nodes.Text(needs(guide)), slides_offer(guide.file))
        made += self.markdown(f"**{_('Afterwards, ask them to')}**")
        made += bullets(guide.goals)
        made += self.markdown(f"**{_('Begin.')}** {guide.opening}")
        made += self.markdown(f"**{_('Watch for.')}** {guide.pitfall}")
        made += section_table(guide)
        return made

    def plan_section(self, plan: teaching.Plan) -> nodes.section:
        made = section(f"plan-{plan.id}", plan.title)
        made += self.markdown(f"**{_('For.')}** {plan.for_whom}")
        made += self.markdown(f"**{_('Before.')}** {plan.before}")
        made += self.markdown(f"**{_('What is skipped.')}** {plan.skipped}")
        made += nodes.paragraph("", counted(plan))
        if ran := measured_run(plan):
            made += self.markdown(ran)
        for session in plan.sessions:
            if len(plan.sessions) > 1:
                made += nodes.rubric("", session.title)
            made += session_table(session)
            for slot in session.slots:
                if notes := slot_notes(slot):
                    made += self.markdown(notes)
        return made

    def markdown(self, text: str) -> list[nodes.Node]:
        container = nodes.Element()
        lines = StringList(text.splitlines(), self.env.doc2path(self.env.docname))
        self.state.nested_parse(lines, self.content_offset, container)
        return container.children


def slides_offer(file: str) -> nodes.raw:
    """A link to a chapter's slides, hidden until `start.py publish` has put them beside the page.

    Args:
        file: of the chapter, without suffix.
    """
    words = _("Its <a>slides</a>.")
    return nodes.raw("", f' <span data-slides="{Path(file).name}" hidden>{words}</span>', format="html")


def needs(guide: teaching.ChapterGuide) -> str:
    """What its card asks of a machine."""
    return _(" ran in {seconds} seconds when it was measured; plan {minutes}. It needs {memory} GB.").format(
        seconds=f"{guide.run_seconds:.0f}",
        minutes=minutes_words(code_minutes(guide)),
        memory=f"{guide.memory_bytes / 1e9:.1f}",
    )


def code_minutes(guide: teaching.ChapterGuide) -> int:
    """The code's time in whole minutes, rounded up."""
    return math.ceil(guide.code_minutes)


def minutes_words(number: int) -> str:
    return ngettext("{number} minute", "{number} minutes", number).format(number=number)


def times_table(guides: dict[str, teaching.ChapterGuide]) -> nodes.table:
    head = [_("chapter"), _("teach"), _("do"), _("of which code"), _("together")]
    rows = []
    for guide in guides.values():
        link = later_link(f"{guide.number} {guide.title}", guide.file)
        rows.append([link, guide.teach, guide.do, code_minutes(guide), guide.teach + guide.do])
    sums = [sum(row[i] for row in rows) for i in range(1, 5)]
    return table(head, [*rows, [nodes.strong("", _("all")), *sums]])


def section_table(guide: teaching.ChapterGuide) -> nodes.table:
    head = [_("section"), _("teach"), _("do"), _("exercises")]
    rows = [[s.heading, s.teach, s.do(), ", ".join(s.exercises)] for s in guide.sections]
    do = _("{minutes}, of which code {code}").format(minutes=guide.do, code=code_minutes(guide))
    return table(head, [*rows, [nodes.strong("", _("together")), guide.teach, do, ""]])


def session_table(session: teaching.Session) -> nodes.table:
    """The slots of a session with the minute at which each begins."""
    head = [_("from"), _("what"), _("teach"), _("do"), _("code in it"), _("break"), _("minutes")]
    rows, start, seen = [], 0, set()
    for slot in session.slots:
        code = code_minutes(slot.chapter) if slot.chapter and slot.chapter not in seen else 0
        seen.add(slot.chapter)
        numbers = [number or "" for number in (slot.teach, slot.do, code, slot.pause)]
        rows.append([f"{start // 60}:{start % 60:02d}", slot_title(slot), *numbers, slot.minutes])
        start += slot.minutes
    sums = [sum(getattr(slot, name) for slot in session.slots) for name in ("teach", "do", "pause")]
    code = sum(map(code_minutes, session.chapters))
    last = [f"{start // 60}:{start % 60:02d}", nodes.strong("", _("together"))]
    return table(head, [*rows, [*last, sums[0], sums[1], code, sums[2], session.minutes]])


def slot_title(slot: teaching.Slot) -> nodes.Node | str:
    if slot.chapter is None:
        return slot.title
    return later_link(f"{slot.chapter.number} {slot.chapter.title}", slot.chapter.file)


def slot_notes(slot: teaching.Slot) -> str:
    """What is taken of a chapter, what is left out, and what else is to be said; Markdown."""
    if slot.chapter is None:
        return f"**{slot.title}.** {slot.text}" if slot.text else ""
    taken = [section.heading for section in slot.sections if slot.left_out]
    entries = (
        (_("Sections"), taken),
        (_("Exercises"), slot.exercises),
        (_("Homework"), slot.homework),
        (_("Left out"), slot.left_out),
    )
    lines = [f"- {name}: {' · '.join(listed)}" for name, listed in entries if listed]
    return "\n".join([f"**{slot.chapter.number}.** {slot.text}", "", *lines])


def counted(plan: teaching.Plan) -> str:
    """How its minutes divide, and how many exercises are done."""
    slots = [slot for session in plan.sessions for slot in session.slots]
    teach, do, pause = (sum(getattr(slot, name) for slot in slots) for name in ("teach", "do", "pause"))
    chapters = dict.fromkeys(slot.chapter for slot in slots if slot.chapter)
    done = {id for slot in slots for id in slot.exercises}
    return _(
        "Together {minutes} minutes: {teach} to teach, {do} to do, {pause} of breaks. {done} of the {all} "
        "exercises of its chapters are done in class."
    ).format(
        minutes=plan.minutes,
        teach=teach,
        do=do,
        pause=pause,
        done=len(done),
        all=sum(len(chapter.exercises) for chapter in chapters),
    )


def measured_run(plan: teaching.Plan, folder: Path = RESULTS) -> str:
    """Markdown: how long the plan's notebooks took in a row, if somebody has run them so; else ""."""
    path = folder / f"workshop_{plan.id}.json"
    if not path.is_file():
        return ""
    result = json.loads(path.read_text(encoding="utf-8"))
    row = _("chapter {number} {seconds} s")
    ran = [row.format(number=r["chapter"], seconds=f"{r['seconds']:.0f}") for r in result["chapters"]]
    return _(
        "Its notebooks were run one after the other, {date}, on {processor}, {cores} cores of which {busy} "
        "were busy with other work when it began: {chapters} (`{command}`)."
    ).format(
        date=result["date"],
        processor=result["machine"]["processor"],
        cores=f"{result['machine']['cores']:g}",
        busy=f"{result['busy_cores_before']:.1f}",
        chapters=", ".join(ran),
        command=result["command"],
    )


def trouble_nodes(troubles: list[Trouble]) -> list[nodes.Node]:
    """A section a group, each trouble with its errors' own texts and fixes."""
    errors = {error.text: error for error in (*known_errors(PROJECT), *launcher_errors(PROJECT))}
    made = []
    for group in dict.fromkeys(trouble.group for trouble in troubles):
        part = section(nodes.make_id(f"class {group}"), group)
        entries = nodes.definition_list(classes=["mof-troubles"])
        for trouble in (t for t in troubles if t.group == group):
            body = nodes.definition("", nodes.paragraph("", "", *words(trouble.fix)))
            for text in trouble.errors:
                said = (nodes.literal("", text), nodes.Text(" "), *words(errors[text].fix))
                body += nodes.paragraph("", "", *said)
            term = nodes.term("", "", nodes.strong("", trouble.sign))
            entries += nodes.definition_list_item("", term, body)
        part += entries
        made.append(part)
    link = later_link(_("All errors by their text"), ERRORS_PAGE)
    made.append(nodes.paragraph("", "", link, nodes.Text(".")))
    return made


def section(id: str, title: str) -> nodes.section:
    return nodes.section("", nodes.title("", title), ids=[nodes.make_id(id)])


def bullets(texts: tuple[str, ...]) -> nodes.bullet_list:
    items = [nodes.list_item("", nodes.paragraph("", "", *words(text))) for text in texts]
    return nodes.bullet_list("", *items)


def table(head: list[str], rows: list[list]) -> nodes.table:
    """A table; an entry is a number, a string or a node. Numbers stand to the right."""
    group = nodes.tgroup(cols=len(head))
    group += [nodes.colspec(colwidth=1) for _name in head]
    group += nodes.thead("", table_row(head))
    group += nodes.tbody("", *map(table_row, rows))
    return nodes.table("", group, classes=["mof-minutes"])


def table_row(entries: list) -> nodes.row:
    cells = []
    for entry in entries:
        content = entry if isinstance(entry, nodes.Node) else nodes.Text(str(entry))
        classes = ["mof-number"] if isinstance(entry, int) else []
        cells.append(nodes.entry("", nodes.paragraph("", "", content), classes=classes))
    return nodes.row("", *cells)
