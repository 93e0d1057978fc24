"""What a public site needs beside the pages: its address in them, a map, a page for wrong addresses, a zip.

All links between the pages are relative, so the pages work under any address and from disk. Only these name
it: the canonical link of each page, sitemap.xml, robots.txt, and 404.html, which a host serves at any depth.
"""

import html
import re
import zipfile
from pathlib import Path, PurePosixPath
from string import Template
from urllib.parse import quote, urlsplit

from mof.launcher.cleaning import measure_bytes
from mof.patient_files import replace

NOT_FOUND = Path("book") / "not_found.html"
FIRST_DATE = (1980, 1, 1, 0, 0, 0)  # of every file in the zip: the same pages give the same bytes
NOT_SERVED = (".buildinfo", ".buildinfo.bak", "webpack-macros.html", "sbt-webpack-macros.html")
CANONICAL = re.compile(r'\s*<link rel="canonical"[^>]*>')
DECK = re.compile(r'<(\w+) data-slides="(\w+)" hidden>(.*?)<a>(.*?)</a>(.*?)</\1>', re.DOTALL)
DOWNLOAD = re.compile(r'<(\w+) data-download="(\w+)" hidden>(.*?)<a>(.*?)</a>(.*?)</\1>', re.DOTALL)


def base_path(site: str) -> str:
    """The path below which the site lies, with a slash at its end: "/mof/" of https://some.one/mof."""
    return f"{urlsplit(site).path}/"


def page_address(site: str, page: str) -> str:
    return f"{site}/{quote(page)}.html"


def copy_pages(built: Path, target: Path) -> None:
    """Copies the built pages and all that they load."""
    for path in sorted(built.rglob("*")):
        if path.is_file() and path.name not in NOT_SERVED:
            place = target / path.relative_to(built)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(path.read_bytes())


def copy_decks(written: Path, target: Path) -> list[str]:
    """Copies decks of slides, which then load what they need from the site's `_static`; returns their names.

    Args:
        written: the folder that `start.py slides` wrote; it may be missing.
        target: a folder beside `_static`.
    """
    for path in sorted(written.glob("*.html")):
        target.mkdir(parents=True, exist_ok=True)
        text = path.read_text(encoding="utf-8").replace('"_static/', '"../_static/')
        (target / path.name).write_text(text, encoding="utf-8", newline="\n")
    return sorted(path.stem for path in target.glob("*.html"))


def write_site_files(target: Path, pages: list[str], site: str, not_found: str) -> list[str]:
    """Writes what a host needs; returns the names of the files.

    Args:
        target: the folder of the published pages.
        pages: the book's pages, without suffix.
        site: https://..., no slash at its end.
        not_found: the text of book/not_found.html.
    """
    files = {"sitemap.xml": sitemap(pages, site), ".nojekyll": ""}  # GitHub would hide folders named _static
    base = base_path(site)
    files["404.html"] = Template(not_found).substitute(base=html.escape(base, quote=True))
    if base == "/":  # a host is asked for it at its root alone
        files["robots.txt"] = f"User-agent: *\nAllow: /\n\nSitemap: {site}/sitemap.xml\n"
    for name, text in files.items():
        (target / name).write_text(text, encoding="utf-8", newline="\n")
    return sorted(files)


def sitemap(pages: list[str], site: str) -> str:
    """The pages, as sitemaps.org wants them."""
    rows = "".join(f"  <url><loc>{html.escape(page_address(site, page))}</loc></url>\n" for page in pages)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{rows}</urlset>\n'
    )


def name_address(text: str, page: str, site: str) -> str:
    """A page's HTML with its public address as the canonical one, in place of any other."""
    link = f'<link rel="canonical" href="{html.escape(page_address(site, page), quote=True)}" />'
    return CANONICAL.sub("", text, count=1).replace("</head>", f"{link}\n</head>", 1)


def show_downloads(text: str, page: str, sizes: dict[str, int], paths: dict[str, str]) -> str:
    """A page's HTML in which the downloads that there are show, with their sizes.

    Args:
        sizes: bytes of each kind that there is, such as {"pdf": 9_000_000}.
        paths: their places in the site.
    """
    up = "../" * (len(PurePosixPath(page).parts) - 1)

    def shown(match: re.Match) -> str:
        tag, kind, before, words, after = match.groups()
        if kind not in sizes:
            return match.group()
        size = f"{max(1, round(sizes[kind] / 1e6))} MB"
        link = f'<a href="{up}{paths[kind]}">{words}</a> ({size})'
        return f'<{tag} data-download="{kind}">{before}{link}{after}</{tag}>'

    text = DOWNLOAD.sub(shown, text)
    return text.replace(' data-downloads="" hidden', ' data-downloads=""') if sizes else text


def show_slides(text: str, page: str, paths: dict[str, str]) -> str:
    """A page's HTML in which the links to slides that there are show, and no others.

    Args:
        paths: the places of the decks in the site, by name: "index" is the list of all.
    """
    up = "../" * (len(PurePosixPath(page).parts) - 1)

    def shown(match: re.Match) -> str:
        tag, deck, before, words, after = match.groups()
        if deck not in paths:
            return match.group()
        return f'<{tag} data-slides="{deck}">{before}<a href="{up}{paths[deck]}">{words}</a>{after}</{tag}>'

    return DECK.sub(shown, text)


def write_zip(built: Path, target: Path, folder: str) -> int:
    """Packs the pages for reading from disk; returns the bytes of the zip.

    Args:
        folder: the one folder in the zip. Whoever unpacks it opens `index.html` there.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(target.name + ".partial")
    with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for path in sorted(built.rglob("*"), key=lambda path: path.relative_to(built).as_posix()):
            if path.is_file() and path.name not in NOT_SERVED:
                entry = zipfile.ZipInfo(f"{folder}/{path.relative_to(built).as_posix()}", FIRST_DATE)
                entry.external_attr = 0o644 << 16
                packed.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED, 9)
    replace(partial, target)
    return measure_bytes(target)
