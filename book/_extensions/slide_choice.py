"""Which parts of a chapter become its slides: the rule. Nothing here needs Sphinx.

Shown are the card; of each section its examples, formulas, tables, short lists, the sentences with something
in bold, the code that is built (else the first code that prints), what it printed, and every figure; the
exercises with their stubs; of each claim its first sentence and the one that says what was measured; the
summary. What is left out of the prose goes to the speaker's notes. A cell's tags overrule it: `slide-skip`,
`slide-all`, `slide-new`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from page_figures import PLOTLY_TYPE, words_for
from slide_block import (
    MOST_LINES,
    TEXT_WIDTH,
    Block,
    Slide,
    code_block,
    height_of,
    output_block,
    pages,
    table_blocks,
    text_block,
    text_lines,
)
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
MOST_ITEMS = 6
ITEM_WIDTH, CAPTION_WIDTH = 210, 260
_EXERCISE = re.compile(r"Exercise \d+ · ")
_VERDICT = re.compile(r"\*[A-Z][^*]{2,24}\*:?")
_SHOWS = re.compile(r"\bshow_\w+\(")


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
            section.add(text_block(part.text))
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
            section.add(Block("markdown", part.text, height_of(part)))
        elif section.kind == "exercise":
            section.said.append(part.text)
        elif WHOLE in tags(cell):
            section.add(Block("markdown", part.text, height_of(part)))
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
            section.add(text_block(sentences(first)[0]))
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
        yield Block("markdown", part.text, height_of(part))
    elif part.kind == "table":
        yield from table_blocks(part.text)
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
            yield text_block(" ".join(kept))
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
        yield Block("markdown", mark + shown, text_lines(shown, TEXT_WIDTH - 4) + 0.25)


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


# --- code and its outputs ---


def _add_code(sections: list[_Section], cell: dict) -> None:
    named = role(cell)
    if named and named[0] == STUB:
        sections[-1].add(code_block(_without_checks(source(cell))))
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
        section.add(code_block(source(cell)))
        if printed := printed_text(cell):
            section.add(output_block(printed))
    elif WHOLE in tags(cell):
        section.add(code_block(source(cell)))
    elif not figures and _SHOWS.search(source(cell)) and (printed := printed_text(cell)):
        section.add(output_block(printed))
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


def _without_checks(text: str) -> str:
    """A stub or a solution without the lines that import and call the check."""
    lines = [line for line in text.splitlines() if not re.match(r"from mof\.course import|check\(", line)]
    return "\n".join(lines).strip("\n")


# --- into slides ---


def _pack(section: _Section) -> list[Slide]:
    """As many blocks on a slide as fit."""
    found = pages(section.blocks)
    return [
        Slide(section.title, section.kind, tuple(page), section.kicker, number, len(found))
        for number, page in enumerate(found, 1)
    ]
