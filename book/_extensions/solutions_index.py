"""Every exercise with its solution: `{solutions-index}`, from the registry of the course."""

from pathlib import Path

from docutils import nodes
from later_links import later_link, mark_place
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from mof.course.registry import all_exercises
from mof.course.translation import _, ngettext
from mof.launcher.course import read_course

TAGS = ("stub", "solution")


class SolutionsIndex(SphinxDirective):
    """`{solutions-index}`: the exercises of each chapter, with links to each and to its folded solution."""

    def run(self) -> list[nodes.Node]:
        self.env.note_reread()
        chapters = {chapter.number: chapter for chapter in read_course(Path(self.env.srcdir)).chapters}
        exercises = list(all_exercises().values())
        made = []
        for number in sorted({exercise.chapter for exercise in exercises}):
            chapter = chapters[number]
            section = nodes.section("", nodes.title("", chapter.heading), ids=[f"solutions-{number}"])
            entries = nodes.bullet_list(classes=["mof-solutions"])
            for exercise in (e for e in exercises if e.chapter == number):
                entries += nodes.list_item("", exercise_line(exercise, chapter.file))
            made.append(section)
            section += entries
        return made


def exercise_line(exercise, page: str) -> nodes.paragraph:
    kind = {"predict": _("Predict"), "change": _("Change"), "build": _("Build")}[exercise.kind]
    minutes = ngettext("{number} minute", "{number} minutes", exercise.minutes).format(
        number=exercise.minutes
    )
    line = nodes.paragraph(
        "", "", nodes.strong("", exercise.id), nodes.Text(f" {kind}: {_(exercise.title)} ")
    )
    line += nodes.inline("", f"({minutes}) ", classes=["mof-soft"])
    line += later_link(_("exercise"), page, f"stub-{place_of(exercise.id)}")
    line += nodes.Text(" · ")
    line += later_link(_("solution"), page, f"solution-{place_of(exercise.id)}")
    return line


def place_of(id: str) -> str:
    """ "05-2" for "05.2": what may stand in an address."""
    return id.replace(".", "-")


def mark_exercises(app: Sphinx, document: nodes.document) -> None:
    """Puts a place before each cell tagged `stub:ID` or `solution:ID`."""
    for cell in list(document.findall(nodes.container)):
        for name in cell.get("classes", ()):
            tag, sign, id = name.removeprefix("tag_").partition(":")
            if name.startswith("tag_") and sign and tag in TAGS:
                place = mark_place(app.env, app.env.docname, f"{tag}-{place_of(id)}")
                cell.parent.insert(cell.parent.index(cell), place)
