"""Where the book and its code are published: `book/site.json` alone says it, and may leave it open.

With a repository the pages offer its address and a report with page and version filled in; on GitHub, Binder
and Colab for chapters too. Without one all of that is absent, and a report begins at the colophon.
"""

import html
import json
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ConfigError

from mof import __version__
from mof.course.translation import _

FILE = Path("book") / "site.json"
GITHUB, GITLAB = "https://github.com/", "https://gitlab.com/"
KNOWN_TO_THE_THEME = (GITHUB, GITLAB, "https://bitbucket.org/")  # it makes buttons for these alone
BINDER = "https://mybinder.org"
COLAB = "https://colab.research.google.com"
HOW_TO_REPORT = ("book/colophon", "report-an-error")


@dataclass(frozen=True)
class SiteAddress:
    """The public addresses.

    Args:
        repository: where the code lies, https://..., no slash at its end; "" where it is not published.
        branch: what the published pages are built from.
        site: where the built book is served, https://...; "" where it is not.

    Raises:
        ConfigError: for anything else.
    """

    repository: str = ""
    branch: str = "main"
    site: str = ""

    def __post_init__(self):
        for name in ("repository", "site"):
            address = getattr(self, name)
            if address and (not address.startswith("https://") or address.endswith("/") or " " in address):
                raise ConfigError(
                    f"{FILE.as_posix()}: {name} is {address!r}, expected "
                    'https://... without a slash at its end, or "".'
                )
        if not self.branch:
            raise ConfigError(f"{FILE.as_posix()}: branch is empty, expected a name such as main.")

    @property
    def is_on_github(self) -> bool:
        return self.repository.startswith(GITHUB)

    def source(self, path: str) -> str:
        """The address of a file of the repository; "" without one."""
        return f"{self.repository}/blob/{self.branch}/{path}" if self.repository else ""

    def report(self, page: str) -> str:
        """The address of a new report about a page; "" without a repository."""
        if not self.repository:
            return ""
        title = f"Error on the page {page}"
        body = f"Page: {page}\nVersion: {__version__}\n\nWhat is wrong, and what you expected:\n"
        if self.repository.startswith(GITLAB):
            asked = urlencode({"issue[title]": title, "issue[description]": body})
            return f"{self.repository}/-/issues/new?{asked}"
        return f"{self.repository}/issues/new?{urlencode({'title': title, 'body': body})}"


def read_site_address(root: Path) -> SiteAddress:
    """The addresses that the file in the project's folder `root` gives."""
    try:
        return SiteAddress(**json.loads((root / FILE).read_text(encoding="utf-8")))
    except (ValueError, TypeError) as error:
        raise ConfigError(
            f"{FILE.as_posix()} cannot be read ({error}), "
            "expected an object with repository, branch and site."
        ) from error


def offer_addresses(app: Sphinx, config) -> None:
    """Tells the theme: its buttons for the repository, Binder and Colab show where there is an address."""
    address = read_site_address(Path(app.srcdir))
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
