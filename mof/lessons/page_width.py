"""Printed words as wide as a page: what is longer is scrolled on a screen, and shrunk on a slide."""

import re
import textwrap

PAGE_COLUMNS = 80  # of what stands under a cell
_COMMAND = re.compile(r'\s*(\$ )?(mof|"[^"]*python[^"]*"|\S*python\S*) ')
_LABEL = re.compile(r" *\S+ {2,}")


def fit_page(text, width=PAGE_COLUMNS):
    """The text with its long lines broken at spaces.

    What is broken off stands below the line's own beginning: behind its label where it has one, else two
    columns further in; and what was a comment behind a # stays one. Commands stay whole: they are copied.

    Args:
        text: str of any number of lines. width: most characters of a line; a longer word stays whole.

    Returns:
        str, without spaces at the ends of its lines.

    Example:
        >>> fit_page("  one two three", 9)
        '  one two\\n    three'
    """
    return "\n".join(_fit_line(line.rstrip(), width) for line in text.splitlines())


def _fit_line(line, width):
    if len(line) <= width or _COMMAND.match(line):
        return line
    label = _LABEL.match(line)
    indent = " " * (len(line) - len(line.lstrip()))
    hang = " " * label.end() if label else indent + "  "
    return textwrap.fill(
        line.lstrip(),
        width,
        initial_indent=indent,
        subsequent_indent=hang + ("# " if "# " in line[:width] else ""),
        break_long_words=False,
        break_on_hyphens=False,
    )
