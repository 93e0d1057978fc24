"""Markdown (and what passes for it in manuals) to headings and paragraphs of plain text.

Code, tables, images, comments, templates and link targets go; the words stay. Steps: what spans several lines
is cut out, then markup inside lines, then the lines are joined to paragraphs.
"""

import html
import re
from dataclasses import dataclass

from mof.sources.plain_text import chinese_share, is_chinese, is_paragraph, num_chinese, without_gaps

_FRONT_MATTER = re.compile(r"\A\s*---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.S)
_TITLE_LINE = re.compile(r"^title:[ \t]*(.+?)[ \t]*$", re.M)
# (pattern, replacement), in this order
_SPANNING = (
    (re.compile(r"<!--.*?-->", re.S), ""),
    (re.compile(r"^[ \t>]*(`{3,}|~{3,})[^\n]*\n.*?^[ \t>]*\1[`~]*[ \t]*$", re.S | re.M), ""),
    (re.compile(r"^[ \t>]*(?:`{3,}|~{3,}).*\Z", re.S | re.M), ""),  # a fence that nobody closed
    (re.compile(r"<(script|style|svg|pre|table)\b.*?</\1\s*>", re.S | re.I), ""),
    (re.compile(r"<ruby>\s*(.*?)\s*<rt>\s*(.*?)\s*</rt>\s*</ruby>", re.S), r"\1（\2）"),
    (re.compile(r'\{\{[<%][^{}]*?\btext="([^"]*)"[^{}]*?[>%]\}\}'), r"\1"),  # Hugo's tooltips
    (re.compile(r"\{\{[<%].*?[>%]\}\}", re.S), ""),
    (re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.S), ""),
    (re.compile(r"\$\$.*?\$\$", re.S), ""),
)
_INSIDE = (
    (re.compile(r"!\[[^\]]*\](?:\([^)]*\)|\[[^\]]*\])"), ""),  # images
    (re.compile(r"\[\^[^\]]+\](?::.*)?"), ""),  # footnotes
    (re.compile(r"\[!(?:INCLUDE|code)[^\]]*\]\([^)]*\)", re.I), ""),
    (re.compile(r"^ {0,3}\[[^\]]+\]:\s*\S+.*$", re.M), ""),  # targets of links
    (re.compile(r"\[((?:[^\[\]\n]|\[[^\[\]\n]*\])+)\]\((?:[^()\n]|\([^()\n]*\))*\)"), r"\1"),
    (re.compile(r"\[([^\[\]\n]+)\]\[[^\]\n]*\]"), r"\1"),
    (re.compile(r"<xref:([^?>\s]+)[^>]*>"), r"\1"),
    (re.compile(r"<https?://[^>\s]+>"), ""),
    (re.compile(r"</?[A-Za-z][^<>\n]{0,400}>"), ""),
    (re.compile(r":[\w:+-]+:`[!~]?([^`<\n]*?)(?:\s*<[^`>\n]*>)?`"), r"\1"),  # roles of reST
    (re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1"), r"\2"),
    (re.compile(r"\*\*|`"), ""),
    (re.compile(r"(?<![A-Za-z0-9_*\\])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![A-Za-z0-9_*])"), r"\1"),
    (re.compile(r"\\([\\`*_{}\[\]()#+.!|<>~-])"), r"\1"),  # escaped marks
)
_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*\s*(?:\{[#:.].*\})?$")
_UNDERLINE = re.compile(r"(={3,}|-{3,})$")
_ITEM = re.compile(r"(?:[*+-]|(\d+[.、)]))\s+(.*)$")
_QUOTE = re.compile(r"^(?:>\s?)+")
_DROPPED = re.compile(
    r"\||:{3}|\+[-=+]+\+|\.\. |\[!|:[a-z_]+:|@|!!!|\?\?\?|import |export |#@|%|(?:\* ){2}\*$|[*_~^\"]{3,}$"
)
_ENDS_WITHOUT_SPACE = "，。；：、！？”）》"


@dataclass(frozen=True)
class Block:
    """A heading or a paragraph.

    Attributes:
        level: 1 to 6 for a heading, 0 for a paragraph or an item of a list.
        text: one line.
    """

    level: int
    text: str


def markdown_blocks(text: str) -> list[Block]:
    """Headings and paragraphs in order; the title of a front matter is the first heading.

    Example:
        >>> markdown_blocks("# 春\\n\\n**花**开了，\\n[去看](http://a.b)。")
        [Block(level=1, text='春'), Block(level=0, text='花开了，去看。')]
    """
    title = None
    front_matter = _FRONT_MATTER.match(text)
    if front_matter:
        text = text[front_matter.end() :]
        found = _TITLE_LINE.search(front_matter[1])
        title = found[1].strip("\"' ") if found else None
    for pattern, replacement in _SPANNING + _INSIDE:
        text = pattern.sub(replacement, text)
    blocks = _joined(html.unescape(text).split("\n"))
    if title and not any(block.level == 1 for block in blocks):
        blocks.insert(0, Block(1, title))
    return blocks


def chinese_text(blocks: list[Block]) -> str:
    """The Chinese paragraphs a line each, and the headings that have such a paragraph soon after them."""
    lines = []
    for index, block in enumerate(blocks):
        if block.level == 0:
            is_kept = is_paragraph(block.text)
        else:
            following = blocks[index + 1 : index + 3]
            is_kept = num_chinese(block.text) >= 2 and any(
                other.level == 0 and is_paragraph(other.text) for other in following
            )
        if is_kept:
            lines.append(block.text)
    return "\n".join(lines)


def _joined(lines: list[str]) -> list[Block]:
    blocks: list[Block] = []
    paragraph = ""

    def finish(level: int = 0) -> None:
        nonlocal paragraph
        words = without_gaps(" ".join(paragraph.split()))
        paragraph = ""
        if words:
            blocks.append(Block(level, words))

    for line in lines:
        words = line.strip()
        heading = _HEADING.match(words)
        item = _ITEM.match(words)
        underline = _UNDERLINE.match(words)
        if heading:
            finish()
            paragraph = heading[2]
            finish(len(heading[1]))
        elif underline and paragraph:
            finish(1 if words[0] == "=" else 2)
        elif not words or underline or _DROPPED.match(words):
            finish()
        elif not paragraph and line.startswith(("    ", "\t")) and chinese_share(words) < 0.3:
            continue  # indented code
        elif item:
            finish()
            paragraph = f"{item[1] or '-'} {item[2]}"
        else:
            words = _QUOTE.sub("", words)
            if not words:
                finish()
            else:
                paragraph += _glue(paragraph, words) + words
    finish()
    return blocks


def _glue(before: str, after: str) -> str:
    """Chinese lines join without a space, others with one."""
    if not before or before[-1] in _ENDS_WITHOUT_SPACE or is_chinese(before[-1]) or is_chinese(after[0]):
        return ""
    return " "
