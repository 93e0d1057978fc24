"""What a check says: right, wrong and how, or not written yet."""

import dataclasses
import html
import re

from mof.course.translation import _

RIGHT, WRONG, OPEN = "right", "wrong", "open"
MARKS = {RIGHT: "✓", WRONG: "✗", OPEN: "○"}
# the colours of the book, or those of JupyterLab, or ones that can be read on white and on black
COLOURS = {
    RIGHT: "var(--mof-green, var(--jp-success-color1, #2e9e4f))",
    WRONG: "var(--mof-orange, var(--jp-warn-color1, #d9730d))",
    OPEN: "var(--mof-line, var(--jp-border-color1, #8a94a0))",
}
_STYLE = "margin: 0.4rem 0 1rem; padding: 0.3rem 0.8rem; border-left: 4px solid {colour}; color: inherit"


class Wrong(Exception):
    """Raised inside a check: what the reader should read.

    Args:
        message: what is wrong, in a sentence or two.
        evidence: what it was seen by, or "".
        code: the reader's own line that it is about, or "".
    """

    def __init__(self, message, evidence="", code=""):
        super().__init__(message)
        self.message, self.evidence, self.code = message, evidence, code


class Unwritten(Exception):
    """Raised inside a check by a stub that nobody has filled in."""


@dataclasses.dataclass(frozen=True)
class Verdict:
    """The result of a check: a line or more of text, and a box in a notebook.

    Attributes:
        state: RIGHT, WRONG or OPEN (a stub).
        message: what is so, in a sentence or two. `x` in it is code.
        evidence: how it was seen. "" if there is none.
        code: the reader's own line that it is about. "" if there is none.
        remarks: what to improve, and what else to know; a tuple of sentences.
    """

    state: str
    message: str
    evidence: str = ""
    code: str = ""
    remarks: tuple = ()

    @property
    def is_right(self):
        return self.state == RIGHT

    def with_remarks(self, *remarks):
        """The same with more remarks; empty ones are left out."""
        return dataclasses.replace(self, remarks=(*self.remarks, *filter(None, remarks)))

    def __str__(self):
        lines = [f"{MARKS[self.state]} {self.message}"]
        lines += [f"    {line}" for line in self.code.splitlines()]
        lines += [f"  {sentence}" for sentence in (self.evidence, *self.remarks) if sentence]
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self):
        # words for a screen reader, which may not say the mark
        name = {RIGHT: _("Right"), WRONG: _("Not right yet"), OPEN: _("Open")}[self.state]
        mark = f'<span role="img" aria-label="{html.escape(name)}">{MARKS[self.state]}</span>'
        parts = [f"<div><b>{mark}</b> {as_html(self.message)}</div>"]
        if self.code:
            parts.append(f'<pre style="margin: 0.3rem 0; color: inherit">{html.escape(self.code)}</pre>')
        parts += [
            f"<div>{as_html(sentence)}</div>" for sentence in (self.evidence, *self.remarks) if sentence
        ]
        style = _STYLE.format(colour=COLOURS[self.state])
        return (
            f'<div class="verdict verdict-{self.state}" role="status" style="{style}">{"".join(parts)}</div>'
        )


def as_html(sentence):
    """A sentence as safe HTML: what stands in backticks becomes code, line ends stay."""
    escaped = html.escape(sentence).replace("\n", "<br>")
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escaped)
