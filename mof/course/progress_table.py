"""The table of exercises: what is solved, tried, and how many hints were taken."""

import html
import unicodedata

from mof.course.translation import _, marked

SOLVED, AFTER_SOLUTION, TRIED, SOLUTION = "solved", "solved after the solution ran", "tried", "solution"
STATUS_WORDS = {
    SOLVED: marked("✓ solved"),
    AFTER_SOLUTION: marked("✓ solved, after the solution ran"),
    TRIED: marked("✗ tried"),
    SOLUTION: marked("○ solution run"),
    "": marked("○ open"),
}
KIND_WORDS = {"predict": marked("predict"), "change": marked("change"), "build": marked("build")}


def status(entry):
    """One of SOLVED, AFTER_SOLUTION, TRIED, SOLUTION or "" for an entry of a progress file, or None."""
    if not entry:
        return ""
    if entry["solved"]:
        seen = entry["solution_run"]
        return AFTER_SOLUTION if seen and seen < entry["solved"] else SOLVED
    if entry["attempts"]:
        return TRIED
    return SOLUTION if entry["solution_run"] else ""


class ProgressTable:
    """The exercises with what the reader has done: text in a script, a table in a notebook.

    Args:
        exercises: list of Exercise. entries: as `ProgressFile.read` gives. note: a sentence below, or "".
    """

    def __init__(self, exercises, entries, note=""):
        self.note = note
        self.headings = [_("exercise"), _("kind"), _("minutes"), _("state"), _("attempts"), _("hints")]
        self.rows, num_solved = [], 0
        for exercise in exercises:
            entry = entries.get(exercise.id, {})
            found = status(entry)
            num_solved += found in (SOLVED, AFTER_SOLUTION)
            taken = min(entry.get("hints", 0), len(exercise.hints))
            self.rows.append(
                [
                    f"{exercise.id} {_(exercise.title)}",
                    _(KIND_WORDS[exercise.kind]),
                    str(exercise.minutes),
                    _(STATUS_WORDS[found]),
                    str(entry.get("attempts", 0)),
                    f"{taken}/{len(exercise.hints)}",
                ]
            )
        self.caption = _("{solved} of {all} exercises solved").format(solved=num_solved, all=len(self.rows))

    def __str__(self):
        table = [self.headings, *self.rows]
        widths = [max(_columns(row[i]) for row in table) for i in range(len(self.headings))]
        lines = [
            "  ".join(
                cell + " " * (width - _columns(cell)) for cell, width in zip(row, widths, strict=True)
            ).rstrip()
            for row in table
        ]
        return "\n".join([self.caption, "", *lines, *(["", self.note] if self.note else [])])

    __repr__ = __str__

    def _repr_html_(self):
        cell = "padding: 0.2rem 0.8rem; text-align: left; color: inherit; background: none"
        head = "".join(f'<th scope="col" style="{cell}">{html.escape(word)}</th>' for word in self.headings)
        rows = []
        for first, *others in self.rows:
            cells = f'<th scope="row" style="{cell}; font-weight: normal">{html.escape(first)}</th>'
            cells += "".join(f'<td style="{cell}">{html.escape(word)}</td>' for word in others)
            rows.append(f"<tr>{cells}</tr>")
        style = "caption-side: top; text-align: left; color: inherit"
        caption = f'<caption style="{style}">{html.escape(self.caption)}</caption>'
        note = f"<p>{html.escape(self.note)}</p>" if self.note else ""
        return (
            f'<table class="mof-progress">{caption}<thead><tr>{head}</tr></thead>'
            f"<tbody>{''.join(rows)}</tbody></table>{note}"
        )


def _columns(text):
    """Places in a terminal: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
