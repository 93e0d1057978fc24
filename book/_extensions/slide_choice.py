"""Which parts of a chapter become its slides: the rule. Nothing here needs Sphinx.

Shown are the card; of each section its examples, formulas, tables, short lists, the sentences with something
in bold, the code that is built (else the first code that prints), what it printed, and every figure; the
exercises with their stubs; of each claim its first sentence and the one that says what was measured; the
summary. What is left out of the prose goes to the speaker's notes. A cell's tags overrule it: `slide-skip`,
`slide-all`, `slide-new`.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from page_figures import PLOTLY_TYPE, words_for
from slide_text import Part, item_text, key_sentences, list_items, parts, sentences, width

from mof.course.notebook_cells import SOLUTION, STUB, role, source
from mof.course.translation import _, marked

CLAIMS = ("What was claimed, and what we measured", "The verdict")
SUMMARY = "Summary"
SKIP, WHOLE, NEW = "slide-skip", "slide-all", "slide-new"
BUILD_IT = "build-it"
CALCULATOR = "mof-calculator"
NOT_AT_HAND = marked(
    "Here stands a figure or a table. The outputs of this chapter are not at hand: run "
    "`python start.py book`, which executes it, and then this command again."
)
# the size of a slide: lines of text, letters in a line of text, of code, of a table
MOST_LINES, TEXT_WIDTH, CODE_WIDTH, TABLE_WIDTH = 14.6, 80, 90, 90
CODE_LINE, TABLE_LINE = 0.74, 0.84
MOST_CODE_LINES, MOST_OUTPUT_LINES, MOST_ITEMS = 18, 12, 6
ITEM_WIDTH, CAPTION_WIDTH = 210, 260
_EXERCISE = re.compile(r"Exercise \d+ · ")
_VERDICT = re.compile(r"\*[A-Z][^*]{2,24}\*:?")
_SHOWS = re.compile(r"\bshow_\w+\(")


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


@dataclass
class _Section:
    """A heading and what has been chosen below it so far."""

    title: str
    kind: str = "section"
    kicker: str = ""
    blocks: list[Block] = field(default_factory=list)
    said: list[str] = field(default_factory=list)  # prose that waits for its block
    has_code: bool = False
    goes_on: bool = False  # behind an exercise: the section above it, gone on with

    def add(self, block: Block) -> None:
        said = "\n\n".join(filter(None, [*self.said, block.said]))
        self.said = []
        self.blocks.append(replace(block, said=said))


def choose_slides(notebook: dict) -> list[Slide]:
    """The slides of a chapter.

    Args:
        notebook: as JSON. A figure whose output is missing becomes a note that says so.

    Raises:
        ValueError: the notebook does not begin with a heading.
    """
    cells = [cell for cell in notebook["cells"] if SKIP not in tags(cell)]
    first = parts(source(cells[0])) if cells else []
    if not first or first[0].kind != "heading":
        raise ValueError("the first cell has no heading: a chapter begins with its title and its card.")
    sections = [_title_section(first)]
    for cell in cells[1:]:
        section, start = sections[-1], len(sections[-1].blocks)
        if cell["cell_type"] == "markdown":
            _add_prose(sections, cell)
        elif cell["cell_type"] == "code":
            _add_code(sections, cell)
        if NEW in tags(cell) and len(section.blocks) > start:
            section.blocks[start] = replace(section.blocks[start], begins=True)
    _finish(sections[-1])
    shown = []
    for section in sections:
        if section.blocks:
            shown.append(section)
        elif section.said and shown:
            _say(shown[-1], section.said)
    return [slide for section in shown for slide in _pack(section)]


def tags(cell: dict) -> list[str]:
    return cell.get("metadata", {}).get("tags", [])


# --- prose ---


def _title_section(first: list[Part]) -> _Section:
    """Title, Chinese title, and the card without the words about its own measuring."""
    section = _Section(first[0].text, "title")
    for part in first[1:]:
        if part.kind == "paragraph" and not part.text.startswith("Read at "):
            section.add(_text_block(part.text))
        elif part.kind == "table":
            section.add(Block("markdown", part.text, 2.6))
        elif part.kind == "paragraph":
            section.said.append(part.text)
    return section


def _add_prose(sections: list[_Section], cell: dict) -> None:
    found = parts(source(cell))
    depth, top = 0, next((s for s in reversed(sections) if s.kind != "exercise"), sections[0])
    for i, part in enumerate(found):
        section = sections[-1]
        if part.kind == "heading":
            top = _begin(sections, part, top)
        elif part.kind == "html":
            depth += len(re.findall(r"<div\b", part.text)) - part.text.count("</div")
        elif section.kind == "exercise" and depth > 0:
            section.add(Block("markdown", part.text, _height(part)))
        elif section.kind == "exercise":
            section.said.append(part.text)
        elif WHOLE in tags(cell):
            section.add(Block("markdown", part.text, _height(part)))
        else:
            following = found[i + 1].kind if i + 1 < len(found) else ""
            for block in _chosen(part, section, following):
                section.add(block)


def _begin(sections: list[_Section], part: Part, top: _Section) -> _Section:
    """A new section for a heading; returns the last one that is no exercise."""
    _finish(sections[-1])
    is_exercise = bool(_EXERCISE.match(part.text))
    kind = "exercise" if is_exercise else "claims" if part.text in CLAIMS else "section"
    kind = "summary" if part.text == SUMMARY else kind
    above = (top.kicker or top.title) if part.level > 2 and top.kind != "title" else ""
    sections.append(_Section(part.text, kind, above))
    return top if is_exercise else sections[-1]


def _finish(section: _Section) -> None:
    """A section of which nothing was chosen shows the first sentence that waits; the rest is said."""
    if not section.blocks and not section.goes_on:
        prose = (parts(text) for text in section.said)
        first = next((found[0].text for found in prose if found and found[0].kind == "paragraph"), "")
        if first:
            section.add(_text_block(sentences(first)[0]))
    if section.blocks and section.said:
        _say(section, section.said)
        section.said = []


def _say(section: _Section, texts: list[str]) -> None:
    """Adds to what the speaker says at the end of a section."""
    last = section.blocks[-1]
    section.blocks[-1] = replace(last, said="\n\n".join(filter(None, [last.said, *texts])))


def _chosen(part: Part, section: _Section, following: str) -> Iterator[Block]:
    """What of a block of prose is shown; the rest waits in `section.said`."""
    if part.kind in ("quote", "formula", "fence"):
        yield Block("markdown", part.text, _height(part))
    elif part.kind == "table":
        yield from _table_blocks(part.text)
    elif part.kind == "list":
        yield from _list_blocks(part.text, section)
    elif part.kind == "paragraph" and section.kind != "summary":
        kept = key_sentences(part.text)
        last = sentences(part.text)[-1]
        if not kept and following in ("formula", "table", "quote", "list") and last.endswith(":"):
            kept = [last]
        whole = " ".join(part.text.split())
        if " ".join(kept) != whole:
            section.said.append(part.text)
        if kept:
            yield _text_block(" ".join(kept))
    elif part.kind == "paragraph":
        section.said.append(part.text)


def _list_blocks(text: str, section: _Section) -> Iterator[Block]:
    items = [item_text(item) for item in list_items(text)]
    if section.kind == "summary":
        chosen = [shown for _mark, shown in items]
    elif section.kind == "claims":
        chosen = [claim(shown) for _mark, shown in items]
    else:
        chosen = [_shortened(shown) for _mark, shown in items[:MOST_ITEMS]]
    if chosen != [shown for _mark, shown in items]:
        section.said.append(text)
    for (mark, _whole), shown in zip(items, chosen, strict=False):
        yield Block("markdown", mark + shown, _text_lines(shown, TEXT_WIDTH - 4) + 0.25)


def claim(text: str) -> str:
    """Of a claim: its first sentence, and the one that says what was measured, or was not."""
    all_of_it = sentences(text)
    verdict = next((s for s in all_of_it[1:] if _VERDICT.match(s)), "")
    return " ".join(filter(None, [all_of_it[0], verdict]))


def _shortened(text: str) -> str:
    """The first sentences of a text, as many as are short."""
    kept = []
    for sentence in sentences(text):
        if kept and width(" ".join([*kept, sentence])) > ITEM_WIDTH:
            break
        kept.append(sentence)
    return " ".join(kept)


def _table_blocks(text: str) -> Iterator[Block]:
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


def _text_block(text: str) -> Block:
    return Block("markdown", text, _text_lines(text, TEXT_WIDTH) + 0.5)


def _text_lines(text: str, letters: int) -> float:
    return max(1, math.ceil(width(text) / letters))


def _height(part: Part) -> float:
    """About how many lines of text a block takes."""
    if part.kind == "formula":
        rows = part.text.count("\\\\") + 1
        return 1.2 + 1.25 * rows + 0.7 * bool(re.search(r"\\(?:frac|sum|begin|underbrace)", part.text))
    if part.kind == "fence":
        return 0.8 + CODE_LINE * max(1, part.text.count("\n") - 1)
    if part.kind == "quote":
        inner = re.sub(r"^> ?", "", part.text, flags=re.MULTILINE).split("\n\n")
        return 0.4 + sum(_text_lines(text, TEXT_WIDTH - 8) * 1.05 + 0.3 for text in inner)
    if part.kind == "list":
        return sum(_text_lines(item_text(i)[1], TEXT_WIDTH - 4) + 0.2 for i in list_items(part.text)) + 0.4
    if part.kind == "table":
        return 0.5 + 1.21 * part.text.count("\n")
    return _text_lines(part.text, TEXT_WIDTH) + 0.5


# --- code and its outputs ---


def _add_code(sections: list[_Section], cell: dict) -> None:
    named = role(cell)
    if named and named[0] == STUB:
        sections[-1].add(_code_block(_without_checks(source(cell))))
        return
    if named and named[0] == SOLUTION:
        section = sections[-1]
        if section.kind == "exercise" and section.blocks:
            section.said.append(f"```python\n{_without_checks(source(cell))}\n```")
            _finish(section)
            parent = next(s for s in reversed(sections) if s.kind != "exercise")
            sections.append(
                _Section(parent.title, parent.kind, parent.kicker, has_code=parent.has_code, goes_on=True)
            )
        return
    section = sections[-1]
    figures = list(_figures(cell))
    if not figures and _is_shown(cell, section):
        section.has_code = True
        section.add(_code_block(source(cell)))
        if printed := printed_text(cell):
            section.add(_output_block(printed))
    elif WHOLE in tags(cell):
        section.add(_code_block(source(cell)))
    elif not figures and _SHOWS.search(source(cell)) and (printed := printed_text(cell)):
        section.add(_output_block(printed))
    for block in figures:
        section.add(block)


def _is_shown(cell: dict, section: _Section) -> bool:
    """Code is shown where a reader builds; else the first of a section that prints."""
    if BUILD_IT in tags(cell) or WHOLE in tags(cell):
        return True
    text = source(cell)
    if section.has_code or section.kind in ("claims", "summary", "exercise") or _SHOWS.search(text):
        return False
    return "print(" in text and "short_run(" not in text


def _figures(cell: dict) -> Iterator[Block]:
    outputs = cell.get("outputs", [])
    for output in outputs:
        data = output.get("data", {})
        if PLOTLY_TYPE in data:
            figure = data[PLOTLY_TYPE]
            yield Block("figure", figure, MOST_LINES, said=words_for(figure))
        elif CALCULATOR in _joined(data.get("text/html", "")):
            yield Block("element", _joined(data["text/html"]), MOST_LINES)
    if not outputs and _SHOWS.search(source(cell)):
        yield Block("note", _(NOT_AT_HAND), 4.0)


def caption(figure: dict) -> str:
    """The first sentences of a figure's description."""
    kept = []
    for sentence in sentences(words_for(figure)):
        if kept and width(" ".join([*kept, sentence])) > CAPTION_WIDTH:
            break
        kept.append(sentence)
    return " ".join(kept)


def printed_text(cell: dict) -> str:
    """What a cell printed, without its errors."""
    printed = [o for o in cell.get("outputs", []) if o.get("name") == "stdout"]
    return "".join(_joined(output["text"]) for output in printed).strip("\n")


def _joined(text: object) -> str:
    return text if isinstance(text, str) else "".join(text)


def _code_block(text: str) -> Block:
    lines = text.strip("\n").splitlines()[:MOST_CODE_LINES]
    wrapped = sum(max(1, math.ceil(width(line) / CODE_WIDTH)) for line in lines)
    return Block("code", "\n".join(lines), 0.9 + CODE_LINE * wrapped)


def _output_block(text: str) -> Block:
    lines = text.splitlines()
    if len(lines) > MOST_OUTPUT_LINES:
        lines = [*lines[: MOST_OUTPUT_LINES - 1], "…"]
    wrapped = sum(max(1, math.ceil(width(line) / CODE_WIDTH)) for line in lines)
    return Block("output", "\n".join(lines), 0.7 + CODE_LINE * wrapped)


def _without_checks(text: str) -> str:
    """A stub or a solution without the lines that import and call the check."""
    lines = [line for line in text.splitlines() if not re.match(r"from mof\.course import|check\(", line)]
    return "\n".join(lines).strip("\n")


# --- into slides ---


def _pack(section: _Section) -> list[Slide]:
    """As many blocks on a slide as fit."""
    pages: list[list[Block]] = [[]]
    for block in section.blocks:
        page = pages[-1]
        is_full = sum(b.lines for b in page) + block.lines > MOST_LINES
        if page and (is_full or block.begins):
            pages.append(_moved_along(page, block))
        pages[-1].append(block)
    return [
        Slide(section.title, section.kind, tuple(page), section.kicker, number, len(pages))
        for number, page in enumerate(pages, 1)
    ]


def _moved_along(page: list[Block], block: Block) -> list[Block]:
    """What goes to the new slide with a block: the words that lead to it, the code that printed it."""
    last = page[-1]
    leads = last.kind == "markdown" and last.content.rstrip().endswith(":")
    leads = leads or (last.kind == "code" and block.kind == "output")
    fits = last.lines + block.lines <= MOST_LINES
    return [page.pop()] if leads and fits and len(page) > 1 else []
