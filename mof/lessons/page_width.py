"""Printed words as wide as a page: what is longer is scrolled on a screen, and shrunk on a slide. For 21."""

import textwrap

PAGE_COLUMNS = 88


def fit_page(text, width=PAGE_COLUMNS):
    """The text with its long lines broken at spaces; what is broken off stands two columns further in, and
    stays a comment where a # stands before it.

    Args:
        text: str of any number of lines. width: most characters of a line; a longer word stays whole.

    Returns:
        str, without spaces at the ends of its lines.

    Example:
        >>> fit_page("  one two three", 9)
        '  one two\\n    three'
    """
    lines = []
    for line in text.splitlines():
        line = line.rstrip()
        if len(line) <= width:
            lines.append(line)
            continue
        words = line.lstrip()
        indent = line[: len(line) - len(words)]
        lines += textwrap.wrap(
            words,
            width,
            initial_indent=indent,
            subsequent_indent=indent + ("  # " if "# " in words[:width] else "  "),
            break_long_words=False,
            break_on_hyphens=False,
        )
    return "\n".join(lines)
