"""Links whose page or place is known only when all pages have been read.

`later_link` makes words that become a link then. A place is an id that `mark_place` put into a page. Where it
is missing, the link leads to the top of the page; where the page is not written, the words stay words.
"""

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

CLASS = "mof-later-link"


def later_link(text: str, page: str, place: str = "", classes: tuple[str, ...] = ()) -> nodes.inline:
    """Words that will be a link.

    Args:
        page: a page's path without suffix, from the project's folder. place: an id in it.
    """
    return nodes.inline(text, text, classes=[CLASS, *classes], page=page, place=place)


def mark_place(env: BuildEnvironment, page: str, id: str) -> nodes.target:
    """A node to put where `later_link(..., page, id)` shall lead."""
    _places(env).setdefault(page, set()).add(id)
    return nodes.target("", "", ids=[id])


def _places(env: BuildEnvironment) -> dict[str, set[str]]:
    if not hasattr(env, "mof_places"):
        env.mof_places = {}
    return env.mof_places


def _forget(app: Sphinx, env: BuildEnvironment, page: str) -> None:
    _places(env).pop(page, None)


def _merge(app: Sphinx, env: BuildEnvironment, pages: set[str], other: BuildEnvironment) -> None:
    _places(env).update({page: ids for page, ids in _places(other).items() if page in pages})


def resolve_links(app: Sphinx, document: nodes.document, page: str) -> None:
    """Turns what was put off into links."""
    for words in list(document.findall(nodes.inline)):
        if CLASS not in words.get("classes", ()):
            continue
        classes = [name for name in words["classes"] if name != CLASS]
        target = words["page"]
        if target not in app.env.found_docs:
            words["classes"] = [*classes, "mof-unwritten"]
            continue
        place = words["place"] if words["place"] in _places(app.env).get(target, ()) else ""
        address = app.builder.get_relative_uri(page, target) + (f"#{place}" if place else "")
        words.replace_self(
            nodes.reference("", "", *words.children, refuri=address, internal=True, classes=classes)
        )


def set_up_links(app: Sphinx) -> None:
    app.connect("env-purge-doc", _forget)
    app.connect("env-merge-info", _merge)
    app.connect("doctree-resolved", resolve_links)
