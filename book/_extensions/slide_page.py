"""A deck of slides as one page of HTML, for reveal.js. Nothing in it asks another host."""

import html
import re
from pathlib import PurePosixPath

from page_figures import figure_html
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer
from slide_block import Block, Slide
from slide_choice import caption
from slide_text import markdown_parser

from mof.course.translation import _

STYLE = "a11y-high-contrast-light"  # of accessible-pygments, as in the book's pages
MATHJAX = "_static/mathjax/es5/tex-mml-chtml.js"
_LINK = re.compile(r'<a href="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
_PAGE = """\
<!doctype html>
<html lang="en" data-theme="light">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="_static/icon.svg">
{styles}
<style>{code_style}</style>
</head>
<body>
<div class="reveal"><div class="slides">
{slides}
</div></div>
{scripts}
</body>
</html>
"""
STYLES = ("reveal/reset.css", "reveal/reveal.css", "fonts.css", "course.css", "slides.css")
SCRIPTS = ("reveal/reveal.js", "reveal/notes.js", "figures.js", "slides.js")


def deck_html(title: str, slides: list[Slide], decks: set[str], minutes: dict[str, str]) -> str:
    """The page of a chapter.

    Args:
        title: of the page. slides: in order.
        decks: names of the chapters that have a deck ("05_linear_attention"): links to them lead there.
        minutes: what to say of a section's time, by its heading.
    """
    formatter = HtmlFormatter(style=STYLE)
    made, left = [], dict(minutes)
    for slide in slides:
        made.append(slide_html(slide, decks, left.pop(slide.title, "")))
    return _PAGE.format(
        title=html.escape(title),
        styles="\n".join(f'<link rel="stylesheet" href="_static/{name}">' for name in STYLES),
        code_style=formatter.get_style_defs(".slide-code"),
        slides="\n".join(made),
        scripts="\n".join(f'<script src="_static/{name}"></script>' for name in SCRIPTS),
    )


def slide_html(slide: Slide, decks: set[str], minutes: str = "") -> str:
    """A slide; `minutes` is what its notes say first."""
    kicker = f'<p class="slide-kicker">{_plain(slide.kicker)}</p>' if slide.kicker else ""
    level = "h1" if slide.kind == "title" else "h2"
    count = f" <small>{slide.number}/{slide.of}</small>" if slide.of > 1 else ""
    blocks = "\n".join(block_html(block, decks) for block in slide.blocks)
    said = "\n\n".join(filter(None, [minutes, slide.notes]))
    notes = f'<aside class="notes">{rendered(said, decks)}</aside>' if said else ""
    return (
        f'<section class="slide-{slide.kind}">{kicker}<{level}>{_plain(slide.title)}{count}</{level}>'
        f'<div class="slide-body">\n{blocks}\n</div>{notes}</section>'
    )


def block_html(block: Block, decks: set[str]) -> str:
    if block.kind == "markdown":
        return rendered(block.content, decks)
    if block.kind == "code":
        made = highlight(block.content, PythonLexer(), HtmlFormatter(style=STYLE, nowrap=True))
        return f'<pre class="slide-code"><code>{made}</code></pre>'
    if block.kind == "output":
        return f'<pre class="slide-output"><samp>{html.escape(block.content)}</samp></pre>'
    if block.kind == "figure":
        words = html.escape(caption(block.content))
        return f'<div data-prevent-swipe>{figure_html(block.content)}<p class="mof-caption">{words}</p></div>'
    if block.kind == "element":
        return f"<div data-prevent-swipe>{block.content}</div>"
    return f'<p class="slide-note">{rendered(block.content, decks, is_inline=True)}</p>'


def rendered(text: str, decks: set[str], is_inline: bool = False) -> str:
    """Markdown as HTML; a link within the book leads to a deck, or is words alone."""
    parser = markdown_parser()
    made = parser.renderInline(text) if is_inline else parser.render(text)
    return _LINK.sub(lambda link: _link(link[1], link[2], decks), made)


def _link(address: str, words: str, decks: set[str]) -> str:
    if address.startswith(("http://", "https://")):
        return f'<a href="{address}" target="_blank" rel="noopener">{words}</a>'
    name = PurePosixPath(address.split("#")[0]).stem
    return f'<a href="{name}.html">{words}</a>' if name in decks else words


def _plain(text: str) -> str:
    """A heading: Markdown of one line."""
    return markdown_parser().renderInline(text)


def section_minutes(guide) -> dict[str, str]:
    """What the speaker's notes say of a section's time, by its heading.

    Args:
        guide: teaching.ChapterGuide, or None for a chapter without one.
    """
    words = _("**Teach {teach}, do {do} minutes.**")
    sections = guide.sections if guide else ()
    return {section.heading: words.format(teach=section.teach, do=section.do()) for section in sections}


def index_html(decks: list[tuple[str, str, int]]) -> str:
    """The list of decks: (file, title, number of slides) each."""
    row = '<li><a href="{}">{}</a> <small>{}</small></li>'
    rows = "\n".join(row.format(file, html.escape(title), number) for file, title, number in decks)
    keys = _("Arrow keys: on and back. S: the speaker's notes. F: full screen. O: all slides at a glance.")
    return (
        '<!doctype html>\n<html lang="en" data-theme="light"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{_('Slides')}</title>"
        '<link rel="icon" href="_static/icon.svg">'
        '<link rel="stylesheet" href="_static/fonts.css"><link rel="stylesheet" href="_static/course.css">'
        '<link rel="stylesheet" href="_static/slides.css"></head>'
        f'<body class="slide-index"><h1>{_("Slides")}</h1><ul>\n{rows}\n</ul><p>{keys}</p></body></html>\n'
    )
