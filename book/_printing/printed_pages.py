"""A page of the built site as a PDF, printed by Chromium on paper of size A4.

Chromium opens the page as a reader's does, with no host but this machine, at the width of the printed text
and with the rules for print; so the figures are drawn for that width. prepare_page.js then opens what is
folded, moves the solutions to the end and tells the headings.
"""

import html
from dataclasses import dataclass
from pathlib import Path

from mof.course.translation import _
from mof.launcher.browser import Browser

FOLDER = Path(__file__).parent
BOOK = "MoF from Scratch"
PIXELS_PER_MM = 96 / 25.4
WIDTH_MM, HEIGHT_MM = 210 - 2 * 17, 297 - 19 - 21  # A4 without the margins of print.css
WAIT_SECONDS = 300.0

READY = """
const pending = [...document.querySelectorAll('.math')].filter((e) => !e.querySelector('mjx-container'));
const figures = [...document.querySelectorAll('.mof-figure')]
  .filter((e) => !/drawn|failed/.test(e.dataset.state));
const views = document.querySelectorAll('script[type="application/vnd.jupyter.widget-view+json"]').length;
const widgets = document.querySelectorAll('.widget-subarea, .jupyter-widgets').length;
return document.readyState === 'complete' && !pending.length && !figures.length && (!views || widgets > 0)
  && document.fonts.status === 'loaded';
"""
FIT_FIGURES = """
const plots = window.Plotly ? [...document.querySelectorAll('.mof-figure-plot')] : [];
for (const plot of plots) plot.style.height = `${Math.round(0.85 * plot.clientHeight)}px`;
return Promise.all(plots.map((plot) => Plotly.Plots.resize(plot))).then(() => true);
"""
BROKEN = """
const failed = [...document.querySelectorAll('.mof-figure[data-state=failed]')]
  .map(() => 'a figure was not drawn');
const wrong = [...document.querySelectorAll('mjx-merror')].map((e) => `mathematics: ${e.textContent}`);
return [...failed, ...wrong];
"""
TITLE = "return document.querySelector('.bd-article h1').firstChild.textContent.trim()"
SHOW_LIGHT = """
document.documentElement.dataset.theme = 'light';
document.documentElement.dataset.mode = 'light';
"""


@dataclass(frozen=True)
class Heading:
    """A heading of a page.

    Args:
        level: 1 for the title of a page.
        id: of the place in its page that it stands at.
    """

    level: int
    text: str
    id: str


@dataclass(frozen=True)
class PrintedPage:
    """A page on paper.

    Args:
        page: its path without suffix; "" for a page that the site does not have.
        name: what stands at the foot of each sheet.
        headings: in their order.
        problems: what would be cut off, in words.
        content: the PDF.
    """

    page: str
    name: str
    headings: tuple[Heading, ...]
    problems: tuple[str, ...]
    content: bytes


class PagePrinter:
    """Prints pages one after the other.

    Args:
        browser: an open window.
        address: where the site is served on this machine, no slash at its end.
    """

    def __init__(self, browser: Browser, address: str):
        self.browser = browser
        self.address = address
        browser.resize(round(WIDTH_MM * PIXELS_PER_MM), round(HEIGHT_MM * PIXELS_PER_MM))
        still = [{"name": "prefers-reduced-motion", "value": "reduce"}]  # the cover reads by itself otherwise
        browser.command("Emulation.setEmulatedMedia", media="print", features=still)

    def print(self, page: str, name: str, first_number: int) -> PrintedPage:
        """A page of the site.

        Args:
            page: its path without suffix.
            name: for the foot of each sheet; "" takes its title. first_number: of its first sheet.
        """
        self.browser.open(f"{self.address}/{page}.html")
        return self._print(page, name, first_number)

    def print_made(self, body: str, name: str, first_number: int, style: str = "decimal") -> PrintedPage:
        """A page that the site does not have, in its look.

        Args:
            body: HTML. style: of the numbers at the foot, as in CSS; "" for none.
        """
        self.browser.open(f"{self.address}/book/index.html")
        self.browser.wait_for("return document.readyState === 'complete'")
        self.browser.run("document.querySelector('.bd-article').innerHTML = arguments[0]", body)
        return self._print("", name, first_number, style)

    def _print(self, page: str, name: str, first_number: int, style: str = "decimal") -> PrintedPage:
        browser = self.browser
        name = name or browser.run(TITLE)
        browser.run(SHOW_LIGHT)
        css = (FOLDER / "print.css").read_text(encoding="utf-8") + foot_css(name, first_number, style)
        browser.run(
            "const style = document.createElement('style'); style.textContent = arguments[0];"
            "document.head.append(style)",
            css,
        )
        browser.run("window.dispatchEvent(new Event('beforeprint'))")  # figures.js draws them all
        browser.wait_for(READY, WAIT_SECONDS)
        browser.run(FIT_FIGURES)
        script = (FOLDER / "prepare_page.js").read_text(encoding="utf-8")
        found = browser.run(script, words(), HEIGHT_MM * PIXELS_PER_MM)
        content = browser.print_pdf(preferCSSPageSize=True, printBackground=True, generateTaggedPDF=False)
        problems = (*browser.run(BROKEN), *found["problems"])
        headings = tuple(Heading(**heading) for heading in found["headings"])
        return PrintedPage(page, name, headings, problems, content)


def words() -> dict[str, str]:
    """What prepare_page.js puts into a page."""
    return {
        "solutions": _("Solutions"),
        "atTheEnd": _("The solution stands at the end of the chapter."),
        "still": _("On the page of the site, this figure moves."),
        "stillWithState": _("Shown here: {state}. On the page of the site, this figure moves."),
    }


def foot_css(name: str, first_number: int, style: str) -> str:
    """The foot of each sheet: the book and the page on the left, the number on the right."""
    if not style:
        return ""
    foot = name if name == BOOK else f"{BOOK} · {name}"
    font = "font-family: var(--mof-font); font-size: 8.5pt; color: #52606d;"
    return (
        f"\nhtml {{ counter-reset: page {first_number - 1}; }}\n"
        f"@page {{ @bottom-left {{ content: {css_string(foot)}; width: 80%; {font} }}"
        f" @bottom-right {{ content: counter(page, {style}); {font} }} }}\n"
    )


def css_string(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return f'"{escaped}"'


def title_page(claim: str, picture: str, lines: list[str]) -> str:
    """The HTML of the first sheet.

    Args:
        claim: the cover's first sentences, as HTML. picture: an SVG. lines: small print.
    """
    small = "".join(f'<p class="mof-small">{html.escape(line)}</p>' for line in lines)
    return (
        '<section><div class="mof-title-page"><h1>MoF from Scratch</h1>'
        f'<p class="mof-claim">{claim}</p><div class="mof-picture">{picture}</div>{small}</div></section>'
    )


def contents_html(entries: list[tuple[str, str, str, int]]) -> str:
    """The HTML of the contents.

    Args:
        entries: (kind, text, address, number of the sheet); kind is part, chapter or section, and a part
            has no address.
    """
    rows = [f"<section><h1>{html.escape(_('Contents'))}</h1>", '<div class="mof-printed-contents">']
    for kind, text, address, number in entries:
        words = html.escape(text)
        if address:
            link = f'<a href="{html.escape(address, quote=True)}">{words}</a>'
            rows.append(f'<p class="mof-{kind}">{link}<i></i><b>{number}</b></p>')
        else:
            rows.append(f'<p class="mof-{kind}">{words}</p>')
    return "".join([*rows, "</div></section>"])
