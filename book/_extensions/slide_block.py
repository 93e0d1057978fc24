"""Blocks and slides: how high a block is, about, and as many on a slide as fit. Nothing here needs Sphinx."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from slide_text import Part, item_text, list_items, width

# the size of a slide: lines of text, letters in a line of text, of code, of a table
MOST_LINES, TEXT_WIDTH, CODE_WIDTH, TABLE_WIDTH = 14.6, 80, 90, 90
CODE_LINE, TABLE_LINE = 0.74, 0.84
MOST_CODE_LINES, MOST_OUTPUT_LINES = 18, 12


@dataclass(frozen=True)
class Block:
    """What stands in one piece on a slide.

    Args:
        kind: "markdown", "code", "output", "figure", "element" (HTML of a notebook's own) or "note".
        content: text; for a figure, plotly's dict.
        lines: how high it is, about, in lines of text.
        said: what the speaker says with it, Markdown.
    """

    kind: str
    content: object
    lines: float
    said: str = ""
    begins: bool = False  # a new slide


@dataclass(frozen=True)
class Slide:
    """One slide.

    Args:
        kind: "title", "section", "exercise", "claims" or "summary". kicker: the section above it, or "".
        number, of: it is the second of three with this title.
    """

    title: str
    kind: str
    blocks: tuple[Block, ...]
    kicker: str = ""
    number: int = 1
    of: int = 1

    @property
    def notes(self) -> str:
        """What the speaker says, Markdown."""
        return "\n\n".join(block.said for block in self.blocks if block.said)


def table_blocks(text: str) -> Iterator[Block]:
    """A table, cut into several where it is too high; each has the head."""
    head, line, *rows = text.splitlines()
    columns = max(1, line.count("|") - 1)
    cells = [[width(cell) for cell in _cells(row)] + [0] * columns for row in (head, *rows)]
    widest = [max(row[i] for row in cells) or 1 for i in range(columns)]
    room = TABLE_WIDTH - 3 * columns
    shares = [w if sum(widest) <= room else max(9.0, room * w / sum(widest)) for w in widest]
    heights = [
        0.35 + TABLE_LINE * max(max(1, math.ceil(row[i] / max(shares[i], 1))) for i in range(columns))
        for row in cells
    ]
    taken, height = [], heights[0]
    for row, own in zip(rows, heights[1:], strict=True):
        if taken and height + own > MOST_LINES - 1:
            yield Block("markdown", "\n".join([head, line, *taken]), height)
            taken, height = [], heights[0]
        taken.append(row)
        height += own
    yield Block("markdown", "\n".join([head, line, *taken]), height)


def _cells(row: str) -> list[str]:
    return re.split(r"(?<!\\)\|", row.strip().strip("|"))


def text_block(text: str) -> Block:
    """A paragraph."""
    return Block("markdown", text, text_lines(text, TEXT_WIDTH) + 0.5)


def text_lines(text: str, letters: int) -> float:
    """Lines that a text takes, with so many letters in each."""
    return max(1, math.ceil(width(text) / letters))


def height_of(part: Part) -> float:
    """About how many lines of text a block takes."""
    if part.kind == "formula":
        rows = part.text.count("\\\\") + 1
        return 1.2 + 1.25 * rows + 0.7 * bool(re.search(r"\\(?:frac|sum|begin|underbrace)", part.text))
    if part.kind == "fence":
        return 0.8 + CODE_LINE * max(1, part.text.count("\n") - 1)
    if part.kind == "quote":
        inner = re.sub(r"^> ?", "", part.text, flags=re.MULTILINE).split("\n\n")
        return 0.4 + sum(text_lines(text, TEXT_WIDTH - 8) * 1.05 + 0.3 for text in inner)
    if part.kind == "list":
        return sum(text_lines(item_text(i)[1], TEXT_WIDTH - 4) + 0.2 for i in list_items(part.text)) + 0.4
    if part.kind == "table":
        return 0.5 + 1.21 * part.text.count("\n")
    return text_lines(part.text, TEXT_WIDTH) + 0.5


def code_block(text: str) -> Block:
    """Code, cut where it is longer than a slide."""
    lines = text.strip("\n").splitlines()[:MOST_CODE_LINES]
    wrapped = sum(max(1, math.ceil(width(line) / CODE_WIDTH)) for line in lines)
    return Block("code", "\n".join(lines), 0.9 + CODE_LINE * wrapped)


def output_block(text: str) -> Block:
    """What a cell printed; a long one ends with "…"."""
    lines = text.splitlines()
    if len(lines) > MOST_OUTPUT_LINES:
        lines = [*lines[: MOST_OUTPUT_LINES - 1], "…"]
    wrapped = sum(max(1, math.ceil(width(line) / CODE_WIDTH)) for line in lines)
    return Block("output", "\n".join(lines), 0.7 + CODE_LINE * wrapped)


def pages(blocks: list[Block]) -> list[list[Block]]:
    """The blocks of a section, slide by slide."""
    found: list[list[Block]] = [[]]
    for block in blocks:
        page = found[-1]
        is_full = sum(b.lines for b in page) + block.lines > MOST_LINES
        if page and (is_full or block.begins):
            found.append(_moved_along(page, block))
        found[-1].append(block)
    return found


def _moved_along(page: list[Block], block: Block) -> list[Block]:
    """What goes to the new slide with a block: the words that lead to it, the code that printed it."""
    last = page[-1]
    leads = last.kind == "markdown" and last.content.rstrip().endswith(":")
    leads = leads or (last.kind == "code" and block.kind == "output")
    fits = last.lines + block.lines <= MOST_LINES
    return [page.pop()] if leads and fits and len(page) > 1 else []
