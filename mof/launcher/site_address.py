"""Where the book and its code are published: `book/site.json` alone says it, and may leave it open."""

import json
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from mof import __version__

FILE = Path("book") / "site.json"
GITHUB, GITLAB = "https://github.com/", "https://gitlab.com/"
COLAB, COLAB_BRANCH = "https://colab.research.google.com", "colab"  # the branch holds copies alone


@dataclass(frozen=True)
class SiteAddress:
    """The public addresses.

    Args:
        repository: where the code lies, https://..., no slash at its end; "" where it is not published.
        branch: what the published pages are built from.
        site: where the built book is served, https://...; "" where it is not.

    Raises:
        ValueError: for anything else.
    """

    repository: str = ""
    branch: str = "main"
    site: str = ""

    def __post_init__(self):
        for name in ("repository", "site"):
            address = getattr(self, name)
            if address and not is_address(address):
                raise ValueError(
                    f"{FILE.as_posix()}: {name} is {address!r}, expected "
                    'https://... without a slash at its end, or "".'
                )
        if not self.branch:
            raise ValueError(f"{FILE.as_posix()}: branch is empty, expected a name such as main.")

    @property
    def is_on_github(self) -> bool:
        return self.repository.startswith(GITHUB)

    def source(self, path: str) -> str:
        """The address of a file of the repository; "" without one."""
        return f"{self.repository}/blob/{self.branch}/{path}" if self.repository else ""

    def colab(self, page: str) -> str:
        """The address at which Google Colab opens the copy of a chapter (mof/launcher/colab.py)."""
        project = self.repository.removeprefix(GITHUB)
        return f"{COLAB}/github/{project}/blob/{COLAB_BRANCH}/{page.split('/')[-1]}.ipynb"

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


def is_address(address: str) -> bool:
    """Whether it can stand before a slash and a page: https://host or https://host/path, nothing behind."""
    parts = urlsplit(address) if isinstance(address, str) else urlsplit("")
    return (
        parts.scheme == "https"
        and bool(parts.netloc)
        and not (parts.query or parts.fragment)
        and not address.endswith("/")
        and not set(address) & set(" \t\n\"'<>#?")
    )


def read_site_address(root: Path) -> SiteAddress:
    """The addresses that the file in the project's folder `root` gives.

    Raises:
        ValueError: it cannot be read, or says something else.
    """
    try:
        values = json.loads((root / FILE).read_text(encoding="utf-8"))
        if not isinstance(values, dict) or set(values) - set(SiteAddress.__dataclass_fields__):
            raise ValueError(f"it holds {values!r}")
    except ValueError as error:
        raise ValueError(
            f"{FILE.as_posix()} cannot be read ({error}), "
            "expected an object with repository, branch and site."
        ) from error
    return SiteAddress(**values)
