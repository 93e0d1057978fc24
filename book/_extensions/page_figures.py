"""plotly figures in the built pages: their data goes into the page, and book/_static/figures.js draws it.

A notebook stores a figure in plotly's own type, which JupyterLab draws and Jupyter Book leaves out. With
this, a chapter only has to show the figure.
"""

import html
import json

from docutils import nodes
from myst_nb.core.render import MimeData, NbElementRenderer, load_mime_renders

from mof.course.translation import _

PLOTLY_TYPE = "application/vnd.plotly.v1+json"


class PlotlyFigures:
    """A renderer of MyST-NB for plotly's type."""

    mime_priority_overrides = [("html", PLOTLY_TYPE, 5)]

    @staticmethod
    def handle_mime(renderer: NbElementRenderer, data: MimeData, inline: bool) -> list[nodes.Element] | None:
        if data.mime_type != PLOTLY_TYPE or inline:
            return None
        if not words_for(data.content):
            renderer.logger.warning(
                "a figure has neither a description (mof.viz.notebook_figures.show_figure) nor a title",
                subtype="figure",
                line=data.line,
            )
        return [nodes.raw(text=figure_html(data.content), format="html", classes=["output"])]


def words_for(figure: dict) -> str:
    """What a screen reader says in a figure's place: its description, or its title."""
    layout = figure.get("layout", {})
    meta, title = layout.get("meta"), layout.get("title")
    title = title.get("text", "") if isinstance(title, dict) else title or ""
    return (meta.get("description", "") if isinstance(meta, dict) else "") or title


def figure_html(figure: dict) -> str:
    """The element that figures.js turns into a figure. No text in the data can end the script."""
    kept = {name: figure[name] for name in ("data", "layout", "frames") if name in figure}
    data = json.dumps(kept, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    label = html.escape(words_for(figure), quote=True)
    without_script = _("The figure needs JavaScript. It shows: {words}").format(words=label)
    return (
        '<figure class="mof-figure">'
        f'<div class="mof-figure-plot" role="group" aria-label="{label}"></div>'
        f'<script type="application/json">{data}</script>'
        f"<noscript>{without_script}</noscript></figure>"
    )


def register_figures() -> None:
    """MyST-NB finds its renderers among installed packages, and keeps the list; the book's own joins it."""
    renderers = load_mime_renders()
    if PlotlyFigures not in renderers:
        renderers.append(PlotlyFigures)
