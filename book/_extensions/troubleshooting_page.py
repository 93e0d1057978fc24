"""Errors by their text: `{error-texts} known`, `{error-texts} launcher`, and a field that searches them."""

from pathlib import Path

from docstring_nodes import words
from docutils import nodes
from error_texts import FILE, LAUNCHER, ErrorText, known_errors, launcher_errors
from sphinx.util.docutils import SphinxDirective

import mof
from mof.course.translation import _
from mof.course.verdict import as_html

PROJECT = Path(mof.__file__).resolve().parents[1]  # the sources, also where a sample of the book is built


class ErrorTexts(SphinxDirective):
    """`{error-texts} search`: the field; `known`: what errors.json explains; `launcher`: start.py's."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        root = Path(self.env.srcdir)
        self.env.note_dependency(str(root / FILE))
        for path in (PROJECT / LAUNCHER).glob("*.py"):
            self.env.note_dependency(str(path))
        if self.arguments[0] == "search":
            return [nodes.raw("", search_html(), format="html")]
        if self.arguments[0] == "launcher":
            return [error_list(launcher_errors(PROJECT))]
        made = []
        errors = known_errors(root)
        for group in dict.fromkeys(error.group for error in errors):
            section = nodes.section("", nodes.title("", group), ids=[nodes.make_id(group)])
            section += error_list([error for error in errors if error.group == group])
            made.append(section)
        return made


def error_list(errors: list[ErrorText]) -> nodes.definition_list:
    entries = nodes.definition_list(classes=["mof-errors"])
    for error in errors:
        body = nodes.definition()
        if error.means:
            body += nodes.paragraph("", "", *words(error.means))
        body += nodes.paragraph("", "", *words(error.fix))
        entries += nodes.definition_list_item("", nodes.term("", "", nodes.literal("", error.text)), body)
    return entries


def search_html() -> str:
    """The field above the lists; book/_static/troubleshooting.js makes it work, and shows it."""
    label = as_html(_("Paste the text of the error, or some words of it"))
    return (
        '<div class="mof-error-search" hidden><label for="mof-error-text">'
        f'{label}</label><textarea id="mof-error-text" rows="3" spellcheck="false"></textarea>'
        '<p class="mof-error-count" role="status"></p></div>'
    )
