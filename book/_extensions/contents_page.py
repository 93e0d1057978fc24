"""The contents page, and links to chapters that are not written yet: both from book/chapters.json."""

from pathlib import Path, PurePosixPath

from docutils import nodes
from docutils.statemachine import StringList
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from mof.course.translation import _, marked
from mof.launcher.course import Course, Page, read_course

NOT_WRITTEN = marked("in preparation")


class CourseContents(SphinxDirective):
    """`{course-contents} paths`: the reading paths; `{course-contents} chapters`: all chapters by part."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        self.env.note_reread()  # a chapter that was written since leaves this page's own file as it was
        root = Path(self.env.srcdir)
        course = read_course(root)
        if self.arguments[0] == "paths":
            text = paths_markdown(course)
        else:
            text = chapters_markdown(course, root, PurePosixPath(self.env.docname).parent)
        lines = StringList(text.splitlines(), self.env.doc2path(self.env.docname))
        container = nodes.Element()
        self.state.nested_parse(lines, self.content_offset, container, match_titles=True)
        return container.children


def paths_markdown(course: Course) -> str:
    """One line for each reading path, with its chapters."""
    lines = []
    for path in course.paths:
        chapters = [chapter for chapter in course.chapters if path.id in chapter.paths]
        is_all = len(chapters) == len(course.chapters)
        listed = ", ".join(chapter.number for chapter in chapters)
        numbers = "" if is_all else " " + _("Chapters {numbers}.").format(numbers=listed)
        lines.append(f"- {badge(path.id, path.title)} ({path.chinese}): {path.purpose}.{numbers}")
    return "\n".join(lines) + "\n"


def chapters_markdown(course: Course, root: Path, folder: PurePosixPath) -> str:
    """All chapters by part, and the appendices, in MyST.

    Args:
        root: the project's folder; a chapter whose notebook is not there gets no link.
        folder: the folder of the page that shows the list, for the links.
    """
    lines = []
    titles = {path.id: path.title for path in course.paths[:-1]}  # the last one marks every chapter
    for part in course.parts:
        lines += ["", f"## {part.heading} ({part.chinese})", ""]
        for chapter in part.chapters:
            badges = " ".join(badge(id, titles[id]) for id in chapter.paths if id in titles)
            lines.append(f"- {linked(chapter, root, folder)} ({chapter.chinese}) {badges}\\")
            lines.append("  " + _("You can then {after}.").format(after=chapter.after))
    lines += ["", f"## {_('Appendices')} (附录)", ""]
    for page in course.appendices:
        lines.append(f"- {linked(page, root, folder)} ({page.chinese}): {page.after}.")
    return "\n".join(lines) + "\n"


def linked(page: Page, root: Path, folder: PurePosixPath) -> str:
    source = page.source(root)
    if source is None:
        return f'**{page.heading}** <span class="mof-preparation">{_(NOT_WRITTEN)}</span>'
    return f"[**{page.heading}**]({'../' * len(folder.parts)}{source.relative_to(root).as_posix()})"


def badge(id: str, title: str) -> str:
    return f'<span class="mof-path mof-path-{id}">{title}</span>'


def unlink_unwritten_chapters(app: Sphinx, document: nodes.document) -> None:
    """A link to a chapter that is in preparation becomes plain text, until there is a notebook.

    So a chapter may name any other by its fixed address, and a wrong address is still an error.
    """
    root = Path(app.srcdir)
    course = read_course(root)
    unwritten = {
        PurePosixPath(page.file).name
        for page in (*course.chapters, *course.appendices)
        if page.source(root) is None
    }
    for link in list(document.findall(addnodes.pending_xref)):
        target = PurePosixPath(link.get("reftarget", "").split("#")[0])
        name = target.stem if target.suffix in (".ipynb", ".md") else target.name
        if link.get("reftype") == "myst" and name in unwritten:
            text = nodes.inline("", "", *link.children[0].children, classes=["mof-unwritten"])
            link.replace_self(text)
            app.env.note_reread()
