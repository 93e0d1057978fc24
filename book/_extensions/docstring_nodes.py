"""A docstring of the package as nodes of a page.

The docstrings are plain text with `names` in backquotes and Google's sections (Args, Returns, Raises,
Example). They hold formulas with * and _, which a parser of Markdown would take for marks; so none is used.
"""

import inspect
import re

from docutils import nodes

SECTION = re.compile(r"(Args|Attributes|Returns|Yields|Raises|Examples?|Notes?|Source|Sources)::?$")
ENTRY = re.compile(r"([*\w][\w*, .]*?): (.*)", re.DOTALL)
WITH_ENTRIES = ("Args", "Attributes", "Raises")


def docstring_nodes(text: str) -> list[nodes.Node]:
    """The nodes of a docstring.

    Args:
        text: as it stands in the source, or "".
    """
    return _blocks(inspect.cleandoc(text).splitlines())


def words(text: str) -> list[nodes.Node]:
    """A line of text, with what stands in backquotes as code."""
    parts = re.split(r"(`+)(.+?)\1", text)
    made = []
    for i in range(0, len(parts), 3):
        if parts[i]:
            made.append(nodes.Text(parts[i]))
        if i + 2 < len(parts):
            made.append(nodes.literal("", parts[i + 2]))
    return made


def _blocks(lines: list[str]) -> list[nodes.Node]:
    made, i = [], 0
    while i < len(lines):
        if not lines[i].strip():
            i += 1
            continue
        if match := SECTION.fullmatch(lines[i]):
            body, i = _indented(lines, i + 1)
            made.append(nodes.paragraph("", "", nodes.strong("", match[1]), classes=["mof-api-section"]))
            made += _entries(body) if match[1] in WITH_ENTRIES else _blocks(body)
        elif lines[i].startswith("  ") or lines[i].rstrip() == "::":
            start = i + 1 if lines[i].rstrip() == "::" else i
            body, i = _indented(lines, start)
            made.append(_code(body))
        elif lines[i].startswith("- "):
            items = nodes.bullet_list()
            while i < len(lines) and lines[i].startswith("- "):
                rest, end = _indented(lines, i + 1)
                text = " ".join([lines[i][2:], *(line.strip() for line in rest if line.strip())])
                items += nodes.list_item("", nodes.paragraph("", "", *words(text)))
                i = end
            made.append(items)
        else:
            paragraph, i = _paragraph(lines, i)
            made.append(nodes.paragraph("", "", *words(paragraph)))
    return made


def _paragraph(lines: list[str], i: int) -> tuple[str, int]:
    """The lines up to a blank one or a section, as one text; "::" at its end becomes ":".

    An indented line goes on with the sentence before it, unless that ends with a colon: then it is code.
    """
    taken = [lines[i]]
    i += 1
    while i < len(lines) and lines[i].strip() and not lines[i].startswith("- "):
        is_code = lines[i].startswith("  ") and taken[-1].rstrip().endswith(":")
        if is_code or SECTION.fullmatch(lines[i]):
            break
        taken.append(lines[i])
        i += 1
    text = " ".join(line.strip() for line in taken)
    return (text[:-1] if text.endswith("::") else text), i


def _indented(lines: list[str], i: int) -> tuple[list[str], int]:
    """The indented lines from i on, blank ones among them, without their indentation; and where they end."""
    start = i
    while i < len(lines) and (not lines[i].strip() or lines[i].startswith(" ")):
        i += 1
    return inspect.cleandoc("\n" + "\n".join(lines[start:i])).splitlines(), i


def _entries(lines: list[str]) -> list[nodes.Node]:
    """What stands under Args: a name and its meaning each."""
    items, i = nodes.bullet_list(classes=["mof-api-args"]), 0
    while i < len(lines):
        rest, end = _indented(lines, i + 1)
        text = " ".join([lines[i].strip(), *(line.strip() for line in rest if line.strip())])
        i = end
        if not text:
            continue
        paragraph = nodes.paragraph()
        if match := ENTRY.fullmatch(text):
            paragraph += nodes.literal("", match[1])
            paragraph += nodes.Text(": ")
            paragraph += words(match[2])
        else:
            paragraph += words(text)
        items += nodes.list_item("", paragraph)
    return [items] if items.children else []


def _code(lines: list[str]) -> nodes.literal_block:
    text = "\n".join(lines)
    language = "python" if re.search(r"^\s*(from|import) |\w+\(.*\)", text, re.MULTILINE) else "text"
    return nodes.literal_block(text, text, language=language, force=True, classes=["mof-api-code"])
