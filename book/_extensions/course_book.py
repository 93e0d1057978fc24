"""What the book adds to Sphinx: one extension, named by _config.yml. Its parts are the files beside it."""

from pathlib import Path

import plotly
from api_pages import ApiModules
from contents_page import CourseContents, unlink_unwritten_chapters
from cover_page import Cover
from docutils import nodes
from exercise_hints import add_hints
from glossary_page import GlossaryTerms, add_slugs, mark_first_uses
from interface_words import add_words
from kernel_settings import set_kernel_variables
from later_links import set_up_links
from myst_nb.sphinx_ import HideCodeCellNode
from page_figures import register_figures
from reference_list import ReferenceList, number_citations
from site_address import add_foot, lead_to_copies, offer_addresses
from solutions_index import SolutionsIndex, mark_exercises
from sphinx.application import Sphinx
from sphinx.errors import ConfigError
from teaching_pages import Teaching
from troubleshooting_page import ErrorTexts
from two_script_search import SearchEnglishAndChinese

from mof.course.translation import _
from mof.launcher.web_files import FOLDER

DIRECTIVES = {
    "api-modules": ApiModules,
    "course-contents": CourseContents,
    "cover": Cover,
    "error-texts": ErrorTexts,
    "glossary-terms": GlossaryTerms,
    "reference-list": ReferenceList,
    "solutions-index": SolutionsIndex,
    "teaching": Teaching,
}


def add_served_files(app: Sphinx, config) -> None:
    """plotly's script, from the wheel that made the figures; words where the fetched files are missing."""
    if not (Path(app.srcdir) / FOLDER / "mathjax").is_dir():
        raise ConfigError(f"{FOLDER.as_posix()} is missing: build the book with `python start.py book`.")
    config.html_static_path.append(str(Path(plotly.__file__).parent / "package_data" / "plotly.min.js"))


def keep_to_this_host(app: Sphinx, pagename, templatename, context, doctree) -> None:
    """Tells the widgets' script where its fonts are; takes out sphinx-thebe's, which names another host."""
    kept = []
    for script in context.get("script_files", []):
        name, attributes = str(getattr(script, "filename", script)), getattr(script, "attributes", {})
        if "THEBE_JS_URL" in str(attributes.get("body")) or "sphinx-thebe" in name:
            continue
        if name.endswith("embed-amd.js"):
            attributes["data-jupyter-widgets-cdn"] = context["pathto"]("_static/widgets/", 1)
        kept.append(script)
    context["script_files"] = kept


def name_solutions(app: Sphinx, document: nodes.document, docname: str) -> None:
    """A collapsed cell tagged `solution` (or `solution:NAME`) says so, not "Show code cell content"."""
    for cell in document.findall(nodes.container):
        if any(name.startswith("tag_solution") for name in cell.get("classes", ())):
            for fold in cell.findall(HideCodeCellNode):
                fold["prompt_show"], fold["prompt_hide"] = _("Solution"), _("Hide the solution")


def setup(app: Sphinx) -> dict:
    set_kernel_variables()
    register_figures()
    for name, directive in DIRECTIVES.items():
        app.add_directive(name, directive)
    app.add_search_language(SearchEnglishAndChinese)
    app.connect("config-inited", add_served_files, priority=900)
    app.connect("config-inited", offer_addresses, priority=900)
    for change in (
        unlink_unwritten_chapters,
        add_hints,
        mark_exercises,
        mark_first_uses,
        number_citations,
        add_slugs,
    ):
        app.connect("doctree-read", change)
    set_up_links(app)
    app.connect("doctree-resolved", name_solutions)
    app.connect("html-page-context", add_words)
    app.connect("html-page-context", add_foot, priority=800)
    app.connect("html-page-context", lead_to_copies, priority=800)  # after the theme's buttons
    app.connect("html-page-context", keep_to_this_host, priority=900)
    return {"version": "1", "env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}
