"""What the pages offer of the public addresses (mof/launcher/site_address.py): buttons, and the foot.

With a repository the pages offer its address and a report with page and version filled in; on GitHub, Binder
and Colab for chapters too. Without one all of that is absent, and a report begins at the colophon.
"""

import html
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ConfigError

from mof import __version__
from mof.course.translation import _
from mof.launcher.site_address import COLAB, GITHUB, GITLAB, SiteAddress, read_site_address

KNOWN_TO_THE_THEME = (GITHUB, GITLAB, "https://bitbucket.org/")  # it makes buttons for these alone
BINDER = "https://mybinder.org"
HOW_TO_REPORT = ("book/colophon", "report-an-error")


def offer_addresses(app: Sphinx, config) -> None:
    """Tells the theme: its buttons for the repository, Binder and Colab show where there is an address.

    Raises:
        ConfigError: book/site.json is wrong.
    """
    try:
        address = read_site_address(Path(app.srcdir))
    except ValueError as error:
        raise ConfigError(str(error)) from error
    has_buttons = address.repository.startswith(KNOWN_TO_THE_THEME)
    config.html_baseurl = f"{address.site}/" if address.site else ""
    config.html_theme_options = config.html_theme_options | {
        "repository_url": address.repository if has_buttons else "",
        "repository_branch": address.branch,
        "path_to_docs": "",
        "use_repository_button": has_buttons,
        "use_issues_button": False,  # the foot of the page has a better one
        "launch_buttons": {
            "notebook_interface": "jupyterlab",
            "binderhub_url": BINDER if address.is_on_github else "",
            "colab_url": COLAB if address.is_on_github else "",
        },
    }


def foot_html(address: SiteAddress, page: str, how_to_report: str) -> str:
    """The last line of a page: which version this is, and where to report an error in it."""
    version = _("MoF from Scratch {version}").format(version=__version__)
    target = html.escape(address.report(page) or how_to_report, quote=True)
    report = html.escape(_("Report an error on this page"))
    return f'<p class="mof-foot"><span>{html.escape(version)}</span> <a href="{target}">{report}</a></p>'


def add_foot(app: Sphinx, pagename, templatename, context, doctree: nodes.document | None) -> None:
    """Puts that line above the theme's own footer text."""
    page, anchor = HOW_TO_REPORT
    way = context["pathto"](page).rstrip("#")  # "#" on the page itself
    how = f"{way}#{anchor}" if page in app.env.found_docs else ""
    foot = foot_html(read_site_address(Path(app.srcdir)), pagename, how)
    context["theme_extra_footer"] = foot + (context.get("theme_extra_footer") or "")


def lead_to_copies(app: Sphinx, pagename, templatename, context, doctree: nodes.document | None) -> None:
    """Colab's button opens the copy of a chapter that fetches the course first: Colab has none of it."""
    address = read_site_address(Path(app.srcdir))
    for group in context.get("header_buttons", ()):
        for button in group.get("buttons", ()):
            if button.get("url", "").startswith(COLAB):
                button["url"] = address.colab(pagename)
