"""A chapter's prose cut into blocks and sentences, as the slides need them. Nothing here needs Sphinx."""

import re
from dataclasses import dataclass

from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

KINDS = {
    "heading_open": "heading",
    "paragraph_open": "paragraph",
    "blockquote_open": "quote",
    "bullet_list_open": "list",
    "ordered_list_open": "list",
    "table_open": "table",
    "math_block": "formula",
    "fence": "fence",
    "code_block": "fence",
    "html_block": "html",
    "hr": "rule",
}
LABEL_WIDTH = 60
LONGEST_PAIR = 320  # letters of two sentences that still stand on a slide as one
# what a sentence's end must not be looked for in
_WHOLE = re.compile(
    r"\$[^$]+\$|`[^`]+`|\*\*.+?\*\*|(?<!\*)\*[^*\s][^*]*\*(?!\*)|\([^()]*\)|\[[^\]]*\]\([^)]*\)"
)
_END = re.compile(r"[.!?。！？](?:\*{1,2}|[\"”’')\]])*\s+(?=[A-Z*`$\"“(\[0-9\u4e00-\u9fff])")
_NO_END = re.compile(r"\b(?:e\.g|i\.e|cf|Fig)\.\s+$")
_BOLD = re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*")
_LABEL = re.compile(r"\*\*[^*]+\*\*(?: \([^()]*\))?[.:]?")
# a sentence that begins so says nothing without the one before it
_LEANING = re.compile(r"\**(?:So|That|This|These|Those|Hence|Thus|First|Second|It|Its|They|Their|Then)\b")
_TAG = re.compile(r"<[^>]+>")
_WIDE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")


@dataclass(frozen=True)
class Part:
    """A block of Markdown.

    Args:
        kind: one of KINDS' values. text: its source. level: of a heading.
    """

    kind: str
    text: str
    level: int = 0


def markdown_parser() -> MarkdownIt:
    """The parser of the slides: what the chapters use, with formulas left to MathJax."""
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    return parser.use(dollarmath_plugin, allow_labels=False, renderer=_formula)


def _formula(content: str, options: dict) -> str:
    escaped = content.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"\\[{escaped}\\]" if options.get("display_mode") else f"\\({escaped}\\)"


def parts(text: str) -> list[Part]:
    """The blocks of a Markdown text, in order, as they are written there."""
    lines = text.splitlines()
    found = []
    for token in markdown_parser().parse(text):
        if token.level == 0 and token.map and token.type in KINDS:
            source = "\n".join(lines[slice(*token.map)]).strip("\n")
            level = int(token.tag[1]) if token.type == "heading_open" else 0
            found.append(Part(KINDS[token.type], source.lstrip("# ").strip() if level else source, level))
    return found


def sentences(text: str) -> list[str]:
    """The sentences of a paragraph, on one line each. What is bold, in brackets or a formula is not cut."""
    text = " ".join(text.split())
    whole = [match.span() for match in _WHOLE.finditer(text)]
    found, start = [], 0
    for match in _END.finditer(text):
        cut = match.end()
        is_inside = any(first < cut < last for first, last in whole)
        if is_inside or _NO_END.search(text[start:cut]):
            continue
        found.append(text[start:cut].strip())
        start = cut
    return [*found, text[start:].strip()] if text[start:].strip() else found


def key_sentences(text: str, most: int = 2) -> list[str]:
    """Those sentences of a paragraph that say something in bold; at most so many.

    A few bold words that stand for a heading bring the sentence behind them; a sentence that begins with "So"
    or "That" brings the one before it, unless that is there or the two are too long for a slide.
    """
    all_of_it = sentences(text)
    found, end = [], 0  # end: of the sentences that are shown already
    for i, sentence in enumerate(all_of_it):
        if not _BOLD.search(sentence):
            continue
        start, stop = i, i + 1
        if _LABEL.fullmatch(sentence) and width(sentence) < LABEL_WIDTH:
            stop = i + 2
        elif (
            _LEANING.match(sentence) and end < i and width(" ".join(all_of_it[i - 1 : i + 1])) < LONGEST_PAIR
        ):
            start = i - 1
        found.append(" ".join(all_of_it[start:stop]))
        end = stop
    return found[:most]


def list_items(text: str) -> list[str]:
    """The entries of a list, each with its marks and all that belongs to it."""
    found = []
    for line in text.splitlines():
        if re.match(r"(?:[-*+]|\d+[.)])\s", line) or not found:
            found.append(line)
        else:
            found[-1] += "\n" + line
    return found


def item_text(item: str) -> tuple[str, str]:
    """(mark, text on one line) of an entry: ("- ", "…") or ("3. ", "…")."""
    mark = re.match(r"(?:[-*+]|\d+[.)])\s+", item)
    return (mark[0], " ".join(item[mark.end() :].split())) if mark else ("", " ".join(item.split()))


def width(text: str) -> int:
    """About how wide a text is, in Latin letters; formulas and links count what they show."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", _TAG.sub("", text))
    text = re.sub(r"\$[^$]*\$", _shown_of_formula, text)
    text = text.replace("*", "").replace("`", "")
    return len(text) + len(_WIDE.findall(text))


def _shown_of_formula(match: re.Match) -> str:
    return "x" * (len(re.sub(r"\\\w+|[{}_^ $]", "", match[0])) + 2)
